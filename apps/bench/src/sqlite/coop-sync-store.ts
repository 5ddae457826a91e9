import * as SQLite from '@journeyapps/wa-sqlite';
import newModule from '@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import wasmUrl from '@journeyapps/wa-sqlite/dist/wa-sqlite.wasm?url';
import { OPFSCoopSyncVFS } from '@journeyapps/wa-sqlite/src/examples/OPFSCoopSyncVFS.js';
import type { BenchTable } from '../measure/peer.ts';
import { removeFromOpfs } from '../peers/remove-from-opfs.ts';
import { type RowKey, scanRows, type WorkerStore } from '../peers/worker-store.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import { type SqliteStatement, sqliteStatements, sqliteTable, sqlTables } from './sqlite-tables.ts';

const fileName = 'bench-coop-sync.sqlite3';

/** wa-sqlite on its VFS OPFSCoopSync, which shares a database between tabs by handing its access handles over; `synchronous = FULL`. */
export class CoopSyncStore implements WorkerStore {
  private readonly statements = new Map<string, number>();
  private sqlite: SQLiteAPI | null = null;
  private database = 0;

  async open(fresh: boolean): Promise<void> {
    if (fresh) for (const suffix of ['', '-journal', '-wal']) await removeFromOpfs(fileName + suffix);
    const module = await newModule({ locateFile: () => wasmUrl });
    const sqlite = SQLite.Factory(module);
    this.sqlite = sqlite;
    sqlite.vfs_register((await OPFSCoopSyncVFS.create('bench-coop-sync', module)) as unknown as SQLiteVFS, true);
    this.database = await sqlite.open_v2(fileName);
    await sqlite.exec(this.database, 'PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL');
    for (const table of sqlTables) {
      await sqlite.exec(this.database, sqliteTable(table));
      for (const [kind, sql] of Object.entries(sqliteStatements(table))) {
        // What is not finalized with its iterator stays prepared.
        for await (const statement of sqlite.statements(this.database, sql, { unscoped: true })) {
          this.statements.set(`${table} ${kind}`, statement);
        }
      }
    }
  }

  async put(table: BenchTable, rows: readonly SensorRow[]): Promise<void> {
    const sqlite = this.opened();
    const insert = this.statement(table, 'insert');
    if (rows.length > 1) await sqlite.exec(this.database, 'BEGIN');
    for (const { sensorId, ts, value, note, payload } of rows) {
      sqlite.bind_collection(insert, [sensorId, ts, value, note, payload]);
      await sqlite.step(insert);
      await sqlite.reset(insert);
    }
    if (rows.length > 1) await sqlite.exec(this.database, 'COMMIT');
  }

  async get(table: BenchTable, keys: readonly RowKey[]): Promise<SensorRow[]> {
    const rows: SensorRow[] = [];
    // One transaction: a read by itself takes and gives back the lock of the file.
    if (keys.length > 1) await this.opened().exec(this.database, 'BEGIN');
    for (const { sensorId, ts } of keys) {
      const [row] = await this.rows(table, 'get', [sensorId, ts]);
      if (row === undefined) throw new Error(`There is no row ${sensorId} ${ts}`);
      rows.push(row);
    }
    if (keys.length > 1) await this.opened().exec(this.database, 'COMMIT');
    return rows;
  }

  getIn(table: BenchTable, sensorId: string, ts: readonly number[]): Promise<SensorRow[]> {
    return this.rows(table, 'in', [sensorId, ...ts]);
  }

  partition(table: BenchTable, sensorId: string): Promise<SensorRow[]> {
    return this.rows(table, 'partition', [sensorId]);
  }

  async scan(table: BenchTable, give: (rows: SensorRow[]) => void): Promise<void> {
    const sqlite = this.opened();
    const statement = this.statement(table, 'scan');
    let rows: SensorRow[] = [];
    while ((await sqlite.step(statement)) === SQLite.SQLITE_ROW) {
      if (rows.push(rowOf(sqlite, statement)) < scanRows) continue;
      give(rows);
      rows = [];
    }
    give(rows);
    await sqlite.reset(statement);
  }

  async count(table: BenchTable): Promise<number> {
    return this.number(sqliteStatements(table).count);
  }

  async loadedBytes(): Promise<number> {
    await this.finalize();
    await this.opened().exec(this.database, 'DROP TABLE written; DROP TABLE wide; VACUUM');
    return (await this.number('PRAGMA page_count')) * (await this.number('PRAGMA page_size'));
  }

  async close(): Promise<void> {
    await this.finalize();
    await this.opened().close(this.database);
  }

  private async rows(table: BenchTable, kind: SqliteStatement, values: (string | number)[]): Promise<SensorRow[]> {
    const sqlite = this.opened();
    const statement = this.statement(table, kind);
    sqlite.bind_collection(statement, values);
    const rows: SensorRow[] = [];
    while ((await sqlite.step(statement)) === SQLite.SQLITE_ROW) rows.push(rowOf(sqlite, statement));
    await sqlite.reset(statement);
    return rows;
  }

  private async number(sql: string): Promise<number> {
    let found = Number.NaN;
    await this.opened().exec(this.database, sql, (row) => {
      found = Number(row[0]);
    });
    return found;
  }

  private async finalize(): Promise<void> {
    for (const statement of this.statements.values()) await this.opened().finalize(statement);
    this.statements.clear();
  }

  private opened(): SQLiteAPI {
    if (this.sqlite === null) throw new Error('open first');
    return this.sqlite;
  }

  private statement(table: BenchTable, kind: SqliteStatement): number {
    const statement = this.statements.get(`${table} ${kind}`);
    if (statement === undefined) throw new Error('open first');
    return statement;
  }
}

function rowOf(sqlite: SQLiteAPI, statement: number): SensorRow {
  return {
    sensorId: sqlite.column_text(statement, 0),
    // Milliseconds of our time need 41 bits.
    ts: sqlite.column_double(statement, 1),
    value: sqlite.column_double(statement, 2),
    note: sqlite.column_text(statement, 3),
    // A view of SQLite's memory, which the next step fills anew.
    payload: sqlite.column_blob(statement, 4).slice(),
  };
}
