/** What is measured, in the order in which it is reported. */
export const workloads = ['single', 'concurrent', 'batch', 'get', 'scan'] as const;

/** See {@link workloads}. */
export type Workload = (typeof workloads)[number];

/** Writers of the workload 'concurrent'. */
export const writers = 64;

/** Rows of one batch of the workload 'batch'. */
export const batchRows = 1000;

/** What a workload is, for people. */
export const workloadTitles: Readonly<Record<Workload, string>> = {
  single: 'One awaited durable write after the other',
  concurrent: `${writers} writers at once, each awaiting its own durable write`,
  batch: `Durable batches of ${batchRows.toLocaleString('en')} rows, one after the other`,
  get: 'One awaited read of one row after the other',
  scan: 'Reading all rows of a table',
};

/** One measurement, as plain data. */
export interface Sample {
  readonly rows: number;
  readonly milliseconds: number;
  /** Milliseconds of each operation; empty where operations overlap. */
  readonly latencies: readonly number[];
  /** Calls that made data durable; null where nobody counts them. */
  readonly syncs: number | null;
}

/** How much a measurement may take: it ends with the first of the two. */
export interface Limits {
  readonly rows: number;
  readonly milliseconds: number;
}
