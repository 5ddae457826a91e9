import { ByteReader, ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { splitPartitionKey } from '../prepared/restrictions/index.ts';
import { type LiveRow, type LiveRows, writeColumnValue } from './rows/index.ts';
import { textOfBytes } from './text-of-bytes.ts';

const NONE = new Uint8Array(0);

/**
 * The row that a SELECT looks at: values of all its columns, encoded. One object goes from row to row. A partition that has
 * nothing but its static row is a row too, with null in clustering and regular columns.
 */
export class RowView {
  private readonly table: TableMetadata;
  private readonly rows: LiveRows;
  /** Where the key's components lie: from and to, in turn. */
  private readonly keyRanges: Int32Array;
  private readonly clusteringRanges: Int32Array;
  private readonly fixed: Int32Array;
  private readonly reader = new ByteReader(NONE, 'clustering');
  private readonly scratch = new ByteWriter(64);
  private hasRow = false;

  constructor(table: TableMetadata, rows: LiveRows) {
    this.table = table;
    this.rows = rows;
    this.keyRanges = new Int32Array(table.partitionKey.length * 2);
    this.clusteringRanges = new Int32Array(table.clustering.length * 2);
    this.fixed = Int32Array.from(table.clustering, (column) => column.type.fixedLength);
  }

  /** The rows came to a new partition. */
  beginPartition(): void {
    const { cursor } = this.rows;
    splitPartitionKey(this.table.partitionKey.length, cursor.keyBytes, cursor.keyFrom, cursor.keyTo, this.keyRanges);
    this.hasRow = false;
  }

  /** Lets go of the bytes of the last row. */
  leaveRow(): void {
    this.hasRow = false;
    this.reader.reset(NONE, 0, 0);
  }

  /** The rows came to a new row. */
  beginRow(): void {
    this.hasRow = true;
    const { row } = this.rows.row;
    const { reader, fixed, clusteringRanges } = this;
    reader.reset(row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
    let hi = 0;
    let lo = 0;
    for (let i = 0; i < fixed.length; i++) {
      if ((i & 31) === 0) {
        reader.unsignedVInt('clustering header');
        hi = reader.hi;
        lo = reader.lo;
      }
      const bits = ((i & 16) === 0 ? lo : hi) >>> ((i & 15) << 1);
      const from = reader.position;
      if ((bits & 3) === 0) {
        const length = fixed[i] >= 0 ? fixed[i] : reader.length('clustering value length');
        clusteringRanges[2 * i] = reader.position;
        reader.skip(length, 'clustering value');
        clusteringRanges[2 * i + 1] = reader.position;
      } else {
        // Null is to be seen in compact tables only; it is marked by an end before the beginning.
        clusteringRanges[2 * i] = from;
        clusteringRanges[2 * i + 1] = (bits & 2) !== 0 ? from - 1 : from;
      }
    }
  }

  /** The partition key as it is stored: from and to in `keyBytes`. */
  get keyBytes(): Uint8Array {
    return this.rows.cursor.keyBytes;
  }

  get keyFrom(): number {
    return this.rows.cursor.keyFrom;
  }

  get keyTo(): number {
    return this.rows.cursor.keyTo;
  }

  /** The row (or static row) that a static or regular column's cells are in; null where there is none. */
  cellsOf(column: ColumnMetadata): LiveRow | null {
    if (column.kind === 'static') return this.rows.staticRow;
    return this.hasRow ? this.rows.row : null;
  }

  /** What the row is known by, one character a byte: its partition, or with `rowKey` that and its clustering. */
  identity(rowKey: boolean): string {
    const { row } = this.rows.row;
    const key = textOfBytes(this.keyBytes, this.keyFrom, this.keyTo);
    return rowKey && this.hasRow ? `${key}/${textOfBytes(row.clusteringBytes, row.clusteringFrom, row.clusteringTo)}` : key;
  }

  /** Appends a column's value; false where it is null. */
  write(column: ColumnMetadata, out: ByteWriter): boolean {
    const { position } = column;
    switch (column.kind) {
      case 'partition_key':
        out.bytesOf(this.keyBytes, this.keyRanges[2 * position], this.keyRanges[2 * position + 1]);
        return true;
      case 'clustering': {
        const from = this.clusteringRanges[2 * position];
        const to = this.clusteringRanges[2 * position + 1];
        if (!this.hasRow || to < from) return false;
        out.bytesOf(this.rows.row.row.clusteringBytes, from, to);
        return true;
      }
      default: {
        const live = this.cellsOf(column);
        return live !== null && writeColumnValue(live, column, out);
      }
    }
  }

  /** A column's value, copied; null where there is none. For filters and sorting. */
  value(column: ColumnMetadata): Uint8Array | null {
    this.scratch.clear();
    return this.write(column, this.scratch) ? this.scratch.toBytes() : null;
  }
}
