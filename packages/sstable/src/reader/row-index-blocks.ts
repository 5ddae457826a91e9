import { CorruptionError } from '@cassette/bytes';
import type { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import type { IndexInfo, RowIndex } from '../index/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { PartitionBlocks } from './partition-rows.ts';

/** The blocks of one partition by its row index. Cassandra: big.IndexState. */
export class RowIndexBlocks implements PartitionBlocks {
  readonly count: number;
  from = 0;
  to = 0;
  readonly open = new DeletionTime();
  private readonly index: RowIndex;
  private readonly comparator: ClusteringComparator;
  private readonly file: string;
  private readonly partitionFrom: number;
  private readonly partitionEnd: number;
  private selected = -1;
  private info: IndexInfo | null = null;

  /** Of the partition at `[partitionFrom, partitionEnd)` of Data.db; `file` is Data.db's name, for messages. */
  constructor(index: RowIndex, comparator: ClusteringComparator, file: string, partitionFrom: number, partitionEnd: number) {
    this.index = index;
    this.count = index.blockCount;
    this.comparator = comparator;
    this.file = file;
    this.partitionFrom = partitionFrom;
    this.partitionEnd = partitionEnd;
  }

  find(bound: ClusteringBound, low: number): number {
    let from = low;
    let to = this.count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const { last } = this.info && this.selected === middle ? this.info : this.index.block(middle);
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
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  select(block: number): void {
    if (block === this.selected) return;
    const info = this.index.block(block);
    this.info = info;
    this.selected = block;
    this.from = this.partitionFrom + info.offset;
    this.to = this.from + info.width;
    if (info.offset < this.index.headerLength || this.to > this.partitionEnd) {
      throw new CorruptionError(`block ${block} ends at ${this.to}, the partition at ${this.partitionEnd}`, this.file, this.from);
    }
    if (info.openMarker === null) this.open.setLive();
    else this.open.set(info.openMarker);
  }
}
