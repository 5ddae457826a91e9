import type { DeletionTime } from './deletion-time.ts';
import type { RangeTombstoneMarker } from './range-tombstone-marker.ts';
import type { Row } from './row.ts';

/**
 * What `UnfilteredCursor.next` moved to. PAUSE is nothing yet: much was passed over that is not told, and whoever has other things to do may do
 * them before he asks again. Only cursors that were asked for it when they were made say so.
 */
export const Unfiltered = { END: 0, ROW: 1, MARKER: 2, PAUSE: 3 } as const;

/** One of {@link Unfiltered}. */
export type Unfiltered = (typeof Unfiltered)[keyof typeof Unfiltered];

/**
 * Partitions in token order and, within each, rows and range tombstone markers in clustering order (or both orders
 * reversed within the partition, if the maker was asked so). Synchronous, reuses its objects: what it points at is valid
 * until it moves. The common face of memtable, SSTable and merge. Cassandra: UnfilteredPartitionIterator and
 * UnfilteredRowIterator in one.
 *
 * Order of calls: `nextPartition` → the partition's fields → `next` until END → `nextPartition` … A partition may be
 * left early by calling `nextPartition`.
 */
export interface UnfilteredCursor {
  /** Moves to the next partition; false at the end. */
  nextPartition(): boolean;
  /** Partition key, as a range of bytes. */
  readonly keyBytes: Uint8Array;
  readonly keyFrom: number;
  readonly keyTo: number;
  /** The key's token. */
  readonly tokenHi: number;
  readonly tokenLo: number;
  /** The partition's deletion, LIVE if none. */
  readonly partitionDeletion: DeletionTime;
  /** The static row, or null where there is none or it is empty. */
  readonly staticRow: Row | null;
  /** Moves to the next row or marker of the partition. */
  next(): Unfiltered;
  /** Valid after ROW. */
  readonly row: Row;
  /** Valid after MARKER. */
  readonly marker: RangeTombstoneMarker;
  /** Gives back what it holds; safe to call twice. */
  close(): void;
}
