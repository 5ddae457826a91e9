/** What is measured, in the order in which it is reported. */
export const workloads = ['single', 'concurrent', 'batch', 'get', 'gets', 'in', 'partition', 'scan'] as const;

/** See {@link workloads}. */
export type Workload = (typeof workloads)[number];

/** Writers of the workload 'concurrent'. */
export const writers = 64;

/** Rows of one batch of the workload 'batch'. */
export const batchRows = 1000;

/** Rows of one operation of the workloads 'gets' and 'in'. */
export const getsRows = 100;

/** What a workload is, for people. */
export const workloadTitles: Readonly<Record<Workload, string>> = {
  single: 'One awaited durable write after the other',
  concurrent: `${writers} writers at once, each awaiting its own durable write`,
  batch: `Durable batches of ${batchRows.toLocaleString('en')} rows, one after the other`,
  get: 'One awaited read of one row after the other',
  gets: `Batches of ${getsRows} reads of one row each, one message a batch`,
  in: `${getsRows} rows of one partition by one statement (IN), one after the other`,
  partition: 'One partition of 1,000 rows after the other',
  scan: 'Reading all rows of a table',
};

/** Whether a workload writes; the others read. */
export function isWriting(workload: Workload): boolean {
  return workload === 'single' || workload === 'concurrent' || workload === 'batch';
}

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
