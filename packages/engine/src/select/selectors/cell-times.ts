import { type ColumnMetadata, UserType } from '@cassette/cql';
import { NO_DELETION_TIME, type Row } from '@cassette/sstable';
import { fieldIndex } from '../rows/index.ts';
import type { SelectedRow } from './selector.ts';

/** What is told of cells: microseconds, or the seconds that they have left. */
export type TimesKind = 'writetime' | 'ttl';

/** Of one cell, or of each cell of a multi-cell column; null for what has none. Cassandra: selection.ColumnTimestamps. */
export interface Times {
  readonly isMany: boolean;
  readonly values: readonly (bigint | null)[];
}

/** The times of a column's cells: for each field of a user type, whether it has a value or not; null where the column has none. */
export function cellTimes(row: SelectedRow, column: ColumnMetadata, kind: TimesKind, nowInSeconds: number): Times | null {
  const live = row.cellsOf(column);
  const { position, type } = column;
  if (live === null || !live.has(position)) return null;
  const from = live.columnStart[position];
  const to = live.columnStart[position + 1];
  const timeOf = (n: number) => timeOfCell(live.row, live.cells[n], kind, nowInSeconds);
  if (!type.isMultiCell) return { isMany: false, values: [timeOf(from)] };
  const values: (bigint | null)[] = [];
  for (let n = from; n < to; n++) {
    if (type instanceof UserType) while (values.length < fieldIndex(live.row, live.cells[n])) values.push(null);
    values.push(timeOf(n));
  }
  if (type instanceof UserType) while (values.length < type.fields.length) values.push(null);
  return { isMany: true, values };
}

function timeOfCell(row: Row, i: number, kind: TimesKind, nowInSeconds: number): bigint | null {
  if (kind === 'writetime') return (BigInt(row.cellHi[i]) << 32n) | BigInt(row.cellLo[i] >>> 0);
  if (row.cellTtl[i] === 0 || row.cellLocalDeletionTime[i] === NO_DELETION_TIME) return null;
  return BigInt(row.cellLocalDeletionTime[i] - nowInSeconds);
}

/** One of several; of what lies in one cell all parts have its time. */
export function timeAt(times: Times | null, index: number): Times | null {
  if (times === null || !times.isMany) return times;
  return { isMany: false, values: [times.values[index]] };
}

/** Those from one up to, but without, another. */
export function timesSlice(times: Times | null, from: number, to: number): Times | null {
  if (times === null || from >= to) return null;
  return times.isMany ? { isMany: true, values: times.values.slice(from, to) } : times;
}
