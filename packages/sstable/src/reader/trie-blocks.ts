import { ByteWriter, CorruptionError } from '@cassette/bytes';
import { decodeBlockPayload, putClusteringKey, TrieCursor, type TriePages } from '../bti/index.ts';
import type { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { PartitionBlocks } from './partition-rows.ts';

/** The blocks of one partition by its trie in Rows.db. Cassandra: bti.RowIndexReader. */
export class TrieBlocks implements PartitionBlocks {
  from = 0;
  to = 0;
  readonly hasNames = false;
  readonly open = new DeletionTime();
  private readonly cursor: TrieCursor;
  private readonly columns: readonly ClusteringColumn[];
  private readonly file: string;
  private readonly partitionFrom: number;
  private readonly rowsFrom: number;
  private readonly partitionEnd: number;
  private readonly form = new ByteWriter(64);
  private readonly nothing = new DeletionTime();

  /** Of the partition at `[partitionFrom, partitionEnd)` of Data.db; `file` is Data.db's name, for messages. */
  constructor(
    pages: TriePages,
    root: number,
    columns: readonly ClusteringColumn[],
    file: string,
    partitionFrom: number,
    rowsFrom: number,
    partitionEnd: number,
  ) {
    this.cursor = new TrieCursor(pages, root);
    this.columns = columns;
    this.file = file;
    this.partitionFrom = partitionFrom;
    this.rowsFrom = rowsFrom;
    this.partitionEnd = partitionEnd;
  }

  seek(bound: ClusteringBound): boolean {
    const { form, cursor } = this;
    form.clear();
    putClusteringKey(form, this.columns, bound.kind, bound.size, bound.bytes, 0, bound.bytes.length);
    if (!cursor.floor(form.buffer, form.length)) throw this.corrupt('the row index does not begin with the first block');
    if (this.take()) return true;
    this.previous();
    return false;
  }

  previous(): boolean {
    const { from } = this;
    if (from === this.rowsFrom) return false;
    if (!this.cursor.previous()) throw this.corrupt('the row index does not begin with the first row');
    if (!this.take() || this.from >= from) throw this.corrupt('the blocks of the row index do not follow one another');
    return true;
  }

  beginsBehind(): boolean {
    return false;
  }

  endsWith(): boolean {
    return true;
  }

  next(): void {
    if (!this.cursor.next() || !this.take()) throw this.corrupt('the row index goes on behind the end of the partition');
  }

  // Takes in where the cursor stands; false for the end of the partition, which is the last key where there is one for it.
  private take(): boolean {
    const { cursor, partitionFrom, partitionEnd } = this;
    this.from = partitionFrom + this.offset(this.open);
    if (this.from === partitionEnd - 1) return false;
    // The block ends where the next one begins.
    let to = partitionEnd;
    if (cursor.next()) {
      to = partitionFrom + this.offset(this.nothing);
      cursor.previous();
    }
    this.to = to;
    if (this.from < this.rowsFrom || to <= this.from || to > partitionEnd) {
      throw this.corrupt(`a block can't lie at ${this.from} to ${to}`);
    }
    // A first block that begins too late would hide rows, and the deletions that they open.
    if (this.from !== this.rowsFrom) {
      if (!cursor.previous()) throw this.corrupt('the row index does not begin with the first row');
      cursor.next();
    }
    if (this.from === this.rowsFrom && !this.open.isLive) throw this.corrupt('nothing can be open before the first block');
    return true;
  }

  private offset(open: DeletionTime): number {
    return decodeBlockPayload(this.cursor.payload(), this.cursor.flags, open);
  }

  private corrupt(message: string): CorruptionError {
    return new CorruptionError(`${message} (partition at ${this.partitionFrom} to ${this.partitionEnd})`, this.file, this.from);
  }
}
