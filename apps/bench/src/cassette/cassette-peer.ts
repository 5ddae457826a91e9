import type { OpenOptions, RemoteDatabase, Row } from '@cassette/client';
import { measureStore } from '../measure/measure-store.ts';
import type { BenchTable, Peer, RowStore } from '../measure/peer.ts';
import type { Limits, Sample, Workload } from '../measure/workload.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';

const insert = insertCql('written');
const columns = 'sensor_id, ts, value, note, payload';
const select = `SELECT ${columns} FROM bench.loaded WHERE sensor_id = ? AND ts = ?`;
const selectAll = `SELECT ${columns} FROM bench.loaded`;
const selectIn = `SELECT ${columns} FROM bench.wide WHERE sensor_id = ? AND ts IN ?`;
const selectPartition = `SELECT ${columns} FROM bench.wide WHERE sensor_id = ?`;
const tables: readonly BenchTable[] = ['written', 'loaded', 'wide'];

/** Cassette as an app uses it: the built client, imported by URL, its worker and its store as they come. */
export class CassettePeer implements Peer, RowStore {
  readonly name: string;
  private readonly clientUrl: string;
  private readonly options: Pick<OpenOptions, 'name' | 'encryption'>;
  private database: RemoteDatabase | null = null;

  /** `clientUrl`: where the client's dist/index.js is served. `isEncrypted`: the store is, and the peer is called so. */
  constructor(clientUrl: string, isEncrypted = false) {
    this.clientUrl = clientUrl;
    this.name = isEncrypted ? 'Encrypted Cassette' : 'Cassette';
    this.options = isEncrypted ? { name: 'bench-encrypted', encryption: { passphrase: 'bench' } } : { name: 'bench' };
  }

  async open(): Promise<void> {
    const client = (await import(/* @vite-ignore */ this.clientUrl)) as typeof import('@cassette/client');
    await client.destroy(this.options.name);
    const database = await client.open(this.options);
    this.database = database;
    await database.execute(keyspaceCql);
    for (const table of tables) await database.execute(tableCql(table));
  }

  reopen = async (row: SensorRow): Promise<SensorRow> => {
    const client = (await import(/* @vite-ignore */ this.clientUrl)) as typeof import('@cassette/client');
    this.database = await client.open(this.options);
    return this.get(row);
  };

  async load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void> {
    await this.opened().executeMany(insertCql(table), rows.map(rowParams));
    // Reads come from an SSTable, as they do in a store that is older than its last flush.
    await this.opened().flush();
  }

  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null> {
    return measureStore(this, workload, rows, limits);
  }

  async write(row: SensorRow): Promise<void> {
    await this.opened().execute(insert, rowParams(row));
  }

  async writeBatch(rows: readonly SensorRow[]): Promise<void> {
    await this.opened().executeMany(insert, rows.map(rowParams));
  }

  async get(row: SensorRow): Promise<SensorRow> {
    const result = await this.opened().execute(select, [row.sensorId, new Date(row.ts)]);
    return sensorRowOf(result.first());
  }

  async getMany(rows: readonly SensorRow[]): Promise<SensorRow[]> {
    const keys = rows.map(({ sensorId, ts }) => [sensorId, new Date(ts)]);
    const results = await this.opened().selectMany(select, keys);
    return results.map((result) => sensorRowOf(result.first()));
  }

  getIn = async (rows: readonly SensorRow[]): Promise<SensorRow[]> => {
    const result = await this.opened().execute(selectIn, [rows[0].sensorId, rows.map(({ ts }) => new Date(ts))]);
    return result.rows.map(sensorRowOf);
  };

  async partition(sensorId: string): Promise<SensorRow[]> {
    return (await this.opened().execute(selectPartition, [sensorId])).rows.map(sensorRowOf);
  }

  async scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    for await (const row of this.opened().stream(selectAll)) {
      const { ts, value, note, payload } = valuesOf(row);
      visit(ts.getTime(), value, note, payload);
    }
  }

  async syncs(): Promise<number> {
    return (await this.opened().stats()).counters.walFlushes;
  }

  async countWritten(): Promise<number> {
    let count = 0;
    for await (const _row of this.opened().stream('SELECT sensor_id, ts FROM bench.written')) count++;
    return count;
  }

  /** After a major compaction: all components of the one SSTable there is then. */
  async loadedBytes(): Promise<number> {
    await this.opened().flush();
    await this.opened().compact('bench.loaded');
    const { tables } = await this.opened().stats();
    const sstables = tables.find(({ table }) => table === 'loaded')?.sstables ?? [];
    return sstables.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async settle(): Promise<void> {
    await this.opened().flush();
  }

  close(): Promise<void> {
    return this.opened().close();
  }

  private opened(): RemoteDatabase {
    if (this.database === null) throw new Error('open first');
    return this.database;
  }
}

function sensorRowOf(found: Row | null): SensorRow {
  if (found === null) throw new Error('Cassette has no such row');
  const { sensorId, ts, value, note, payload } = valuesOf(found);
  return { sensorId, ts: ts.getTime(), value, note, payload };
}

function valuesOf(row: Row): { sensorId: string; ts: Date; value: number; note: string; payload: Uint8Array } {
  return {
    sensorId: row.sensor_id as string,
    ts: row.ts as Date,
    value: row.value as number,
    note: row.note as string,
    payload: row.payload as Uint8Array,
  };
}
