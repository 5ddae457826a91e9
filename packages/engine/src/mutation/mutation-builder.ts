import { assert, ByteReader, ByteWriter, token, tokenWords } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { type ClusteringComparator, DeletionTime, Row, type Slice } from '@cassette/sstable';
import { comparatorOf } from '../deletion/comparator-of.ts';
import { RangeTombstoneList } from '../deletion/range-tombstone-list.ts';
import { UpdateMerger } from '../merge/merge-updates.ts';
import { pathOrderOf } from '../merge/path-order.ts';
import { MUTATION_VERSION, MutationFlag } from './mutation-format.ts';
import { decodeRowBody, encodeRowBody } from './row-codec.ts';

/** Bytes of a range tombstone besides the values of its bounds: kinds, sizes and the deletion. */
const RANGE_OVERHEAD = 18;

/** What the builder keeps of a table between mutations of it. */
interface TableState {
  readonly table: TableMetadata;
  readonly comparator: ClusteringComparator;
  readonly merger: UpdateMerger;
}

/**
 * Builds the bytes of one partition's update, with no object a row: `begin`, then `add…` in any order, then `finish`. Reused
 * again and again. Rows of the same clustering become one and range tombstones are resolved, as Cassandra's
 * PartitionUpdate.Builder does. It checks nothing that CQL checks; `WriteEngine.apply` validates what comes out.
 */
export class MutationBuilder {
  private state: TableState | undefined;
  private readonly key = new ByteWriter(64);
  private tokenHi = 0;
  private tokenLo = 0;
  private readonly deletion = new DeletionTime();
  private ranges: RangeTombstoneList | undefined;
  private rangeBytes = 0;
  private readonly staticBody = new ByteWriter(64);
  private hasStatic = false;
  private readonly columns: number[] = [];
  /** Clusterings and bodies of the rows so far; three positions a row: clustering from, to (where its body begins), and the end of the body. */
  private readonly rowBytes = new ByteWriter(256);
  private rowOffsets = new Int32Array(3 * 16);
  /** Positions in use: most mutations are of one row, and an array that is emptied loses its memory. */
  private offsetCount = 0;
  /** Whether each row so far sorted after the one before it. */
  private sorted = true;
  private readonly a = new Row();
  private readonly b = new Row();
  private readonly out = new Row();
  private readonly scratch = new ByteWriter(256);
  private readonly reader = new ByteReader(new Uint8Array(0), 'mutation');

  /** Begins an update of the partition with that key (its bytes are copied). */
  begin(table: TableMetadata, key: Uint8Array, keyFrom = 0, keyTo = key.length): void {
    if (this.state?.table !== table) {
      this.state = { table, comparator: comparatorOf(table), merger: new UpdateMerger(pathOrderOf(table)) };
    }
    this.key.clear();
    this.key.bytesOf(key, keyFrom, keyTo);
    token(key, keyFrom, keyTo);
    this.tokenHi = tokenWords[0];
    this.tokenLo = tokenWords[1];
    this.deletion.setLive();
    this.ranges = undefined;
    this.rangeBytes = 0;
    this.hasStatic = false;
    if (this.columns.length > 0) this.columns.length = 0;
    this.rowBytes.clear();
    this.offsetCount = 0;
    this.sorted = true;
  }

  /** Deletes the partition up to and including that timestamp (microseconds, as words); `localDeletionTime` in seconds. */
  partitionDeletion(hi: number, lo: number, localDeletionTime: number): void {
    const added = DeletionTime.of(hi, lo, localDeletionTime);
    if (added.supersedes(this.deletion)) this.deletion.set(added);
  }

  /**
   * Says that the statement names a column even if no cell of it comes (`SET s = s + {}`): Cassandra lists such columns in the
   * header of the file, so they are needed for the same bytes. Columns of cells need not be named.
   */
  nameColumn(column: ColumnMetadata): void {
    if (!this.columns.includes(column.id)) this.columns.push(column.id);
  }

  /** Deletes a range of clusterings. The slice's bounds and the deletion are kept, not copied. */
  addRangeTombstone(slice: Slice, deletion: DeletionTime): void {
    this.ranges ??= new RangeTombstoneList(this.current.comparator);
    const { hi, lo, localDeletionTime } = deletion;
    this.rangeBytes += slice.start.bytes.length + slice.end.bytes.length + RANGE_OVERHEAD;
    this.ranges.add({ start: slice.start, end: slice.end, deletion: DeletionTime.of(hi, lo, localDeletionTime) });
  }

  /** Adds a row, or the static row where `row.isStatic`; copied. Cells must be ordered as Row says. An empty row is nothing. */
  addRow(row: Row): void {
    if (row.isEmpty) return;
    const { table, comparator } = this.current;
    if (row.isStatic) {
      this.addStatic(row);
      return;
    }
    const { rowBytes, rowOffsets, offsetCount } = this;
    const from = rowBytes.length;
    rowBytes.bytesOf(row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
    const bodyFrom = rowBytes.length;
    encodeRowBody(rowBytes, row, table.regularColumns);
    if (this.sorted && offsetCount > 0) {
      const last = offsetCount - 3;
      const bytes = rowBytes.buffer;
      this.sorted = comparator.compareClusterings(bytes, rowOffsets[last], rowOffsets[last + 1], bytes, from, bodyFrom) < 0;
    }
    this.addOffsets(from, bodyFrom, rowBytes.length);
  }

  private addOffsets(from: number, bodyFrom: number, to: number): void {
    if (this.offsetCount === this.rowOffsets.length) {
      const grown = new Int32Array(2 * this.offsetCount);
      grown.set(this.rowOffsets);
      this.rowOffsets = grown;
    }
    this.rowOffsets[this.offsetCount++] = from;
    this.rowOffsets[this.offsetCount++] = bodyFrom;
    this.rowOffsets[this.offsetCount++] = to;
  }

  /** About how many bytes `finish` would append: for those who write so many at a time. */
  get size(): number {
    return this.key.length + (this.hasStatic ? this.staticBody.length : 0) + this.rangeBytes + this.rowBytes.length;
  }

  /** Whether nothing was added since `begin`, and no column named: such an update is not worth writing. */
  get isEmpty(): boolean {
    const hasContent = !this.deletion.isLive || this.ranges !== undefined || this.hasStatic || this.offsetCount > 0;
    return !hasContent && this.columns.length === 0;
  }

  /** Appends the encoded mutation. */
  finish(out: ByteWriter): void {
    const { table } = this.current;
    if (!this.sorted) this.sortRows();
    const start = out.length;
    out.i32(0);
    out.u8(MUTATION_VERSION);
    out.u8(
      (this.deletion.isLive ? 0 : MutationFlag.PARTITION_DELETION) |
        (this.columns.length > 0 ? MutationFlag.COLUMNS : 0) |
        (this.ranges !== undefined ? MutationFlag.RANGES : 0) |
        (this.hasStatic ? MutationFlag.STATIC_ROW : 0) |
        (this.offsetCount > 0 ? MutationFlag.ROWS : 0),
    );
    out.bytes(table.id.bytes);
    out.i64(this.tokenHi, this.tokenLo);
    out.unsignedVIntNumber(this.key.length);
    out.bytesOf(this.key.buffer, 0, this.key.length);
    if (!this.deletion.isLive) putDeletion(out, this.deletion);
    if (this.columns.length > 0) {
      out.unsignedVIntNumber(this.columns.length);
      for (const id of this.columns) out.unsignedVIntNumber(id);
    }
    if (this.ranges !== undefined) this.putRanges(out, this.ranges);
    if (this.hasStatic) {
      out.unsignedVIntNumber(this.staticBody.length);
      out.bytesOf(this.staticBody.buffer, 0, this.staticBody.length);
    }
    const { rowOffsets, offsetCount, rowBytes } = this;
    if (offsetCount > 0) {
      out.unsignedVIntNumber(offsetCount / 3);
      for (let i = 0; i < offsetCount; i += 3) {
        out.unsignedVIntNumber(rowOffsets[i + 1] - rowOffsets[i]);
        out.bytesOf(rowBytes.buffer, rowOffsets[i], rowOffsets[i + 1]);
        out.unsignedVIntNumber(rowOffsets[i + 2] - rowOffsets[i + 1]);
        out.bytesOf(rowBytes.buffer, rowOffsets[i + 1], rowOffsets[i + 2]);
      }
    }
    out.patchI32(start, out.length - start - 4);
  }

  private get current(): TableState {
    assert(this.state !== undefined, 'a mutation is begun before anything is added to it');
    return this.state;
  }

  private addStatic(row: Row): void {
    const { table, merger } = this.current;
    let added = row;
    if (this.hasStatic) {
      const before = this.staticBody.toBytes();
      this.reader.reset(before);
      decodeRowBody(this.reader, this.a, table, true);
      merger.merge(this.a, row, this.out);
      this.nameLost(this.a, row, this.out, table.staticColumns);
      added = this.out;
    }
    this.staticBody.clear();
    encodeRowBody(this.staticBody, added, table.staticColumns);
    this.hasStatic = true;
  }

  /** Brings the rows into clustering order; of those of the same clustering, in the order they came, one remains. */
  private sortRows(): void {
    const { comparator } = this.current;
    const offsets = this.rowOffsets;
    const bytes = this.rowBytes.toBytes();
    const order = Array.from({ length: this.offsetCount / 3 }, (_, n) => n * 3);
    const compare = (x: number, y: number) =>
      comparator.compareClusterings(bytes, offsets[x], offsets[x + 1], bytes, offsets[y], offsets[y + 1]);
    order.sort(compare);
    const sorted = new ByteWriter(bytes.length);
    const sortedOffsets: number[] = [];
    for (let n = 0; n < order.length; ) {
      const first = order[n];
      let end = n + 1;
      while (end < order.length && compare(first, order[end]) === 0) end++;
      const from = sorted.length;
      sorted.bytesOf(bytes, offsets[first], offsets[first + 1]);
      const bodyFrom = sorted.length;
      if (end === n + 1) sorted.bytesOf(bytes, offsets[first + 1], offsets[first + 2]);
      else this.mergeRows(bytes, order.slice(n, end), sorted);
      sortedOffsets.push(from, bodyFrom, sorted.length);
      n = end;
    }
    this.rowBytes.clear();
    this.rowBytes.bytesOf(sorted.buffer, 0, sorted.length);
    this.rowOffsets.set(sortedOffsets);
    this.offsetCount = sortedOffsets.length;
    this.sorted = true;
  }

  private mergeRows(bytes: Uint8Array, rows: readonly number[], target: ByteWriter): void {
    const { table, merger } = this.current;
    const { a, b, out, scratch, reader, rowOffsets } = this;
    let body = bytes.subarray(rowOffsets[rows[0] + 1], rowOffsets[rows[0] + 2]);
    for (const next of rows.slice(1)) {
      reader.reset(body);
      decodeRowBody(reader, a, table, false);
      reader.reset(bytes, rowOffsets[next + 1], rowOffsets[next + 2]);
      decodeRowBody(reader, b, table, false);
      merger.merge(a, b, out);
      this.nameLost(a, b, out, table.regularColumns);
      scratch.clear();
      encodeRowBody(scratch, out, table.regularColumns);
      body = scratch.toBytes();
    }
    target.bytes(body);
  }

  /** Names the columns of two rows that their merger has no more, as a deletion in one covers what the other has in them. */
  private nameLost(a: Row, b: Row, merged: Row, columns: readonly ColumnMetadata[]): void {
    for (const row of [a, b]) {
      for (let i = 0; i < row.cellCount; i++) {
        const column = row.cellColumn[i];
        if (i > 0 && row.cellColumn[i - 1] === column) continue;
        if (!hasColumn(merged, column)) this.nameColumn(columns[column]);
      }
    }
  }

  private putRanges(out: ByteWriter, list: RangeTombstoneList): void {
    out.unsignedVIntNumber(list.size);
    for (const { start, end, deletion } of list.ranges) {
      for (const bound of [start, end]) {
        out.u8(bound.kind);
        out.unsignedVIntNumber(bound.size);
        out.vintBytes(bound.bytes);
      }
      putDeletion(out, deletion);
    }
  }
}

function hasColumn(row: Row, column: number): boolean {
  for (let i = 0; i < row.cellCount; i++) if (row.cellColumn[i] === column) return true;
  return false;
}

function putDeletion(out: ByteWriter, deletion: DeletionTime): void {
  out.i64(deletion.hi, deletion.lo);
  out.i32(deletion.localDeletionTime);
}
