import { measureStore } from '../measure/measure-store.ts';
import type { Peer, RowStore } from '../measure/peer.ts';
import type { Limits, Sample, Workload } from '../measure/workload.ts';
import { decodeRecord, decodeRecords, encodeRecord, encodeRecords } from '../rows/row-record.ts';
import { rowBytes, type SensorRow } from '../rows/sensor-row.ts';
import { OpfsWorker } from './opfs-worker.ts';
import { visitRecords } from './record-files.ts';

/** Raw OPFS as a page uses it: a message to a worker for each operation, append and flush for each record or batch. */
class FromPage implements RowStore {
  private readonly worker: OpfsWorker;

  constructor(worker: OpfsWorker) {
    this.worker = worker;
  }

  async write(row: SensorRow): Promise<void> {
    const records = new Uint8Array(rowBytes);
    encodeRecord(row, records, new DataView(records.buffer), 0);
    await this.worker.ask({ kind: 'write', records });
  }

  async writeBatch(rows: readonly SensorRow[]): Promise<void> {
    const records = encodeRecords(rows);
    await this.worker.ask({ kind: 'write', records }, [records.buffer]);
  }

  async get(_row: SensorRow, index: number): Promise<SensorRow> {
    return decodeRecord(await this.worker.ask<Uint8Array>({ kind: 'get', indexes: [index] }), 0);
  }

  readonly getIn = null;

  async getMany(_rows: readonly SensorRow[], indexes: readonly number[]): Promise<SensorRow[]> {
    return decodeRecords(await this.worker.ask<Uint8Array>({ kind: 'get', indexes }));
  }

  async partition(_sensorId: string, first: number): Promise<SensorRow[]> {
    return decodeRecords(await this.worker.ask<Uint8Array>({ kind: 'partition', first }));
  }

  async scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void> {
    visitRecords(await this.worker.ask<Uint8Array>({ kind: 'read-all' }), visit);
  }

  syncs(): Promise<number> {
    return this.worker.ask<number>({ kind: 'syncs' });
  }
}

/** One worker and its files; `inside` says where it is measured. */
class OpfsPeer implements Peer {
  readonly name: string;
  private readonly inside: boolean;
  private readonly worker = new OpfsWorker();

  constructor(name: string, inside: boolean) {
    this.name = name;
    this.inside = inside;
  }

  open(): Promise<void> {
    return this.worker.ask<never>({ kind: 'open', folder: `bench ${this.name}` });
  }

  async load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void> {
    await this.worker.ask({ kind: 'load', table, records: encodeRecords(rows) });
  }

  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null> {
    if (this.inside) return this.worker.ask<Sample | null>({ kind: 'measure', workload, rows, limits });
    return measureStore(new FromPage(this.worker), workload, rows, limits);
  }

  countWritten(): Promise<number> {
    return this.worker.ask<number>({ kind: 'count' });
  }

  async loadedBytes(): Promise<null> {
    return null;
  }

  async settle(): Promise<void> {
    // Nothing is put off.
  }

  async close(): Promise<void> {
    await this.worker.ask({ kind: 'close' });
    this.worker.end();
  }
}

/**
 * Raw OPFS twice: what a page gets, with a message for each operation, and the floor below it, measured inside of the worker,
 * without messages, where many writers share flushes by a group commit made by hand.
 */
export function opfsPeers(): readonly Peer[] {
  return [new OpfsPeer('raw OPFS, from the page', false), new OpfsPeer('raw OPFS, in its worker', true)];
}
