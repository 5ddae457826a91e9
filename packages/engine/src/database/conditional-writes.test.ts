import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { testDatabase } from './testing/test-database.ts';

async function opened(): Promise<Database> {
  const { db } = await testDatabase(
    'CREATE TABLE t (k int, c int, s int static, r int static, v int, w int, PRIMARY KEY (k, c))',
  );
  return db;
}

/** What is answered: names of the columns and the rows. */
async function answer(db: Database, query: string): Promise<readonly (readonly unknown[])[]> {
  const result = await db.execute(query);
  const names = (result.columns ?? []).map(({ name }) => name);
  return [names, ...Array.from(result, (row) => row.values())];
}

test('IF on columns that does not hold answers those of rows, then static ones, also where there is only a static row', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, s) VALUES (1, 5)');
  expect(await answer(db, 'UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF s = 6 AND v = 2')).toEqual([
    ['[applied]', 'v', 's'],
    [false, null, 5],
  ]);
  expect(await answer(db, 'UPDATE t SET v = 1 WHERE k = 2 AND c = 1 IF s = 6')).toEqual([['[applied]'], [false]]);
});

test('IF NOT EXISTS on a row answers the row, without static columns that were not read for it', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, s, v) VALUES (1, 2, 5, 6)');
  const names = ['[applied]', 'k', 'c', 'r', 's', 'v', 'w'];
  expect(await answer(db, 'INSERT INTO t (k, c, v) VALUES (1, 2, 0) IF NOT EXISTS')).toEqual([
    names,
    [false, 1, 2, null, null, 6, null],
  ]);
  expect(await answer(db, 'INSERT INTO t (k, c, s) VALUES (1, 2, 0) IF NOT EXISTS')).toEqual([
    names,
    [false, 1, 2, null, 5, 6, null],
  ]);
});

test('IF on static columns alone answers with the first row that was inserted, for it tells that the partition exists', async () => {
  const db = await opened();
  await db.execute('UPDATE t SET v = 1 WHERE k = 1 AND c = 1');
  await db.execute('INSERT INTO t (k, c, v) VALUES (1, 2, 3)');
  expect(await answer(db, 'UPDATE t SET s = 1 WHERE k = 1 IF EXISTS')).toEqual([
    ['[applied]', 'k', 'c', 'r', 's', 'v', 'w'],
    [false, 1, 2, null, null, null, null],
  ]);
  expect(await answer(db, 'UPDATE t SET s = 1 WHERE k = 1 IF s = 2')).toEqual([
    ['[applied]', 's'],
    [false, null],
  ]);
});

test('a batch answers key and columns of every row that its conditions are about, in order', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, v) VALUES (1, 1, 10)');
  await db.execute('INSERT INTO t (k, c, v, w) VALUES (1, 2, 20, 21)');
  const batch = `BEGIN BATCH
    UPDATE t SET v = 0 WHERE k = 1 AND c = 2 IF w = 0;
    UPDATE t SET v = 0 WHERE k = 1 AND c = 1 IF v = 0;
    DELETE FROM t WHERE k = 1 AND c > 5;
    APPLY BATCH`;
  expect(await answer(db, batch)).toEqual([
    ['[applied]', 'k', 'c', 'w', 'v'],
    [false, 1, 1, null, 10],
    [false, 1, 2, 21, 20],
  ]);
});

test('static columns that a batch writes without a condition are not read', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, s, v) VALUES (1, 1, 5, 6)');
  const batch = (condition: string) =>
    `BEGIN BATCH INSERT INTO t (k, c) VALUES (1, 1) IF NOT EXISTS; INSERT INTO t (k, s) VALUES (1, 2) ${condition}; APPLY BATCH`;
  expect((await answer(db, batch('')))[1]).toEqual([false, 1, 1, null, null, 6, null]);
  expect((await answer(db, batch('IF NOT EXISTS')))[1]).toEqual([false, 1, 1, null, 5, 6, null]);
});

test('a batch with a condition names its rows one by one', async () => {
  const db = await opened();
  const batch = (other: string) => `BEGIN BATCH INSERT INTO t (k, c) VALUES (1, 1) IF NOT EXISTS; ${other}; APPLY BATCH`;
  await expect(db.execute(batch('UPDATE t SET v = 1 WHERE k IN (1, 2) AND c = 1'))).rejects.toThrow(
    'IN on the partition key columns',
  );
  await expect(db.execute(batch('DELETE FROM t WHERE k = 1 AND c IN (1, 2)'))).rejects.toThrow(
    'IN on the clustering key columns',
  );
  expect((await db.execute('SELECT * FROM t')).rowLength).toBe(0);
});

test('a batch does not mix conditions of different kinds on one row', async () => {
  const db = await opened();
  const batch = (second: string) =>
    `BEGIN BATCH INSERT INTO t (k, c) VALUES (1, 1) IF NOT EXISTS; UPDATE t SET v = 1 WHERE k = 1 AND c = 1 ${second}; APPLY BATCH`;
  await expect(db.execute(batch('IF EXISTS'))).rejects.toThrow('Cannot mix IF NOT EXISTS and IF EXISTS for the same row');
  await expect(db.execute(batch('IF v = 1'))).rejects.toThrow('Cannot mix IF NOT EXISTS and IF conditions for the same row');
});

test('slices of durations, and with collections of no elements, are no conditions', async () => {
  const { db } = await testDatabase(`
    CREATE TYPE slot (at duration);
    CREATE TABLE many (k int PRIMARY KEY, l list<int>, d duration, u frozen<slot>)`);
  await db.execute('INSERT INTO many (k, l) VALUES (1, [1])');
  const refused = (condition: string) => expect(db.execute(`UPDATE many SET l = [2] WHERE k = 1 IF ${condition}`)).rejects;
  await refused('d < 1h').toThrow('Slice conditions ( < ) are not supported on durations');
  await refused('u > {at: 1h}').toThrow('which contains durations');
  await refused('l >= []').toThrow('Invalid comparison with an empty collection for operator ">="');
});

test('values of all tests are looked at, also after a test that does not hold', async () => {
  const db = await opened();
  await expect(db.execute('UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF v = 1 AND w = ?', ['x'])).rejects.toThrow(
    'Invalid value for w',
  );
});

test('of the values of an IN the unset ones are left out', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, v) VALUES (1, 1, 1)');
  const result = await db.execute('UPDATE t SET v = 2 WHERE k = 1 AND c = 1 IF v IN (?, 1)', [undefined]);
  expect(result.wasApplied()).toBe(true);
});

test('deletions of a conditional write spare what it writes itself, but on the same row', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, v) VALUES (1, 5, 5)');
  const batch = (...statements: string[]) => db.execute(`BEGIN BATCH ${statements.join('; ')}; APPLY BATCH`);
  await batch('DELETE FROM t WHERE k = 1', 'INSERT INTO t (k, c, v) VALUES (1, 1, 1) IF NOT EXISTS');
  await batch('DELETE FROM t WHERE k = 1 AND c >= 2', 'INSERT INTO t (k, c, v) VALUES (1, 2, 2) IF NOT EXISTS');
  await batch('DELETE FROM t WHERE k = 1 AND c = 3', 'INSERT INTO t (k, c, v) VALUES (1, 3, 3) IF NOT EXISTS');
  await batch('UPDATE t USING TIMESTAMP 5 SET w = 4 WHERE k = 1 AND c = 1', 'UPDATE t SET v = 6 WHERE k = 1 AND c = 1 IF v = 1');
  const rows = await db.execute('SELECT c, v, w, writetime(v), writetime(w) FROM t');
  expect(Array.from(rows, (row) => row.values().slice(0, 3))).toEqual([
    [1, 6, 4],
    [2, 2, null],
  ]);
  expect(rows.value(0, 3)).toBe(rows.value(0, 4));
});

test('every statement of a batch with conditions names its row, though nothing is written', async () => {
  const db = await opened();
  const batch = (first: string) => `BEGIN BATCH ${first}; UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF EXISTS; APPLY BATCH`;
  const insert = `INSERT INTO t JSON '{"k": 1, "s": 1}'`;
  await expect(db.execute(batch(insert))).rejects.toThrow('Invalid null value in condition for column c');
  await expect(db.execute(batch('UPDATE t SET v = 1 WHERE k = 1 AND c = ?'), [null])).rejects.toThrow('Invalid null value');
  expect((await db.execute(batch('DELETE FROM t WHERE k = 1 AND c > 5'))).rowLength).toBe(1);
});

test('a row whose columns are looked at may be named though a static column alone is written or deleted', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, c, s, v) VALUES (1, 2, 5, 7)');
  const applied = [['[applied]'], [true]];
  expect(await answer(db, 'DELETE s FROM t WHERE k = 1 AND c = 2 IF v = 8')).toEqual([
    ['[applied]', 'v'],
    [false, 7],
  ]);
  expect(await answer(db, 'UPDATE t SET s = 6 WHERE k = 1 AND c = 2 IF v = 7')).toEqual(applied);
  expect(await answer(db, 'DELETE s FROM t WHERE k = 1 AND c = 2 IF s = 6 AND v = 7')).toEqual(applied);
  expect(await answer(db, 'SELECT s, v FROM t')).toEqual([
    ['s', 'v'],
    [null, 7],
  ]);
  for (const write of ['DELETE s FROM t', 'UPDATE t SET s = 6']) {
    for (const condition of ['IF EXISTS', 'IF s = 6', '']) {
      const refused = `Invalid restrictions on clustering columns since the ${write.slice(0, 6)} statement modifies only static columns`;
      await expect(db.execute(`${write} WHERE k = 1 AND c = 2 ${condition}`)).rejects.toThrow(refused);
    }
  }
  await expect(db.execute('DELETE s FROM t WHERE k = 1 IF v = 7')).rejects.toThrow('must restrict all PRIMARY KEY columns');
});
