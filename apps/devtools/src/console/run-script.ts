// Runs what stands in the editor, statement after statement, and keeps what each answered.

import type { CassetteError, RemoteDatabase, ResultSet, Trace } from '@cassette/client';
import { signal } from '@preact/signals';

/** Rows of one page of a result. */
export const pageRows = 1000;

/** One statement of a script and what became of it. */
export interface StatementRun {
  readonly id: number;
  readonly text: string;
  readonly outcome: RowsOutcome | DoneOutcome | FailedOutcome;
  /** Milliseconds of a statement or of its first page, trip to the worker included. */
  readonly milliseconds: number;
}

/** A statement that has rows; pages that were fetched so far. */
export interface RowsOutcome {
  readonly kind: 'rows';
  readonly pages: readonly ResultSet[];
  readonly fetching: boolean;
  /** Milliseconds of all its pages together, trips to the worker included. */
  readonly milliseconds: number;
}

/** A statement without rows. */
export interface DoneOutcome {
  readonly kind: 'done';
  /** Where it was asked for. */
  readonly trace: Trace | null;
}

/** A statement that was refused; `line` and `column` are the script's, from 1. */
export interface FailedOutcome {
  readonly kind: 'failed';
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** The last script's statements, in order; what comes after a failed one was not run. */
export const runs = signal<readonly StatementRun[]>([]);
/** Index of the statement that is looked at. */
export const shown = signal(0);
/** Whether a script is running. */
export const running = signal(false);
/** Whether statements are traced. */
export const tracing = signal(false);
/** How many statements the script has. */
export const scriptLength = signal(0);

let nextId = 1;

/** The failure of a call as the page shows it. */
export function failure(error: unknown): FailedOutcome {
  const { name, code, message, data } = error as CassetteError;
  const place = (value: unknown) => (typeof value === 'number' ? value : null);
  return { kind: 'failed', name, code: code ?? name, message, line: place(data?.line), column: place(data?.column) };
}

/** Runs a script up to its first error; resolves with that error, or null. */
export async function runScript(database: RemoteDatabase, script: string): Promise<FailedOutcome | null> {
  running.value = true;
  runs.value = [];
  shown.value = 0;
  scriptLength.value = 0;
  try {
    return await runAll(database, script);
  } finally {
    running.value = false;
  }
}

async function runAll(database: RemoteDatabase, script: string): Promise<FailedOutcome | null> {
  const began = performance.now();
  const add = (text: string, outcome: StatementRun['outcome'], since: number) => {
    runs.value = [...runs.value, { id: nextId++, text, outcome, milliseconds: performance.now() - since }];
    shown.value = runs.value.length - 1;
  };
  let statements: Awaited<ReturnType<RemoteDatabase['splitScript']>>;
  try {
    statements = await database.splitScript(script);
  } catch (error) {
    const failed = failure(error);
    add(script, failed, began);
    return failed;
  }
  scriptLength.value = statements.length;
  for (const { text, line, column } of statements) {
    const since = performance.now();
    // Empty lines and blanks in front put the statement where it stands in the script, so an error names that place.
    const placed = '\n'.repeat(line - 1) + ' '.repeat(column - 1) + text;
    try {
      const result = await database.execute(placed, undefined, { fetchSize: pageRows, tracing: tracing.value });
      const milliseconds = performance.now() - since;
      const rows = { kind: 'rows', pages: [result], fetching: false, milliseconds } as const;
      add(text, result.columns === null ? { kind: 'done', trace: result.trace } : rows, since);
    } catch (error) {
      const failed = failure(error);
      add(text, failed, since);
      return failed;
    }
  }
  return null;
}

/** Fetches the next page of a result, or all that are left. Resolves with what went wrong, or null. */
export async function fetchMore(database: RemoteDatabase, id: number, all: boolean): Promise<FailedOutcome | null> {
  const put = (outcome: RowsOutcome) => {
    runs.value = runs.value.map((run) => (run.id === id ? { ...run, outcome } : run));
  };
  for (;;) {
    const run = runs.value.find((candidate) => candidate.id === id);
    if (run?.outcome.kind !== 'rows') return null;
    const { pages, milliseconds } = run.outcome;
    const pageState = pages[pages.length - 1].pageState;
    if (pageState === null) return null;
    put({ ...run.outcome, fetching: true });
    const since = performance.now();
    try {
      const page = await database.execute(run.text, undefined, {
        fetchSize: all ? 10_000 : pageRows,
        pageState,
        tracing: pages[0].trace !== null,
      });
      const taken = milliseconds + performance.now() - since;
      put({ kind: 'rows', pages: [...pages, page], fetching: false, milliseconds: taken });
    } catch (error) {
      put({ ...run.outcome, fetching: false });
      return failure(error);
    }
    if (!all) return null;
  }
}
