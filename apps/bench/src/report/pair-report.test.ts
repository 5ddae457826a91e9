import { expect, test } from 'vitest';
import { printPairRun } from './pair-report.ts';

test('Cassette and Cassandra stand side by side; a step that only one of them has has no ratio', () => {
  const text = printPairRun({
    node: 'v20',
    rows: 1000,
    rounds: 2,
    warmUps: 3,
    figures: [
      {
        op: 'compact',
        compression: 'none',
        cassette: [300, 100],
        cassandra: [100, 100],
        cassetteBytes: 132_500,
        cassandraBytes: 133_000,
      },
      { op: 'sorted', compression: 'lz4', cassette: [], cassandra: [400], cassetteBytes: 0, cassandraBytes: 95_000 },
    ],
    loadRows: 5000,
    tools: [{ name: 'verify', cassette: [0.5], cassandra: [4] }],
    missing: null,
  });
  expect(text).toBe(
    [
      'Rows a second beside Cassandra 5.0 in a JVM, 1,000 rows, Node v20, after 3 rounds each that do not count',
      '                                                 Cassette  Cassandra  Cassette is    min–max  bytes/row  Cassandra',
      'major compaction of four SSTables, uncompressed       200        100       2.00 ×  1.00–3.00        133        133',
      'sorted rows to SSTables (CQLSSTableWriter), LZ4                  400                                            95',
      '',
      'Seconds of whole processes, 1,000 rows, LZ4',
      '        Cassette  Cassandra  Cassette is    min–max',
      'verify      0.50       4.00       8.00 ×  8.00–8.00',
    ].join('\n'),
  );
});
