import { expect, test } from 'vitest';
import { printNodeRun } from './node-report.ts';

test('figures of Node are printed as one table, with MB/s where a file is made', () => {
  const text = printNodeRun({
    node: 'v20.20.2',
    rounds: 3,
    rows: 200_000,
    figures: [
      { name: 'ingest', rowsPerSecond: [300_000, 100_000, 200_000], megabytesPerSecond: null },
      { name: 'flush', rowsPerSecond: [400_000], megabytesPerSecond: [52.5] },
    ],
    bytesPerRow: { 'nb, LZ4': 121.25 },
  });
  expect(text).toBe(
    [
      'Node v20.20.2, 200,000 rows (MB/s: Data.db before compression)',
      '         rows/s          min–max  MB/s',
      'ingest  200,000  100,000–300,000',
      'flush   400,000  400,000–400,000  52.5',
      'Bytes on disk a row: nb, LZ4: 121',
    ].join('\n'),
  );
});
