import type { SensorRow } from '../rows/sensor-row.ts';
import type { Limits, Sample, Workload } from './workload.ts';

/** Tables of a peer: what measurements of writing write; what is read, of many small partitions and of a few large ones. */
export type BenchTable = 'written' | 'loaded' | 'wide';

/** One of those that are compared. */
export interface Peer {
  readonly name: string;
  /** Makes itself ready, empty. */
  open(): Promise<void>;
  /** Opens what an earlier page left and reads a row of 'loaded' that it put there: what a page waits for. */
  readonly reopen?: (row: SensorRow) => Promise<SensorRow>;
  /** Puts the rows that are read; as fast as it can. */
  load(table: 'loaded' | 'wide', rows: readonly SensorRow[]): Promise<void>;
  /** Null where this peer has no such workload. `rows` are new ones for writing, the loaded ones for reading. */
  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null>;
  /** How many written rows are there now: must be as many as were acknowledged. */
  countWritten(): Promise<number>;
  /** Bytes on disk of the table 'loaded' with its keys, as small as the peer's own housekeeping makes it; null where nobody can tell. */
  loadedBytes(): Promise<number | null>;
  /** Does what it puts off, so that it does not fall into somebody else's time. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** What a peer must be able to do to be measured by `measureStore`. */
export interface RowStore {
  /** Resolves when the row is durable. */
  write(row: SensorRow): Promise<void>;
  /** Resolves when all the rows are durable. */
  writeBatch(rows: readonly SensorRow[]): Promise<void>;
  /** The loaded row with this one's key. `index` is its place among the loaded ones. */
  get(row: SensorRow, index: number): Promise<SensorRow>;
  /** The loaded rows with these ones' keys, in this order, for one message to whoever has them. */
  getMany(rows: readonly SensorRow[], indexes: readonly number[]): Promise<readonly SensorRow[]>;
  /** Rows of 'wide' that are of one partition, by one statement, in the order of `ts`. Null where there are no statements. */
  readonly getIn: ((rows: readonly SensorRow[]) => Promise<readonly SensorRow[]>) | null;
  /** All rows of a partition of 'wide', in the order of `ts`. `first` is the place of its first one. */
  partition(sensorId: string, first: number): Promise<readonly SensorRow[]>;
  /** Visits all loaded rows, in any order. */
  scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void>;
  /** How often data was made durable so far; null where nobody counts. */
  syncs(): Promise<number | null>;
}
