import { median, percentile } from '../measure/statistics.ts';
import { type StallCondition, type StallRun, type StallSeries, stallTitles } from '../stall/stall-run.ts';
import { type Column, printNumber, printSmall, printTable } from './table.ts';

/** A p99 beside maintenance may be so many times that of an idle store. */
const AIM = 2;

const columns: readonly Column[] = [
  { title: 'beside', align: 'left' },
  { title: 'writes', align: 'right' },
  { title: 'p50 ms', align: 'right' },
  { title: 'p99 ms', align: 'right' },
  { title: 'max ms', align: 'right' },
  { title: 'p99 / idle', align: 'right' },
  { title: 'of rounds', align: 'right' },
  { title: `aim ≤ ${AIM}`, align: 'left' },
];

/** Durable writes beside maintenance, for people: a table for each number of writers, and what the disk alone does. */
export function printStallRun(run: StallRun): string {
  const { work } = run;
  const head = `Durable writes beside maintenance, ${run.where}: ${printNumber(run.loadedRows)} rows (${megabytes(run.loadedBytes)} MB) compacted`;
  const done = `In ${printNumber(work.milliseconds / 1000)} s: flushes ${work.flushes} (${megabytes(work.bytesFlushed)} MB), compactions ${work.compactions} (${megabytes(work.bytesCompacted)} MB), rows ingested ${printNumber(work.rowsIngested)}`;
  const tables = [
    ...tablesOf(run.cassette, 'Cassette', (condition) => stallTitles[condition as StallCondition]),
    ...tablesOf(run.raw, 'raw OPFS, append and flush in a worker', (condition) => condition),
  ];
  return [`${head}\n${done}`, ...tables].join('\n\n');
}

function tablesOf(series: readonly StallSeries[], name: string, titleOf: (condition: string) => string): string[] {
  return [...new Set(series.map(({ writers }) => writers))].map((writers) => {
    const mine = series.filter((one) => one.writers === writers);
    const idle = mine[0];
    const lines = mine.map((one) => cells(one, idle, titleOf(one.condition)));
    return `${name}, ${writers === 1 ? 'one writer' : `${writers} writers`}\n${printTable(columns, lines)}`;
  });
}

function cells(series: StallSeries, idle: StallSeries, title: string): string[] {
  const all = series.rounds.flat();
  const p99 = percentile(all, 0.99);
  const ratios = series.rounds.map((round, i) => percentile(round, 0.99) / percentile(idle.rounds[i], 0.99));
  const ratio = p99 / percentile(idle.rounds.flat(), 0.99);
  const isIdle = series === idle;
  return [
    title,
    printNumber(all.length),
    printSmall(percentile(all, 0.5)),
    printSmall(p99),
    printSmall(percentile(all, 1)),
    isIdle ? '' : `${printSmall(ratio)} ×`,
    isIdle ? '' : `${printSmall(Math.min(...ratios))}–${printSmall(median(ratios))}–${printSmall(Math.max(...ratios))}`,
    isIdle ? '' : ratio <= AIM ? 'met' : 'missed',
  ];
}

function megabytes(bytes: number): string {
  return printNumber(bytes / 1e6);
}
