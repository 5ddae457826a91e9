// Which results of a long script are kept: a file may have any number of statements, and each result holds its rows.

import type { StatementRun } from './outcomes.ts';

/** What ran, before it is known which number it has. */
export type Ran = Omit<StatementRun, 'number'>;

/** Results that are kept, in order, and how many statements have run. */
export interface KeptRuns {
  readonly runs: readonly StatementRun[];
  readonly count: number;
}

/** Before the first statement. */
export const nothingRun: KeptRuns = { runs: [], count: 0 };

/** The first are kept, and the last, for that is where a script stopped. */
const firstKept = 100;
const lastKept = 100;

/** With one more; past 200 the oldest behind the first hundred goes. */
export function withRun({ runs, count }: KeptRuns, run: Ran): KeptRuns {
  const all = [...runs, { ...run, number: count + 1 }];
  if (all.length > firstKept + lastKept) all.splice(firstKept, all.length - firstKept - lastKept);
  return { runs: all, count: count + 1 };
}
