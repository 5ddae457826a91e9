import { ByteReader, unsignedVIntSize, vintLength } from '@cassette/bytes';
import type { Row } from '../rows/row.ts';
import type { StoredCells } from '../rows/stored-cells.ts';
import { decodeColumnSubset } from './column-subset.ts';
import type { DataLayout, StoredColumns } from './data-layout.ts';
import { StoredCellFlag, UnfilteredFlag } from './flags.ts';
import type { UnfilteredDecoder } from './unfiltered-decoder.ts';

/** A row with any of these is taken apart: its times are differences to the minima of its SSTable, or its cells are not alone in their columns. */
const TAKEN_APART = UnfilteredFlag.HAS_TTL | UnfilteredFlag.HAS_DELETION | UnfilteredFlag.HAS_COMPLEX_DELETION;

/** Columns of a header from which on a subset is a list. */
const LISTED_FROM = 64;

/**
 * Reads rows of one SSTable without taking their cells apart, where bytes that were checked can be handed on as they are: as this
 * project and Cassandra write them, byte for byte. For one row at a time. The layout of the bytes stands in unfiltered-encoder.ts.
 */
export class StoredRowCells implements StoredCells {
  readonly columns: StoredColumns;
  bytes: Uint8Array = new Uint8Array(0);
  from = 0;
  to = 0;
  count = 0;
  hasAllColumns = false;
  private readonly layout: DataLayout;
  private readonly decoder: UnfilteredDecoder;
  private readonly present: Int32Array;
  private readonly allPresent: Int32Array;
  /** For taking the row apart after all. */
  private readonly input: ByteReader;
  private bodyFrom = 0;
  private flags = 0;

  constructor(layout: DataLayout, decoder: UnfilteredDecoder) {
    this.layout = layout;
    this.columns = layout.regulars;
    this.decoder = decoder;
    this.present = new Int32Array(layout.regulars.count);
    this.allPresent = Int32Array.from({ length: layout.regulars.count }, (_, i) => i);
    this.input = new ByteReader(this.bytes, 'a row');
  }

  /**
   * Reads what follows the size of a row into `row`, whose clustering is set and which is else empty, and moves behind it. False, and nothing
   * happened, where the row is to be taken apart: also where anything is wrong with it, so that there is one place that says what.
   */
  take(input: ByteReader, flags: number, row: Row): boolean {
    if ((flags & UnfilteredFlag.HAS_TIMESTAMP) === 0 || (flags & TAKEN_APART) !== 0) return false;
    const { bytes, position: bodyFrom, end } = input;
    const { columns, layout } = this;
    // Sizes of both vints are looked at first, so that what is read below is there.
    if (bodyFrom >= end) return false;
    const timestampAt = bodyFrom + vintLength(bytes[bodyFrom]);
    if (timestampAt >= end || timestampAt + vintLength(bytes[timestampAt]) > end) return false;
    input.position = timestampAt;
    input.unsignedVInt('timestamp');
    const lo = (input.lo >>> 0) + (layout.minTimestampLo >>> 0);
    const hi = (input.hi + layout.minTimestampHi + (lo >= 0x100000000 ? 1 : 0)) | 0;
    const from = input.position;
    let present = this.allPresent;
    let count = columns.count;
    const hasAllColumns = (flags & UnfilteredFlag.HAS_ALL_COLUMNS) !== 0;
    if (!hasAllColumns) {
      present = this.present;
      count = this.subset(input, from);
    }
    if (count < 0 || this.endOfCells(bytes, input.position, end, present, count) !== end) {
      input.position = bodyFrom;
      return false;
    }
    input.position = end;
    row.setLiveness(hi, lo);
    this.bytes = bytes;
    this.from = from;
    this.to = end;
    this.count = count;
    this.hasAllColumns = hasAllColumns;
    this.bodyFrom = bodyFrom;
    this.flags = flags;
    row.stored = this;
    return true;
  }

  addTo(row: Row): void {
    this.input.reset(this.bytes, this.bodyFrom, this.to);
    this.decoder.rowBody(this.input, this.flags, row);
  }

  /** Reads the subset of the columns; -1 where it isn't one as it is written. */
  private subset(input: ByteReader, from: number): number {
    const total = this.columns.count;
    if (total >= LISTED_FROM || from >= input.end) return -1;
    const size = vintLength(input.bytes[from]);
    if (from + size > input.end) return -1;
    input.unsignedVInt('missing columns');
    const isShortest = unsignedVIntSize(input.hi, input.lo) === size;
    const isWithin = total >= 32 ? (input.hi & -(2 ** (total - 32))) === 0 : input.hi === 0 && input.lo >>> 0 < 2 ** total;
    if (!isShortest || !isWithin) return -1;
    input.position = from;
    const count = decodeColumnSubset(input, this.present, total);
    return count < total ? count : -1;
  }

  /** Where the cells of those columns end; -1 where one is another than such a row has, or not as it is written. */
  private endOfCells(bytes: Uint8Array, at: number, end: number, present: Int32Array, count: number): number {
    const { plain, fixedLength } = this.columns;
    for (let i = 0; i < count; i++) {
      const position = present[i];
      if (plain[position] === 0 || at >= end) return -1;
      const flags = bytes[at++];
      if (flags === (StoredCellFlag.USE_ROW_TIMESTAMP | StoredCellFlag.HAS_EMPTY_VALUE)) continue;
      if (flags !== StoredCellFlag.USE_ROW_TIMESTAMP) return -1;
      const fixed = fixedLength[position];
      if (fixed >= 0) {
        if (fixed === 0) return -1;
        at += fixed;
        continue;
      }
      if (at >= end) return -1;
      const first = bytes[at];
      // Longer values than three bytes of length tell are few, and cost more elsewhere.
      const size = vintLength(first);
      if (first === 0 || size > 3 || at + size > end) return -1;
      let length = first & (0xff >> size);
      for (let n = 1; n < size; n++) length = (length << 8) | bytes[at + n];
      if (size > 1 && length < 1 << (7 * (size - 1))) return -1;
      at += size + length;
    }
    return at;
  }
}
