import { PGlite } from '@electric-sql/pglite';
import { OpfsAhpFS } from '@electric-sql/pglite/opfs-ahp';
import type { BenchTable } from '../measure/peer.ts';
import { removeFromOpfs } from '../peers/remove-from-opfs.ts';
import { type RowKey, scanRows, type WorkerStore } from '../peers/worker-store.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import { columnNames, sqlTables } from '../sqlite/sqlite-tables.ts';

interface PgRow {
  readonly sensor_id: string;
  readonly ts: number;
  readonly value: number;
  readonly note: string;
  readonly payload: Uint8Array;
}

const folder = 'bench-pglite';

/**
 * Postgres on its pool of sync access handles, as durable as it can be made: after each query the files that it changed are flushed, data
 * before the next query but not its log before its data, for Postgres runs without fsync (`-F`). Weaker than the others, who keep that order.
 */
export class PgliteStore implements WorkerStore {
  private database: PGlite | null = null;

  async open(fresh: boolean): Promise<void> {
    if (fresh) await removeFromOpfs(folder);
    const database = await PGlite.create({ fs: new OpfsAhpFS(folder), relaxedDurability: false });
    this.database = database;
    for (const table of sqlTables) {
      await database.exec(
        `CREATE TABLE IF NOT EXISTS ${table} (sensor_id text NOT NULL, ts bigint NOT NULL, value double precision, note text, payload bytea, PRIMARY KEY (sensor_id, ts))`,
      );
    }
  }

  async put(table: BenchTable, rows: readonly SensorRow[]): Promise<void> {
    const insert = `INSERT INTO ${table} (${columnNames})`;
    if (rows.length === 1) {
      const [{ sensorId, ts, value, note, payload }] = rows;
      await this.opened().query(`${insert} VALUES ($1, $2, $3, $4, $5)`, [sensorId, ts, value, note, payload]);
      return;
    }
    // Five arrays for one statement: some ten times as fast as a statement a row in a transaction.
    const columns = ['sensorId', 'ts', 'value', 'note', 'payload'] as const;
    await this.opened().query(
      `${insert} SELECT * FROM unnest($1::text[], $2::bigint[], $3::double precision[], $4::text[], $5::bytea[])`,
      columns.map((column) => rows.map((row) => row[column])),
    );
  }

  async get(table: BenchTable, keys: readonly RowKey[]): Promise<SensorRow[]> {
    const rows: SensorRow[] = [];
    for (const { sensorId, ts } of keys) {
      const [row] = await this.rows(`SELECT ${columnNames} FROM ${table} WHERE sensor_id = $1 AND ts = $2`, [sensorId, ts]);
      if (row === undefined) throw new Error(`There is no row ${sensorId} ${ts}`);
      rows.push(row);
    }
    return rows;
  }

  getIn(table: BenchTable, sensorId: string, ts: readonly number[]): Promise<SensorRow[]> {
    return this.rows(`SELECT ${columnNames} FROM ${table} WHERE sensor_id = $1 AND ts = ANY($2::bigint[]) ORDER BY ts`, [
      sensorId,
      ts,
    ]);
  }

  partition(table: BenchTable, sensorId: string): Promise<SensorRow[]> {
    return this.rows(`SELECT ${columnNames} FROM ${table} WHERE sensor_id = $1 ORDER BY ts`, [sensorId]);
  }

  async scan(table: BenchTable, give: (rows: SensorRow[]) => void): Promise<void> {
    const rows = await this.rows(`SELECT ${columnNames} FROM ${table}`, []);
    for (let from = 0; from < rows.length; from += scanRows) give(rows.slice(from, from + scanRows));
  }

  count(table: BenchTable): Promise<number> {
    return this.number(`SELECT count(*)::int AS n FROM ${table}`);
  }

  async loadedBytes(): Promise<number> {
    await this.opened().exec('VACUUM FULL loaded');
    return this.number(`SELECT pg_total_relation_size('loaded')::int AS n`);
  }

  close(): Promise<void> {
    return this.opened().close();
  }

  private async rows(sql: string, params: unknown[]): Promise<SensorRow[]> {
    const { rows } = await this.opened().query<PgRow>(sql, params);
    return rows.map(({ sensor_id, ts, value, note, payload }) => ({ sensorId: sensor_id, ts, value, note, payload }));
  }

  private async number(sql: string): Promise<number> {
    return (await this.opened().query<{ n: number }>(sql)).rows[0].n;
  }

  private opened(): PGlite {
    if (this.database === null) throw new Error('open first');
    return this.database;
  }
}
