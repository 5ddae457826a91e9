// What became of the statements of a script.

import type { CassetteError, Trace } from '@cassette/client';
import type { ResultRows } from '../results/result-rows.ts';
import type { FileJob } from './files/file-job.ts';

/** One statement of a script and what became of it. */
export interface StatementRun {
  readonly id: number;
  /** Which of its script's results it is, counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly outcome: Outcome;
  /** Milliseconds of a statement or of its first page, trip to the worker included. */
  readonly milliseconds: number;
}

/** What a statement answered. */
export type Outcome = RowsOutcome | DoneOutcome | FailedOutcome | TextOutcome | JobOutcome | CancelledOutcome;

/** A statement that has rows. */
export interface RowsOutcome {
  readonly kind: 'rows';
  readonly rows: ResultRows;
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

/** What is said in words or in CQL. */
export interface TextOutcome {
  readonly kind: 'text';
  readonly text: string;
  readonly isCql: boolean;
  readonly trace: Trace | null;
}

/** SOURCE and COPY, which take their time. */
export interface JobOutcome {
  readonly kind: 'job';
  readonly job: FileJob;
}

/** The run was called off while the statement was under way. */
export interface CancelledOutcome {
  readonly kind: 'cancelled';
}

/** The failure of a call as the page shows it. */
export function failure(error: unknown): FailedOutcome {
  const { name, code, message, data } = error as CassetteError;
  const place = (value: unknown) => (typeof value === 'number' ? value : null);
  return { kind: 'failed', name, code: code ?? name, message, line: place(data?.line), column: place(data?.column) };
}
