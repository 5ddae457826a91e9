import { Dexie, type Table } from 'dexie';
import { measureStore } from '../measure/measure-store.ts';
import type { Peer, RowStore } from '../measure/peer.ts';
import type { Limits, Sample, Workload } from '../measure/workload.ts';
import type { SensorRow } from '../rows/sensor-row.ts';

type Key = [sensorId: string, ts: number];

const schema = '[sensorId+ts]';
/** Rows of one read of a scan. */
const scanRows = 1000;

/** Dexie in the page, with transactions that are durable when they are complete. */
export class DexiePeer implements Peer, RowStore {
  readonly name = 'Dexie, strict';
  private database: Dexie | null = null;

  async open(): Promise<void> {
    await Dexie.delete('bench-dexie');
    await this.openThere();
  }

  reopen = async (row: SensorRow): Promise<SensorRow> => {
    await this.openThere();
    return this.get(row);
  };

  async load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void> {
    await this.table(table).bulkPut(rows);
  }

  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null> {
    return measureStore(this, workload, rows, limits);
  }

  async write(row: SensorRow): Promise<void> {
    await this.table('written').put(row);
  }

  async writeBatch(rows: readonly SensorRow[]): Promise<void> {
    await this.table('written').bulkPut(rows);
  }

  async get({ sensorId, ts }: SensorRow): Promise<SensorRow> {
    return there(await this.table('loaded').get([sensorId, ts]));
  }

  async getMany(rows: readonly SensorRow[]): Promise<SensorRow[]> {
    return (await this.table('loaded').bulkGet(rows.map(({ sensorId, ts }): Key => [sensorId, ts]))).map(there);
  }

  getIn = (rows: readonly SensorRow[]): Promise<SensorRow[]> =>
    Promise.resolve(
      this.table('wide')
        .where(schema)
        .anyOf(rows.map(({ sensorId, ts }): Key => [sensorId, ts]))
        .toArray(),
    );

  async partition(sensorId: string): Promise<SensorRow[]> {
    return this.table('wide').where(schema).between([sensorId, Dexie.minKey], [sensorId, Dexie.maxKey]).toArray();
  }

  async scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    let after: Key = ['', 0];
    for (;;) {
      const rows = await this.table('loaded').where(schema).above(after).limit(scanRows).toArray();
      for (const { ts, value, note, payload } of rows) visit(ts, value, note, payload);
      if (rows.length < scanRows) return;
      after = [rows[rows.length - 1].sensorId, rows[rows.length - 1].ts];
    }
  }

  async syncs(): Promise<null> {
    return null;
  }

  async countWritten(): Promise<number> {
    return this.table('written').count();
  }

  async loadedBytes(): Promise<null> {
    return null;
  }

  async settle(): Promise<void> {
    await this.countWritten();
  }

  async close(): Promise<void> {
    this.database?.close();
  }

  private async openThere(): Promise<void> {
    const database = new Dexie('bench-dexie', { chromeTransactionDurability: 'strict' });
    database.version(1).stores({ written: schema, loaded: schema, wide: schema });
    this.database = await database.open();
  }

  private table(name: string): Table<SensorRow, Key> {
    if (this.database === null) throw new Error('open first');
    return this.database.table(name);
  }
}

function there<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('There is no such row');
  return row;
}
