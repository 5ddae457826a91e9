import type { ByteReader, ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { CellFlag, NO_DELETION_TIME, type Row } from '@cassette/sstable';

// A row (or static row) without its clustering, as mutations, WAL records and the memtable have it. Big-endian.
//
//   flags       u8       RowBodyFlag bits
//   liveness    i64      timestamp, if HAS_LIVENESS
//     ttl       i32, u32 seconds; when it expires, if LIVENESS_EXPIRES
//   deletion    i64, u32 markedForDeleteAt, local deletion time, if HAS_DELETION
//   cellCount   uv       if HAS_CELLS, as all that follows
//   base        i64      timestamp most cells share, if there is no liveness whose timestamp would serve
//   cells, ordered as in Row:
//     flags     u8       CellFlag bits and CellCodecFlag bits
//     column    uv       ColumnMetadata.id
//     timestamp i64      if not BASE_TIMESTAMP
//     times     u32      local deletion time, if DELETED, COMPLEX_DELETION or EXPIRING and not LIVENESS_TTL
//     ttl       i32      if EXPIRING and not LIVENESS_TTL
//     path      uv, …    if HAS_PATH
//     value     uv, …    if HAS_VALUE
//
// Columns are called by id and not by position, so that bytes written before an ALTER TABLE are understood after it.

/** First byte of a row's body. */
export const RowBodyFlag = { HAS_LIVENESS: 1, LIVENESS_EXPIRES: 2, HAS_DELETION: 4, HAS_CELLS: 8 } as const;

/** First byte of a cell, beside the bits of CellFlag. */
export const CellCodecFlag = { BASE_TIMESTAMP: 8, LIVENESS_TTL: 16, HAS_PATH: 32, HAS_VALUE: 64 } as const;
const CELL_KIND = CellFlag.DELETED | CellFlag.EXPIRING | CellFlag.COMPLEX_DELETION;
const ALL_ROW_FLAGS = 15;

/** Appends a row's body; `columns` are the table's static or regular ones, as the row is. */
export function encodeRowBody(out: ByteWriter, row: Row, columns: readonly ColumnMetadata[]): void {
  const expires = row.hasLiveness && row.livenessTtl !== 0;
  const hasDeletion = !row.deletion.isLive;
  const count = row.cellCount;
  out.u8(
    (row.hasLiveness ? RowBodyFlag.HAS_LIVENESS : 0) |
      (expires ? RowBodyFlag.LIVENESS_EXPIRES : 0) |
      (hasDeletion ? RowBodyFlag.HAS_DELETION : 0) |
      (count > 0 ? RowBodyFlag.HAS_CELLS : 0),
  );
  if (row.hasLiveness) out.i64(row.livenessHi, row.livenessLo);
  if (expires) {
    out.i32(row.livenessTtl);
    out.i32(row.livenessLocalExpirationTime);
  }
  if (hasDeletion) {
    out.i64(row.deletion.hi, row.deletion.lo);
    out.i32(row.deletion.localDeletionTime);
  }
  if (count === 0) return;
  out.unsignedVIntNumber(count);
  let baseHi = row.livenessHi;
  let baseLo = row.livenessLo;
  if (!row.hasLiveness) {
    // The last cell and not the first: that may be a complex deletion, which is a microsecond older than the rest.
    baseHi = row.cellHi[count - 1];
    baseLo = row.cellLo[count - 1];
    out.i64(baseHi, baseLo);
  }
  for (let i = 0; i < count; i++) encodeCell(out, row, i, columns[row.cellColumn[i]].id, baseHi, baseLo, expires);
}

function encodeCell(out: ByteWriter, row: Row, i: number, id: number, baseHi: number, baseLo: number, expires: boolean): void {
  const kind = row.cellFlags[i];
  const pathLength = row.cellPathTo[i] - row.cellPathFrom[i];
  const valueLength = row.cellValueTo[i] - row.cellValueFrom[i];
  const atBase = row.cellHi[i] === baseHi && row.cellLo[i] === baseLo;
  const asLiveness =
    expires &&
    (kind & CellFlag.EXPIRING) !== 0 &&
    row.cellTtl[i] === row.livenessTtl &&
    row.cellLocalDeletionTime[i] === row.livenessLocalExpirationTime;
  out.u8(
    kind |
      (atBase ? CellCodecFlag.BASE_TIMESTAMP : 0) |
      (asLiveness ? CellCodecFlag.LIVENESS_TTL : 0) |
      (pathLength > 0 ? CellCodecFlag.HAS_PATH : 0) |
      (valueLength > 0 ? CellCodecFlag.HAS_VALUE : 0),
  );
  out.unsignedVIntNumber(id);
  if (!atBase) out.i64(row.cellHi[i], row.cellLo[i]);
  if (kind !== 0 && !asLiveness) {
    out.i32(row.cellLocalDeletionTime[i]);
    if ((kind & CellFlag.EXPIRING) !== 0) out.i32(row.cellTtl[i]);
  }
  if (pathLength > 0) {
    out.unsignedVIntNumber(pathLength);
    out.bytesOf(row.cellPathBytes[i], row.cellPathFrom[i], row.cellPathTo[i]);
  }
  if (valueLength > 0) {
    out.unsignedVIntNumber(valueLength);
    out.bytesOf(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
  }
}

/**
 * Fills everything of `row` but its clustering from the body that ends where `input` ends; paths and values are ranges of the
 * reader's bytes. Cells of columns that `table` no longer has are left out; returns how many. Throws CorruptionError for bytes
 * that are no body.
 */
export function decodeRowBody(input: ByteReader, row: Row, table: TableMetadata, isStatic: boolean): number {
  row.clear();
  row.isStatic = isStatic;
  const flags = input.u8('row flags');
  if ((flags & ~ALL_ROW_FLAGS) !== 0) throw input.corrupt(`row flags are ${flags}`, input.position - 1);
  if ((flags & RowBodyFlag.HAS_LIVENESS) !== 0) {
    input.i64('liveness timestamp');
    const hi = input.hi;
    const lo = input.lo;
    if ((flags & RowBodyFlag.LIVENESS_EXPIRES) !== 0) {
      const ttl = input.i32('liveness ttl');
      row.setLiveness(hi, lo, ttl, input.u32('liveness expiration'));
    } else row.setLiveness(hi, lo);
  }
  if ((flags & RowBodyFlag.HAS_DELETION) !== 0) {
    input.i64('row deletion timestamp');
    const hi = input.hi;
    const lo = input.lo;
    row.deletion.setTo(hi, lo, input.u32('row deletion time'));
  }
  const leftOut = (flags & RowBodyFlag.HAS_CELLS) !== 0 ? decodeCells(input, row, table, isStatic) : 0;
  if (input.remaining !== 0) throw input.corrupt(`${input.remaining} bytes follow the row`);
  return leftOut;
}

function decodeCells(input: ByteReader, row: Row, table: TableMetadata, isStatic: boolean): number {
  const count = input.unsignedVIntNumber('cell count');
  let baseHi = row.livenessHi;
  let baseLo = row.livenessLo;
  if (!row.hasLiveness) {
    input.i64('base timestamp');
    baseHi = input.hi;
    baseLo = input.lo;
  }
  const wanted = isStatic ? 'static' : 'regular';
  for (let n = 0; n < count; n++) {
    const flags = input.u8('cell flags');
    const column = table.columnById(input.unsignedVIntNumber('column id'));
    const kind = flags & CELL_KIND;
    let hi = baseHi;
    let lo = baseLo;
    if ((flags & CellCodecFlag.BASE_TIMESTAMP) === 0) {
      input.i64('cell timestamp');
      hi = input.hi;
      lo = input.lo;
    }
    let time = NO_DELETION_TIME;
    let ttl = 0;
    if ((flags & CellCodecFlag.LIVENESS_TTL) !== 0) {
      time = row.livenessLocalExpirationTime;
      ttl = row.livenessTtl;
    } else if (kind !== 0) {
      time = input.u32('cell local deletion time');
      if ((kind & CellFlag.EXPIRING) !== 0) ttl = input.i32('cell ttl');
    }
    const pathLength = (flags & CellCodecFlag.HAS_PATH) !== 0 ? input.length('path length') : 0;
    const pathFrom = input.position;
    input.skip(pathLength, 'path');
    const valueLength = (flags & CellCodecFlag.HAS_VALUE) !== 0 ? input.length('value length') : 0;
    const valueFrom = input.position;
    input.skip(valueLength, 'value');
    // A dropped column, or one of the other kind under an id that was never this one's: nothing to show.
    if (column === undefined || column.kind !== wanted) continue;
    const i = row.addCell(column.position, kind, hi, lo, time, ttl);
    if (pathLength > 0) row.setPath(i, input.bytes, pathFrom, pathFrom + pathLength);
    if (valueLength > 0) row.setValue(i, input.bytes, valueFrom, valueFrom + valueLength);
  }
  return count - row.cellCount;
}
