import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { plainRows, TestClock, testDatabase } from './testing/test-database.ts';

test('elements of lists are in the order of their statements, over a restart with the clock set back', async () => {
  const storage = new MemoryStorage();
  const schema = 'CREATE TABLE t (k int PRIMARY KEY, l list<int>)';
  const many = Array.from({ length: 30 }, (_, n) => n);
  const first = await testDatabase(schema, { storage });
  // More elements than ten ticks of one microsecond hold: their UUIDs run ahead of the clock.
  await first.db.execute('UPDATE t SET l = l + ? WHERE k = 1', [many]);
  await first.db.execute('UPDATE t SET l = ? + l WHERE k = 2', [many]);
  await first.db.execute('UPDATE t USING TIMESTAMP 5 SET l = l + ? WHERE k = 3', [many]);
  await first.db.close();
  for (const seconds of [1_600_000_000, 1_500_000_000]) {
    const { db } = await testDatabase('', { storage, clock: new TestClock(seconds) });
    await db.execute('UPDATE t SET l = l + ? WHERE k = 1', [[100, 101]]);
    await db.execute('UPDATE t SET l = ? + l WHERE k = 2', [[100, 101]]);
    await db.execute('UPDATE t USING TIMESTAMP 6 SET l = l + ? WHERE k = 3', [[100, 101]]);
    await db.flush();
    await db.close();
  }
  const { db } = await testDatabase('', { storage });
  expect(plainRows(await db.execute('SELECT l FROM t WHERE k IN (1, 2, 3)'))).toEqual([
    [[...many, 100, 101, 100, 101]],
    [[100, 101, 100, 101, ...many]],
    [[...many, 100, 101, 100, 101]],
  ]);
});

test('now() never goes back in a store', async () => {
  const storage = new MemoryStorage();
  const schema = 'CREATE TABLE t (k int PRIMARY KEY, u timeuuid)';
  const before = await testDatabase(schema, { storage });
  await before.db.execute('INSERT INTO t (k, u) VALUES (1, now())');
  await before.db.close();
  const { db } = await testDatabase('', { storage, clock: new TestClock(1_600_000_000) });
  const [[then, now]] = plainRows(await db.execute('SELECT toUnixTimestamp(u), toUnixTimestamp(now()) FROM t'));
  expect([then, now]).toEqual([1_700_000_000_000n, 1_700_000_000_000n]);
});

test("'now' as a timestamp is the time of each execution, and not of the planning", async () => {
  const { db, clock } = await testDatabase(
    'CREATE TABLE t (k int, c timestamp, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)',
  );
  const insert = "INSERT INTO t (k, c) VALUES (1, 'Now')";
  await db.execute(insert);
  clock.advance(5);
  await db.execute(insert);
  expect(plainRows(await db.execute("SELECT c FROM t WHERE k = 1 AND c <= 'now'"))).toEqual([
    [new Date(1_700_000_005_000)],
    [new Date(1_700_000_000_000)],
  ]);
  await expect(db.execute('INSERT INTO t (k, c) VALUES (1, ?)', ['now'])).rejects.toThrow(/expected a date and time/);
});
