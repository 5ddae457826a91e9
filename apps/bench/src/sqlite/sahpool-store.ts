import sqlite3InitModule, { type OpfsSAHPoolDatabase, type PreparedStatement } from '@sqlite.org/sqlite-wasm';
import type { BenchTable } from '../measure/peer.ts';
import { type RowKey, scanRows, type WorkerStore } from '../peers/worker-store.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import { type SqliteStatement, sqliteStatements, sqliteTable, sqlTables } from './sqlite-tables.ts';

/** How it is made durable: each commit is synced, by either way. */
export type SqliteJournal = 'DELETE' | 'WAL';

/** SQLite's own build for the web on its pool of sync access handles, the fastest of its ways to OPFS; `synchronous = FULL`. */
export class SahpoolStore implements WorkerStore {
  private readonly journal: SqliteJournal;
  private readonly statements = new Map<string, PreparedStatement>();
  private database: OpfsSAHPoolDatabase | null = null;

  constructor(journal: SqliteJournal) {
    this.journal = journal;
  }

  async open(fresh: boolean): Promise<void> {
    const sqlite3 = await sqlite3InitModule();
    const name = `bench-sahpool-${this.journal.toLowerCase()}`;
    const pool = await sqlite3.installOpfsSAHPoolVfs({ name, clearOnInit: fresh });
    const database = new pool.OpfsSAHPoolDb('/bench.sqlite3');
    this.database = database;
    // Without shared memory there is a WAL only under an exclusive lock, which has to be taken first.
    if (this.journal === 'WAL') database.exec('PRAGMA locking_mode = exclusive');
    const mode = database.selectValue(`PRAGMA journal_mode = ${this.journal}`);
    if (mode !== this.journal.toLowerCase()) throw new Error(`The journal mode is ${mode}, not ${this.journal}`);
    database.exec('PRAGMA synchronous = FULL');
    for (const table of sqlTables) {
      database.exec(sqliteTable(table));
      for (const [kind, sql] of Object.entries(sqliteStatements(table))) {
        this.statements.set(`${table} ${kind}`, database.prepare(sql));
      }
    }
  }

  async put(table: BenchTable, rows: readonly SensorRow[]): Promise<void> {
    const database = this.opened();
    const insert = this.statement(table, 'insert');
    const all = () => {
      for (const { sensorId, ts, value, note, payload } of rows) insert.bind([sensorId, ts, value, note, payload]).stepReset();
    };
    if (rows.length === 1) all();
    else database.transaction(all);
  }

  async get(table: BenchTable, keys: readonly RowKey[]): Promise<SensorRow[]> {
    const statement = this.statement(table, 'get');
    return keys.map(({ sensorId, ts }) => {
      const [row] = rowsOf(statement.bind([sensorId, ts]));
      if (row === undefined) throw new Error(`There is no row ${sensorId} ${ts}`);
      return row;
    });
  }

  async getIn(table: BenchTable, sensorId: string, ts: readonly number[]): Promise<SensorRow[]> {
    return rowsOf(this.statement(table, 'in').bind([sensorId, ...ts]));
  }

  async partition(table: BenchTable, sensorId: string): Promise<SensorRow[]> {
    return rowsOf(this.statement(table, 'partition').bind([sensorId]));
  }

  async scan(table: BenchTable, give: (rows: SensorRow[]) => void): Promise<void> {
    const statement = this.statement(table, 'scan');
    let rows: SensorRow[] = [];
    while (statement.step()) {
      if (rows.push(rowOf(statement)) < scanRows) continue;
      give(rows);
      rows = [];
    }
    give(rows);
    statement.reset();
  }

  async count(table: BenchTable): Promise<number> {
    return Number(this.opened().selectValue(sqliteStatements(table).count));
  }

  async loadedBytes(): Promise<number> {
    const database = this.opened();
    for (const statement of this.statements.values()) statement.finalize();
    this.statements.clear();
    database.exec('DROP TABLE written; DROP TABLE wide; VACUUM');
    return Number(database.selectValue('PRAGMA page_count')) * Number(database.selectValue('PRAGMA page_size'));
  }

  async close(): Promise<void> {
    for (const statement of this.statements.values()) statement.finalize();
    this.statements.clear();
    this.opened().close();
  }

  private opened(): OpfsSAHPoolDatabase {
    if (this.database === null) throw new Error('open first');
    return this.database;
  }

  private statement(table: BenchTable, kind: SqliteStatement): PreparedStatement {
    const statement = this.statements.get(`${table} ${kind}`);
    if (statement === undefined) throw new Error('open first');
    return statement;
  }
}

function rowsOf(statement: PreparedStatement): SensorRow[] {
  const rows: SensorRow[] = [];
  while (statement.step()) rows.push(rowOf(statement));
  statement.reset();
  return rows;
}

function rowOf(statement: PreparedStatement): SensorRow {
  return {
    sensorId: statement.getString(0) ?? '',
    ts: statement.getFloat(1) ?? 0,
    value: statement.getFloat(2) ?? 0,
    note: statement.getString(3) ?? '',
    payload: statement.getBlob(4) ?? new Uint8Array(),
  };
}
