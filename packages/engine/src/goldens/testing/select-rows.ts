import { toHex } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import type { CellView, RowView } from '../../../../../e2e/cassandra/rows.ts';
import type { Database, ResultSet } from '../../index.ts';

/**
 * Every row of a table as the judge tells those of Cassandra: value, write time and TTL of every cell, at `nowInSeconds`. The bytes of
 * every value are in `hex`; see {@link sameRows}.
 */
export async function selectRows(database: Database, table: TableMetadata, nowInSeconds: number): Promise<RowView[]> {
  const columns = table.columnsInSelectOrder;
  const isTimed = (kind: string) => kind === 'static' || kind === 'regular';
  const selected = columns.flatMap(({ name, kind }) => {
    const quoted = quote(name);
    return isTimed(kind) ? [quoted, `WRITETIME(${quoted})`, `TTL(${quoted})`] : [quoted];
  });
  const cql = `SELECT ${selected.join(', ')} FROM ${quote(table.keyspace)}.${quote(table.name)}`;
  const result = await database.execute(cql, [], { nowInSeconds });
  return Array.from({ length: result.rowLength }, (_, row) => {
    let at = 0;
    const cells = columns.map(({ name, kind }): [string, CellView | null] => {
      const view = cellOf(result, row, at);
      const timed = isTimed(kind)
        ? { writetime: timesOf(result.value(row, at + 1), String), ttl: timesOf(result.value(row, at + 2), Number) }
        : {};
      at += isTimed(kind) ? 3 : 1;
      return [name, view === null ? null : { ...view, ...timed }];
    });
    return Object.fromEntries(cells);
  });
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
