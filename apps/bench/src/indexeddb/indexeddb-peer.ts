import { measureStore } from '../measure/measure-store.ts';
import type { BenchTable, Peer, RowStore } from '../measure/peer.ts';
import { batchRows, type Limits, type Sample, type Workload } from '../measure/workload.ts';
import type { SensorRow } from '../rows/sensor-row.ts';

const databaseName = 'bench-raw';
/** Rows of one read of a scan. */
const scanRows = 1000;

type Key = [sensorId: string, ts: number];

/** Raw IndexedDB, with transactions that are durable when they are complete, as Cassette's writes are. */
export class IndexedDbPeer implements Peer, RowStore {
  readonly name = 'IndexedDB, strict';
  private database: IDBDatabase | null = null;

  async open(): Promise<void> {
    await answerOf(indexedDB.deleteDatabase(databaseName));
    await this.openThere();
  }

  reopen = async (row: SensorRow): Promise<SensorRow> => {
    await this.openThere();
    return this.get(row);
  };

  private async openThere(): Promise<void> {
    const opening = indexedDB.open(databaseName, 1);
    opening.onupgradeneeded = () => {
      for (const store of ['written', 'loaded', 'wide']) opening.result.createObjectStore(store);
    };
    this.database = await answerOf(opening);
  }

  async load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += batchRows) await this.put(table, rows.slice(from, from + batchRows));
  }

  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null> {
    return measureStore(this, workload, rows, limits);
  }

  write(row: SensorRow): Promise<void> {
    return this.put('written', [row]);
  }

  writeBatch(rows: readonly SensorRow[]): Promise<void> {
    return this.put('written', rows);
  }

  async get(row: SensorRow): Promise<SensorRow> {
    const key: Key = [row.sensorId, row.ts];
    return answerOf<SensorRow>(this.opened().transaction('loaded').objectStore('loaded').get(key));
  }

  /** No statement asks for several keys: as `getMany` does. */
  readonly getIn = null;

  async getMany(rows: readonly SensorRow[]): Promise<SensorRow[]> {
    const store = this.opened().transaction('loaded').objectStore('loaded');
    return Promise.all(rows.map(({ sensorId, ts }) => answerOf<SensorRow>(store.get([sensorId, ts] satisfies Key))));
  }

  async partition(sensorId: string): Promise<SensorRow[]> {
    const store = this.opened().transaction('wide').objectStore('wide');
    return answerOf<SensorRow[]>(store.getAll(IDBKeyRange.bound([sensorId, 0] satisfies Key, [sensorId, Number.MAX_VALUE])));
  }

  async scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    const store = this.opened().transaction('loaded').objectStore('loaded');
    let range: IDBKeyRange | null = null;
    for (;;) {
      const rows: SensorRow[] = await answerOf<SensorRow[]>(store.getAll(range, scanRows));
      for (const { ts, value, note, payload } of rows) visit(ts, value, note, payload);
      if (rows.length < scanRows) return;
      const { sensorId, ts } = rows[rows.length - 1];
      range = IDBKeyRange.lowerBound([sensorId, ts] satisfies Key, true);
    }
  }

  async syncs(): Promise<null> {
    return null;
  }

  countWritten(): Promise<number> {
    return answerOf(this.opened().transaction('written').objectStore('written').count());
  }

  async loadedBytes(): Promise<null> {
    return null;
  }

  async settle(): Promise<void> {
    await this.countWritten();
  }

  async close(): Promise<void> {
    this.opened().close();
  }

  private put(name: BenchTable, rows: readonly SensorRow[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.opened().transaction(name, 'readwrite', { durability: 'strict' });
      const store = transaction.objectStore(name);
      for (const row of rows) store.put(row, [row.sensorId, row.ts] satisfies Key);
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('The transaction was aborted'));
    });
  }

  private opened(): IDBDatabase {
    if (this.database === null) throw new Error('open first');
    return this.database;
  }
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
