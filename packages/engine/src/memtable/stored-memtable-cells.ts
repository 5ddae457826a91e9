import { putUnsignedVInt, unsignedVIntSize, vintLength } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { type Row, StoredCellFlag, type StoredCells, StoredColumns } from '@cassette/sstable';
import { CellCodecFlag, RowBodyFlag } from '../mutation/row-codec.ts';
import type { Memtable } from './memtable.ts';
import { RowNode } from './memtable-store.ts';

/** Bytes that are kept free for a subset of columns. */
const SUBSET_MAX = 9;
/** Columns of a header from which on a subset is a list, and ids from which on they take more than a byte. */
const LISTED_FROM = 64;
const LONG_IDS_FROM = 128;
/** Values from which on a call copies faster than a loop. */
const LONG_VALUE = 48;
/** Bytes of a row from which on it is taken apart: it takes room for a second copy, and most of its time goes into values anyway. */
const LARGE_ROW = 1 << 20;

/**
 * The cells of one row of a memtable, turned into the bytes that Data.db has of them without a look at more than their frames: most rows
 * are INSERTs whose cells have the row's timestamp and nothing else, and a flush takes them from one form into the other in one pass.
 * Rows with anything else are taken apart as always. The forms stand in mutation/row-codec.ts and in sstable's unfiltered-encoder.ts.
 */
export class StoredMemtableCells implements StoredCells {
  readonly columns: StoredColumns;
  bytes: Uint8Array = new Uint8Array(1024);
  from = SUBSET_MAX;
  to = SUBSET_MAX;
  count = 0;
  hasAllColumns = false;
  private readonly memtable: Memtable;
  private readonly table: TableMetadata;
  /** By id: the position among `columns`; -1 for others. */
  private readonly positions = new Int16Array(LONG_IDS_FROM).fill(-1);
  private address = 0;
  private clusteringLength = 0;
  private bodyLength = 0;

  /** `regulars`: the columns in the header of what is written, in storage order. */
  constructor(memtable: Memtable, table: TableMetadata, regulars: readonly ColumnMetadata[]) {
    this.memtable = memtable;
    this.table = table;
    this.columns = new StoredColumns(regulars, table.regularColumns, table.droppedColumns);
    if (regulars.length >= LISTED_FROM) return;
    for (const [position, { id }] of regulars.entries()) {
      if (id < LONG_IDS_FROM && this.columns.plain[position] === 1) this.positions[id] = position;
    }
  }

  /** Fills `row` with the row of a node; false, and it is as it was, where the row is to be taken apart. */
  take(node: number, row: Row): boolean {
    const { nodes, arena } = this.memtable.store;
    const address = nodes[node + RowNode.ADDRESS];
    const clusteringLength = nodes[node + RowNode.CLUSTERING_LENGTH];
    const bodyLength = nodes[node + RowNode.BODY_LENGTH];
    const source = arena.bytes(address);
    const clusteringFrom = arena.offset(address);
    const bodyFrom = clusteringFrom + clusteringLength;
    // Flags, a timestamp, a count, and what is not one of these is another row.
    if (bodyLength < 11 || bodyLength > LARGE_ROW || source[bodyFrom] !== (RowBodyFlag.HAS_LIVENESS | RowBodyFlag.HAS_CELLS))
      return false;
    if (this.bytes.length < bodyLength + SUBSET_MAX) this.bytes = new Uint8Array(bodyLength * 2);
    if (!this.turn(source, bodyFrom + 9, bodyFrom + bodyLength)) return false;
    this.address = address;
    this.clusteringLength = clusteringLength;
    this.bodyLength = bodyLength;
    row.clear();
    row.setClustering(source, clusteringFrom, bodyFrom);
    row.setLiveness(int32(source, bodyFrom + 1), int32(source, bodyFrom + 5));
    row.stored = this;
    return true;
  }

  addTo(row: Row): void {
    this.memtable.decodeRowAt(this.address, this.clusteringLength, this.bodyLength, row, this.table);
  }

  /** Turns the cells whose count is at `at` and that end at `end`; false where one of them is another than such rows have. */
  private turn(source: Uint8Array, at: number, end: number): boolean {
    const { bytes, positions } = this;
    const { fixedLength, count: total } = this.columns;
    const count = source[at++];
    let missingLo = total >= 32 ? -1 : (1 << total) - 1;
    let missingHi = total > 32 ? (1 << (total - 32)) - 1 : 0;
    let previous = -1;
    let to = SUBSET_MAX;
    for (let n = 0; n < count; n++) {
      if (at + 2 > end) return false;
      const flags = source[at];
      const id = source[at + 1];
      at += 2;
      if ((flags & ~CellCodecFlag.HAS_VALUE) !== CellCodecFlag.BASE_TIMESTAMP || id >= LONG_IDS_FROM) return false;
      const position = positions[id];
      if (position <= previous) return false;
      previous = position;
      if (position < 32) missingLo &= ~(1 << position);
      else missingHi &= ~(1 << (position - 32));
      if ((flags & CellCodecFlag.HAS_VALUE) === 0) {
        bytes[to++] = StoredCellFlag.USE_ROW_TIMESTAMP | StoredCellFlag.HAS_EMPTY_VALUE;
        continue;
      }
      bytes[to++] = StoredCellFlag.USE_ROW_TIMESTAMP;
      if (at >= end) return false;
      const size = vintLength(source[at]);
      if (size > 3 || at + size > end) return false;
      let length = source[at] & (0xff >> size);
      for (let i = 1; i < size; i++) length = (length << 8) | source[at + i];
      const fixed = fixedLength[position];
      if (fixed >= 0) {
        if (length !== fixed) return false;
      } else for (let i = 0; i < size; i++) bytes[to++] = source[at + i];
      at += size;
      const valueEnd = at + length;
      if (valueEnd > end) return false;
      if (length < LONG_VALUE) while (at < valueEnd) bytes[to++] = source[at++];
      else {
        bytes.set(source.subarray(at, valueEnd), to);
        to += length;
        at = valueEnd;
      }
    }
    if (at !== end || count >= 0x80) return false;
    this.to = to;
    this.count = count;
    this.hasAllColumns = count === total;
    this.from = SUBSET_MAX;
    if (!this.hasAllColumns) {
      this.from -= unsignedVIntSize(missingHi, missingLo);
      putUnsignedVInt(bytes, this.from, missingHi, missingLo);
    }
    return true;
  }
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
