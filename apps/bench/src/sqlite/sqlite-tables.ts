import { getsRows } from '../measure/workload.ts';

/** The tables of a peer that takes SQL. */
export const sqlTables = ['written', 'loaded', 'wide'] as const;

/** The columns of a row, in the order of every statement here. */
export const columnNames = 'sensor_id, ts, value, note, payload';

/** `count` question marks. */
export function marks(count = getsRows): string {
  return Array.from({ length: count }, () => '?').join(', ');
}

/** SQLite's layout for rows that are found by their key: the table is the index, as an SSTable is. */
export function sqliteTable(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (sensor_id TEXT NOT NULL, ts INTEGER NOT NULL, value REAL, note TEXT, payload BLOB, PRIMARY KEY (sensor_id, ts)) WITHOUT ROWID`;
}

/** Statements that are prepared once a table. */
export function sqliteStatements(table: string) {
  return {
    insert: `INSERT INTO ${table} (${columnNames}) VALUES (?, ?, ?, ?, ?)`,
    get: `SELECT ${columnNames} FROM ${table} WHERE sensor_id = ? AND ts = ?`,
    in: `SELECT ${columnNames} FROM ${table} WHERE sensor_id = ? AND ts IN (${marks()}) ORDER BY ts`,
    partition: `SELECT ${columnNames} FROM ${table} WHERE sensor_id = ? ORDER BY ts`,
    scan: `SELECT ${columnNames} FROM ${table}`,
    count: `SELECT count(*) FROM ${table}`,
  } as const;
}

/** See {@link sqliteStatements}. */
export type SqliteStatement = keyof ReturnType<typeof sqliteStatements>;
