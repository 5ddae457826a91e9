import { InvalidRequestError } from '@cassette/cql';
import { expect, test } from 'vitest';
import { EncodedValue } from '../prepared/index.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = 'CREATE TABLE t (k int PRIMARY KEY, f float, d double, t text, a ascii, l list<float>, m map<text, int>)';

test.each([
  ['a', 'é', "Invalid value for a of type ascii: expected a string of ASCII characters, got string 'é'"],
  ['f', 1e300, 'Invalid value for f of type float: expected a number up to 3.4028234663852886e38, got number 1e+300'],
  ['f', -3.5e38, 'Invalid value for f of type float: expected a number up to 3.4028234663852886e38, got number -3.5e+38'],
  ['f', true, 'Invalid value for f of type float: expected a number, got boolean true'],
  // An element has a type of its own.
  [
    'l',
    [1, 1e300],
    'Invalid value for l of type list<float>: Invalid value for type float: expected a number up to 3.4028234663852886e38, got number 1e+300',
  ],
  [
    'm',
    { a: 'x' },
    "Invalid value for m of type map<text, int>: Invalid value for type int: expected a whole number from -2147483648 to 2147483647, got string 'x'",
  ],
])('a wrong value for %s is refused once, by column, type and what was expected: %o', async (column, value, message) => {
  const { db } = await testDatabase(SCHEMA);
  await expect(db.execute(`INSERT INTO t (k, ${column}) VALUES (1, ?)`, [value])).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining(message),
    data: { columnName: column },
  });
  expect(plainRows(await db.execute('SELECT k FROM t'))).toEqual([]);
});

test.each([`half \ud83d`, `\ude00 half`, '\ud83d\ud83d\ude00'])(
  'text with half a surrogate pair is refused: %j',
  async (text) => {
    const { db } = await testDatabase(SCHEMA);
    const insert = db.execute('INSERT INTO t (k, t) VALUES (1, ?)', [text]);
    await expect(insert).rejects.toMatchObject({ code: 'INVALID_REQUEST', data: { columnName: 't', type: 'text' } });
    await db.execute('INSERT INTO t (k, t) VALUES (1, ?)', ['whole \u{1f600}']);
    expect(plainRows(await db.execute('SELECT t FROM t'))).toEqual([['whole \u{1f600}']]);
  },
);

test('floats keep infinities, NaN and the greatest number, and doubles what is too large for a float', async () => {
  const { db } = await testDatabase(SCHEMA);
  for (const f of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 3.4028234663852886e38, -0]) {
    await db.execute('INSERT INTO t (k, f, d) VALUES (1, ?, ?)', [f, 1e300]);
    expect(plainRows(await db.execute('SELECT f, d FROM t'))).toEqual([[f, 1e300]]);
  }
  // Cassandra rounds a literal so.
  await db.execute('INSERT INTO t (k, f) VALUES (1, 1e300)');
  expect(plainRows(await db.execute('SELECT f FROM t'))).toEqual([[Number.POSITIVE_INFINITY]]);
});

test("the driver's unset leaves a column as it is, and an app's own object of the same look is a value", async () => {
  const { db } = await testDatabase(
    'CREATE TYPE flags (unset boolean); CREATE TABLE u (k int PRIMARY KEY, v int, f frozen<flags>)',
  );
  await db.execute('INSERT INTO u (k, v, f) VALUES (1, 5, ?)', [{ unset: true }]);
  await db.execute('INSERT INTO u (k, v) VALUES (1, ?)', [Object.freeze({ unset: true })]);
  expect(plainRows(await db.execute('SELECT v, f FROM u'))).toEqual([[5, { unset: true }]]);
});

test('USING is not looked at by a write that names no rows', async () => {
  const { db } = await testDatabase('CREATE TABLE r (k int, c int, v int, PRIMARY KEY (k, c))');
  await db.execute('DELETE FROM r USING TIMESTAMP ? WHERE k = 1 AND c > 5 AND c < 3', [null]);
  await db.execute('UPDATE r USING TTL ? SET v = 1 WHERE k = 1 AND c IN ()', [-1]);
  await expect(db.execute('DELETE FROM r USING TIMESTAMP ? WHERE k = 1 AND c > 3 AND c < 5', [null])).rejects.toThrow(
    'Invalid null value of timestamp',
  );
});

test('a column that is left out of named parameters stays as it is, but for a name that may be misspelled', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, a int, "B" int)');
  const insert = 'INSERT INTO t (k, a, "B") VALUES (:k, :a, :"B")';
  await db.execute(insert, { k: 1, a: 2, B: 3 });
  await db.executeMany(insert, [{ k: 1, a: 5 }, { k: 2 }]);
  await db.execute('UPDATE t SET a = :a, "B" = :"B" WHERE k = :k', { k: 2, B: 7 });
  expect(plainRows(await db.execute('SELECT * FROM t'))).toEqual([
    [1, 3, 5],
    [2, 7, null],
  ]);
  for (const params of [{ k: 1, aa: 2, B: 3 }, { a: 1 }, {}]) {
    await expect(db.execute(insert, params)).rejects.toThrow(/No value was given for the bind marker/);
  }
});

test('counters that are left out stay as they are', async () => {
  const { db } = await testDatabase('CREATE TABLE n (k int PRIMARY KEY, x counter, y counter)');
  await db.execute('UPDATE n SET x = x + :x, y = y + :y WHERE k = :k', { k: 1, y: 2 });
  await db.execute('UPDATE n SET x = x + :x, y = y + :y WHERE k = :k', { k: 1, x: 1n, y: undefined });
  expect(plainRows(await db.execute('SELECT x, y FROM n'))).toEqual([[1n, 2n]]);
});

test('what is wrong with a vector is said of vectors', async () => {
  const { db } = await testDatabase('CREATE TABLE v (k int PRIMARY KEY, e vector<int, 2>)');
  await expect(db.execute('UPDATE v SET e = e + [1, 2] WHERE k = 1')).rejects.toThrow(
    'Invalid operation (e = e + [1, 2]) for vector column e',
  );
  for (const [cql, params] of [
    ['INSERT INTO v (k, e) VALUES (1, [1, null])', []],
    ['INSERT INTO v (k, e) VALUES (1, ?)', [[1, null]]],
  ] as const) {
    await expect(db.execute(cql, params)).rejects.toThrow('null is not supported inside vectors: each element has a value');
  }
});

test('bytes that are bound to a counter are those of a whole number of 64 bits, not those that files have', async () => {
  const { db } = await testDatabase('CREATE TABLE n (k int PRIMARY KEY, x counter)');
  await db.execute('UPDATE n SET x = x + 5 WHERE k = 1');
  const found = async (bytes: number[]) =>
    (await db.execute('SELECT k FROM n WHERE x = ? ALLOW FILTERING', [new EncodedValue(Uint8Array.from(bytes))])).rowLength;
  expect([await found([0, 0, 0, 0, 0, 0, 0, 5]), await found([0, 0, 0, 0, 0, 0, 0, 6])]).toEqual([1, 0]);
  await expect(found([0, 1, 0, 255])).rejects.toThrow(InvalidRequestError);
});
