import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
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
