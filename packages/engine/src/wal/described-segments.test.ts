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
