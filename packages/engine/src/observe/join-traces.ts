import type { Trace, TraceActivity } from './trace.ts';

/** Activities of one trace: a SELECT of thousands of partitions does the same for each. */
export const ACTIVITIES_MAX = 1000;

/** The trace of what was done in two parts, one after the other, as pages and the parts of `executeMany` are. Null stands for no part. */
export function joinTraces(first: Trace | null, second: Trace | null): Trace | null {
  if (first === null || second === null) return first ?? second;
  // Between the two there may have been a wait; the wall clock may have been set back.
  const later = Math.max(first.micros, (second.startedAt - first.startedAt) * 1000);
  const activities: TraceActivity[] = [...first.activities];
  for (const one of second.activities) {
    if (activities.length === ACTIVITIES_MAX) break;
    activities.push({ ...one, micros: one.micros + later });
  }
  const { length } = activities;
  const left = first.activities.length + second.activities.length - length;
  const omitted = first.omitted + second.omitted + left;
  return { query: first.query, startedAt: first.startedAt, micros: later + second.micros, activities, omitted };
}
