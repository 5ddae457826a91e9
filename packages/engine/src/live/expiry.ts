import { CellFlag } from '@cassette/sstable';
import type { LiveRow } from '../select/rows/index.ts';

/** Seconds of what never expires. */
export const NEVER = Number.POSITIVE_INFINITY;

/** When the first of what is alive in a row expires, in seconds since the epoch: a cell, or the row's own being there. */
export function soonestExpiry({ row, cells, cellCount, hasLiveness }: LiveRow): number {
  let soonest = hasLiveness && row.livenessTtl !== 0 ? row.livenessLocalExpirationTime : NEVER;
  for (let n = 0; n < cellCount; n++) {
    const i = cells[n];
    if ((row.cellFlags[i] & CellFlag.EXPIRING) !== 0 && row.cellLocalDeletionTime[i] < soonest) {
      soonest = row.cellLocalDeletionTime[i];
    }
  }
  return soonest;
}
