import type { CompactionKind } from '../merge-policy/compaction-plan.ts';

/** One compaction that came to its end. Sizes in bytes of all components. */
export interface CompactionStats {
  readonly keyspace: string;
  readonly table: string;
  readonly kind: CompactionKind;
  /** Generations that were compacted, those included that went unread since nothing was left in them. */
  readonly inputs: readonly number[];
  /** Generations that came of it; none where nothing was left. */
  readonly outputs: readonly number[];
  /** Of the outputs. */
  readonly level: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly partitionsWritten: number;
  /** Rows and range tombstone markers that came out of the merge, before anything was purged. */
  readonly rowsMerged: number;
  /** Milliseconds from its beginning to its end, those included in which others had their turn. */
  readonly milliseconds: number;
}

/** What a call of `maintenanceStep` did, and what is left. */
export interface MaintenanceReport {
  /** Compactions that came to their end in this call. */
  readonly compactions: readonly CompactionStats[];
  /** Whether there is more to do: a compaction is under way, or waits. */
  readonly hasMore: boolean;
  /** Compactions that the policies ask for now, the one under way included: an estimate. */
  readonly pending: number;
  /** Milliseconds that it took. */
  readonly milliseconds: number;
}
