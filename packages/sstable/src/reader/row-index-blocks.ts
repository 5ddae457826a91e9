import { CorruptionError } from '@cassette/bytes';
import type { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { IndexInfo, RowIndex } from '../index/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { PartitionBlocks } from './partition-rows.ts';

/** The blocks of one partition by its row index. Cassandra: big.IndexState. */
export class RowIndexBlocks implements PartitionBlocks {
  from = 0;
  to = 0;
  readonly hasNames = true;
  readonly open = new DeletionTime();
  private readonly index: RowIndex;
  private readonly comparator: ClusteringComparator;
  private readonly file: string;
  private readonly partitionFrom: number;
  private readonly partitionEnd: number;
  private selected = -1;
  /** Blocks that were looked at: a search for many rows looks at the same ones again and again. */
  private readonly decoded: (IndexInfo | undefined)[] = [];

  /**
   * Of the partition at `[partitionFrom, partitionEnd)` of Data.db whose first unfiltered is at `rowsFrom`; `file` is Data.db's name,
   * for messages. Throws CorruptionError unless the first block begins there and the last one ends with the partition.
   */
  constructor(
    index: RowIndex,
    comparator: ClusteringComparator,
    file: string,
    partitionFrom: number,
    rowsFrom: number,
    partitionEnd: number,
  ) {
    this.index = index;
    this.comparator = comparator;
    this.file = file;
    this.partitionFrom = partitionFrom;
    this.partitionEnd = partitionEnd;
    const first = this.block(0);
    const last = this.block(index.blockCount - 1);
    const behind = partitionEnd - (partitionFrom + last.offset + last.width);
    // Where the last row ended its block, the end of the partition is in none.
    if (
      index.headerLength !== rowsFrom - partitionFrom ||
      first.offset !== index.headerLength ||
      (behind !== 0 && behind !== 1)
    ) {
      throw this.corrupt(`blocks from ${first.offset} to ${last.offset + last.width} are not the rows of the partition`);
    }
  }

  seek(bound: ClusteringBound): boolean {
    // The first block whose last name is not before the bound.
    let low = 0;
    let high = this.index.blockCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.comparator.compareBounds(this.block(middle).last, bound) < 0) low = middle + 1;
      else high = middle;
    }
    // Behind all of them: that is for the rows of the last block to say.
    if (low === this.index.blockCount) low--;
    this.select(low);
    return true;
  }

  beginsBehind(bound: ClusteringBound): boolean {
    return this.comparator.compareBounds(this.block(this.selected).first, bound) >= 0;
  }

  endsWith(reader: UnfilteredReader): boolean {
    const { last } = this.block(this.selected);
    const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = reader;
    return (
      this.comparator.comparePrefixes(
        kind,
        size,
        clusteringBytes,
        clusteringFrom,
        clusteringTo,
        last.kind,
        last.size,
        last.bytes,
        0,
        last.bytes.length,
      ) === 0
    );
  }

  previous(): boolean {
    if (this.selected <= 0) return false;
    this.select(this.selected - 1);
    return true;
  }

  next(): void {
    this.select(this.selected + 1);
  }

  private block(i: number): IndexInfo {
    this.decoded[i] ??= this.index.block(i);
    return this.decoded[i];
  }

  // What a block says is open is so behind it.
  private select(block: number): void {
    if (block === this.selected) return;
    const { first, last, offset, width } = this.block(block);
    const previous = block === 0 ? null : this.block(block - 1);
    const next = block + 1 === this.index.blockCount ? null : this.block(block + 1);
    // Nothing guards the bytes of an index but what they say of each other.
    if (
      previous !== null &&
      (previous.offset + previous.width !== offset || this.comparator.compareBounds(previous.last, first) > 0)
    ) {
      throw this.corrupt(`block ${block} does not follow the one before it`);
    }
    if (next !== null && (offset + width !== next.offset || this.comparator.compareBounds(last, next.first) > 0)) {
      throw this.corrupt(`block ${block + 1} does not follow the one before it`);
    }
    if (this.comparator.compareBounds(first, last) > 0) throw this.corrupt(`block ${block} ends before it begins`);
    const before = previous === null ? null : previous.openMarker;
    this.selected = block;
    this.from = this.partitionFrom + offset;
    this.to = this.from + width;
    if (offset < this.index.headerLength || this.to > this.partitionEnd) {
      throw new CorruptionError(`block ${block} ends at ${this.to}, the partition at ${this.partitionEnd}`, this.file, this.from);
    }
    if (before === null) this.open.setLive();
    else this.open.set(before);
  }

  private corrupt(message: string): CorruptionError {
    return new CorruptionError(`the index of rows is damaged: ${message}`, this.file, this.partitionFrom);
  }
}
