import { expect, test } from 'vitest';
import type { LifeRun } from '../life/life-run.ts';
import { printLifeRun } from './life-report.ts';

const nothing: LifeRun = {
  ingest: [],
  coldOpenRows: 20_000,
  coldOpen: [],
  largeOpen: null,
  exports: [],
  grown: [],
  clientGzip: null,
};

test('what was left out is not there', () => {
  expect(printLifeRun(nothing)).toBe('');
  expect(printLifeRun({ ...nothing, clientGzip: 59_876 })).toBe('Client and worker, gzip: 59,876 bytes');
});

test('an ingest stands beside what the disk takes for its bytes', () => {
  const round = { rows: 1000, bytes: 130_000, flushes: 2, compactions: 1 };
  const ingest = [
    { ...round, milliseconds: 10, settledMilliseconds: 20, rawMilliseconds: 5 },
    { ...round, milliseconds: 20, settledMilliseconds: 40, rawMilliseconds: 5 },
    { ...round, milliseconds: 40, settledMilliseconds: 80, rawMilliseconds: 5 },
  ];
  expect(printLifeRun({ ...nothing, ingest })).toBe(
    [
      'Ingest of 1,000 rows, 0.1 MB of values; flushes 2, compactions 1',
      '                                                rows/s          min–max  MB/s',
      'Cassette, until all was acknowledged            50,000   25,000–100,000   6.5',
      'Cassette, until all was flushed and compacted   25,000    12,500–50,000   3.3',
      'raw OPFS, sequential, flushed as often         200,000  200,000–200,000    26',
    ].join('\n'),
  );
});

test('opening, exports and growth are tables of their own', () => {
  const text = printLifeRun({
    ...nothing,
    coldOpen: [{ peer: 'Cassette', milliseconds: [90, 70, 80] }],
    largeOpen: { rows: 1_000_000, walBytes: 2 ** 26, mutationsReplayed: 400_000, milliseconds: [1200] },
    exports: [{ bytes: 2 ** 30, milliseconds: 4000, rawMilliseconds: 2000, mebibytes: 12 }],
    grown: [
      {
        rows: 10_000,
        ingestRowsPerSecond: 50_000,
        writeP50: 0.5,
        writeP99: 4,
        getP50: 0.2,
        getP99: 1,
        sstables: 1,
        sstablesPerRead: 1,
        bytesPerRow: 95.5,
        mebibytes: null,
      },
    ],
  });
  expect(text).toBe(
    [
      'Cold open with 20,000 rows: a browser just started, to the first row read',
      '          ms  min–max',
      'Cassette  80    70–90',
      '',
      'Cold open with 1,000,000 rows and a log of 64 MiB (400,000 mutations)',
      '             ms      min–max',
      'Cassette  1,200  1,200–1,200',
      '',
      "Export of 1,024 MiB into a file of the origin's private file system",
      '                          MB/s  MiB of memory',
      'Cassette                   268             12',
      'raw OPFS, read and write   537',
      '',
      'How cost grows; memory is of the renderer with the page and its rows',
      '  rows  ingest rows/s  write p50 ms   p99  read p50 ms   p99  SSTables  looked into  bytes/row  MiB',
      '10,000         50,000          0.50  4.00         0.20  1.00         1         1.00       95.5',
    ].join('\n'),
  );
});
