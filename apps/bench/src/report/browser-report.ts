import { percentile } from '../measure/statistics.ts';
import { isWriting, type Sample, type Workload, workloads, workloadTitles } from '../measure/workload.ts';
import type { BrowserRun } from './browser-run.ts';
import { ratios, type Spread, spreadOf } from './spread.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

/** Samples of all rounds, drawn together. */
export interface Summary {
  readonly workload: Workload;
  readonly peer: string;
  readonly rowsPerSecond: Spread;
  /** Milliseconds of one operation over all rounds; NaN where operations overlap. */
  readonly p50: number;
  readonly p99: number;
  /** Null where nobody counts them. */
  readonly syncsPerRow: number | null;
  /** Cassette's rows a second divided by this peer's, round by round. Null where Cassette was left out. */
  readonly ratio: Spread | null;
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
      return {
        workload,
        peer,
        rowsPerSecond: spreadOf(rates),
        p50: percentile(latencies, 0.5),
        p99: percentile(latencies, 0.99),
        syncsPerRow: syncs === null || !isWriting(workload) ? null : syncs / rows,
        ratio: cassette === undefined ? null : spreadOf(ratios(cassette.rounds.map(rate), rates)),
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
  { title: 'min–max', align: 'right' },
];

const sizeColumn: Column = { title: 'bytes/row', align: 'right' };
const manyRows: ReadonlySet<Workload> = new Set(['batch', 'gets', 'in', 'partition']);
const ofLoaded: ReadonlySet<Workload> = new Set(['get', 'gets', 'scan']);

/** The run as tables for people, one a workload. */
export function printBrowserRun(run: BrowserRun): string {
  const summaries = summarize(run);
  const tables = workloads
    .map((workload) => ({ workload, lines: summaries.filter((s) => s.workload === workload) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ workload, lines }) => {
      const unit = manyRows.has(workload) ? `; p50 and p99 of all rows of one` : '';
      const of = ofLoaded.has(workload) ? `; ${printNumber(run.loadedRows)} rows in the table` : '';
      return `${workloadTitles[workload]}${unit}${of}\n${printTable(columns, lines.map(cells))}`;
    });
  const sizes = run.sizes.map(({ peer, bytesPerRow }) => [peer, printSmall(bytesPerRow)]);
  if (sizes.length > 0)
    tables.push(`Bytes on disk a row, compacted\n${printTable(columns.slice(0, 1).concat(sizeColumn), sizes)}`);
  return [...tables, ...run.missing.map(({ peer, why }) => `${peer} is not to be had here: ${why}`)].join('\n\n');
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
    ...(s.ratio === null || s.peer === 'Cassette'
      ? ['', '']
      : [`${printSmall(s.ratio.median)} ×`, `${printSmall(s.ratio.min)}–${printSmall(s.ratio.max)}`]),
  ];
}

function rate(sample: Sample): number {
  return (sample.rows / sample.milliseconds) * 1000;
}
