import { BloomFilter } from '@cassette/sstable';
import { expect, test } from 'vitest';
import { StandingStore } from '../goldens/testing/standing-store.ts';

test('the bloom filter of a flush has room for partitions that statements named and left nothing in, each once', async () => {
  const keyspace = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";
  const store = await StandingStore.open(
    `${keyspace} CREATE TABLE k.t (a int PRIMARY KEY, s set<int>) WITH bloom_filter_fp_chance = 0.001;`,
  );
  const named = (a: number) => ({ cql: `UPDATE k.t SET s = s - {} WHERE a = ${a}` });
  const written = (a: number) => ({ cql: `INSERT INTO k.t (a) VALUES (${a})` });
  await store.run([named(1), named(1), written(1), written(2), named(2), ...[3, 4, 5, 6, 7, 8].map(named)]);
  const sstables = await store.sstables();
  const filter = sstables.get('k.t')?.get(1)?.get('Filter.db');
  expect(filter?.length).toBe(8 + BloomFilter.create(8, 0.001).bits.length);
  expect(filter?.length).not.toBe(8 + BloomFilter.create(2, 0.001).bits.length);
});
