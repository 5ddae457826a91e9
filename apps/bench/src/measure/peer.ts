import type { SensorRow } from '../rows/sensor-row.ts';
import type { Limits, Sample, Workload } from './workload.ts';

/** One of those that are compared. Rows lie in two places: what measurements of writing write, and what those of reading read. */
export interface Peer {
  readonly name: string;
  /** Makes itself ready, empty. */
  open(): Promise<void>;
  /** Puts the rows that are read; as fast as it can. */
  load(rows: readonly SensorRow[]): Promise<void>;
  /** Null where this peer has no such workload. `rows` are new ones for writing, the loaded ones for reading. */
  measure(workload: Workload, rows: readonly SensorRow[], limits: Limits): Promise<Sample | null>;
  /** How many written rows are there now: must be as many as were acknowledged. */
  countWritten(): Promise<number>;
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
  /** Visits all loaded rows, in any order. */
  scan(visit: (ts: number, value: number, note: string, payload: Uint8Array) => void): Promise<void>;
  /** How often data was made durable so far; null where nobody counts. */
  syncs(): Promise<number | null>;
}
