import type { Database } from '../database/index.ts';
import type { Row } from '../result/index.ts';
import type { ModelRow } from './model/rich-table.ts';
import { textOf } from './model/rich-table.ts';
import { CONDITIONAL, COUNTERS, LOOSE } from './model/world.ts';

/** The keyspace of the simulation. */
export const KEYSPACE = 's';
const baseColumns = ['k', 'c', 'st', 'v', 't', 'm'];

/** What SELECT names to get a {@link ModelRow}. */
export function selectorsOf(added: readonly string[]): string {
  return ['k', 'c', 'st', 'v', 'writetime(v) AS written', 'ttl(v) AS ttl', 't', 'm', ...added].join(', ');
}

/** A row of these selectors. */
export function modelRow(row: Row, added: readonly string[]): ModelRow {
  const m = row['m'] as ReadonlyMap<number, number> | null;
  const number = (name: string) => (row[name] === null ? null : Number(row[name]));
  return {
    k: Number(row['k']),
    c: number('c'),
    st: number('st'),
    v: number('v'),
    written: number('written'),
    ttl: number('ttl'),
    t: row['t'] as string | null,
    m: m === null || m.size === 0 ? null : [...m].map(([path, value]) => `${path}=${value}`).join(),
    added: added.map(number),
  };
}

/** Columns of a rich table that were added, as the schema has them. */
export function addedColumns(db: Database, table: string): string[] {
  const found = db.schema.table(KEYSPACE, table);
  if (found === undefined) throw new Error(`there is no table ${table}`);
  return [...found.columns.values()]
    .map(({ name }) => name)
    .filter((name) => !baseColumns.includes(name))
    .sort();
}

/** What a store shows, as {@link World.text} has it, by table. */
export async function readStore(db: Database, nowInSeconds: number): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const all = async (query: string) => (await db.execute(query, [], { nowInSeconds })).rows;
  for (const { name } of db.schema.keyspace(KEYSPACE)?.tables.values() ?? []) {
    if (name === LOOSE) continue;
    if (name === COUNTERS) {
      const rows = await all(`SELECT k, c, n FROM ${KEYSPACE}.${name}`);
      found.set(name, textOf(rows.map((row) => `${row['k']}/${row['c']}:${row['n']}`)));
    } else if (name === CONDITIONAL) {
      const rows = await all(`SELECT id, v FROM ${KEYSPACE}.${name}`);
      found.set(name, textOf(rows.map((row) => `${row['id']}:${row['v']}`)));
    } else {
      const added = addedColumns(db, name);
      const rows = await all(`SELECT ${selectorsOf(added)} FROM ${KEYSPACE}.${name}`);
      found.set(name, textOf([added.join(), ...rows.map((row) => JSON.stringify(modelRow(row, added)))]));
    }
  }
  return found;
}

/** Of the loose table: the number of the write that was last, by `k/c`; none where there is no such table. */
export async function readLoose(db: Database): Promise<Map<string, number>> {
  if (db.schema.table(KEYSPACE, LOOSE) === undefined) return new Map();
  const { rows } = await db.execute(`SELECT k, c, v FROM ${KEYSPACE}.${LOOSE}`);
  return new Map(rows.map((row) => [`${row['k']}/${row['c']}`, Number(row['v'])]));
}
