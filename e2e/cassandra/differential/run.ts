import type { Judge, SessionAnswer, SessionStep } from '../judge.ts';
import { cassetteSession } from './cassette-engine.ts';
import { difference, isServerFailure } from './compare.ts';

/** A step that the engines answer differently. */
export interface StepDifference {
  readonly step: number;
  readonly what: string;
}

/** What came of a script. */
export interface Outcome {
  readonly differences: readonly StepDifference[];
  readonly theirs: readonly SessionAnswer[];
}

/** Both engines execute the steps, at the same time. */
export async function runBoth(judge: Judge, steps: readonly SessionStep[]): Promise<Outcome> {
  const [theirs, ours] = await Promise.all([judge.session(steps), cassetteSession(steps)]);
  const differences = steps.flatMap((_, step) => {
    const what = isOneOfSeveral(steps[step], ours[step], theirs[step]) ? null : difference(ours[step], theirs[step]);
    return what === null ? [] : [{ step, what }];
  });
  return { differences, theirs };
}

/** Whether both refuse a statement in which several calls may fail: which of them does so first is not told. */
function isOneOfSeveral(step: SessionStep, ours: SessionAnswer, theirs: SessionAnswer): boolean {
  if (!('cql' in step)) return false;
  const calls = step.cql.match(/\b(?:from_json|floor|abs)\(|[-+*/%]/g) ?? [];
  const failures: readonly (number | undefined)[] = [0x1400, 0x2200];
  return calls.length > 1 && failures.includes(ours.error?.code) && failures.includes(theirs.error?.code);
}

/** How much scripts were about. */
export interface Counts {
  statements: number;
  rows: number;
  /** Statements that both refused. */
  refused: number;
  /** Statements at which Cassandra's server failed. */
  serverFailures: number;
}

/** Adds what Cassandra answered to a script. */
export function count(counts: Counts, steps: readonly SessionStep[], theirs: readonly SessionAnswer[]): void {
  for (const [index, { error, rows }] of theirs.entries()) {
    if ('cql' in steps[index]) counts.statements++;
    counts.rows += rows?.length ?? 0;
    if (isServerFailure(error)) counts.serverFailures++;
    else if (error !== undefined) counts.refused++;
  }
}

/** Steps as a script of a line each. */
export function scriptText(steps: readonly SessionStep[]): string {
  return steps
    .map((step) => ('cql' in step && Object.keys(step).length === 1 ? `${step.cql};` : JSON.stringify(step)))
    .join('\n');
}

/**
 * As few steps as still make the first difference, at the same step and of the same kind; found by leaving out ever smaller stretches
 * before it.
 */
export async function shrunk(judge: Judge, steps: readonly SessionStep[], tries: number): Promise<readonly SessionStep[]> {
  const { differences } = await runBoth(judge, steps);
  if (differences.length === 0) return steps;
  const [{ step, what }] = differences;
  const target = steps[step];
  const kind = kindOf(what);
  const differs = async (some: readonly SessionStep[]): Promise<boolean> => {
    const { differences: found } = await runBoth(judge, [...some, target]);
    return found.some((one) => one.step === some.length && kindOf(one.what) === kind);
  };
  let before = steps.slice(0, step);
  for (let size = Math.ceil(before.length / 2); size >= 1 && tries > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end: what comes right before matters most.
    // The first step sets the clock: without it Cassandra's would run.
    for (let end = before.length; end > 1 && tries > 0; end -= size, tries--) {
      const from = Math.max(1, end - size);
      const less = before.toSpliced(from, end - from);
      if (await differs(less)) before = less;
    }
  }
  return [...before, target];
}

/** What a difference is in: errors are of one kind where both engines say the same, but for names and numbers. */
function kindOf(what: string): string {
  const [first] = what.split(' ', 1);
  return first.startsWith('error') ? what.replaceAll(/line \d+:\d+|'[^']*'|"[^"]*"|\d+|\n.*\n *\^/g, '') : first;
}
