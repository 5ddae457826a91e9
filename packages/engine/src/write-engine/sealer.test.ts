import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { openDatabase } from '../database/index.ts';

test('a flush ends though others write as fast as it goes, with all that was written before it', async () => {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: 'CREATE TABLE t (k int PRIMARY KEY, v text)',
    config: { memtableFlushThreshold: 1, compaction: { enabled: false } },
  });
  const rows = () =>
    db
      .stats()
      .tables.flatMap(({ sstables }) => sstables)
      .reduce((sum, { partitions }) => sum + partitions, 0);
  let next = 0;
  const write = () => db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [next++, 'v'.repeat(100)]);
  let flushesMax = 100;
  // For each set that is flushed two more are sealed.
  db.events.subscribe(({ type }) => {
    if (type !== 'flush-started' || flushesMax-- <= 0) return;
    void write().then(write);
  });
  await Promise.all([write(), write(), write()]);
  const before = next;
  await db.flush();
  expect(flushesMax).toBeGreaterThan(0);
  expect(rows()).toBeGreaterThanOrEqual(before);
  flushesMax = 0;
  await db.flush();
  await db.close();
});

test('flushes that are asked for while one goes on share the next one, and each has what was written before it', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const options = { storage, schema: 'CREATE TABLE t (k int PRIMARY KEY, v text)', config: { compaction: { enabled: false } } };
  // Nothing is in the log: what a crash leaves is what was flushed.
  const db = await openDatabase({ ...options, durability: Durability.Disabled });
  const flushes: Promise<void>[] = [];
  let images: Promise<readonly [number, FaultyStorage]>[] = [];
  for (let k = 0; k < 30; k++) {
    await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, `v${k}`]);
    const flushed = db.flush();
    flushes.push(flushed);
    if (k % 10 === 3) images = [...images, flushed.then(() => [k, storage.image({ random: seededRandom(k) }, 'lose')] as const)];
  }
  await Promise.all(flushes);
  const [{ sstables }] = db.stats().tables;
  expect(sstables.length).toBeLessThan(10);
  expect(sstables.reduce((sum, { partitions }) => sum + partitions, 0)).toBe(30);
  expect(images).toHaveLength(3);
  for (const [k, image] of await Promise.all(images)) {
    const left = await openDatabase({ ...options, storage: image });
    const keys = (await left.execute('SELECT k FROM t')).rows.map((row) => Number(row['k'])).sort((a, b) => a - b);
    expect(keys.slice(0, k + 1)).toEqual(Array.from({ length: k + 1 }, (_, i) => i));
    await left.close();
  }
  await db.close();
});
