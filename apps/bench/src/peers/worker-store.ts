import type { BenchTable } from '../measure/peer.ts';
import type { SensorRow } from '../rows/sensor-row.ts';

/** Of a row, what it is found by. */
export type RowKey = Pick<SensorRow, 'sensorId' | 'ts'>;

/** What a peer that lives in a worker does there; the page asks for it by messages. Rows travel as plain objects, as an app's would. */
export interface WorkerStore {
  /** Makes the tables, empty if `fresh`; else with what they had. */
  open(fresh: boolean): Promise<void>;
  /** Puts rows in one transaction. */
  put(table: BenchTable, rows: readonly SensorRow[]): Promise<void>;
  /** Rows by their keys, in this order. Throws where one is missing. */
  get(table: BenchTable, keys: readonly RowKey[]): Promise<SensorRow[]>;
  /** Rows of one partition by one statement. */
  getIn(table: BenchTable, sensorId: string, ts: readonly number[]): Promise<SensorRow[]>;
  /** All rows of a partition, in the order of `ts`. */
  partition(table: BenchTable, sensorId: string): Promise<SensorRow[]>;
  /** Gives all rows, some at a time. */
  scan(table: BenchTable, give: (rows: SensorRow[]) => void): Promise<void>;
  count(table: BenchTable): Promise<number>;
  /** Bytes of the table 'loaded' when nothing is in them that need not be: what else there is is removed, the peer tidies up. */
  loadedBytes(): Promise<number>;
  close(): Promise<void>;
}

/** Rows of one message of a scan. */
export const scanRows = 1000;

/** What the page asks. */
export interface StoreRequest {
  readonly id: number;
  readonly method: keyof WorkerStore | 'syncs';
  readonly args: readonly unknown[];
}

/** What the worker answers: rows of a scan come in parts before it ends. */
export type StoreReply =
  | { readonly id: number; readonly rows: SensorRow[] }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string };
