import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { segmentNumber } from './wal-format.ts';

const SEGMENT_SIZE = 100_000;
const SMALL_SEGMENT_SIZE = 10_000;

/** A storage that counts what is written to segments of the log. */
function counting(): { readonly storage: FaultyStorage; readonly written: () => number } {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const open = storage.open.bind(storage);
  let written = 0;
  storage.open = async (name, options) => {
    const file = await open(name, options);
    if (segmentNumber(name) === null) return file;
    const write = file.write.bind(file);
    file.write = (bytes, at) => {
      written += bytes.length;
      return write(bytes, at);
    };
    return file;
  };
  return { storage, written: () => written };
}

test('what the log writes for changes of the schema is in proportion to what changes, however many tables there are', async () => {
  const columns = Array.from({ length: 20 }, (_, i) => `column_number_${i} text`).join(', ');
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const perTable: number[] = [];
  for (const count of [25, 100]) {
    const { storage, written } = counting();
    const db = await openDatabase({ storage, clock, keyspace: 'ks', scheduler: new TestScheduler() });
    const before = written();
    for (let i = 0; i < count; i++) await db.execute(`CREATE TABLE t${i} (k int PRIMARY KEY, ${columns})`);
    perTable.push(Math.round((written() - before) / count));
    await db.close();
  }
  const [few, many] = perTable;
  // Twice: the next segment is described as well. All tables at each of them came to 170,000 bytes.
  expect(few).toBeLessThan(12_000);
  expect(many).toBeLessThan(1.5 * few);
});

test('segments get full by descriptions of the store, too: changes of the schema between writes make none of them large', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const config = { compaction: { enabled: false }, walSegmentSizeMax: SMALL_SEGMENT_SIZE };
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
  // What comes while a full one is being left still goes there, behind the description that it begins with.
  expect(largest).toBeGreaterThan(SMALL_SEGMENT_SIZE);
  expect(largest).toBeLessThan(4 * SMALL_SEGMENT_SIZE);
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
