import type { ByteWriter } from '@cassette/bytes';
import { type ColumnMetadata, CounterType, ListType, MapType, UserType } from '@cassette/cql';
import type { Row } from '@cassette/sstable';
import { putTotal } from '../../counters/counter-context.ts';
import type { LiveRow } from './live-rows.ts';

/**
 * Appends the value of a static or regular column as the protocol has it: a simple cell's bytes, or the cells of a multi-cell
 * column as one value. Returns false, and appends nothing, where there is none.
 */
export function writeColumnValue(live: LiveRow, column: ColumnMetadata, out: ByteWriter): boolean {
  const from = live.columnStart[column.position];
  const to = live.columnStart[column.position + 1];
  if (from === to) return false;
  const { row, cells } = live;
  if (!column.type.isMultiCell) {
    const i = cells[from];
    if (column.type instanceof CounterType) {
      putTotal(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i], out);
      return true;
    }
    out.bytesOf(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
    return true;
  }
  if (column.type instanceof UserType) {
    writeFields(live, column.type, from, to, out);
    return true;
  }
  const paths = !(column.type instanceof ListType);
  const values = column.type instanceof ListType || column.type instanceof MapType;
  out.i32(to - from);
  for (let n = from; n < to; n++) {
    const i = cells[n];
    if (paths) {
      out.i32(row.cellPathTo[i] - row.cellPathFrom[i]);
      out.bytesOf(row.cellPathBytes[i], row.cellPathFrom[i], row.cellPathTo[i]);
    }
    if (values) {
      out.i32(row.cellValueTo[i] - row.cellValueFrom[i]);
      out.bytesOf(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
    }
  }
  return true;
}

/** Fields of a user type by their index, which is their path; null for those that are missing. */
function writeFields(live: LiveRow, type: UserType, from: number, to: number, out: ByteWriter): void {
  const { row, cells } = live;
  let field = 0;
  for (let n = from; n < to; n++) {
    const i = cells[n];
    for (const index = fieldIndex(row, i); field < index; field++) out.i32(-1);
    out.i32(row.cellValueTo[i] - row.cellValueFrom[i]);
    out.bytesOf(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i]);
    field++;
  }
  for (; field < type.fields.length; field++) out.i32(-1);
}

/** Which field of a user type that is not frozen a cell holds: its path is the field's index in two bytes. */
export function fieldIndex(row: Row, cell: number): number {
  const at = row.cellPathFrom[cell];
  return (row.cellPathBytes[cell][at] << 8) | row.cellPathBytes[cell][at + 1];
}
