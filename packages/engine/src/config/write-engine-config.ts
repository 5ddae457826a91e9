import { Durability } from './durability.ts';

/** How SSTables are compacted without anybody asking for it. */
export interface CompactionConfig {
  /** Whether it happens in the background by itself; default true. By hand and by `maintenanceStep` it is done all the same. */
  readonly enabled?: boolean;
  /** Milliseconds of a slice of it, after which others have their turn; default 2, and one at most while they write. */
  readonly sliceMilliseconds?: number;
}

/** What one may choose about a write engine. Sizes in bytes. */
export interface WriteEngineConfig {
  /** When writes resolve that do not say it themselves. */
  readonly durability: Durability;
  /** Memtables of all tables together: past this they are sealed and flushed to SSTables. */
  readonly memtableFlushThreshold: number;
  /** Memtables of all tables together, those that wait for their flush and the copy of one that a worker flushes included: past this writes wait. */
  readonly memtableHardLimit: number;
  /** A WAL segment past this size is sealed with its memtables: rows written over and over fill the log and not the memtable. */
  readonly walSegmentSizeMax: number;
  /** Writes that may wait at the hard limit at one time; more fail with MemtableFullError. */
  readonly waitingWritesMax: number;
  /** The largest write (one call of `apply`) that is accepted. */
  readonly mutationSizeMax: number;
  /** Milliseconds that background work may take before it lets others have their turn. */
  readonly sliceMilliseconds: number;
  /** Milliseconds to wait before a failed flush is tried again. */
  readonly flushRetryMilliseconds: number;
  /** Whether `close` flushes the memtables, so that the next open has no WAL to replay. */
  readonly flushOnClose: boolean;
  readonly compaction: CompactionConfig;
  /**
   * Which deletions stay past gc_grace_seconds until somebody says that the cluster has an export with them (`confirmExported`):
   * `once-exported` (default), those of tables that have been exported, so that an export `since` another never lacks the deletion of what
   * that one has; `always`, for devices that are away for longer than gc_grace_seconds and delete what others wrote; `never`, as
   * Cassandra does, for which an export has to come within gc_grace_seconds, as a repair has to there.
   */
  readonly keepDeletionsUntilConfirmed: 'always' | 'once-exported' | 'never';
  /**
   * Bytes of the log that are kept for those who read `changes`, once tables have `cdc = true`; past it the oldest go, whether or not
   * somebody has read them. Cassandra: cdc_total_space, with cdc_block_writes off.
   */
  readonly cdcTotalSpace: number;
  /** Milliseconds from which on a SELECT is told as the event `slow-query`; Infinity for none. Cassandra: slow_query_log_timeout. */
  readonly slowQueryThreshold: number;
}

/** What an engine does when nobody says otherwise. */
export const defaultWriteEngineConfig: WriteEngineConfig = {
  durability: Durability.SyncEachWrite,
  memtableFlushThreshold: 16 * 1024 * 1024,
  memtableHardLimit: 64 * 1024 * 1024,
  walSegmentSizeMax: 64 * 1024 * 1024,
  waitingWritesMax: 100_000,
  mutationSizeMax: 16 * 1024 * 1024,
  sliceMilliseconds: 8,
  flushRetryMilliseconds: 1000,
  flushOnClose: false,
  compaction: { enabled: true },
  keepDeletionsUntilConfirmed: 'once-exported',
  cdcTotalSpace: 64 * 1024 * 1024,
  slowQueryThreshold: 500,
};
