import { CorruptionError } from '@cassette/bytes';
import type { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import type { RowIndex } from '../index/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { PartitionBlocks } from './partition-rows.ts';

/** The blocks of one partition by its row index. Cassandra: big.IndexState. */
export class RowIndexBlocks implements PartitionBlocks {
  from = 0;
  to = 0;
  readonly open = new DeletionTime();
  private readonly index: RowIndex;
  private readonly comparator: ClusteringComparator;
  private readonly file: string;
  private readonly partitionFrom: number;
  private readonly partitionEnd: number;
  private selected = -1;

  /** Of the partition at `[partitionFrom, partitionEnd)` of Data.db; `file` is Data.db's name, for messages. */
  constructor(index: RowIndex, comparator: ClusteringComparator, file: string, partitionFrom: number, partitionEnd: number) {
    this.index = index;
    this.comparator = comparator;
    this.file = file;
    this.partitionFrom = partitionFrom;
    this.partitionEnd = partitionEnd;
  }

  seek(bound: ClusteringBound): boolean {
    // The first block whose last name is not before the bound.
    let low = 0;
    let high = this.index.blockCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { last } = this.index.block(middle);
      const order = this.comparator.comparePrefixes(
        last.kind,
        last.size,
        last.bytes,
        0,
        last.bytes.length,
        bound.kind,
        bound.size,
        bound.bytes,
        0,
        bound.bytes.length,
      );
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    this.select(Math.min(low, this.index.blockCount - 1));
    return low < this.index.blockCount;
  }

  previous(): boolean {
    if (this.selected <= 0) return false;
    this.select(this.selected - 1);
    return true;
  }

  // What a block says is open is so behind it.
  private select(block: number): void {
    if (block === this.selected) return;
    const { offset, width } = this.index.block(block);
    const before = block === 0 ? null : this.index.block(block - 1).openMarker;
    this.selected = block;
    this.from = this.partitionFrom + offset;
    this.to = this.from + width;
    if (offset < this.index.headerLength || this.to > this.partitionEnd) {
      throw new CorruptionError(`block ${block} ends at ${this.to}, the partition at ${this.partitionEnd}`, this.file, this.from);
    }
    if (before === null) this.open.setLive();
    else this.open.set(before);
  }
}
