import { expect, test } from 'vitest';
import { printSSTableRun } from './sstable-report.ts';

test('rates of SSTables are printed as one table, with what compression leaves', () => {
  const figure = { version: 'nb', compressor: 'LZ4', dataBytes: 1000, storedBytes: 705, bytesOnDisk: 1440 };
  const rates = { writeMegabytes: [80, 120, 100], writeRows: [700_000], readMegabytes: [160.4], readRows: [1_100_000] };
  const text = printSSTableRun({ node: 'v20.20.2', rounds: 3, rows: 10, partitions: 2, figures: [{ ...figure, ...rates }] });
  expect(text).toBe(
    [
      'SSTables in memory, Node v20.20.2, 10 rows in 2 partitions, chunks of 16 KiB (MB/s: Data.db before compression)',
      '         write MB/s   rows/s  read MB/s     rows/s  Data.db  bytes/row',
      'nb, LZ4         100  700,000        160  1,100,000    0.705        144',
    ].join('\n'),
  );
});
