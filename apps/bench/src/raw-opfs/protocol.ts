import type { Limits, Sample, Workload } from '../measure/workload.ts';
import type { SensorRow } from '../rows/sensor-row.ts';

/** What the page asks of the worker that holds the files; rows travel as records. */
export type OpfsRequest =
  | { readonly kind: 'open'; readonly folder: string }
  | { readonly kind: 'write'; readonly records: Uint8Array }
  | { readonly kind: 'load'; readonly table: 'loaded' | 'wide'; readonly records: Uint8Array }
  | { readonly kind: 'get'; readonly indexes: readonly number[] }
  | { readonly kind: 'partition'; readonly first: number }
  | { readonly kind: 'read-all' }
  | { readonly kind: 'count' }
  | { readonly kind: 'syncs' }
  | { readonly kind: 'measure'; readonly workload: Workload; readonly rows: readonly SensorRow[]; readonly limits: Limits }
  | { readonly kind: 'write-sequentially'; readonly bytes: number; readonly every: number }
  | { readonly kind: 'copy'; readonly bytes: number }
  | { readonly kind: 'close' };

/** What it answers: bytes, a number, a sample or nothing, each to its request's number. */
export type OpfsReply =
  | { readonly id: number; readonly value: Uint8Array | number | Sample | null }
  | { readonly id: number; readonly error: string };
