import type { TokenRange } from '../io/read-command.ts';
import type { LeftEntry } from './index-check.ts';
import type { HashedKey, PartitionHeader } from './partition-header.ts';
import type { PartitionBlocks } from './partition-rows.ts';

/** The row index of a partition that has one, until it is known where the partition lies. */
export interface PartitionRowIndex {
  /**
   * Its blocks, for the partition at `[from, end)` of Data.db whose first unfiltered is at `rowsFrom`; `file` is Data.db's name, for
   * messages.
   */
  blocks(file: string, from: number, rowsFrom: number, end: number): PartitionBlocks;
}

/**
 * Walks over the partitions of an SSTable by its index, in the order of Data.db. Reused; its fields are valid until it moves. Throws
 * CorruptionError. Cassandra: io.sstable.KeyReader.
 */
export interface PartitionScanner {
  /** Partition key, as a range of bytes. Where the index has no whole keys, looking at it reads Data.db. */
  readonly keyBytes: Uint8Array;
  readonly keyFrom: number;
  readonly keyTo: number;
  /** Position of the partition in the uncompressed Data.db. */
  readonly dataPosition: number;
  /** Whether the partition has a row index: see {@link rowIndex}. */
  readonly hasRowIndex: boolean;
  /** What {@link PartitionIndex.scannerAt} comes back to, of a partition with a row index. */
  readonly bookmark: number;
  /** Moves to the next partition; false at the end. */
  next(): boolean;
  /** The row index of the current partition. After it the key is no longer valid. */
  rowIndex(): PartitionRowIndex;
  /** Throws CorruptionError unless the partition whose header was read at `position` is the one that the index says is there. */
  check(header: PartitionHeader, position: number): void;
}

/** How partitions are found in an SSTable: BIG's Index.db and Summary.db, or BTI's Partitions.db and Rows.db. */
export interface PartitionIndex {
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
  /** Bytes of the index read so far. */
  readonly bytesRead: number;
  /** Entries of Index.db that look-ups compared, or nodes of tries that were gone to, so far. */
  readonly steps: number;
  /** A scanner at the key's partition, or null where it is not here; `scanner` is used again. The bloom filter is not asked. */
  find(key: HashedKey, scanner: PartitionScanner | null): PartitionScanner | null;
  /** A scanner that `next` moves to the first partition that the range can have, or one before it. */
  scannerFor(start: TokenRange['start']): PartitionScanner;
  /** A scanner at the entry of that bookmark, for its row index alone. */
  scannerAt(bookmark: number): PartitionScanner;
  /**
   * Where a key that was not found would be: `before` becomes the last entry before it, and what is returned stands at the first one
   * behind it, null for the end. Where it would be before the first entry, that one, and `before` is none; or undefined, where the first
   * key is known to be right.
   */
  around(key: HashedKey, before: LeftEntry): PartitionScanner | null | undefined;
  /** A scanner before the first partition, that reads ahead. */
  keys(): PartitionScanner;
}
