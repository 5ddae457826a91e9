import type { LifeRun } from '../life/life-run.ts';
import { percentile } from '../measure/statistics.ts';
import type { Workload } from '../measure/workload.ts';
import type { NodeRun } from '../node/node-run.ts';
import type { StallRun } from '../stall/stall-run.ts';
import { summarize } from './browser-report.ts';
import type { BrowserRun } from './browser-run.ts';
import type { DevtoolsRun } from './devtools-run.ts';
import type { PairRun } from './pair-run.ts';
import { ratios, type Spread, spreadOf } from './spread.ts';

/** Runs of all parts; null what was left out. */
export interface AllRuns {
  readonly browser: BrowserRun | null;
  readonly life: LifeRun | null;
  readonly stall: readonly StallRun[];
  readonly engine: NodeRun | null;
  readonly primitives: NodeRun | null;
  readonly pairs: PairRun | null;
  readonly devtools: DevtoolsRun | null;
}

/** Something that Cassette wants to be, and what it was in this run. */
export interface Aim {
  readonly where: 'Chromium' | 'Node';
  readonly what: string;
  /** Least where more is better, most where less is. */
  readonly bound: 'at least' | 'at most';
  readonly aim: number;
  /** Printed behind aim and figures: `×`, `ms`, … */
  readonly unit: string;
  /** Null where this run says nothing about it; `why` says why. */
  readonly measured: Spread | null;
  readonly why: string;
}

/** Whether an aim was met, by its median; null where nothing was measured. */
export function isMet({ bound, aim, measured }: Aim): boolean | null {
  if (measured === null) return null;
  return bound === 'at least' ? measured.median >= aim : measured.median <= aim;
}

/** Why something was not measured whose part was not chosen. */
export const LEFT_OUT = 'left out';

/** Rows a second of CQLite, in Rust: fixed figures from another machine, which say where it stands and are no ratio of this run. */
export const cqlite = { compaction: 117_000, recovery: 137_000, cqlText: 95_000 } as const;

const sqliteWal = 'SQLite-WASM sahpool, WAL FULL';
const coopSync = 'wa-sqlite OPFSCoopSync, FULL';
const rawWorker = 'raw OPFS, in its worker';
const rawPage = 'raw OPFS, from the page';

/** All aims, in the order of the table, with what a run says about them. */
export function aimsOf(runs: AllRuns): Aim[] {
  return [...browserAims(runs.browser), ...lifeAims(runs), ...devtoolsAims(runs.devtools), ...nodeAims(runs)];
}

function browserAims(run: BrowserRun | null): Aim[] {
  const summaries = run === null ? [] : summarize(run);
  const of = (workload: Workload, peer: string) => summaries.find((s) => s.workload === workload && s.peer === peer);
  const times = (what: string, workload: Workload, peer: string, aim: number): Aim => ({
    ...chromium(`${what}, by ${peer}`, 'at least', aim, '×'),
    measured: of(workload, peer)?.ratio ?? null,
  });
  const syncs = of('concurrent', 'Cassette')?.syncsPerRow ?? null;
  const sizeOf = (peer: string) => run?.sizes.find((size) => size.peer === peer)?.bytesPerRow ?? null;
  const size = [sizeOf('Cassette'), sizeOf(sqliteWal)];
  return [
    times('awaited durable writes', 'single', sqliteWal, 3),
    times('awaited durable writes', 'single', rawWorker, 0.75),
    times('awaited durable writes', 'single', rawPage, 0.75),
    times('64 writers at once', 'concurrent', sqliteWal, 20),
    {
      ...chromium('64 writers at once, flushes a row', 'at most', 1 / 16, ''),
      measured: syncs === null ? null : spreadOf([syncs]),
    },
    times('batches of 1,000 rows', 'batch', sqliteWal, 10),
    times('batches of 1,000 rows', 'batch', rawWorker, 0.75),
    times('batches of 1,000 rows', 'batch', rawPage, 0.75),
    times('read of one flushed row', 'get', sqliteWal, 2),
    times('100 reads in one message', 'gets', sqliteWal, 5),
    times('100 rows of a partition by IN', 'in', sqliteWal, 5),
    times('partition scan', 'partition', sqliteWal, 2),
    times('partition scan', 'partition', coopSync, 1),
    {
      ...chromium(`bytes a row on disk, compacted, LZ4, by ${sqliteWal}`, 'at most', 1, '×'),
      measured: size[0] === null || size[1] === null ? null : spreadOf([size[0] / size[1]]),
    },
  ];
}

function lifeAims({ life, stall }: AllRuns): Aim[] {
  const ingest = life?.ingest ?? [];
  const exports = life?.exports ?? [];
  const memory = exports.flatMap(({ mebibytes }) => (mebibytes === null ? [] : [mebibytes]));
  const cold = life?.coldOpen.find(({ peer }) => peer === 'Cassette')?.milliseconds ?? [];
  const large = life?.largeOpen;
  const gzip = life?.clientGzip ?? null;
  const inPage = stall.find(({ raw }) => raw.length > 0)?.cassette.filter(({ writers }) => writers === 1) ?? [];
  const idle = inPage.find(({ condition }) => condition === 'idle')?.rounds.map(p99) ?? [];
  const beside = inPage.find(({ condition }) => condition === 'ingest')?.rounds.map(p99) ?? [];
  const largeTitle = large
    ? `, ${large.rows.toLocaleString('en')} rows and ${Math.round(large.walBytes / 2 ** 20)} MiB of log`
    : '';
  return [
    {
      ...chromium('ingest with flushes and compactions, by a raw sequential write', 'at least', 0.5, '×'),
      measured: some(ingest.map(({ milliseconds, rawMilliseconds }) => rawMilliseconds / milliseconds)),
    },
    {
      ...chromium('p99 of an awaited write beside an ingest, by idle', 'at most', 2, '×'),
      measured: some(ratios(beside, idle)),
    },
    { ...chromium('cold open with 20,000 rows', 'at most', 100, 'ms'), measured: some(cold) },
    { ...chromium(`cold open${largeTitle || ' with a log'}`, 'at most', 1500, 'ms'), measured: some(large?.milliseconds ?? []) },
    { ...chromium('client and worker, gzip', 'at most', 60, 'KB'), measured: gzip === null ? null : spreadOf([gzip / 1000]) },
    {
      ...chromium('export, by a raw read and write of as many bytes', 'at least', 0.5, '×'),
      measured: some(exports.map(({ milliseconds, rawMilliseconds }) => rawMilliseconds / milliseconds)),
    },
    { ...chromium('export, memory above the idle store', 'at most', 64, 'MiB'), measured: some(memory) },
  ];
}

function devtoolsAims(run: DevtoolsRun | null): Aim[] {
  const within = (what: string, aim: number, measured: readonly number[] = []): Aim => ({
    ...chromium(`the devtools page: ${what}`, 'at most', aim, 'ms'),
    measured: some(measured),
  });
  return [
    within('first paint', 1000, run?.firstPaint),
    within('worker ready, from the start of the page', 300, run?.ready),
    within('longest task while the engine writes flat out', 100, run?.longestTask),
  ];
}

function nodeAims({ engine, primitives, pairs }: AllRuns): Aim[] {
  const rate = (run: NodeRun | null, name: string) => run?.figures.find((figure) => figure.name === name)?.rowsPerSecond ?? [];
  const pair = (op: string, compression: string) => {
    const figure = pairs?.figures.find((one) => one.op === op && one.compression === compression);
    return figure === undefined ? [] : ratios(figure.cassette, figure.cassandra);
  };
  const ours = (op: string, compression: string) =>
    pairs?.figures.find((one) => one.op === op && one.compression === compression)?.cassette ?? [];
  const tool = (name: string) => {
    const figure = pairs?.tools.find((one) => one.name === name);
    return figure === undefined ? [] : ratios(figure.cassandra, figure.cassette);
  };
  const beside = (what: string, aim: number, measured: readonly number[]): Aim => {
    const missing = pairs?.missing ?? null;
    return { ...node(what, aim, '×'), measured: some(measured), why: missing ?? LEFT_OUT };
  };
  const fixed = (what: string, aim: number, measured: readonly number[]): Aim => ({
    ...node(what, aim, 'rows/s'),
    measured: some(measured),
  });
  return [
    beside('load of unsorted JSON lines, whole process, by CQLSSTableWriter', 1.5, tool('load')),
    beside('flush of a memtable, LZ4, by a Cassandra node', 1, pair('flush', 'lz4')),
    beside('major compaction of 4 SSTables, none, by Cassandra', 1, pair('compact', 'none')),
    beside('major compaction of 4 SSTables, LZ4, by Cassandra', 1, pair('compact', 'lz4')),
    fixed('major compaction, none: three times what CQLite says of itself', 3 * cqlite.compaction, ours('compact', 'none')),
    fixed('log replayed: three times what CQLite says of itself', 3 * cqlite.recovery, rate(engine, 'recovery, WAL replayed')),
    fixed(
      'CQL text parsed and applied in memory: three times what CQLite says of itself',
      3 * cqlite.cqlText,
      rate(primitives, 'CQL text, parsed and applied in memory'),
    ),
    beside('dump, whole process, by sstabledump', 5, tool('dump')),
    beside('verify, whole process, by sstableverify', 5, tool('verify')),
  ];
}

function chromium(what: string, bound: Aim['bound'], aim: number, unit: string): Aim {
  return { where: 'Chromium', what, bound, aim, unit, measured: null, why: LEFT_OUT };
}

function node(what: string, aim: number, unit: string): Aim {
  return { where: 'Node', what, bound: 'at least', aim, unit, measured: null, why: LEFT_OUT };
}

function some(values: readonly number[]): Spread | null {
  return values.length === 0 ? null : spreadOf(values);
}

function p99(times: readonly number[]): number {
  return percentile(times, 0.99);
}
