import { expect, test } from 'vitest';
import { StandingStore } from '../goldens/testing/standing-store.ts';

/** A store with some 3 MiB in a table of those options, in two SSTables. */
async function filled(compaction: string): Promise<StandingStore> {
  const store = await StandingStore.open(
    `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; USE i;
     CREATE TABLE t (k int PRIMARY KEY, v blob) WITH compression = {'enabled': false} AND compaction = ${compaction}`,
  );
  await store.database.execute('USE i');
  for (let flush = 0; flush < 2; flush++) {
    const rows = Array.from({ length: 400 }, (_, k) => [k + flush * 400, new Uint8Array(4000).fill(k)]);
    await store.database.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', rows);
    await store.database.flush();
  }
  return store;
}

function sstablesOf(store: StandingStore) {
  return store.database.stats().tables.find(({ table }) => table === 't')!.sstables;
}

/** Rows as SELECT gives them, in the order of tokens. */
async function keysOf(store: StandingStore): Promise<number[]> {
  return [...(await store.database.execute('SELECT k FROM t'))].map((row) => row['k'] as number);
}

test('leveled, outputs of sstable_size_in_mb follow each other, filling level after level', async () => {
  const store = await filled("{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2}");
  const keys = await keysOf(store);
  const [stats] = await store.database.compact('t');
  const sstables = sstablesOf(store);
  expect(stats).toMatchObject({ inputs: [1, 2], outputs: [3, 4, 5, 6], partitionsWritten: 800 });
  // Twice the size of an SSTable in level 1, passed with the second.
  expect(sstables.map(({ level }) => level)).toEqual([1, 1, 2, 2]);
  for (const { bytes } of sstables.slice(0, 3)) expect(Math.abs(bytes - 1024 * 1024)).toBeLessThan(120_000);
  expect(await keysOf(store)).toEqual(keys);
  await store.reopen();
  await store.database.execute('USE i');
  expect(await keysOf(store)).toEqual(keys);
  expect(sstablesOf(store).map(({ level }) => level)).toEqual([1, 1, 2, 2]);
  await store.close();
});

test('unified, outputs are split where the ring is', async () => {
  const options = "'base_shard_count': 4, 'min_sstable_size': '0B', 'target_sstable_size': '1MiB'";
  // By another strategy flushes are not split.
  const store = await filled("{'class': 'SizeTieredCompactionStrategy'}");
  await store.database.execute(`ALTER TABLE t WITH compaction = {'class': 'UnifiedCompactionStrategy', ${options}}`);
  const keys = await keysOf(store);
  const [stats] = await store.database.compact('t');
  expect(stats.outputs).toEqual([3, 4, 5, 6]);
  const partitions = sstablesOf(store).map((sstable) => sstable.partitions);
  expect(partitions.reduce((sum, count) => sum + count, 0)).toBe(800);
  for (const count of partitions) expect(Math.abs(count - 200)).toBeLessThan(50);
  expect(await keysOf(store)).toEqual(keys);
  await store.close();
});
