import type { SSTableGroup, SSTableStats } from '@cassette/client';

/** A tier, level or window in a word or two. */
export function bandName({ kind, number }: Pick<SSTableGroup, 'kind' | 'number'>): string {
  if (kind !== 'window') return `${kind} ${number}`;
  const at = new Date(number);
  return Number.isNaN(at.getTime()) ? 'window' : at.toISOString().slice(5, 16).replace('T', ' ');
}

/** The Data.db of an SSTable, by which the inspector is told which one is meant. */
export function dataFileOf({ components }: SSTableStats): string {
  return components.find(({ name }) => name === 'Data.db')?.file ?? '';
}

/** How old what is newest in an SSTable is, as one of six steps: 0 for the last ten seconds, 5 for more than a day. */
export function ageStep(maxTimestamp: bigint, nowMs: number): number {
  const seconds = nowMs / 1000 - Number(maxTimestamp / 1_000_000n);
  const limits = [10, 60, 600, 3600, 86_400];
  const step = limits.findIndex((limit) => seconds < limit);
  return step < 0 ? limits.length : step;
}

/** The names of these steps. */
export const ageNames = ['10 s', '1 min', '10 min', '1 h', '1 day', 'older'] as const;
