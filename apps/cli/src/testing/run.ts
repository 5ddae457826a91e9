import { CassetteError } from '@cassette/bytes';
import { vi } from 'vitest';
import { makeProgram } from '../program.ts';
import { exitCodeOf } from '../tell-error.ts';

/** What a command did. */
export interface Ran {
  readonly out: string;
  readonly err: string;
  /** `CODE: message` of what it throws. */
  readonly error: string | null;
  /** The exit code. */
  readonly code: typeof process.exitCode;
}

/** Runs a command within this process, whose exit code stays as it is. */
export async function run(...args: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const { exitCode } = process;
  process.exitCode = 0;
  const outputs = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      out += textOf(chunk);
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      err += textOf(chunk);
      return true;
    }),
  ];
  let error: string | null = null;
  try {
    await makeProgram().parseAsync(['node', 'cassette', ...args]);
  } catch (thrown) {
    if (!(thrown instanceof CassetteError)) throw thrown;
    error = `${thrown.code}: ${thrown.message}`;
    process.exitCode = exitCodeOf(thrown);
  } finally {
    for (const output of outputs) output.mockRestore();
  }
  const code = process.exitCode;
  process.exitCode = exitCode;
  return { out, err, error, code };
}

function textOf(chunk: string | Uint8Array): string {
  return typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
}
