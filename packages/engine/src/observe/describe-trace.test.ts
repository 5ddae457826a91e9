import { expect, test } from 'vitest';
import { describeActivity, formatTrace } from './describe-trace.ts';
import type { TraceStep } from './trace.ts';

const figures = { partitions: 1, rows: 10, tombstones: 1, spent: 5 };
const io = {
  chunks: 2,
  chunkBytes: 8192,
  dataBytes: 1200,
  dataReads: 2,
  indexBytes: 4096,
  indexSteps: 3,
  cacheHits: 0,
  cacheMisses: 2,
};

test.each<[TraceStep, string]>([
  [{ kind: 'prepared', cached: false, spent: 3 }, 'Parsed and planned the statement'],
  [{ kind: 'read', table: 'ks.t', key: null, slices: null, reversed: false }, 'Scanning ks.t'],
  [
    { kind: 'read', table: 'ks.t', key: '01', slices: 1, reversed: true },
    'Reading partition 01 of ks.t, 1 slice, from last to first',
  ],
  [
    { kind: 'sstable-skipped', generation: 5, reason: 'bloom filter' },
    'Skipping SSTable 5: its bloom filter says that the key is not there',
  ],
  [
    { kind: 'index', generation: 5, version: 'nb', found: true, steps: 1, indexBytes: 4096, rowIndex: true, spent: 9 },
    'Partition found in SSTable 5: 1 entry looked at, 4096 B read, row index used',
  ],
  [
    { kind: 'index', generation: 5, version: 'da', found: false, steps: 7, indexBytes: 0, rowIndex: false, spent: 9 },
    'Partition is not in SSTable 5, though its filter lets the key pass: 7 nodes looked at, 0 B read',
  ],
  [{ kind: 'merging', memtables: 1, sstables: 2 }, 'Merging 1 memtable and 2 SSTables'],
  [{ kind: 'memtable', sealed: true, ...figures }, 'Read sealed memtable: 10 rows, 1 tombstone'],
  [
    { kind: 'sstable', generation: 5, version: 'nb', ...io, ...figures },
    'Read SSTable 5 (nb): 10 rows, 1 tombstone; 2 chunks, 1200 B to 8192 B, 4096 B of index',
  ],
  [
    { kind: 'sstable', generation: 5, version: 'nb', ...io, chunks: 0, dataBytes: 0, cacheHits: 3, ...figures },
    'Read SSTable 5 (nb): 10 rows, 1 tombstone; 0 B of data, chunks in the cache 3 times, 4096 B of index',
  ],
  [{ kind: 'rows', live: 9, dead: 1, filtered: 2 }, 'Merged 9 live rows, of which 2 were filtered, and 1 deleted or expired'],
  [
    { kind: 'committed', segment: 3, groupWrites: 2, groupBytes: 90_000, write: 10, flush: 400, apply: 5, spent: 500 },
    'Appended to log segment 3, group of 2 writes, 90 kB, in 10 µs, made durable in 400 µs, applied to memtables in 5 µs',
  ],
])('%j', (step, text) => {
  expect(describeActivity(step)).toBe(text);
});

test('a trace is printed as a table', () => {
  const trace = {
    query: 'SELECT * FROM t',
    startedAt: 1_700_000_000_000,
    micros: 1234,
    activities: [
      { kind: 'prepared', cached: true, spent: 3, micros: 12 },
      { kind: 'answered', rows: 1, hasMore: false, micros: 1230 },
    ],
    omitted: 2,
  } as const;
  expect(formatTrace(trace)).toEqual([
    'Tracing session, begun 2023-11-14T22:13:20.000Z',
    '',
    ' activity                     | elapsed µs',
    '------------------------------+-----------',
    ' Statement was planned before |         12',
    ' Answered 1 row               |       1230',
    ' … 2 more activities          |           ',
    ' Request complete             |       1234',
  ]);
});
