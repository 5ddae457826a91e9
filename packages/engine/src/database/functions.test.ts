import { InvalidRequestError, type Uuid } from '@cassette/cql';
import { expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = 'CREATE TABLE t (k int PRIMARY KEY, u timeuuid, r uuid, ts timestamp, d date, b blob, f float, n decimal)';

test('functions give values to write', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute('INSERT INTO t (k, u, r, ts, d) VALUES (1, now(), uuid(), toTimestamp(now()), current_date())');
  const row = (await db.execute('SELECT * FROM t')).first();
  expect(row?.ts).toEqual(new Date(1_700_000_000_000));
  expect(String(row?.d)).toBe('2023-11-14');
  expect((row?.u as Uuid | undefined)?.version).toBe(1);
  expect((row?.r as Uuid | undefined)?.version).toBe(4);
});

test('functions and casts of what is selected are named as Cassandra names them', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute("INSERT INTO t (k, ts, f, n) VALUES (7, '2015-05-21 11:03:02+00', 5.2, 1.10)");
  const result = await db.execute(
    'SELECT to_date(ts), intasblob(k), CAST(ts AS text), CAST(f AS decimal), CAST(n AS int), CAST(k AS int) FROM t',
  );
  expect(result.columns?.map((column) => column.name)).toEqual([
    'system.to_date(ts)',
    'system.intasblob(k)',
    'cast(ts as text)',
    'cast(f as decimal)',
    'cast(n as int)',
    'k',
  ]);
  expect(plainRows(result)[0].map(String)).toEqual(['2015-05-21', '0,0,0,7', '2015-05-21T11:03:02.000Z', '5.2', '1', '7']);
});

test.each([
  'SELECT nope(k) FROM t',
  'SELECT to_date(k) FROM t',
  'SELECT to_date() FROM t',
  'SELECT CAST(b AS int) FROM t',
  'SELECT sum(b) FROM t',
  'SELECT writetime(k) FROM t',
  'INSERT INTO t (k, ts) VALUES (1, now())',
  'INSERT INTO t (k, ts) VALUES (1, toTimestamp(?))',
])('%s is refused', async (statement) => {
  const { db } = await testDatabase(SCHEMA);
  await expect(db.execute(statement, statement.includes('?') ? [null] : [])).rejects.toThrow(InvalidRequestError);
});

test.each(['SELECT 5 FROM t', "SELECT 'a' FROM t", 'SELECT null FROM t', 'SELECT CAST(5 AS text) FROM t'])(
  '%s is refused: nothing tells the type',
  async (statement) => {
    const { db } = await testDatabase(SCHEMA);
    await expect(db.execute(statement)).rejects.toThrow(/Cannot infer type/);
  },
);

test('a type before a selector says what it is, where its values can be such', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute("INSERT INTO t (k, ts) VALUES (1, '1970-01-01 00:00:01+00')");
  const result = await db.execute("SELECT (int)5, (bigint)ts, (text)'x', int_as_blob((int)1) AS b FROM t");
  expect(result.columns?.map(({ name, type }) => `${name} ${type}`)).toEqual([
    '(int)5 int',
    '(bigint)ts bigint',
    "(text)'x' text",
    'b blob',
  ]);
  expect(plainRows(result)).toEqual([[5, 1000n, 'x', Uint8Array.of(0, 0, 0, 1)]]);
  await expect(db.execute('SELECT (text)k FROM t')).rejects.toThrow(/Cannot assign value \(text\) k/);
  await expect(db.execute("SELECT (int)'a' FROM t")).rejects.toThrow(InvalidRequestError);
  await expect(db.execute("INSERT INTO t (k) VALUES ((int)'a')")).rejects.toThrow(/Cannot cast value 'a' to type int/);
});

test('literals become what a function asks for, and a call that fits several functions is refused', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute("INSERT INTO t (k, u, b) VALUES (1, min_timeuuid('2020-01-01 00:00+00'), int_as_blob(1))");
  expect(plainRows(await db.execute('SELECT to_timestamp(u), b FROM t'))).toEqual([
    [new Date('2020-01-01'), Uint8Array.of(0, 0, 0, 1)],
  ]);
  await expect(db.execute('INSERT INTO t (k, d) VALUES (1, to_date(?))', [null])).rejects.toThrow(/Ambiguous call/);
});

test('count of any constant counts rows', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute('INSERT INTO t (k) VALUES (1)');
  for (const constant of ['1', "'x'", 'true', '0xca', '1.5']) {
    const result = await db.execute(`SELECT count(${constant}) FROM t`);
    expect([result.columns?.[0].name, plainRows(result)]).toEqual(['count', [[1n]]]);
  }
});

test('numbers are cast as Java narrows them', async () => {
  const { db } = await testDatabase('CREATE TABLE c (k int PRIMARY KEY, i int, d double, n decimal)');
  const casts = async (column: string, value: string, params: readonly unknown[] = []) => {
    await db.execute(`INSERT INTO c (k, ${column}) VALUES (1, ${value})`, params);
    const types = ['tinyint', 'int', 'bigint', 'varint'];
    return plainRows(await db.execute(`SELECT ${types.map((type) => `CAST(${column} AS ${type})`)} FROM c`))[0];
  };
  expect(await casts('i', '300')).toEqual([44, 300, 300n, 300n]);
  expect(await casts('d', '3e9')).toEqual([-1, 2147483647, 3000000000n, 3000000000n]);
  expect(await casts('d', '-1.9')).toEqual([-1, -1, -1n, -1n]);
  expect(await casts('d', '-Infinity')).toEqual([0, -2147483648, -(2n ** 63n), -(2n ** 63n)]);
  expect(await casts('d', 'NaN')).toEqual([0, 0, 0n, 0n]);
  expect(await casts('n', '-1.99')).toEqual([-1, -1, -1n, -1n]);
  expect(await casts('n', '12345678901234567.8')).toEqual([-121, 1567312775, 12345678901234567n, 12345678901234567n]);
  // Too large for a literal, as in Cassandra.
  expect(await casts('n', '?', ['1E2000000000'])).toEqual([0, 0, 0n, 0n]);
  expect(await casts('n', '1E-2000000000')).toEqual([0, 0, 0n, 0n]);
});

test('averages of decimals are rounded row by row, and sums of such that lie too far apart are refused', async () => {
  const { db } = await testDatabase('CREATE TABLE c (k int, c int, n decimal, PRIMARY KEY (k, c))');
  const write = (c: number, n: string) => db.execute(`INSERT INTO c (k, c, n) VALUES (1, ${c}, ${n})`);
  const answer = async () => plainRows(await db.execute('SELECT avg(n), sum(n) FROM c'))[0].map(String);
  expect(await answer()).toEqual(['0', '0']);
  await write(1, '1');
  await write(2, '2');
  expect(await answer()).toEqual(['1', '3']);
  await write(2, '2.0');
  expect(await answer()).toEqual(['1.5', '3.0']);
  await write(3, '1E-2000000000');
  await expect(answer()).rejects.toThrow(/scales are .* apart/);
});

test('averages whose sum runs over take infinities as any sum does', async () => {
  const { db } = await testDatabase('CREATE TABLE f (k int, c int, d double, PRIMARY KEY (k, c))');
  const average = async (...values: readonly string[]) => {
    await db.execute('TRUNCATE f');
    for (const [c, value] of values.entries()) await db.execute(`INSERT INTO f (k, c, d) VALUES (1, ${c}, ${value})`);
    return plainRows(await db.execute('SELECT avg(d) FROM f'))[0][0];
  };
  expect(await average('1.5e308', '1.5e308', '-1e308', '-1e308')).toBe(2e307);
  expect(await average('1.5e308', '1.5e308', '-Infinity')).toBe(-Infinity);
  expect(await average('1.5e308', '1.5e308', '-Infinity', '1', 'Infinity')).toBeNaN();
});

test('an unknown algorithm or padding of a mask is refused where there is nothing to mask, too', async () => {
  const { db } = await testDatabase('CREATE TABLE m (k int PRIMARY KEY, t text)');
  await db.execute('INSERT INTO m (k) VALUES (1)');
  await expect(db.execute("SELECT mask_hash(t, 'nothing') FROM m")).rejects.toThrow('Hash algorithm not found: nothing');
  await expect(db.execute("SELECT mask_inner(t, 1, 1, '##') FROM m")).rejects.toThrow('should be single-character');
  await expect(db.execute("SELECT mask_hash(int_as_blob(k), 'nothing') FROM m WHERE k = 2")).rejects.toThrow('not found');
  expect(plainRows(await db.execute("SELECT mask_hash(t, 'MD5'), mask_outer(t, 1, 1, '#') FROM m"))).toEqual([[null, null]]);
});

test('to_json and functions of collections are made for the type of their argument', async () => {
  const { db } = await testDatabase('CREATE TABLE c (k int PRIMARY KEY, l list<int>, s set<text>, m map<text, int>)');
  await db.execute("INSERT INTO c (k, l, s, m) VALUES (1, [3, 1, 2], {'b', 'a'}, {'y': 2, 'x': 1})");
  const result = await db.execute(
    'SELECT to_json(m), tojson(k), map_keys(m), map_values(m), collection_count(l), collection_count(m), collection_min(l), collection_max(s) FROM c',
  );
  expect(result.columns?.map((column) => column.name).slice(0, 3)).toEqual([
    'system.to_json(m)',
    'system.tojson(k)',
    'system.map_keys(m)',
  ]);
  expect(result.columns?.map((column) => column.type.cqlName()).slice(2, 4)).toEqual(['frozen<set<text>>', 'frozen<list<int>>']);
  expect(plainRows(result)).toEqual([['{"x": 1, "y": 2}', '1', new Set(['x', 'y']), [1, 2], 3, 2, 1, 'b']]);
  await db.execute('INSERT INTO c (k) VALUES (1)');
  await db.execute('DELETE l, s, m FROM c WHERE k = 1');
  expect(plainRows(await db.execute('SELECT to_json(l), map_keys(m), collection_count(s), collection_min(l) FROM c'))).toEqual([
    ['null', null, null, null],
  ]);
  for (const call of ['map_keys(l)', 'map_values(k)', 'collection_count(k)', 'collection_min(m)', 'to_json(l, m)']) {
    await expect(db.execute(`SELECT ${call} FROM c`)).rejects.toThrow(InvalidRequestError);
  }
});

test('times before 1970 lose their fractions towards it, as in Cassandra', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute('INSERT INTO t (k, u, ts) VALUES (1, 00000001-0000-1000-8000-000000000000, -1500)');
  await db.execute('INSERT INTO t (k, u, ts) VALUES (2, 00000000-0000-1000-8000-000000000000, -86400001)');
  const result = await db.execute('SELECT CAST(u AS timestamp), to_unix_timestamp(u), to_date(ts) FROM t WHERE k IN (1, 2)');
  expect(plainRows(result).map(([a, b, c]) => [(a as Date).getTime(), b, String(c)])).toEqual([
    [-12219292800000, -12219292800000n, '1970-01-01'],
    [-12219292800000, -12219292800000n, '1969-12-31'],
  ]);
});

test('e to the power of a thousand is a decimal of its first digits', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute('INSERT INTO t (k, n) VALUES (1, 1E+3)');
  expect(String(plainRows(await db.execute('SELECT exp(n) FROM t'))[0][0])).toBe('1.9700711140170469938888793522433E+434');
});

test('half a character that a mask leaves over is a question mark', async () => {
  const { db } = await testDatabase(SCHEMA.replace('b blob', 't text'));
  await db.execute("INSERT INTO t (k, t) VALUES (1, 'a𝄞b')");
  expect(plainRows(await db.execute('SELECT mask_inner(t, 1, 2), mask_outer(t, 0, 2) FROM t'))).toEqual([['a*?b', 'a?**']]);
});

test('months are counted by the calendar of their time, as far as times go', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute("INSERT INTO t (k, ts, d) VALUES (1, '1500-01-31 00:00:00+0000', 3110557694)");
  const row = plainRows(await db.execute('SELECT ts + 1mo, ts - 1y, floor(d, 1y), d + 1mo FROM t'))[0];
  expect(row.map((value) => (value instanceof Date ? value.toISOString() : String(value)))).toEqual([
    '1500-03-03T00:00:00.000Z',
    '1499-01-31T00:00:00.000Z',
    '+2638777-01-01',
    '+2638777-04-07',
  ]);
});

test('text that is no duration is refused by from_json as by a literal', async () => {
  const { db } = await testDatabase('CREATE TABLE u (k int PRIMARY KEY, u duration, i int)');
  await expect(db.execute('INSERT INTO u (k, u) VALUES (1, from_json(\'"1"\'))')).rejects.toMatchObject({ protocolCode: 0x2200 });
  await expect(db.execute('INSERT INTO u (k, i) VALUES (1, from_json(\'"x"\'))')).rejects.toMatchObject({ protocolCode: 0x1400 });
});

test('a timeuuid of a time before 1582 has JSON', async () => {
  const { db } = await testDatabase(SCHEMA);
  await db.execute('INSERT INTO t (k, ts) VALUES (1, -23499938499857)');
  const json = plainRows(await db.execute('SELECT to_json(max_timeuuid(ts)) FROM t'))[0][0] as string;
  expect(json).toBe('"023afeff-3b20-fe6f-7f7f-7f7f7f7f7f7f"');
});
