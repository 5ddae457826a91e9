import type { SchemaJson } from '@cassette/cql';
import type { EncodingStats } from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';
import type { MergeShape } from '../compaction/merge-job.ts';
import type { PurgeTime } from '../compaction/purge-time.ts';
import type { OverlapFacts } from '../compaction/settled-overlaps.ts';
import type { MemtableImage, MemtablePiece } from '../memtable/memtable-image.ts';

// What goes between an engine and the worker that flushes and compacts for it: plain data, for structured cloning.

/** A compaction, as things are when it begins. */
export interface CompactTask {
  readonly tableId: string;
  /** Those that are read. */
  readonly inputs: readonly SSTableRecord[];
  /** Those that may hold older data, see `olderOverlaps`. */
  readonly others: readonly SSTableRecord[];
  readonly facts: OverlapFacts;
  readonly time: PurgeTime;
  readonly shape: MergeShape;
}

/** The flush of a memtable, whose pieces follow. */
export interface FlushTask {
  readonly tableId: string;
  /** Of the first SSTable that is written; for each after it there is a `next generation`. */
  readonly generation: number;
  /** Into SSTables of how many equal parts of the ring it is split. */
  readonly shards: number;
  readonly image: MemtableImage;
  readonly encodingStats: EncodingStats;
  /** Names. */
  readonly staticColumns: readonly string[];
  readonly regularColumns: readonly string[];
  readonly expectedPartitions: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

/** How much of its time the worker takes. */
export interface PaceOrder {
  /** Somebody writes, and would wait for the disk. */
  readonly isBusy: boolean;
  /** Memory waits for a flush: it goes before all else. */
  readonly isUrgent: boolean;
}

/** To the worker. */
export type ToWorker =
  | { readonly kind: 'schema'; readonly schema: SchemaJson }
  | { readonly kind: 'compact'; readonly id: number; readonly task: CompactTask }
  | { readonly kind: 'flush'; readonly id: number; readonly task: FlushTask }
  | { readonly kind: 'piece'; readonly id: number; readonly piece: MemtablePiece }
  /** The answer to `next generation`. */
  | { readonly kind: 'generation'; readonly id: number; readonly generation: number }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'pace'; readonly order: PaceOrder };

/** How far a task is. Bytes, and rows and markers of a compaction. */
export interface TaskProgress {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly rowsMerged: number;
}

/** What comes of a task. */
export interface TaskOutcome {
  /** What was written. */
  readonly records: readonly SSTableRecord[];
  readonly progress: TaskProgress;
  /** See `SettledOverlaps.purged`. */
  readonly purged: bigint | null;
}

/** Why a task could not be done. */
export interface TaskFailure {
  readonly message: string;
  /** Of a CassetteError; null for every other error. */
  readonly code: string | null;
}

/** From the worker. */
export type FromWorker =
  /** The first: its script has loaded and the store's files are open. `build` says of which build that script is. */
  | { readonly kind: 'ready'; readonly build: string }
  /** It can do nothing at all, and why. */
  | { readonly kind: 'unfit'; readonly why: string }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: TaskProgress }
  | { readonly kind: 'next generation'; readonly id: number }
  /** It has a piece of a memtable: so many may be on their way and no more, for they take memory. */
  | { readonly kind: 'taken'; readonly id: number }
  /** All is written and closed. */
  | ({ readonly kind: 'done'; readonly id: number } & TaskOutcome)
  /** Nothing of it is left: it was cancelled, or could not be done. */
  | { readonly kind: 'ended'; readonly id: number; readonly error: TaskFailure | null };
