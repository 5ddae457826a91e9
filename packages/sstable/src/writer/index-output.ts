import type { Component } from '../descriptor/index.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';

/**
 * Takes the blocks of the partition that is being written, for its row index. Names are given as kind (CLUSTERING for a row), number
 * of values and their bytes; offsets are from the partition's start.
 */
export interface BlockSink {
  /** Forgets the blocks of the partition before. */
  clear(): void;
  /** A block begins with this unfiltered; `open` is the range deletion that is open before it, null if none. */
  beginBlock(
    kind: number,
    size: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    open: DeletionTime | null,
  ): void;
  /**
   * The block ends with this unfiltered. `width` is its length, the last block's with the end-of-partition byte; `open` is the range
   * deletion that is open behind it, null if none.
   */
  endBlock(
    kind: number,
    size: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    width: number,
    open: DeletionTime | null,
  ): void;
}

/** A partition that is in Data.db. */
export interface WrittenPartition {
  readonly key: Uint8Array;
  /** The key's bytes are the first so many of `key`. */
  readonly keyLength: number;
  /** hash128 of the key: its two 64-bit halves as words. */
  readonly hash: Int32Array;
  readonly tokenHi: number;
  readonly tokenLo: number;
  readonly deletion: DeletionTime;
  /** In the uncompressed Data.db. */
  readonly position: number;
  /** Bytes before its first unfiltered. */
  readonly headerLength: number;
  /** Bytes before its end-of-partition byte. */
  readonly endOffset: number;
}

/** A component that is written in one piece at the end. */
export interface WholeComponent {
  readonly component: Component;
  readonly bytes: Uint8Array;
}

/**
 * The components by which partitions and rows are found, BIG's or BTI's. Cassandra: SortedTableWriter.AbstractIndexWriter.
 */
export interface IndexOutput {
  /** Where the blocks of each partition go, before its `add`. */
  readonly blocks: BlockSink;
  /** Bytes in files so far. */
  readonly bytesWritten: number;
  /** Adds a partition, in the order of Data.db. */
  add(partition: WrittenPartition): void;
  /** Writes what is left; returns its components that were written, and those that are still to be. */
  finish(): { readonly written: readonly Component[]; readonly whole: readonly WholeComponent[] };
}
