import { median } from '../measure/statistics.ts';

/** A value of each round, drawn together. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Median, least and greatest of `values`. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** What `of` gives for one round divided by what `by` gives for it. */
export function ratios(of: readonly number[], by: readonly number[]): number[] {
  return of.slice(0, by.length).map((value, i) => value / by[i]);
}
