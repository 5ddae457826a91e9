import { fromHex, toHex } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import type { CellView, RowView } from '../../../../../e2e/cassandra/rows.ts';
import { type Database, EncodedValue, type ResultSet } from '../../index.ts';

/**
 * Every row of a table as the judge tells those of Cassandra: value, write time and TTL of every cell, at `nowInSeconds`. The bytes of
 * every value are in `hex`; see {@link sameRows}.
 */
export function selectRows(database: Database, table: TableMetadata, nowInSeconds: number): Promise<RowView[]> {
  return select(database, table, nowInSeconds, '', []);
}

async function select(
  database: Database,
  table: TableMetadata,
  nowInSeconds: number,
  rest: string,
  params: readonly EncodedValue[],
): Promise<RowView[]> {
  const columns = table.columnsInSelectOrder;
  const isTimed = ({ kind, type }: ColumnMetadata) => (kind === 'static' || kind === 'regular') && type.cqlName() !== 'counter';
  const selected = columns.flatMap((column) => {
    const quoted = quote(column.name);
    return isTimed(column) ? [quoted, `WRITETIME(${quoted})`, `TTL(${quoted})`] : [quoted];
  });
  const cql = `SELECT ${selected.join(', ')} FROM ${quote(table.keyspace)}.${quote(table.name)}${rest}`;
  const result = await database.execute(cql, params, { nowInSeconds });
  return Array.from({ length: result.rowLength }, (_, row) => {
    let at = 0;
    const cells = columns.map((column): [string, CellView | null] => {
      const view = cellOf(result, row, at);
      const timed = isTimed(column)
        ? { writetime: timesOf(result.value(row, at + 1), String), ttl: timesOf(result.value(row, at + 2), Number) }
        : {};
      at += isTimed(column) ? 3 : 1;
      return [column.name, view === null ? null : { ...view, ...timed }];
    });
    return Object.fromEntries(cells);
  });
}

/** A read of a part of a table, and what it must answer if the read of all of it is right. */
export interface PartialRead {
  readonly cql: string;
  readonly answered: readonly RowView[];
  readonly due: readonly RowView[];
}

/**
 * Reads each partition by itself, backwards, and from and up to a row in its middle; `rows` are all of the table's, as
 * {@link selectRows} gives them.
 */
export async function readParts(
  database: Database,
  table: TableMetadata,
  nowInSeconds: number,
  rows: readonly RowView[],
): Promise<PartialRead[]> {
  const reads: PartialRead[] = [];
  const { partitionKey, clustering } = table;
  const value = (row: RowView, { name }: ColumnMetadata) => new EncodedValue(fromHex(row[name]?.hex ?? '') ?? new Uint8Array(0));
  const keyOf = (row: RowView) => partitionKey.map(({ name }) => row[name]?.hex).join();
  const where = ` WHERE ${partitionKey.map(({ name }) => `${quote(name)} = ?`).join(' AND ')}`;
  const backwards = clustering.map(({ name, descending }) => `${quote(name)} ${descending ? 'ASC' : 'DESC'}`).join(', ');
  for (const key of new Set(rows.map(keyOf))) {
    const own = rows.filter((row) => keyOf(row) === key);
    const params = partitionKey.map((column) => value(own[0], column));
    const read = async (rest: string, more: readonly EncodedValue[], due: readonly RowView[]) => {
      const answered = await select(database, table, nowInSeconds, where + rest, [...params, ...more]);
      reads.push({ cql: where + rest, answered, due });
    };
    await read('', [], own);
    // A static row alone has no clustering, and mixed orders have no one direction.
    const descending = clustering[0]?.descending;
    const isPlain = clustering.every((column) => column.descending === descending && own[0][column.name] !== null);
    if (clustering.length === 0) continue;
    await read(` ORDER BY ${backwards}`, [], own.toReversed());
    if (!isPlain) continue;
    const middle = own.length >> 1;
    const bound = clustering.map((column) => value(own[middle], column));
    const names = `(${clustering.map(({ name }) => quote(name)).join(', ')})`;
    const marks = `(${clustering.map(() => '?').join(', ')})`;
    await read(` AND ${names} ${descending ? '<=' : '>='} ${marks}`, bound, own.slice(middle));
    await read(` AND ${names} ${descending ? '<=' : '>='} ${marks} ORDER BY ${backwards}`, bound, own.slice(middle).toReversed());
    if (middle > 0) await read(` AND ${names} ${descending ? '>' : '<'} ${marks}`, bound, own.slice(0, middle));
  }
  return reads;
}

function cellOf(result: ResultSet, row: number, column: number): CellView | null {
  const bytes = result.cell(row, column);
  const type = result.columns?.[column].type;
  if (bytes === null || type === undefined) return null;
  return { json: jsonOf(() => type.toJson(bytes, 0, bytes.length)), hex: toHex(bytes) };
}

/** As the judge: bytes that have no JSON text stand for themselves. */
function jsonOf(print: () => string): string | null {
  try {
    return print();
  } catch {
    return null;
  }
}

function timesOf<T>(value: unknown, as: (value: unknown) => T): T | (T | null)[] | null {
  const one = (item: unknown): T | null => (item === null || item === undefined ? null : as(item));
  return Array.isArray(value) ? value.map(one) : one(value);
}

/** Rows of ours without the bytes of those values whose JSON text is enough for the judge, so that both can be compared as they are. */
export function sameRows(ours: readonly RowView[], theirs: readonly RowView[]): RowView[] {
  return ours.map((row, index) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => {
        if (cell === null || theirs[index]?.[name]?.hex !== undefined) return [name, cell];
        const { hex: _, ...rest } = cell;
        return [name, rest];
      }),
    ),
  );
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
