import { AlreadyExistsError, InvalidRequestError } from '@cassette/cql';
import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const READINGS = 'CREATE TABLE readings (sensor text, ts timestamp, t double, PRIMARY KEY (sensor, ts))';

test('a schema without a keyspace is enough, and opening again finds it', async () => {
  const storage = new MemoryStorage();
  const db = await openDatabase({ storage, schema: READINGS });
  await db.execute('INSERT INTO readings (sensor, ts, t) VALUES (?, ?, ?)', ['a', new Date(1000), 21.5]);
  expect(db.keyspace).toBe('cassette');
  await db.close();
  const again = await openDatabase({ storage, schema: READINGS });
  expect(plainRows(await again.execute('SELECT * FROM readings WHERE sensor = ?', ['a']))).toEqual([['a', new Date(1000), 21.5]]);
});

test('a wrong schema closes the store again', async () => {
  const storage = new MemoryStorage();
  await expect(openDatabase({ storage, schema: 'CREATE TABLE t (k int)' })).rejects.toThrow(InvalidRequestError);
  await expect(openDatabase({ storage, schema: READINGS })).resolves.toBeDefined();
});

test('named and positional parameters, and their count', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  await db.execute('INSERT INTO t (k, v) VALUES (:key, :value)', { key: 1, value: 2 });
  await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', { k: 2, v: 3 });
  expect(plainRows(await db.execute('SELECT * FROM t'))).toEqual([
    [1, 2],
    [2, 3],
  ]);
  await expect(db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [1])).rejects.toThrow(/2 bind markers, 1 values/);
  await expect(db.execute('INSERT INTO t (k, v) VALUES (:key, 1)', { kay: 1 })).rejects.toThrow(/bind marker key/);
});

test('executeMany writes rows in few records and tells its progress', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))');
  const progress: (number | undefined)[] = [];
  const rows = Array.from({ length: 3000 }, (_, i) => [i % 7, i, 'x'.repeat(1000)]);
  await db.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', rows, { onProgress: (n) => progress.push(n) });
  expect(progress.at(-1)).toBe(3000);
  expect(db.stats().counters.writes).toBe(progress.length);
  expect(progress.length).toBeLessThan(5);
  expect(plainRows(await db.execute('SELECT count(*) FROM t'))).toEqual([[3000n]]);
});

test('executeMany names the row that is refused', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  const many = db.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', [
    [1, 1],
    [2, 'x'],
  ]);
  await expect(many).rejects.toMatchObject({ data: { row: 1, rowsWritten: 0 } });
  expect((await db.execute('SELECT * FROM t')).rowLength).toBe(0);
});

test('a statement that was prepared is planned anew when its table is another one', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  const insert = 'INSERT INTO t (k, v) VALUES (1, ?)';
  await db.execute(insert, [1]);
  await db.execute('DROP TABLE t');
  await expect(db.execute(insert, [1])).rejects.toThrow(/table t does not exist/);
  await db.execute('CREATE TABLE t (k int PRIMARY KEY, v text)');
  await db.execute(insert, ['a']);
  expect(plainRows(await db.execute('SELECT * FROM t'))).toEqual([[1, 'a']]);
});

test('the schema changes while data stays', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, a int, b int)');
  await db.execute('INSERT INTO t (k, a, b) VALUES (1, 2, 3)');
  await db.execute('ALTER TABLE t DROP a');
  await db.execute('ALTER TABLE t ADD c text');
  await db.execute('ALTER TABLE t RENAME k TO key');
  expect(plainRows(await db.execute('SELECT * FROM t'))).toEqual([[1, 3, null]]);
  await db.execute('TRUNCATE t');
  expect((await db.execute('SELECT * FROM t')).rowLength).toBe(0);
  await expect(db.execute('CREATE TABLE t (k int PRIMARY KEY)')).rejects.toThrow(AlreadyExistsError);
  await db.execute('CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)');
});

test('after close everything is refused', async () => {
  const { db } = await testDatabase('');
  await db.close();
  await expect(db.execute('SELECT * FROM t')).rejects.toMatchObject({ code: 'CLOSED' });
});

test('rows of executeMany may come from code that executes statements itself', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  const inner: Promise<unknown>[] = [];
  function* rows() {
    for (let k = 0; k < 10; k++) {
      inner.push(db.execute(insert, [100 + k, k]));
      yield [k, k];
    }
  }
  await db.executeMany(insert, rows());
  await Promise.all(inner);
  expect(plainRows(await db.execute('SELECT count(*), sum(k) FROM t'))).toEqual([[20n, 1090]]);
});

test('IN restrictions that multiply beyond measure are refused', async () => {
  const { db } = await testDatabase('CREATE TABLE t (a int, b int, c int, PRIMARY KEY ((a, b), c))');
  const many = Array.from({ length: 400 }, (_, i) => i);
  await expect(db.execute('SELECT * FROM t WHERE a IN ? AND b IN ?', [many, many])).rejects.toThrow(/160000 keys/);
});

test('a table that is dropped during a scan ends it with an error or with its rows, never with others', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  for (let k = 0; k < 10; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, 1)', [k]);
  const stream = db.stream('SELECT k FROM t', [], { fetchSize: 3 });
  expect((await stream.next()).done).toBe(false);
  await db.execute('DROP TABLE t');
  const rest = async () => {
    for await (const row of stream) expect(row.k).toBeLessThan(10);
  };
  await expect(rest()).rejects.toThrow(InvalidRequestError);
});
