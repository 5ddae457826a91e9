import { once } from 'node:events';
import { CassetteError } from '@cassette/bytes';
import { clearProgress } from './progress-line.ts';
import { visible } from './visible.ts';

/** Whether whoever read standard output has gone away (`| head`). */
let isGone = false;

/** Says that nobody reads standard output any more: what is printed from now on goes nowhere. */
export function outputIsGone(): void {
  isGone = true;
}

/** Whether somebody may still read what is printed: who only prints can end where not. */
export function isRead(): boolean {
  return !isGone;
}

/**
 * Writes text, or its UTF-8, to standard output, and waits while its reader is slower than we are; nothing where there is none any more. A
 * terminal is shown control characters as `\u001b`, and does not obey them; anything else gets the bytes as they are. Throws CassetteError
 * CANNOT_WRITE.
 */
export async function print(text: string | Uint8Array): Promise<void> {
  if (isGone) return;
  const { stdout } = process;
  if (stdout.isTTY === true) {
    clearProgress();
    text = visible(typeof text === 'string' ? text : new TextDecoder('utf-8', { ignoreBOM: true }).decode(text));
  }
  if (stdout.write(text)) return;
  try {
    await once(stdout, 'drain');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') outputIsGone();
    else throw new CassetteError('CANNOT_WRITE', `Standard output can't be written: ${(error as Error).message}`, {}, error);
  }
}

/** Prints a report as one line of JSON; 64-bit numbers are strings in it. */
export function printJson(report: unknown): Promise<void> {
  return print(`${jsonLine(report)}\n`);
}

/** A line of JSON; bigints are strings, bytes hexadecimal digits. */
export function jsonLine(report: unknown): string {
  return JSON.stringify(report, (_, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
  });
}
