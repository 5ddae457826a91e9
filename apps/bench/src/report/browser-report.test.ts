import { expect, test } from 'vitest';
import { printBrowserRun, summarize } from './browser-report.ts';
import type { BrowserRun } from './browser-run.ts';

const run: BrowserRun = {
  userAgent: 'test',
  rounds: 2,
  loadedRows: 50_000,
  samples: [
    {
      workload: 'single',
      peer: 'Cassette',
      rounds: [
        { rows: 100, milliseconds: 100, latencies: [1, 1, 3], syncs: 100 },
        { rows: 300, milliseconds: 100, latencies: [1, 1], syncs: 100 },
      ],
    },
    {
      workload: 'single',
      peer: 'IndexedDB',
      rounds: [
        { rows: 50, milliseconds: 100, latencies: [2], syncs: null },
        { rows: 50, milliseconds: 100, latencies: [2], syncs: null },
      ],
    },
    { workload: 'scan', peer: 'Cassette', rounds: [] },
  ],
  sizes: [{ peer: 'Cassette', bytesPerRow: 121.25 }],
  missing: [{ peer: 'PGlite', why: 'no handles' }],
};

test('rounds are drawn together, ratios round by round', () => {
  expect(summarize(run)).toEqual([
    {
      workload: 'single',
      peer: 'Cassette',
      rowsPerSecond: { median: 2000, min: 1000, max: 3000 },
      p50: 1,
      p99: 2.92,
      syncsPerRow: 0.5,
      ratio: { median: 1, min: 1, max: 1 },
    },
    {
      workload: 'single',
      peer: 'IndexedDB',
      rowsPerSecond: { median: 500, min: 500, max: 500 },
      p50: 2,
      p99: 2,
      syncsPerRow: null,
      ratio: { median: 4, min: 2, max: 6 },
    },
  ]);
});

test('a run is printed as a table a workload', () => {
  expect(printBrowserRun(run)).toBe(
    [
      'One awaited durable write after the other',
      '           rows/s      min–max  p50 ms  p99 ms  syncs/row  Cassette is    min–max',
      'Cassette    2,000  1,000–3,000    1.00    2.92      0.500',
      'IndexedDB     500      500–500    2.00    2.00                  4.00 ×  2.00–6.00',
      '',
      'Bytes on disk a row, compacted',
      '          bytes/row',
      'Cassette        121',
      '',
      'PGlite is not to be had here: no handles',
    ].join('\n'),
  );
});
