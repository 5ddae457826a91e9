/** What may be purged in one compaction. Times in seconds since the epoch. */
export interface PurgeTime {
  /** What expires by then has expired. */
  readonly nowInSeconds: number;
  /** Tombstones from before then have been around long enough: now − gc_grace_seconds. */
  readonly gcBefore: number;
}

/** The time of a compaction that begins now. Cassandra: ColumnFamilyStore#gcBefore. */
export function purgeTimeOf(nowInSeconds: number, gcGraceSeconds: number): PurgeTime {
  return { nowInSeconds, gcBefore: nowInSeconds - gcGraceSeconds };
}
