import type { DeletionTime, RangeTombstoneMarker, Row, Unfiltered, UnfilteredCursor } from '@cassette/sstable';
import { WrappedCursor } from './wrapped-cursor.ts';

/**
 * Gives a cursor out in parts, each as a cursor that ends: for outputs that follow each other. A part ends before a partition, where the
 * output is full or where tokens pass into another shard of the ring. Cassandra: compaction.writers.CompactionAwareWriter,
 * unified.ShardedMultiWriter.
 */
export class SplittingCursor extends WrappedCursor {
  private readonly isFull: () => boolean;
  private readonly shards: number;
  private shard = -1;
  /** The partition that the source is at begins the next part. */
  private isWaiting = false;
  private isOver = false;

  /** `isFull` is asked before each partition. */
  constructor(source: UnfilteredCursor, shards: number, isFull: () => boolean) {
    super(source);
    this.shards = shards;
    this.isFull = isFull;
  }

  /** Whether another part follows; call it between parts. */
  hasMore(): boolean {
    if (!this.isWaiting && !this.isOver) {
      if (this.source.nextPartition()) this.isWaiting = true;
      else this.isOver = true;
    }
    return this.isWaiting;
  }

  nextPartition(): boolean {
    if (this.isOver) return false;
    if (this.isWaiting) {
      this.isWaiting = false;
      this.shard = this.shardHere();
      return true;
    }
    if (!this.source.nextPartition()) {
      this.isOver = true;
      return false;
    }
    const shard = this.shardHere();
    this.isWaiting = shard !== this.shard || this.isFull();
    this.shard = shard;
    return !this.isWaiting;
  }

  get partitionDeletion(): DeletionTime {
    return this.source.partitionDeletion;
  }
  get staticRow(): Row | null {
    return this.source.staticRow;
  }
  get row(): Row {
    return this.source.row;
  }
  get marker(): RangeTombstoneMarker {
    return this.source.marker;
  }

  next(): Unfiltered {
    return this.source.next();
  }

  private shardHere(): number {
    return this.shards === 1 ? 0 : shardOf(this.source.tokenHi, this.shards);
  }
}

/** Which of so many equal parts of the ring a token is in, told from its high word; from 0. */
export function shardOf(tokenHi: number, shards: number): number {
  return Math.floor(((tokenHi ^ 0x80000000) >>> 0) * (shards / 0x100000000));
}
