import { assert, ByteWriter, putUnsignedVInt, putUnsignedVIntNumber, unsignedVIntSize } from '@cassette/bytes';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { isBoundary, isStart, type RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import type { StoredCells } from '../rows/stored-cells.ts';
import { encodeColumnSubset } from './column-subset.ts';
import { type DataLayout, StoredColumns } from './data-layout.ts';
import { checkWritableInNb } from './deletion-time-codec.ts';
import { ExtendedFlag, StoredCellFlag, UnfilteredFlag } from './flags.ts';

// A row
//   flags            u8
//   extended flags   u8            if EXTENSION
//   clustering                     not of a static row
//   size             uv            bytes after this field
//   previous size    uv            from the start of the unfiltered before (of the partition: its header) to this one's
//   timestamp        uv delta      if HAS_TIMESTAMP
//   ttl, expiration  uv delta × 2  if HAS_TTL
//   deletion         uv delta × 2  if HAS_DELETION
//   column subset                  if not HAS_ALL_COLUMNS
//   columns                        a cell; or [deletion] uv count, cells
// A cell
//   flags            u8
//   timestamp        uv delta      if not USE_ROW_TIMESTAMP
//   deletion time    uv delta      if deleted or expiring and not USE_ROW_TTL
//   ttl              uv delta      if expiring and not USE_ROW_TTL
//   path             uv length, bytes   of a complex column
//   value            bare or uv length, bytes   if not HAS_EMPTY_VALUE
// A marker
//   flags 02, kind u8, number of values u16, values, size uv, previous size uv, one deletion or (boundary) closing and opening

/** Writes rows and markers of one SSTable. Cassandra: db.rows.UnfilteredSerializer. */
export class UnfilteredEncoder {
  private readonly layout: DataLayout;
  private readonly body = new ByteWriter(1024);
  private readonly present: Int32Array;

  constructor(layout: DataLayout) {
    this.layout = layout;
    this.present = new Int32Array(Math.max(layout.statics.count, layout.regulars.count));
  }

  /** Appends a row (or static row). `previousSize`: distance to the start of the unfiltered before it; 0 for a static row. */
  row(out: ByteWriter, row: Row, previousSize: number): void {
    if (row.stored !== null) {
      if (this.takesAsStored(row.stored)) {
        this.storedRow(out, row, row.stored, previousSize);
        return;
      }
      row.loadCells();
    }
    const columns = row.isStatic ? this.layout.statics : this.layout.regulars;
    const present = this.presentColumns(row, columns);
    const all = present === columns.count;
    let flags = 0;
    if (row.hasLiveness) flags |= UnfilteredFlag.HAS_TIMESTAMP;
    if (row.hasLiveness && row.livenessTtl !== 0) flags |= UnfilteredFlag.HAS_TTL;
    if (!row.deletion.isLive) flags |= UnfilteredFlag.HAS_DELETION;
    if (all) flags |= UnfilteredFlag.HAS_ALL_COLUMNS;
    if (this.complexDeletion) flags |= UnfilteredFlag.HAS_COMPLEX_DELETION;
    if (row.isStatic) flags |= UnfilteredFlag.EXTENSION;

    const body = this.body;
    body.clear();
    body.unsignedVIntNumber(previousSize);
    if ((flags & UnfilteredFlag.HAS_TIMESTAMP) !== 0) this.timestamp(body, row.livenessHi, row.livenessLo);
    if ((flags & UnfilteredFlag.HAS_TTL) !== 0) {
      this.ttl(body, row.livenessTtl);
      this.localDeletionTime(body, row.livenessLocalExpirationTime, row.livenessHi, row.livenessLo);
    }
    if ((flags & UnfilteredFlag.HAS_DELETION) !== 0) this.deletion(body, row.deletion);
    if (!all) encodeColumnSubset(body, this.present, present, columns.count);
    this.cells(body, row, columns);

    out.u8(flags);
    if (row.isStatic) out.u8(ExtendedFlag.IS_STATIC);
    else out.bytesOf(row.clusteringBytes, row.clusteringFrom, row.clusteringTo);
    out.unsignedVIntNumber(body.length);
    out.bytesOf(body.buffer, 0, body.length);
  }

  /** Appends a range tombstone marker. */
  marker(out: ByteWriter, marker: RangeTombstoneMarker, previousSize: number): void {
    out.u8(UnfilteredFlag.IS_MARKER);
    out.u8(marker.kind);
    out.u16(marker.size);
    out.bytesOf(marker.clusteringBytes, marker.clusteringFrom, marker.clusteringTo);
    const body = this.body;
    body.clear();
    body.unsignedVIntNumber(previousSize);
    if (isBoundary(marker.kind) || !isStart(marker.kind)) this.deletion(body, marker.closing);
    if (isStart(marker.kind)) this.deletion(body, marker.opening);
    out.unsignedVIntNumber(body.length);
    out.bytesOf(body.buffer, 0, body.length);
  }

  // The columns asked about last, and the answer: runs of rows are from one SSTable.
  private askedFor: object | null = null;
  private answer = false;

  /** Whether the bytes of stored cells are what would be written of them. */
  private takesAsStored({ columns }: StoredCells): boolean {
    if (columns !== this.askedFor) {
      this.askedFor = columns;
      this.answer = columns instanceof StoredColumns && columns.readsLike(this.layout.regulars);
    }
    return this.answer;
  }

  // A row whose cells don't depend on the minima: only its timestamp is another difference here.
  private storedRow(out: ByteWriter, row: Row, { bytes, from, to, hasAllColumns }: StoredCells, previousSize: number): void {
    const { clusteringBytes, clusteringFrom, clusteringTo } = row;
    const baseLo = this.layout.minTimestampLo;
    const borrow = row.livenessLo >>> 0 < baseLo >>> 0 ? 1 : 0;
    const hi = (row.livenessHi - this.layout.minTimestampHi - borrow) | 0;
    const lo = (row.livenessLo - baseLo) | 0;
    const previousHi = Math.floor(previousSize / 0x100000000) | 0;
    const size = unsignedVIntSize(previousHi, previousSize | 0) + unsignedVIntSize(hi, lo) + (to - from);
    // Flags, and three numbers.
    out.ensure(28 + clusteringTo - clusteringFrom);
    out.u8(UnfilteredFlag.HAS_TIMESTAMP | (hasAllColumns ? UnfilteredFlag.HAS_ALL_COLUMNS : 0));
    out.bytesOf(clusteringBytes, clusteringFrom, clusteringTo);
    const { buffer } = out;
    let at = putUnsignedVIntNumber(buffer, out.length, size);
    at = putUnsignedVInt(buffer, at, previousHi, previousSize | 0);
    out.length = putUnsignedVInt(buffer, at, hi, lo);
    out.bytesOf(bytes, from, to);
  }

  /** Set by {@link presentColumns}: whether a complex column of the row is deleted. */
  private complexDeletion = false;

  // Fills `present` with the header positions of the row's columns and returns how many there are.
  private presentColumns(row: Row, columns: StoredColumns): number {
    let count = 0;
    let last = -1;
    this.complexDeletion = false;
    for (let i = 0; i < row.cellCount; i++) {
      if ((row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0) this.complexDeletion = true;
      const column = row.cellColumn[i];
      if (column === last) continue;
      assert(column > last, 'cells of a row are ordered by column');
      last = column;
      const position = columns.source[column];
      assert(position >= 0, `column ${column} of the table is in the header of the SSTable`);
      this.present[count++] = position;
    }
    return count;
  }

  private cells(body: ByteWriter, row: Row, columns: StoredColumns): void {
    for (let i = 0; i < row.cellCount; ) {
      const column = row.cellColumn[i];
      const position = columns.source[column];
      if (columns.complex[position] === 0) {
        this.cell(body, row, i, false, columns.fixedLength[position]);
        i++;
        continue;
      }
      const deleted = (row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0;
      if (this.complexDeletion) {
        if (deleted) {
          this.timestamp(body, row.cellHi[i], row.cellLo[i]);
          this.localDeletionTime(body, row.cellLocalDeletionTime[i], row.cellHi[i], row.cellLo[i]);
        } else {
          this.timestamp(body, -0x80000000, 0);
          this.localDeletionTime(body, 0xffffffff, 0, 0);
        }
      }
      if (deleted) i++;
      let end = i;
      while (end < row.cellCount && row.cellColumn[end] === column) end++;
      body.unsignedVIntNumber(end - i);
      for (; i < end; i++) this.cell(body, row, i, true, -1);
    }
  }

  private cell(body: ByteWriter, row: Row, i: number, complex: boolean, fixedLength: number): void {
    const deleted = (row.cellFlags[i] & CellFlag.DELETED) !== 0;
    const expiring = (row.cellFlags[i] & CellFlag.EXPIRING) !== 0;
    const valueFrom = row.cellValueFrom[i];
    const valueTo = row.cellValueTo[i];
    const rowTimestamp = row.hasLiveness && row.cellHi[i] === row.livenessHi && row.cellLo[i] === row.livenessLo;
    const rowTtl =
      expiring &&
      row.hasLiveness &&
      row.livenessTtl !== 0 &&
      row.cellTtl[i] === row.livenessTtl &&
      row.cellLocalDeletionTime[i] === row.livenessLocalExpirationTime;
    let flags = 0;
    if (valueFrom === valueTo) flags |= StoredCellFlag.HAS_EMPTY_VALUE;
    if (deleted) flags |= StoredCellFlag.IS_DELETED;
    else if (expiring) flags |= StoredCellFlag.IS_EXPIRING;
    if (rowTimestamp) flags |= StoredCellFlag.USE_ROW_TIMESTAMP;
    if (rowTtl) flags |= StoredCellFlag.USE_ROW_TTL;
    body.u8(flags);
    if (!rowTimestamp) this.timestamp(body, row.cellHi[i], row.cellLo[i]);
    if ((deleted || expiring) && !rowTtl)
      this.localDeletionTime(body, row.cellLocalDeletionTime[i], row.cellHi[i], row.cellLo[i]);
    if (expiring && !rowTtl) this.ttl(body, row.cellTtl[i]);
    if (complex) {
      body.unsignedVIntNumber(row.cellPathTo[i] - row.cellPathFrom[i]);
      body.bytesOf(row.cellPathBytes[i], row.cellPathFrom[i], row.cellPathTo[i]);
    }
    if (valueFrom !== valueTo) {
      if (fixedLength < 0) body.unsignedVIntNumber(valueTo - valueFrom);
      else assert(valueTo - valueFrom === fixedLength, `a value of ${valueTo - valueFrom} bytes where ${fixedLength} are due`);
      body.bytesOf(row.cellValueBytes[i], valueFrom, valueTo);
    }
  }

  private timestamp(body: ByteWriter, hi: number, lo: number): void {
    const baseLo = this.layout.minTimestampLo;
    const borrow = lo >>> 0 < baseLo >>> 0 ? 1 : 0;
    body.unsignedVInt((hi - this.layout.minTimestampHi - borrow) | 0, (lo - baseLo) | 0);
  }

  private localDeletionTime(body: ByteWriter, seconds: number, hi: number, lo: number): void {
    if (!this.layout.compactDeletionTime && seconds > 0x7fffffff) checkWritableInNb(hi, lo, seconds);
    body.unsignedVInt32((seconds - this.layout.minLocalDeletionTime) | 0);
  }

  private ttl(body: ByteWriter, seconds: number): void {
    body.unsignedVInt32((seconds - this.layout.minTtl) | 0);
  }

  private deletion(body: ByteWriter, deletion: DeletionTime): void {
    this.timestamp(body, deletion.hi, deletion.lo);
    this.localDeletionTime(body, deletion.localDeletionTime, deletion.hi, deletion.lo);
  }
}
