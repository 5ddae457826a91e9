import { expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { testDatabase } from '../database/testing/test-database.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { CountingStorage } from './testing/counting-storage.ts';

const config = { compaction: { enabled: false } };
const TABLE = 'CREATE TABLE t (k int PRIMARY KEY, v text)';

test('sizes, rows and partitions are those of the files and of what was written', async () => {
  const storage = new CountingStorage();
  const { db } = await testDatabase(TABLE, { config, storage });
  for (let k = 0; k < 50; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'x'.repeat(100)]);
  const before = db.stats();
  expect(before.memtables).toMatchObject([{ sealed: false, tables: 1, partitions: 50, rows: 50, bytes: before.memtableBytes }]);
  expect(before.wal).toMatchObject({
    writes: 50,
    commits: 50,
    flushes: 50,
    writesPerFlush: 1,
    pendingBytes: 0,
    bytes: before.walBytes,
  });
  expect(before.wal.flushLatency.count).toBe(50);
  expect(before.writeLatency.count).toBe(50);
  await db.flush();
  await db.execute('DELETE FROM t WHERE k = 7');
  await db.flush();
  const after = db.stats();
  const [table] = after.tables;
  expect(after.flush).toMatchObject({ running: null, finished: 2, failed: 0, bytesWritten: table.sstableBytes });
  expect(after.flush.latency.count).toBe(2);
  expect(after.memtables).toMatchObject([{ sealed: false, tables: 0, rows: 0 }]);
  for (const { components, bytes, generation } of table.sstables) {
    let sum = 0;
    for (const { file, bytes: size } of components) {
      const opened = await storage.open(file).catch(() => null);
      // Those that readers hold are open already, once at a time.
      if (opened !== null) {
        expect([generation, file, size]).toEqual([generation, file, opened.size]);
        opened.close();
      }
      sum += size;
    }
    expect(bytes).toBe(sum);
  }
  expect(table.sstables).toMatchObject([
    { generation: 1, version: 'nb', partitions: 50, rows: 50, droppableTombstones: 0 },
    { generation: 2, version: 'nb', partitions: 1, rows: 0, hasPartitionDeletions: true },
  ]);
  const [{ compressionRatio, uncompressedBytes, components }] = table.sstables;
  expect(compressionRatio).toBe(components.find(({ name }) => name === 'Data.db')!.bytes / uncompressedBytes);
  expect(compressionRatio).toBeLessThan(0.5);
  expect(table.groups).toEqual([{ kind: 'tier', number: 0, generations: [2, 1] }]);
  expect(after.amplification.space).toBeCloseTo(51 / 50, 5);
  const { walBytesWritten, bytesFlushed, mutationBytes } = after.counters;
  expect(after.amplification.write).toBeCloseTo((walBytesWritten + bytesFlushed) / mutationBytes, 5);
});

test('writes that the log is asked to leave out are none of its writes', async () => {
  const { db } = await testDatabase(TABLE, { config });
  const insert = 'INSERT INTO t (k) VALUES (?)';
  await db.execute(insert, [1]);
  await db.execute(insert, [2], { durability: Durability.Disabled });
  await Promise.all([db.execute(insert, [3]), db.execute(insert, [4], { durability: Durability.Disabled })]);
  const { wal, counters } = db.stats();
  expect(counters.writes).toBe(4);
  expect(wal).toMatchObject({ writes: 2, flushes: 2, writesPerFlush: 1 });
  await db.close();
});

test('a look-up that finds what it needs where the one before left it is a hit of the chunk cache', async () => {
  const { db } = await testDatabase(`${TABLE} WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`, {
    config,
    scheduler: new TestScheduler(),
  });
  const values = Array.from({ length: 500 }, (_, k) => [k, `${k * 7919}`.repeat(20)]);
  await db.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', values);
  await db.flush();
  const read = async (k: number) => {
    const { hits, misses } = db.stats().reads.chunkCache;
    await db.execute('SELECT * FROM t WHERE k = ?', [k]);
    const after = db.stats().reads.chunkCache;
    return { hits: after.hits - hits, misses: after.misses - misses };
  };
  expect(await read(5)).toMatchObject({ hits: 0 });
  for (let time = 0; time < 10; time++) expect(await read(5)).toEqual({ hits: 1, misses: 0 });
  await db.close();
});

test('reads are counted by the SSTables they go to; what was counted of an SSTable stays when it goes', async () => {
  const { db } = await testDatabase(TABLE, { config, scheduler: new TestScheduler() });
  for (let n = 0; n < 3; n++) {
    await db.execute("INSERT INTO t (k, v) VALUES (1, 'a')");
    await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [100 + n, 'b']);
    await db.flush();
  }
  await db.execute('SELECT * FROM t');
  await db.execute('SELECT * FROM t WHERE k = 1');
  await db.execute('SELECT * FROM t WHERE k = 101');
  const { reads, amplification } = db.stats();
  expect(reads.reads).toBe(3);
  expect(reads.latency.count).toBe(3);
  expect(reads.sstablesPerRead).toEqual([0, 2, 0, 1]);
  expect(amplification.read).toBeCloseTo(5 / 3, 10);
  // Of k = 1 the two older ones; of k = 101 the oldest and the newest by what they say of themselves.
  expect(reads.skipped['older than the row']).toBe(2);
  expect(reads.bloomFilter).toMatchObject({ truePositives: 2, falsePositives: 0 });
  expect(reads.bloomFilter.trueNegatives + reads.skipped['key range']).toBe(2);
  await db.compact('t');
  expect(db.stats().reads.bloomFilter).toEqual(reads.bloomFilter);
  expect(db.stats().reads.dataBytesRead).toBeGreaterThanOrEqual(reads.dataBytesRead);
  // The reads of two keys by text have one plan.
  expect(db.stats()).toMatchObject({ subscriptions: 0, changeFeeds: 0, statements: { planned: 4 } });
});

test.each([
  ['LeveledCompactionStrategy', [{ kind: 'level', number: 0, generations: [1, 2] }]],
  ['UnifiedCompactionStrategy', [{ kind: 'level', number: 0, generations: [1, 2] }]],
  ['TimeWindowCompactionStrategy', [{ kind: 'window', number: 1_699_920_000_000, generations: [1, 2] }]],
])('SSTables are grouped as %s does', async (name, groups) => {
  const { db } = await testDatabase(`${TABLE} WITH compaction = {'class': '${name}'}`, { config });
  for (let n = 0; n < 2; n++) {
    await db.execute("INSERT INTO t (k, v) VALUES (1, 'a')");
    await db.flush();
  }
  const [table] = db.stats().tables;
  expect(table.groups.map(({ generations, ...group }) => ({ ...group, generations: generations.toSorted() }))).toEqual(groups);
});
