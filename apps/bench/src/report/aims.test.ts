import { expect, test } from 'vitest';
import { type AllRuns, aimsOf, isMet } from './aims.ts';
import { printAims } from './aims-report.ts';
import type { BrowserRun } from './browser-run.ts';

const nothing: AllRuns = { browser: null, life: null, stall: [], engine: null, primitives: null, pairs: null, devtools: null };

const sample = (rows: number) => ({ rows, milliseconds: 1000, latencies: [], syncs: rows / 32 });

const browser: BrowserRun = {
  userAgent: 'test',
  rounds: 3,
  loadedRows: 1000,
  samples: [
    { workload: 'concurrent', peer: 'Cassette', rounds: [sample(6400), sample(3200), sample(12_800)] },
    { workload: 'concurrent', peer: 'SQLite-WASM sahpool, WAL FULL', rounds: [sample(100), sample(320), sample(320)] },
  ],
  sizes: [
    { peer: 'Cassette', bytesPerRow: 96 },
    { peer: 'SQLite-WASM sahpool, WAL FULL', bytesPerRow: 144 },
  ],
  missing: [],
};

test('an aim is met by the median of the rounds, more or less as it is meant, and is neither where nothing was measured', () => {
  const measured = aimsOf({ ...nothing, browser }).filter((aim) => aim.measured !== null);
  expect(measured.map((aim) => [aim.what, aim.measured?.median, aim.measured?.min, aim.measured?.max, isMet(aim)])).toEqual([
    ['64 writers at once, by SQLite-WASM sahpool, WAL FULL', 40, 10, 64, true],
    ['64 writers at once, flushes a row', 1 / 32, 1 / 32, 1 / 32, true],
    ['bytes a row on disk, compacted, LZ4, by SQLite-WASM sahpool, WAL FULL', 96 / 144, 96 / 144, 96 / 144, true],
  ]);
  expect(
    aimsOf(nothing)
      .map(isMet)
      .every((verdict) => verdict === null),
  ).toBe(true);
});

test('figures of whole processes are ratios of seconds, of steps ratios of rates', () => {
  const pairs = {
    node: 'v20',
    rows: 1000,
    loadRows: 0,
    rounds: 2,
    warmUps: 1,
    figures: [
      { op: 'flush', compression: 'lz4', cassette: [90, 90], cassandra: [100, 200], cassetteBytes: 1, cassandraBytes: 1 },
    ],
    tools: [{ name: 'dump', cassette: [1, 1], cassandra: [6, 4] }],
    missing: null,
  };
  expect(printAims(aimsOf({ ...nothing, pairs }))).toBe(
    [
      'Aims in Node: 1 of 2 met',
      '                                                    aim    here    min–max',
      'flush of a memtable, LZ4, by a Cassandra node  ≥ 1.00 ×  0.68 ×  0.45–0.90  missed',
      'dump, whole process, by sstabledump            ≥ 5.00 ×  5.00 ×  4.00–6.00  met',
    ].join('\n'),
  );
});

test('Cassandra that is not there is told as the reason', () => {
  const pairs = {
    node: 'v20',
    rows: 1,
    loadRows: 0,
    rounds: 1,
    warmUps: 0,
    figures: [],
    tools: [],
    missing: 'Java 17 is needed',
  };
  expect(printAims(aimsOf({ ...nothing, pairs })).split('\n')[0]).toBe(
    'Not measured: load of unsorted JSON lines, whole process, by CQLSSTableWriter: Java 17 is needed',
  );
});
