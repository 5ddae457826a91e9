import { toHex } from '@cassette/bytes';
import { seededRandom } from '@cassette/storage/testing';
import { afterAll, expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

// Every answer here is what Cassandra 5.0 gave for the same statement.

const { db } = await testDatabase(
  `CREATE TYPE ud (a int, b text);
  CREATE TABLE t (k int PRIMARY KEY, i int, tx text, l list<int>, s set<text>, m map<text, int>, v vector<float, 3>, ud ud,
    fud frozen<ud>, f float);
  CREATE TABLE g (k int, c int, t timestamp, v int, w text, PRIMARY KEY (k, c, t))`,
  { random: seededRandom(1) },
);
await db.execute(`INSERT INTO t (k, i, tx, l, s, m, v, ud, fud, f) VALUES (1, 100000, 'héllo', [3, 1, 2], {'b', 'a'}, {'x': 1, 'y': 2},
  [1, 2, 3], {a: 1, b: 'z'}, {a: 2, b: 'q'}, 1.5) USING TIMESTAMP 1000`);
await db.execute("UPDATE t USING TIMESTAMP 2000 AND TTL 100 SET m['y'] = 3, ud.b = null WHERE k = 1");
for (const [k, c, at, v, w] of [
  [1, 1, '2020-01-01 00:00:00Z', 1, 'a'],
  [1, 1, '2020-01-01 00:30:00Z', 2, 'b'],
  [1, 1, '2020-01-01 01:30:00Z', 3, 'c'],
  [1, 2, '2020-01-02 01:30:00Z', 4, 'd'],
  [2, 2, '2020-01-02 01:30:00Z', 5, 'e'],
  [3, 2, '2020-01-02 01:30:00Z', 6, null],
]) {
  await db.execute('INSERT INTO g (k, c, t, v, w) VALUES (?, ?, ?, ?, ?)', [k, c, new Date(at as string), v, w]);
}

afterAll(() => db.close());

async function first(selectors: string, params: unknown[] = []): Promise<unknown[]> {
  return plainRows(await db.execute(`SELECT ${selectors} FROM t`, params))[0];
}

test('literals of collections, tuples, user types and vectors are selected as what they are hinted to be', async () => {
  const result = await db.execute(
    "SELECT [1, i], (list<int>)[i, 2], (set<text>){tx, 'b'}, (map<text, int>){tx: i, 'z': 3}, (tuple<int, text>)(i, tx), (ud){a: i, b: tx}, (vector<float, 2>)[f, 1.5] FROM t",
  );
  expect(result.columns?.map(({ name }) => name)).toEqual([
    ...['[1, i]', '(list<int>)[i, 2]', "(set<text>){tx, 'b'}", "(map<text, int>){tx: i, 'z': 3}", '(tuple<int, text>)(i, tx)'],
    ...['(ks.ud){a: i, b: tx}', '(vector<float, 2>)[f, 1.5]'],
  ]);
  expect(plainRows(result)).toEqual([
    [
      [1, 100000],
      [100000, 2],
      new Set(['b', 'héllo']),
      new Map([
        ['héllo', 100000],
        ['z', 3],
      ]),
      [100000, 'héllo'],
      { a: 100000, b: 'héllo' },
      [1.5, 1.5],
    ],
  ]);
  expect(await first('(int)?, (text)?', [5, 'x'])).toEqual([5, 'x']);
});

test('write times and TTLs of whole columns, elements, slices and fields', async () => {
  expect(await first('writetime(l), writetime(s), writetime(m), writetime(ud), writetime(fud), maxwritetime(m)')).toEqual([
    ...[[1000n, 1000n, 1000n], [1000n, 1000n], [1000n, 2000n], [1000n, null], 1000n, 2000n],
  ]);
  expect(
    await first(
      "writetime(m['x']), writetime(m['q']), writetime(m['x'..'y']), writetime(m['a'..'b']), writetime(ud.a), writetime(ud.b), writetime(fud.a)",
    ),
  ).toEqual([1000n, null, [1000n, 2000n], null, 1000n, null, 1000n]);
  expect(await first("ttl(m), ttl(m['y']), ttl(m['x']), maxwritetime(m['x'..'x'])")).toEqual([[null, 100], 100, null, 1000n]);
});

test('elements and slices are of maps and sets alone', async () => {
  expect(await first("m['x'], s['a'], s['z'], ud.a, (ud).a")).toEqual([1, 'a', null, 1, 1]);
  for (const part of ['l[0]', 'i.a', 'i[1]', 'writetime(l[0])', 'writetime(k)', 'ud.nope', 'm[null]']) {
    await expect(db.execute(`SELECT ${part} FROM t`)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  }
});

test('functions of collections, of vectors, and those that mask', async () => {
  expect(await first('collection_sum(l), collection_avg(l), collection_min([2, 1]), map_keys(m)')).toEqual([
    ...[6, 2, 1, new Set(['x', 'y'])],
  ]);
  expect(
    await first('similarity_cosine(v, [1,2,4]), similarity_euclidean(v, [1,2,4]), similarity_dot_product(v, [1,2,4])'),
  ).toEqual([0.9957300424575806, 0.5, 9]);
  await expect(db.execute('SELECT similarity_cosine(v, [0,0,0]) FROM t')).rejects.toThrow(/all-zero vectors/);
  expect(
    await first('mask_null(i), mask_default(i), mask_replace(i, 7), mask_inner(tx, 1, 1), mask_outer(tx, 1, null, ?)', ['#']),
  ).toEqual([...[null, 0, 7, 'h***o', '#éllo']]);
  const hashes = await first("mask_hash(tx), mask_hash(tx, 'MD5'), mask_hash(tx, 'SHA-1'), mask_hash(tx, 'SHA-224')");
  expect(hashes.map((bytes) => toHex(bytes as Uint8Array))).toEqual([
    '3c48591d8d098a4538f5e013dfcf406e948eac4d3277b10bf614e295d6068179',
    'be50e8478cf24ff3595bc7307fb91b50',
    '35b5ea45c5e41f78b46a937cc74d41dfea920890',
    '2ed034dbfd665018cad24af1a17b76de85cbd9bf3040d702023ce9ec',
  ]);
  const [sha512] = await first("mask_hash(tx, 'SHA-512')");
  expect(toHex(sha512 as Uint8Array)).toBe(
    'a67e831011aa41ebb2a218c8ff727f1c60d62f06e1681678d176a81cd72ee69e7250c4c943cacbab28e42768615a5c41b6b0d42591d2c26a65670b38e97306dc',
  );
});

test('functions of aggregates, and aggregates of functions; also of no rows', async () => {
  const selectors = 'max(v) + 1, to_json(max(w)), sum(v * 2), sum(v) / count(v), cast(avg(v) as text), max(abs(v))';
  expect(plainRows(await db.execute(`SELECT ${selectors} FROM g`))).toEqual([[7, '"e"', 42, 3n, '3', 6]]);
  expect(plainRows(await db.execute('SELECT to_json(v), v + 1, count(*) FROM g WHERE k = 99'))).toEqual([['null', null, 0n]]);
  await expect(db.execute('SELECT max(max(v)) FROM g')).rejects.toThrow(/cannot be used as arguments of aggregate/);
  // What is wrong with constants is told without a row.
  await expect(db.execute('SELECT 1/0 FROM g WHERE k = 99')).rejects.toMatchObject({ code: 'FUNCTION_FAILURE' });
});

test('averages of doubles go on where their sum runs over', async () => {
  await db.execute('CREATE TABLE o (k int PRIMARY KEY, d double, b bigint)');
  for (const k of [1, 2, 3]) await db.execute('INSERT INTO o (k, d, b) VALUES (?, 1e308, 9223372036854775807)', [k]);
  expect(plainRows(await db.execute('SELECT avg(d), sum(d), avg(b), sum(b) FROM o'))).toEqual([
    [1e308, Number.POSITIVE_INFINITY, 9223372036854775807n, 9223372036854775805n],
  ]);
});

test('rows are grouped by a function that goes up with a clustering column', async () => {
  expect(plainRows(await db.execute('SELECT k, c, sum(v) FROM g WHERE k = 1 GROUP BY k, c, floor(t, 1h)'))).toEqual([
    [1, 1, 3],
    [1, 1, 3],
    [1, 2, 4],
  ]);
  for (const [group, message] of [
    ['k, c, abs(c)', /Only monotonic functions|declared order/],
    ['k, floor(t, 1h)', /declared order/],
    ['k, abs(c)', /Only monotonic functions/],
    ['k, c, max(t)', /Aggregate functions are not supported/],
  ] as const) {
    await expect(db.execute(`SELECT k FROM g GROUP BY ${group}`)).rejects.toThrow(message);
  }
});

test.each(['k', 'k, c', 'k, c, floor(t, 1h)'])('groups by %s come in pages of groups', async (group) => {
  for (const rest of ['', ' LIMIT 3', ' PER PARTITION LIMIT 1', ' PER PARTITION LIMIT 2 LIMIT 3']) {
    // PER PARTITION LIMIT comes first in CQL.
    const query = `SELECT k, c, count(v), max(t) FROM g GROUP BY ${group}${rest}`;
    const whole = plainRows(await db.execute(query));
    for (const fetchSize of [1, 2, 3]) {
      const pages: unknown[][] = [];
      let pageState: Uint8Array | null = null;
      do {
        const page = await db.execute(query, [], { fetchSize, pageState });
        expect(page.rowLength).toBeLessThanOrEqual(fetchSize);
        pages.push(...plainRows(page));
        ({ pageState } = page);
      } while (pageState !== null);
      expect(pages).toEqual(whole);
    }
  }
});

test('a batch of several partitions is no larger than a node takes', async () => {
  const insert = 'INSERT INTO t (k, tx) VALUES (?, ?)';
  const large = Array.from({ length: 20 }, (_, k) => ({ query: insert, params: [100 + k, 'x'.repeat(3000)] }));
  await expect(db.batch(large)).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    message: expect.stringContaining('Batch too large'),
  });
  await db.batch(large.slice(0, 10));
  // Of one partition it may be larger.
  const one = Array.from({ length: 20 }, (_, c) => ({
    query: 'INSERT INTO g (k, c, t, w) VALUES (9, ?, 0, ?)',
    params: [c, 'x'.repeat(5000)],
  }));
  await db.batch(one);
});

test('types and calls in names of columns are written as Cassandra writes them', async () => {
  const { db } = await testDatabase(
    'CREATE TABLE n (k int PRIMARY KEY, t tuple<frozen<list<list<int>>>, int>, m map<uuid, int>)',
  );
  const names = async (selection: string) => (await db.execute(`SELECT ${selection} FROM n`)).columns?.map(({ name }) => name);
  expect(await names('(frozen<tuple<frozen<list<frozen<list<int>>>>, int>>) t, (tuple<list<list<int>>, int>) t')).toEqual([
    '(tuple<frozen<list<frozen<list<int>>>>, int>)t',
    '(tuple<frozen<list<frozen<list<int>>>>, int>)t',
  ]);
  await db.execute('CREATE TYPE "u V" (a int)');
  await db.execute('ALTER TABLE n ADD q tuple<"u V", int>');
  expect(await names('(tuple<"u V", int>) q')).toEqual(['(tuple<frozen<ks.u V>, int>)q']);
  expect(await names('m[blob_as_uuid(uuid_as_blob((uuid) 5a01c300-5a5a-0f7f-8fff-5a5ac3008000))]')).toEqual([
    'm[blob_as_uuid(uuid_as_blob((uuid)5a01c300-5a5a-0f7f-8fff-5a5ac3008000))]',
  ]);
});
