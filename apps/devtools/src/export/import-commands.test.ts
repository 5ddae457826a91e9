import { expect, test } from 'vitest';
import { importCommands } from './import-commands.ts';

const sstable = (keyspace: string, table: string, generation: number) => ({
  keyspace,
  table,
  data: `${keyspace}/${table}/nb-${generation}-big-Data.db`,
  bytes: 1,
  merged: true,
  partitions: 1,
  rows: 1,
  minTimestamp: 0n,
  maxTimestamp: 0n,
});

test('each keyspace is made once and each table is imported once, however many SSTables it has', () => {
  const report = {
    id: '13814000-1dd2-11b2-8080-808080808080',
    since: null,
    remembered: true,
    format: 'nb' as const,
    readableBy: 'all',
    bytes: 1,
    incomplete: [],
    keyspaces: ['a', 'b'],
    sstables: [sstable('a', 't', 1), sstable('a', 't', 2), sstable('b', 'u', 1)],
  };
  expect(importCommands('x.zip', report)).toBe(`unzip x.zip -d /tmp/x
cqlsh -f /tmp/x/a/schema.cql
cqlsh -f /tmp/x/b/schema.cql
nodetool import --copy-data a t /tmp/x/a/t
nodetool import --copy-data b u /tmp/x/b/u`);
});
