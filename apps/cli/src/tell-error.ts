import { CassetteError } from '@cassette/bytes';

/** One line for people on standard error, with the code for programs; CASSETTE_DEBUG=1 adds where it was thrown. */
export function tellError(error: unknown): void {
  const code = error instanceof CassetteError ? ` [${error.code}]` : '';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`cassette: ${message}${code}\n`);
  if (process.env['CASSETTE_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
