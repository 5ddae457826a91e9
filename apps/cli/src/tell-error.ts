import { CassetteError } from '@cassette/bytes';

/** What a command that fails with it exits with: 2 for wrong usage, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof CassetteError && error.code === 'USAGE' ? 2 : 1;
}

/** One line for people on standard error, with the code for programs, and for CQL the place with a caret below it; CASSETTE_DEBUG=1 adds where it was thrown. */
export function tellError(error: unknown): void {
  const code = error instanceof CassetteError ? ` [${error.code}]` : '';
  const message = error instanceof Error ? error.message : String(error);
  // The first line says it all; an error in CQL has the line of the source and a caret below it.
  const [first, ...below] = message.split('\n');
  process.stderr.write(`${[`cassette: ${first}${code}`, ...below].join('\n')}\n`);
  if (process.env['CASSETTE_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}
