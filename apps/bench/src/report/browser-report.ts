import { median, percentile } from '../measure/statistics.ts';
import { type Sample, type Workload, workloads, workloadTitles } from '../measure/workload.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

/** What the page measured, as plain data: for each workload and peer a sample a round; null where a peer has none. */
export interface BrowserRun {
  readonly userAgent: string;
  readonly rounds: number;
  /** Rows that were there to be read. */
  readonly loadedRows: number;
  readonly samples: readonly { readonly workload: Workload; readonly peer: string; readonly rounds: readonly Sample[] }[];
}

/** Samples of all rounds, drawn together. */
export interface Summary {
  readonly workload: Workload;
  readonly peer: string;
  readonly rowsPerSecond: { readonly median: number; readonly min: number; readonly max: number };
  /** Milliseconds of one operation over all rounds; NaN where operations overlap. */
  readonly p50: number;
  readonly p99: number;
  /** Null where nobody counts them. */
  readonly syncsPerRow: number | null;
  /** Cassette's rows a second divided by this peer's: the median over the rounds. Null where Cassette was left out. */
  readonly ratio: number | null;
}

/** Draws a run together, in the order of the report. */
export function summarize(run: BrowserRun): Summary[] {
  return workloads.flatMap((workload) => {
    const peers = run.samples.filter((s) => s.workload === workload && s.rounds.length > 0);
    const cassette = peers.find(({ peer }) => peer === 'Cassette');
    return peers.map(({ peer, rounds }) => {
      const rates = rounds.map(rate);
      const latencies = rounds.flatMap((s) => s.latencies);
      const rows = rounds.reduce((sum, s) => sum + s.rows, 0);
      const syncs = rounds.some((s) => s.syncs === null) ? null : rounds.reduce((sum, s) => sum + (s.syncs ?? 0), 0);
      const writes = workload !== 'get' && workload !== 'scan';
      return {
        workload,
        peer,
        rowsPerSecond: { median: median(rates), min: Math.min(...rates), max: Math.max(...rates) },
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        syncsPerRow: syncs === null || !writes ? null : syncs / rows,
        ratio: cassette === undefined ? null : median(cassette.rounds.map((s, round) => rate(s) / rates[round])),
      };
    });
  });
}

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'rows/s', align: 'right' },
  { title: 'min–max', align: 'right' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p99 ms', align: 'right' },
  { title: 'syncs/row', align: 'right' },
  { title: 'Cassette is', align: 'right' },
];

/** The run as tables for people, one a workload. */
export function printBrowserRun(run: BrowserRun): string {
  const summaries = summarize(run);
  const tables = workloads
    .map((workload) => ({ workload, lines: summaries.filter((s) => s.workload === workload) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ workload, lines }) => {
      const unit = workload === 'batch' ? `; p50 and p99 of a batch` : '';
      const of = workload === 'get' || workload === 'scan' ? `; ${printNumber(run.loadedRows)} rows in the table` : '';
      return `${workloadTitles[workload]}${unit}${of}\n${printTable(columns, lines.map(cells))}`;
    });
  return tables.join('\n\n');
}

function cells(s: Summary): string[] {
  const { median, min, max } = s.rowsPerSecond;
  return [
    s.peer,
    printNumber(median),
    `${printNumber(min)}–${printNumber(max)}`,
    Number.isNaN(s.p50) ? '' : printSmall(s.p50),
    Number.isNaN(s.p99) ? '' : printSmall(s.p99),
    s.syncsPerRow === null ? '' : s.syncsPerRow.toFixed(3),
    s.ratio === null || s.peer === 'Cassette' ? '' : `${printSmall(s.ratio)} ×`,
  ];
}

function rate(sample: Sample): number {
  return (sample.rows / sample.milliseconds) * 1000;
}
