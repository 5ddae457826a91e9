import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { segmentNumber } from './wal-format.ts';

const SEGMENT_SIZE = 100_000;

test('segments get full by descriptions of the store, too: changes of the schema between writes make none of them large', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const config = { compaction: { enabled: false }, walSegmentSizeMax: SEGMENT_SIZE };
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const db = await openDatabase({ storage, clock, keyspace: 'ks', config, scheduler: new TestScheduler() });
  for (let i = 0; i < 20; i++) await db.execute(`CREATE TABLE t${i} (k int PRIMARY KEY, v text)`);
  let largest = 0;
  for (let i = 0; i < 40; i++) {
    await db.execute('CREATE TABLE more (k int PRIMARY KEY, v text)');
    await db.execute('INSERT INTO more (k, v) VALUES (?, ?)', [1, 'x']);
    await db.execute('DROP TABLE more');
    await db.execute('INSERT INTO t0 (k, v) VALUES (?, ?)', [1, 'x']);
    const sizes = storage.names.filter((name) => segmentNumber(name) !== null).map((name) => storage.contentOf(name).length);
    largest = Math.max(largest, ...sizes);
  }
  // What comes while a full one is being left still goes there.
  expect(largest).toBeGreaterThan(SEGMENT_SIZE);
  expect(largest).toBeLessThan(2.5 * SEGMENT_SIZE);
  await db.close();
});

test('changes of the schema alone do not let the log grow: a segment that they fill is left and goes, and the store is as it was', async () => {
  const storage = new FaultyStorage({ random: seededRandom(2) });
  const config = { compaction: { enabled: false }, walSegmentSizeMax: SEGMENT_SIZE };
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const options = { storage, clock, keyspace: 'ks', config, scheduler: new TestScheduler() };
  const db = await openDatabase(options);
  for (let i = 0; i < 20; i++) await db.execute(`CREATE TABLE t${i} (k int PRIMARY KEY, v text)`);
  await db.execute('INSERT INTO t0 (k, v) VALUES (?, ?)', [1, 'x']);
  let largest = 0;
  for (let i = 0; i < 60; i++) {
    await db.execute(`ALTER TABLE t1 ADD w${i} int`);
    await db.execute(i % 2 === 0 ? `ALTER TABLE t2 WITH comment = '${i}'` : 'TRUNCATE t3');
    const sizes = storage.names.filter((name) => segmentNumber(name) !== null).map((name) => storage.contentOf(name).length);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    largest = Math.max(largest, all);
  }
  expect(largest).toBeGreaterThan(SEGMENT_SIZE);
  expect(largest).toBeLessThan(2.5 * SEGMENT_SIZE);
  const after = storage.crash();
  const again = await openDatabase({ ...options, storage: after });
  expect(again.recovery.corruption).toEqual([]);
  expect((await again.execute('SELECT * FROM t0')).rows.map((row) => ({ ...row }))).toEqual([{ k: 1, v: 'x' }]);
  expect(again.describe('ks')).toContain('w59 int');
  await again.close();
});
