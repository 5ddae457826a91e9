// Runs what stands in the editor, statement after statement, and keeps what each answered.

import type { RemoteDatabase } from '@cassette/client';
import { computed, signal } from '@preact/signals';
import { CommandError } from './commands/command.ts';
import { parseCommand } from './commands/parse-command.ts';
import { nothingRun, withRun } from './kept-runs.ts';
import { type FailedOutcome, failure, type Outcome, type StatementRun } from './outcomes.ts';
import { isDescribe, StatementRunner } from './run-statement.ts';
import { type ScriptStatement, splitScript } from './script/split-script.ts';

const kept = signal(nothingRun);

/** The last script's statements, in order; what comes after a failed one was not run. Of very many the first and the last are kept. */
export const runs = computed<readonly StatementRun[]>(() => kept.value.runs);
/** How many have run, kept or not. */
export const ran = computed(() => kept.value.count);
/** Index of the statement that is looked at. */
export const shown = signal(0);
/** Whether a script is running. */
export const running = signal(false);
/** How many statements the script has. */
export const scriptLength = signal(0);

let nextId = 1;
let current = new AbortController();

/** Calls off what is running: a read and a file end, a write that is on its way does what it does, and no statement is begun any more. */
export function cancelRun(): void {
  current.abort(new DOMException('The run was called off', 'AbortError'));
}

/** Forgets what was run. */
export function forgetRuns(): void {
  kept.value = nothingRun;
  shown.value = 0;
}

/** Runs a script up to its first error; resolves with that error, or null. */
export async function runScript(database: RemoteDatabase, script: string): Promise<FailedOutcome | null> {
  current = new AbortController();
  running.value = true;
  forgetRuns();
  scriptLength.value = 0;
  try {
    return await runAll(database, script, current);
  } finally {
    running.value = false;
  }
}

function add(text: string, outcome: Outcome, since: number): void {
  kept.value = withRun(kept.value, { id: nextId++, text, outcome, milliseconds: performance.now() - since });
  shown.value = runs.value.length - 1;
}

async function runAll(database: RemoteDatabase, script: string, control: AbortController): Promise<FailedOutcome | null> {
  const began = performance.now();
  const statements = splitScript(script);
  try {
    checkCommands(script, statements);
    // Whatever is no CQL is refused before anything runs.
    await database.splitScript(onlyCql(script, statements));
  } catch (error) {
    const failed = failure(error);
    add(script, failed, began);
    return failed;
  }
  scriptLength.value = statements.length;
  const runner = new StatementRunner(database, control, (text, outcome, since) => {
    scriptLength.value++;
    add(text, outcome, since);
  });
  for (const [index, statement] of statements.entries()) {
    const since = performance.now();
    if (control.signal.aborted) {
      // The one before it came to its end; this one tells that the script did not.
      add(statement.text, { kind: 'cancelled' }, since);
      return null;
    }
    const outcome = await runner.run(statement, (early) => add(statement.text, early, since));
    if (outcome.kind === 'clear') {
      forgetRuns();
      scriptLength.value = statements.length - index - 1;
      continue;
    }
    if (outcome.kind !== 'job') add(statement.text, outcome, since);
    if (outcome.kind === 'cancelled') return null;
    const failed = failureOf(outcome);
    if (failed !== null) return failed;
  }
  return null;
}

function failureOf(outcome: Outcome): FailedOutcome | null {
  if (outcome.kind === 'failed') return outcome;
  if (outcome.kind !== 'job') return null;
  const state = outcome.job.state.value;
  return state.kind === 'failed' ? state.failure : null;
}

/** Throws what a command is refused for, with its place in the script. */
function checkCommands(script: string, statements: readonly ScriptStatement[]): void {
  for (const statement of statements) {
    if (statement.kind !== 'command') continue;
    try {
      parseCommand(statement.text);
    } catch (error) {
      throw error instanceof CommandError ? placedError(script, statement.from + error.position, error.message) : error;
    }
  }
}

/** The script with only CQL in it, each character where it was. DESCRIBE, which ends with its line, is looked at when it runs. */
function onlyCql(script: string, statements: readonly ScriptStatement[]): string {
  let text = '';
  for (const { kind, from, text: own } of statements) {
    text += script.slice(text.length, from).replace(/[^\n;]/g, ' ');
    text += kind === 'command' || isDescribe(own) ? own.replace(/[^\n]/g, ' ') : own;
  }
  return text + script.slice(text.length).replace(/[^\n;]/g, ' ');
}

/** An error at a place of the script, with the line and a caret as the engine's have them. */
export function placedError(script: string, position: number, message: string): Error {
  const lineStart = script.lastIndexOf('\n', position - 1) + 1;
  const end = script.indexOf('\n', position);
  const line = script.slice(0, position).split('\n').length;
  const column = position - lineStart + 1;
  const quoted = script.slice(lineStart, end < 0 ? script.length : end).replace(/[\t\r]/g, ' ');
  const error = new Error(`line ${line}:${column} ${message}\n${quoted}\n${' '.repeat(column - 1)}^`);
  return Object.assign(error, { name: 'CommandError', code: 'COMMAND_ERROR', data: { line, column } });
}
