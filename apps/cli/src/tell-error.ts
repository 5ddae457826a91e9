import { CassetteError } from '@cassette/bytes';
import { CommanderError } from 'commander';
import { jsonLine } from './print.ts';
import { clearProgress } from './progress-line.ts';
import { visible } from './visible.ts';

/** Whether errors and warnings are told as JSON; of the command that runs, and a process runs one. */
let asJson = false;

/** Says what `--json` said. */
export function useJson(wanted: boolean): void {
  asJson = wanted;
}

/** Whether `--json` was given. */
export function isJson(): boolean {
  return asJson;
}

/** What a command that fails with it exits with: 2 for wrong usage, else 1. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof CommanderError || (error instanceof CassetteError && error.code === 'USAGE') ? 2 : 1;
}

/**
 * One line for people on standard error, with the code for programs, and for CQL the place with a caret below it; CASSETTE_DEBUG=1 adds where it was
 * thrown. With --json it is one line of JSON, `{ "error": { "code", "message", "data" } }`.
 */
export function tellError(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (asJson) {
    tellLine(jsonLine({ error: { code: codeOf(error), message, data: dataOf(error) } }));
  } else {
    const code = error instanceof CassetteError ? ` [${error.code}]` : '';
    // The first line says it all; an error in CQL has the line of the source and a caret below it.
    const [first, ...below] = message.split('\n');
    tellLine([`cassette: ${first}${code}`, ...below].join('\n'));
  }
  if (process.env['CASSETTE_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
}

/** What should be known and is no error: a line on standard error, with --json `{ "warning": { "message" } }`. */
export function tellWarning(message: string): void {
  tellLine(asJson ? jsonLine({ warning: { message } }) : `cassette: ${message}`);
}

/** A line, or several, on standard error, without what a terminal would obey. */
export function tellLine(text: string): void {
  clearProgress();
  process.stderr.write(`${visible(text)}\n`);
}

/** Of whatever is thrown; what is no error of ours is one in the program. */
function codeOf(error: unknown): string {
  if (error instanceof CassetteError) return error.code;
  return error instanceof CommanderError ? 'USAGE' : 'UNEXPECTED';
}

function dataOf(error: unknown): unknown {
  return error instanceof CassetteError ? error.data : {};
}
