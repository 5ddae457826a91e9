import { expect, test } from 'vitest';
import { printStallRun } from './stall-report.ts';

test('writes beside maintenance stand beside those of an idle store, by number of writers', () => {
  const text = printStallRun({
    where: 'here',
    loadedRows: 1000,
    loadedBytes: 90_000_000,
    cassette: [
      { condition: 'idle', writers: 1, rounds: [[1, 1], [1]] },
      { condition: 'compaction', writers: 1, rounds: [[2, 2], [1.5]] },
      { condition: 'ingest', writers: 1, rounds: [[3, 3], [6]] },
    ],
    raw: [],
    work: { flushes: 2, bytesFlushed: 3e6, compactions: 1, bytesCompacted: 9e7, milliseconds: 4000, rowsIngested: 2000 },
  });
  expect(text).toBe(`Durable writes beside maintenance, here: 1,000 rows (90 MB) compacted
In 4 s: flushes 2 (3 MB), compactions 1 (90 MB), rows ingested 2,000

Cassette, one writer
beside                                    writes  p50 ms  p99 ms  max ms  p99 / idle       of rounds  aim ≤ 2
nothing else                                   3    1.00    1.00    1.00
a major compaction                             3    2.00    2.00    2.00      2.00 ×  1.50–1.75–2.00  met
ingest, with its flushes and compactions       3    3.00    5.94    6.00      5.94 ×  3.00–4.50–6.00  missed`);
});
