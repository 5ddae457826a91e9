import { type ColumnSpec, EncodedValue, type RemoteDatabase, type TableInfo } from '@cassette/client';
import { quoteName } from '../console/quote-name.ts';
import { count, timestamp } from '../text/numbers.ts';
import type { ResultRows } from './result-rows.ts';
import type { CellPlace } from './selection.ts';

/** When a cell was written and when it goes, in words. */
export interface CellFacts {
  readonly written: string | null;
  readonly expires: string | null;
  /** Why the others are null. */
  readonly why: string | null;
}

/**
 * Asks for the write time and TTL of a cell of a result; null where it has none, or the result does not tell which row it is of. `table`: the one
 * that its column is of, if it is known.
 */
export async function cellFacts(
  rows: ResultRows,
  { row, column: at }: CellPlace,
  database: RemoteDatabase,
  table: TableInfo | undefined,
): Promise<CellFacts | null> {
  const column = rows.columns[at];
  const known = table?.columns.find(({ name }) => name === column.name);
  if (table === undefined || known === undefined || known.type === 'counter') return null;
  if (known.kind !== 'regular' && known.kind !== 'static') {
    return { written: null, expires: null, why: 'A part of the primary key has no write time of its own.' };
  }
  const kinds: readonly string[] = known.kind === 'static' ? ['partition_key'] : ['partition_key', 'clustering'];
  const keys = table.columns.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  const values: unknown[] = [];
  for (const key of keys) {
    const position = indexOf(rows.columns, column, key);
    const cell = position < 0 ? undefined : rows.cell(row, position);
    // A result without the whole key, or with an alias in its place, does not say which row it is.
    if (cell === undefined || cell === null) return null;
    values.push(new EncodedValue(cell));
  }
  const name = quoteName(column.name);
  const where = keys.map((key) => `${quoteName(key)} = ?`).join(' AND ');
  const from = `${quoteName(table.keyspace)}.${quoteName(table.name)}`;
  const result = await database.execute(
    `SELECT WRITETIME(${name}) AS w, TTL(${name}) AS t FROM ${from} WHERE ${where} LIMIT 1`,
    values,
  );
  const [first] = result.rows;
  if (first === undefined) return { written: null, expires: null, why: 'The row is not there any more.' };
  const [written, ttl] = [first.get('w'), first.get('t')];
  return {
    written: each(written, (micros) => `${timestamp(BigInt(String(micros)))} UTC (${String(micros)} µs)`),
    expires: each(ttl, (seconds) => `${count(Number(seconds))} s left`) ?? 'none: it stays',
    why: null,
  };
}

/** Where a column of the same table is; -1 is nowhere. */
function indexOf(columns: readonly ColumnSpec[], { keyspace, table }: ColumnSpec, name: string): number {
  return columns.findIndex((one) => one.name === name && one.keyspace === keyspace && one.table === table);
}

/** Of a collection there are several: they are told as a range. */
function each(value: unknown, words: (one: unknown) => string): string | null {
  const all = (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined);
  if (all.length === 0) return null;
  const distinct = [...new Set(all.map(String))].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const first = words(distinct[0]);
  return distinct.length === 1 ? first : `${first} … ${words(distinct[distinct.length - 1])}`;
}
