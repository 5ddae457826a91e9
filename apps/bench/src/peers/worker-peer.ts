import { measureStore } from '../measure/measure-store.ts';
import type { Peer, RowStore } from '../measure/peer.ts';
import { batchRows, type Limits, type Sample, type Workload } from '../measure/workload.ts';
import type { SensorRow } from '../rows/sensor-row.ts';
import type { RowKey, StoreReply, StoreRequest } from './worker-store.ts';

interface Caller {
  resolve(value: never): void;
  reject(error: Error): void;
  readonly give: ((rows: SensorRow[]) => void) | null;
}

/** A peer that lives in a worker of its own: a message there for each operation and one back, as between an app's page and its database. */
export class WorkerPeer implements Peer, RowStore {
  readonly name: string;
  private readonly start: () => Worker;
  private readonly waiting = new Map<number, Caller>();
  private worker: Worker | null = null;
  private next = 0;

  /** `start` starts the worker, in which `serveStore` runs. */
  constructor(name: string, start: () => Worker) {
    this.name = name;
    this.start = start;
  }

  open(): Promise<void> {
    return this.openWith(true);
  }

  reopen = async (row: SensorRow): Promise<SensorRow> => {
    await this.openWith(false);
    return this.get(row);
  };

  async load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void> {
    for (let from = 0; from < rows.length; from += 10 * batchRows) {
      await this.ask('put', [table, rows.slice(from, from + 10 * batchRows)]);
    }
  }

  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null> {
    return measureStore(this, workload, rows, limits);
  }

  write(row: SensorRow): Promise<void> {
    return this.ask('put', ['written', [row]]);
  }

  writeBatch(rows: readonly SensorRow[]): Promise<void> {
    return this.ask('put', ['written', rows]);
  }

  async get(row: SensorRow): Promise<SensorRow> {
    return (await this.ask<SensorRow[]>('get', ['loaded', [keyOf(row)]]))[0];
  }

  getMany(rows: readonly SensorRow[]): Promise<SensorRow[]> {
    return this.ask('get', ['loaded', rows.map(keyOf)]);
  }

  getIn = (rows: readonly SensorRow[]): Promise<SensorRow[]> =>
    this.ask('getIn', ['wide', rows[0].sensorId, rows.map(({ ts }) => ts)]);

  partition(sensorId: string): Promise<SensorRow[]> {
    return this.ask('partition', ['wide', sensorId]);
  }

  scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    return this.ask('scan', ['loaded'], (rows) => {
      for (const { ts, value, note, payload } of rows) visit(ts, value, note, payload);
    });
  }

  syncs(): Promise<number> {
    return this.ask('syncs', []);
  }

  countWritten(): Promise<number> {
    return this.ask('count', ['written']);
  }

  loadedBytes(): Promise<number> {
    return this.ask('loadedBytes', []);
  }

  async settle(): Promise<void> {
    // What they put off they do within some later write; none has a call for it that an app would make.
  }

  async close(): Promise<void> {
    await this.ask('close', []);
    this.worker?.terminate();
    this.worker = null;
  }

  private openWith(fresh: boolean): Promise<void> {
    const worker = this.start();
    this.worker = worker;
    worker.onmessage = ({ data }: MessageEvent<StoreReply>) => this.take(data);
    worker.onerror = (event) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`The worker of ${this.name} failed: ${event.message}`));
      this.waiting.clear();
    };
    return this.ask('open', [fresh]);
  }

  private take(reply: StoreReply): void {
    const caller = this.waiting.get(reply.id);
    if ('rows' in reply) {
      caller?.give?.(reply.rows);
      return;
    }
    this.waiting.delete(reply.id);
    if ('error' in reply) caller?.reject(new Error(`${this.name}: ${reply.error}`));
    else caller?.resolve(reply.value as never);
  }

  private ask<T = void>(method: StoreRequest['method'], args: readonly unknown[], give: Caller['give'] = null): Promise<T> {
    const { worker } = this;
    if (worker === null) throw new Error('open first');
    return new Promise<T>((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve, reject, give });
      worker.postMessage({ id, method, args } satisfies StoreRequest);
    });
  }
}

function keyOf({ sensorId, ts }: SensorRow): RowKey {
  return { sensorId, ts };
}
