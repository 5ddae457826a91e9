import { readFileSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { readInput } from './standard-input.ts';

/** The text of a file; `-` is standard input. Throws CassetteError CANNOT_READ. */
export function readText(file: string): string {
  try {
    // A byte order mark, which some editors put first, is dropped; what is not UTF-8 is refused, not replaced.
    return new TextDecoder('utf-8', { fatal: true }).decode(file === '-' ? readInput() : readFileSync(file));
  } catch (error) {
    if (error instanceof CassetteError) throw error;
    const why = error instanceof TypeError ? 'it is not UTF-8' : (error as Error).message;
    throw new CassetteError('CANNOT_READ', `${file} can't be read: ${why}`, { file }, error);
  }
}
