import { expect, test } from 'vitest';
import { unset } from '../index.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

async function opened() {
  const { db } = await testDatabase('CREATE TABLE t (a int, b int, c int, s int static, v int, PRIMARY KEY ((a, b), c))');
  for (let i = 0; i < 4; i++) await db.execute('INSERT INTO t (a, b, c, s, v) VALUES (?, 0, ?, 7, 1)', [i >> 1, i]);
  return db;
}

test('ORDER BY with several partitions is not paged', async () => {
  const db = await opened();
  const query = 'SELECT c FROM t WHERE a IN (0, 1) AND b = 0 ORDER BY c DESC';
  expect(plainRows(await db.execute(query))).toEqual([[3], [2], [1], [0]]);
  await expect(db.execute(query, [], { fetchSize: 100 })).rejects.toThrow(
    'Cannot page queries with both ORDER BY and a IN restriction',
  );
  await expect(db.execute(query.replace('c', 'count(*)'), [], { fetchSize: 100 })).rejects.toThrow('Cannot page queries');
  expect(plainRows(await db.execute(query.replace('0, 1', ''), [], { fetchSize: 100 }))).toEqual([]);
  const whole = await db.execute(query, [], { fetchSize: 2, pagesIfPossible: true });
  expect([plainRows(whole), whole.pageState]).toEqual([[[3], [2], [1], [0]], null]);
});

test('a stream of the sorted rows of several partitions has them in one page', async () => {
  const db = await opened();
  for (const options of [{}, { fetchSize: 2 }]) {
    const rows: unknown[] = [];
    for await (const row of db.stream('SELECT c FROM t WHERE a IN (0, 1) AND b = 0 ORDER BY c DESC', [], options))
      rows.push(row.c);
    expect(rows).toEqual([3, 2, 1, 0]);
  }
});

test('rows of several partitions are sorted, those of none but static columns first, or last where others are read backwards', async () => {
  const { db } = await testDatabase(
    'CREATE TABLE t (k int, c int, s int static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)',
  );
  await db.execute('INSERT INTO t (k, s) VALUES (1, 7)');
  await db.execute('INSERT INTO t (k, c) VALUES (2, 1)');
  await db.execute('INSERT INTO t (k, c) VALUES (2, 2)');
  const of = async (rest: string) => plainRows(await db.execute(`SELECT k, c FROM t WHERE k IN (1, 2) ${rest}`));
  expect(await of('ORDER BY c DESC')).toEqual([
    [1, null],
    [2, 2],
    [2, 1],
  ]);
  expect(await of('ORDER BY c ASC')).toEqual([
    [2, 1],
    [2, 2],
    [1, null],
  ]);
  expect(await of('GROUP BY k, c ORDER BY c ASC')).toEqual([
    [2, 1],
    [2, 2],
    [1, null],
  ]);
});

test('SELECT DISTINCT has an order where it names one partition', async () => {
  const db = await opened();
  expect(plainRows(await db.execute('SELECT DISTINCT a, b, s FROM t WHERE a = 1 AND b = 0 ORDER BY c DESC'))).toEqual([
    [1, 0, 7],
  ]);
  await expect(db.execute('SELECT DISTINCT a, b FROM t WHERE a IN (0, 1) AND b = 0 ORDER BY c')).rejects.toThrow(
    'SELECT DISTINCT queries must only request partition key columns and/or static columns (not c)',
  );
});

test('SELECT DISTINCT has no groups of clusterings', async () => {
  const db = await opened();
  await expect(db.execute('SELECT DISTINCT a, b FROM t GROUP BY a, b, c')).rejects.toThrow(
    'Grouping on clustering columns is not allowed',
  );
});

test('GROUP BY takes no part of the partition key, also where all of it is given', async () => {
  const db = await opened();
  await expect(db.execute('SELECT a, count(*) FROM t WHERE a = 1 AND b = 0 GROUP BY a')).rejects.toThrow(
    'Group by is not supported on only a part of the partition key',
  );
  expect(plainRows(await db.execute('SELECT a, count(*) FROM t WHERE a = 1 AND b = 0 GROUP BY b'))).toEqual([[1, 2n]]);
});

test('values are looked at in order: partitions, clusterings; of no partitions no clusterings; filters in any case', async () => {
  const db = await opened();
  await expect(db.execute('SELECT * FROM t WHERE a = ? AND b = 0 AND c > 3 AND c < 2', [unset])).rejects.toThrow(
    'Invalid unset value for column a',
  );
  expect(plainRows(await db.execute('SELECT * FROM t WHERE a IN () AND b = 0 AND c = ?', [unset]))).toEqual([]);
  expect(plainRows(await db.execute('SELECT * FROM t WHERE a IN () AND b IN (?)', [null]))).toEqual([]);
  const deep = await testDatabase('CREATE TABLE d (k int, c1 int, c2 int, c3 int, PRIMARY KEY (k, c1, c2, c3))');
  for (const rest of ['c2 = ?', 'c2 = 1 AND c3 = ?', 'c2 IN (?)']) {
    expect(plainRows(await deep.db.execute(`SELECT * FROM d WHERE k = 1 AND c1 IN () AND ${rest}`, [null]))).toEqual([]);
  }
  for (const where of ['a = 0 AND b = 0 AND c IN ()', 'a IN () AND b = 0']) {
    await expect(db.execute(`SELECT * FROM t WHERE ${where} AND v = ? ALLOW FILTERING`, [null])).rejects.toThrow(
      'Unsupported null value for column v',
    );
  }
});

test('keys that are named are looked for within bounds of their token, or outside of those that have changed places', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY)');
  for (const k of [1, 2, 3]) await db.execute('INSERT INTO t (k) VALUES (?)', [k]);
  const tokens = new Map(Array.from(await db.execute('SELECT k, token(k) FROM t'), (row) => [row.get(0), row.get(1)]));
  const [lowest, middle, highest] = [...tokens.keys()];
  const keys = async (where: string) =>
    plainRows(await db.execute(`SELECT k FROM t WHERE k IN (1, 2, 3) AND ${where}`))
      .flat()
      .sort();
  expect(await keys(`token(k) > ${tokens.get(lowest)} AND token(k) < ${tokens.get(highest)}`)).toEqual([middle]);
  expect(await keys(`token(k) > ${tokens.get(middle)} AND token(k) <= ${tokens.get(lowest)}`)).toEqual([lowest, highest].sort());
  expect(await keys(`token(k) > ${tokens.get(middle)} AND token(k) <= ${tokens.get(middle)}`)).toEqual([]);
  expect(await keys('token(k) <= -9223372036854775808')).toEqual([]);
});

test('a map that is made of what was selected may have null for a value, as a list for an element, and none for a key', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int, m map<text, int>)');
  await db.execute("INSERT INTO t (k, v, m) VALUES (1, 2, {'a': 1})");
  const of = async (selector: string) => plainRows(await db.execute(`SELECT ${selector} FROM t`))[0][0];
  expect(await of("(map<text, int>){'b': v, 'a': m['zz']}")).toEqual(
    new Map([
      ['a', null],
      ['b', 2],
    ]),
  );
  expect(await of("(list<int>)[m['zz'], v]")).toEqual([null, 2]);
  expect(await of("JSON (map<text, int>){'a': m['zz']} AS z")).toBe('{"z": {"a": null}}');
  await expect(of("(map<int, int>){m['zz']: v}")).rejects.toThrow('null is not supported inside the keys of maps');
});

test('a number that is too large for a double is a syntax error, where it stands; it may be bound', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, d double, n decimal)');
  for (const column of ['d', 'n']) {
    await expect(db.execute(`INSERT INTO t (k, ${column}) VALUES (1, -1e400)`)).rejects.toThrow(
      'line 1:33 number -1e400 is too large for a double',
    );
  }
  await db.execute('INSERT INTO t (k, d, n) VALUES (1, -Infinity, ?)', ['-1e400']);
  expect(plainRows(await db.execute('SELECT d, n FROM t'))).toMatchObject([[Number.NEGATIVE_INFINITY, {}]]);
});

test('a token is never null', async () => {
  const db = await opened();
  await expect(db.execute('SELECT c FROM t WHERE token(a, b) > null')).rejects.toThrow('Invalid null token value');
  await expect(db.execute('SELECT c FROM t WHERE token(a, b) > ?', [unset])).rejects.toThrow('Invalid unset token value');
});

test('SELECT DISTINCT is told of before filtering is, and LIKE of another type before the missing index', async () => {
  const db = await opened();
  await expect(db.execute('SELECT DISTINCT a, b FROM t WHERE c = 1')).rejects.toThrow('SELECT DISTINCT with WHERE clause');
  await expect(db.execute("SELECT c FROM t WHERE v LIKE 'a%'")).rejects.toThrow('Invalid STRING constant (a%)');
});

test('of a column that ORDER BY names twice the last direction counts', async () => {
  const { db } = await testDatabase('CREATE TABLE o (k int, c int, d int, PRIMARY KEY (k, c, d))');
  await db.execute('INSERT INTO o (k, c, d) VALUES (1, 1, 1)');
  await db.execute('INSERT INTO o (k, c, d) VALUES (1, 2, 2)');
  const order = async (by: string) => plainRows(await db.execute(`SELECT c FROM o WHERE k = 1 ORDER BY ${by}`)).flat();
  expect(await order('c ASC, c DESC')).toEqual([2, 1]);
  expect(await order('c DESC, d ASC, c ASC')).toEqual([1, 2]);
});
