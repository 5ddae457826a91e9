import type { Sample, Workload } from '../measure/workload.ts';

/** What the page measured, as plain data: for each workload and peer a sample a round; none where a peer has no such workload. */
export interface BrowserRun {
  readonly userAgent: string;
  readonly rounds: number;
  /** Rows that were there to be read. */
  readonly loadedRows: number;
  readonly samples: readonly { readonly workload: Workload; readonly peer: string; readonly rounds: readonly Sample[] }[];
  /** Bytes on disk a row of the table of many partitions, after each peer's own tidying up. */
  readonly sizes: readonly { readonly peer: string; readonly bytesPerRow: number }[];
  /** Peers that this browser can't have. */
  readonly missing: readonly { readonly peer: string; readonly why: string }[];
}
