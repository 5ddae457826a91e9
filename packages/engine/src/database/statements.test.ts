import { CqlError, CqlSyntaxError, InvalidRequestError } from '@cassette/cql';
import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const TABLE = 'CREATE TABLE t (k int, c1 int, c2 int, v int, s int static, PRIMARY KEY (k, c1, c2))';

async function filled(): Promise<Database> {
  const { db } = await testDatabase(TABLE);
  for (const c1 of [1, 2, 3]) {
    for (const c2 of [1, 2, 3]) {
      await db.execute('INSERT INTO t (k, c1, c2, v) VALUES (1, ?, ?, ?)', [c1, c2, c1 * 10 + c2]);
    }
  }
  return db;
}

async function values(db: Database, where = ''): Promise<unknown[]> {
  return (await db.execute(`SELECT v FROM t ${where}`)).rows.map((row) => row.v);
}

test.each([
  ['c1 IN (1, 2)', [31, 32, 33]],
  ['(c1, c2) > (1, 2)', [11, 12]],
  ['(c1, c2) >= (1, 2) AND (c1, c2) < (3, 1)', [11, 31, 32, 33]],
  ['c1 = 1 AND c2 > 1', [11, 21, 22, 23, 31, 32, 33]],
  ['c1 = 1 AND c2 IN (1, 3)', [12, 21, 22, 23, 31, 32, 33]],
  ['(c1, c2) IN ((1, 1), (3, 3))', [12, 13, 21, 22, 23, 31, 32]],
  ['c1 > 5 AND c1 < 2', [11, 12, 13, 21, 22, 23, 31, 32, 33]],
])('DELETE … WHERE k = 1 AND %s deletes just that', async (where, left) => {
  const db = await filled();
  await db.execute(`DELETE FROM t WHERE k = 1 AND ${where}`);
  expect(await values(db)).toEqual(left);
  await db.flush();
  expect(await values(db)).toEqual(left);
});

test.each([
  'DELETE FROM t WHERE k = 1 AND c2 = 1',
  'DELETE FROM t WHERE k = 1 AND c1 > 1 AND c2 = 1',
  'DELETE FROM t WHERE k = 1 AND v = 1',
  'DELETE FROM t WHERE k = 1 AND c1 != 1',
  'DELETE FROM t WHERE k > 1',
  'DELETE FROM t WHERE token(k) = 1',
  'DELETE v FROM t WHERE k = 1 AND c1 = 1',
  'DELETE v FROM t WHERE k = 1',
  'INSERT INTO t (k, c1, v) VALUES (1, 1, 1)',
  'INSERT INTO t (k, c1, c2, v) VALUES (1, 1, 1)',
  'INSERT INTO t (k, c1, c2, v, v) VALUES (1, 1, 1, 1, 1)',
  'INSERT INTO t (k, c1, c2, x) VALUES (1, 1, 1, 1)',
  "INSERT INTO t (k, c1, c2, v) VALUES (1, 1, 1, 'a')",
  'INSERT INTO t (k, c1, c2, v) VALUES (1, 1, null, 1)',
  'UPDATE t SET c1 = 1 WHERE k = 1 AND c1 = 1 AND c2 = 1',
  'UPDATE t SET v = 1 WHERE k = 1 AND c1 = 1',
  'UPDATE t SET v = 1, v = 2 WHERE k = 1 AND c1 = 1 AND c2 = 1',
  'UPDATE t USING TTL 630720001 SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 1',
  'UPDATE t USING TTL 600000000 SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 1',
  'UPDATE t USING TTL -1 SET v = 1 WHERE k = 1 AND c1 = 1 AND c2 = 1',
])('%s is refused and changes nothing', async (statement) => {
  const db = await filled();
  const before = await values(db);
  const { writes } = db.stats().counters;
  await expect(db.execute(statement)).rejects.toThrow(CqlError);
  expect(await values(db)).toEqual(before);
  expect(db.stats().counters.writes).toBe(writes);
});

test('text after the statement is refused with line, column and a caret', async () => {
  const { db } = await testDatabase(TABLE);
  await expect(db.execute('SELECT * FROM t\n  nonsense')).rejects.toThrow(CqlSyntaxError);
  await expect(db.execute('SELECT * FROM t\n  nonsense')).rejects.toThrow(/line 2:3[\s\S]*\^/);
});

test('an error of meaning points at its place too', async () => {
  const { db } = await testDatabase(TABLE);
  await expect(db.execute('SELECT k,\n  nix FROM t')).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    protocolCode: 0x2200,
    message: 'line 2:3 Undefined column name nix in table ks.t\n  nix FROM t\n  ^',
  });
});

test('a wrong bind value names the column and the type', async () => {
  const { db } = await testDatabase(TABLE);
  const insert = db.execute('INSERT INTO t (k, c1, c2, v) VALUES (?, ?, ?, ?)', [1, 1, 1, 'abc']);
  await expect(insert).rejects.toMatchObject({ data: { columnName: 'v', type: 'int', line: 1, column: 47 } });
  await expect(insert).rejects.toThrow(/Invalid value for v of type int/);
});

test('setting null writes a tombstone, undefined and unset leave the cell', async () => {
  const db = await filled();
  const update = 'UPDATE t SET v = ? WHERE k = 1 AND c1 = 1 AND c2 = ?';
  await db.execute(update, [null, 1]);
  await db.execute(update, [undefined, 2]);
  await db.execute(update, [Symbol.for('cql.unset'), 3]);
  expect(await values(db, 'WHERE k = 1 AND c1 = 1')).toEqual([null, 12, 13]);
});

test('INSERT makes the row live by itself, UPDATE does not', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  await db.execute('INSERT INTO t (k, v) VALUES (1, 1)');
  await db.execute('UPDATE t SET v = 1 WHERE k = 2');
  await db.execute('DELETE v FROM t WHERE k IN (1, 2)');
  expect(plainRows(await db.execute('SELECT * FROM t'))).toEqual([[1, null]]);
});

test('USING TTL 0 is legal, and a TTL counts from the write, not from the flush', async () => {
  const { db, clock } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int) WITH default_time_to_live = 100');
  await db.execute('INSERT INTO t (k, v) VALUES (1, 1) USING TTL 0');
  await db.execute('INSERT INTO t (k, v) VALUES (2, 2)');
  await db.execute('INSERT INTO t (k, v) VALUES (3, 3) USING TTL ?', [10]);
  clock.advance(9);
  await db.flush();
  expect(plainRows(await db.execute('SELECT k, ttl(v) FROM t'))).toEqual([
    [1, null],
    [2, 91],
    [3, 1],
  ]);
  clock.advance(1);
  expect(plainRows(await db.execute('SELECT k FROM t'))).toEqual([[1], [2]]);
});

test('BATCH USING TIMESTAMP reaches deletions', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  await db.execute('INSERT INTO t (k, v) VALUES (1, 1) USING TIMESTAMP 100');
  await db.execute('INSERT INTO t (k, v) VALUES (2, 2) USING TIMESTAMP 100');
  await db.execute('BEGIN BATCH USING TIMESTAMP 50 DELETE FROM t WHERE k = 1; DELETE FROM t WHERE k = 2 APPLY BATCH');
  expect(plainRows(await db.execute('SELECT k, writetime(v) FROM t'))).toEqual([
    [1, 100n],
    [2, 100n],
  ]);
});

test('a batch is all or nothing, also when its second statement is wrong', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  const batch = db.batch([
    { query: insert, params: [1, 1] },
    { query: insert, params: [1, 'wrong'] },
  ]);
  await expect(batch).rejects.toThrow(InvalidRequestError);
  expect((await db.execute('SELECT * FROM t')).rowLength).toBe(0);
  await db.batch([
    { query: insert, params: [1, 1] },
    { query: insert, params: [2, 2] },
    { query: 'UPDATE t SET v = 5 WHERE k = :k', params: { k: 1 } },
  ]);
  expect(plainRows(await db.execute('SELECT k, v FROM t'))).toEqual([
    [1, 5],
    [2, 2],
  ]);
  expect(db.stats().counters.writes).toBe(1);
});

test('of equal timestamps the greater value stays, and a tombstone beats both', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  await db.execute('UPDATE t USING TIMESTAMP 1 SET v = 2 WHERE k = 1');
  await db.execute('UPDATE t USING TIMESTAMP 1 SET v = 1 WHERE k = 1');
  expect(plainRows(await db.execute('SELECT v FROM t'))).toEqual([[2]]);
  await db.execute('DELETE v FROM t USING TIMESTAMP 1 WHERE k = 1');
  expect((await db.execute('SELECT v FROM t')).rowLength).toBe(0);
});

test('IF NOT EXISTS, IF EXISTS and IF v = … are decided, one after the other', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  const insert = 'INSERT INTO t (k, v) VALUES (1, ?) IF NOT EXISTS';
  const [first, second] = await Promise.all([db.execute(insert, [1]), db.execute(insert, [2])]);
  expect([first.wasApplied(), second.wasApplied()]).toEqual([true, false]);
  expect(plainRows(second)).toEqual([[false, 1, 1]]);
  expect(plainRows(await db.execute('UPDATE t SET v = 3 WHERE k = 1 IF v IN (7, 8)'))).toEqual([[false, 1]]);
  expect((await db.execute('UPDATE t SET v = 3 WHERE k = 1 IF v = 1')).wasApplied()).toBe(true);
  expect((await db.execute('DELETE FROM t WHERE k = 2 IF EXISTS')).wasApplied()).toBe(false);
});

test('a partition key may not be empty or too long, a clustering may be empty', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k text, c text, PRIMARY KEY (k, c))');
  await expect(db.execute("INSERT INTO t (k, c) VALUES ('', 'a')")).rejects.toThrow('Key may not be empty');
  await expect(db.execute("INSERT INTO t (k, c) VALUES (?, 'a')", ['x'.repeat(65536)])).rejects.toThrow(/longer than maximum/);
  await db.execute("INSERT INTO t (k, c) VALUES ('a', '')");
  expect(plainRows(await db.execute("SELECT * FROM t WHERE k = 'a' AND c = ''"))).toEqual([['a', '']]);
});

test('IN names one key of those that are equal in order, the first: 1.0 and 1.00 are keys of two partitions', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k decimal PRIMARY KEY, v int)');
  for (const k of ['1.0', '1.00', '2']) await db.execute(`INSERT INTO t (k, v) VALUES (${k}, 1)`);
  await db.execute('DELETE FROM t WHERE k IN (2, 1.00, 1.0)');
  expect(plainRows(await db.execute('SELECT k FROM t')).map(([k]) => String(k))).toEqual(['1.0']);
  expect(plainRows(await db.execute('SELECT k FROM t WHERE k IN (1.0, 1.00)')).map(([k]) => String(k))).toEqual(['1.0']);
});
