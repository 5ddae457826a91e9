import { InvalidRequestError } from '@cassette/cql';
import { expect, test } from 'vitest';
import { ResultSet } from '../result/index.ts';
import { defaultScheduler } from '../scheduler/index.ts';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = 'CREATE TABLE t (k int, c int, v text, s text static, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)';

async function filled(): Promise<Database> {
  const { db } = await testDatabase(SCHEMA);
  for (const k of [1, 2, 3])
    for (const c of [1, 2, 3, 4]) await db.execute('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', [k, c, `${k}.${c}`]);
  await db.execute("UPDATE t SET s = 'only static' WHERE k = 4");
  return db;
}

async function rows(db: Database, query: string, params: unknown[] = []): Promise<unknown[][]> {
  return plainRows(await db.execute(query, params));
}

test('rows come in token order, then in clustering order; a partition of static columns only is a row', async () => {
  const db = await filled();
  const all = await rows(db, 'SELECT k, c, s FROM t');
  expect(all.map(([k]) => k)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 4, 3, 3, 3, 3]);
  expect(all[8]).toEqual([4, null, 'only static']);
  expect(all.slice(0, 4).map(([, c]) => c)).toEqual([4, 3, 2, 1]);
  await db.flush();
  expect(await rows(db, 'SELECT k, c, s FROM t')).toEqual(all);
});

test('clustering slices, ORDER BY and limits', async () => {
  const db = await filled();
  expect(await rows(db, 'SELECT c FROM t WHERE k = 1 AND c > 1 AND c <= 3')).toEqual([[3], [2]]);
  expect(await rows(db, 'SELECT c FROM t WHERE k = 1 ORDER BY c ASC LIMIT 2')).toEqual([[1], [2]]);
  expect(await rows(db, 'SELECT k, c FROM t WHERE k IN (2, 1) AND c IN (4, 1) ORDER BY c ASC')).toEqual([
    [1, 1],
    [2, 1],
    [1, 4],
    [2, 4],
  ]);
  expect(await rows(db, 'SELECT k, c FROM t PER PARTITION LIMIT 1')).toEqual([
    [1, 4],
    [2, 4],
    [4, null],
    [3, 4],
  ]);
});

test('mixed clustering orders take multi-column slices', async () => {
  const { db } = await testDatabase(
    'CREATE TABLE t (k int, a int, b int, PRIMARY KEY (k, a, b)) WITH CLUSTERING ORDER BY (a ASC, b DESC)',
  );
  for (const a of [1, 2, 3]) for (const b of [1, 2, 3]) await db.execute('INSERT INTO t (k, a, b) VALUES (1, ?, ?)', [a, b]);
  expect(await rows(db, 'SELECT a, b FROM t WHERE k = 1 AND (a, b) > (1, 2) AND (a, b) <= (3, 1)')).toEqual([
    [1, 3],
    [2, 3],
    [2, 2],
    [2, 1],
    [3, 1],
  ]);
});

test('what needs a look at every row is refused without ALLOW FILTERING', async () => {
  const db = await filled();
  await expect(db.execute("SELECT * FROM t WHERE v = '1.1'")).rejects.toThrow(/ALLOW FILTERING/);
  await expect(db.execute('SELECT * FROM t WHERE c = 1')).rejects.toThrow(InvalidRequestError);
  expect(await rows(db, "SELECT k, c FROM t WHERE v > '2.2' AND v <= '3.1' ALLOW FILTERING")).toEqual([
    [2, 4],
    [2, 3],
    [3, 1],
  ]);
});

test('pages go on where they ended, whatever was written or restarted meanwhile', async () => {
  const { db, storage, clock } = await testDatabase(SCHEMA);
  for (const k of [1, 2, 3]) for (const c of [1, 2, 3, 4]) await db.execute('INSERT INTO t (k, c) VALUES (?, ?)', [k, c]);
  const all = await rows(db, 'SELECT k, c FROM t LIMIT 11');
  const first = await db.execute('SELECT k, c FROM t LIMIT 11', [], { fetchSize: 3 });
  await db.execute('DELETE FROM t WHERE k = ? AND c = ?', first.rows[2].values());
  await db.close();
  const again = await openDatabase({ storage, keyspace: 'ks', schema: SCHEMA, clock });
  const found = plainRows(first);
  let { pageState } = first;
  while (pageState !== null) {
    const page: ResultSet = await again.execute('SELECT k, c FROM t LIMIT 11', [], { fetchSize: 3, pageState });
    found.push(...plainRows(page));
    ({ pageState } = page);
  }
  expect(found).toEqual(all);
  await expect(again.execute('SELECT k, c FROM t', [], { pageState: new Uint8Array([1, 2, 3]) })).rejects.toThrow(/paging state/);
});

test('a stream gives every row once', async () => {
  const db = await filled();
  const streamed: unknown[][] = [];
  for await (const row of db.stream('SELECT k, c FROM t', [], { fetchSize: 2 })) streamed.push(row.values());
  expect(streamed).toEqual(await rows(db, 'SELECT k, c FROM t'));
});

test('DISTINCT, COUNT, GROUP BY, token and JSON', async () => {
  const db = await filled();
  expect(await rows(db, 'SELECT DISTINCT k, s FROM t')).toEqual([
    [1, null],
    [2, null],
    [4, 'only static'],
    [3, null],
  ]);
  expect(await rows(db, 'SELECT count(*), max(v), min(c) FROM t WHERE k = 1')).toEqual([[4n, '1.4', 1]]);
  expect(await rows(db, 'SELECT k, count(c) AS n FROM t GROUP BY k LIMIT 2')).toEqual([
    [1, 4n],
    [2, 4n],
  ]);
  expect(await rows(db, 'SELECT token(k) FROM t WHERE token(k) > token(2) AND token(k) <= token(4)')).toEqual([
    [-2729420104000364805n],
  ]);
  expect(await rows(db, 'SELECT JSON k, v AS "V" FROM t WHERE k = 1 AND c = 1')).toEqual([['{"k": 1, "\\"V\\"": "1.1"}']]);
});

test('a result survives its trip to a page', async () => {
  const db = await filled();
  const result = await db.execute('SELECT * FROM t WHERE k = 4');
  const copy = ResultSet.fromTransfer(structuredClone(result.toTransfer()));
  expect(copy.rows).toEqual(result.rows);
  expect(Object.entries(copy.first() ?? {})).toEqual([
    ['k', 4],
    ['c', null],
    ['s', 'only static'],
    ['v', null],
  ]);
  expect(copy.columns?.map(({ name, type }) => [name, type.cqlName()])).toEqual([
    ['k', 'int'],
    ['c', 'int'],
    ['s', 'text'],
    ['v', 'text'],
  ]);
});

test('what a page does to the columns of a result changes none of the next one', async () => {
  const db = await filled();
  const carried = async () => ResultSet.fromTransfer(structuredClone((await db.execute('SELECT * FROM t')).toTransfer()));
  const { columns } = await carried();
  expect(() => (columns as unknown[]).reverse()).toThrow(TypeError);
  expect(() => Object.assign(columns?.[0] as object, { name: 'other' })).toThrow(TypeError);
  expect((await carried()).columns?.map(({ name }) => name)).toEqual(['k', 'c', 's', 'v']);
});

test('a column named like a method of Row or like __proto__ is a property and no more', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, "__proto__" int, "constructor" int)');
  await db.execute('INSERT INTO t (k, "__proto__", "constructor") VALUES (1, 2, 3)');
  const row = (await db.execute('SELECT * FROM t')).first();
  expect([row?.get('__proto__'), row?.get('constructor'), row?.get('nothing')]).toEqual([2, 3, undefined]);
});

test('a long scan gives others their turn between partitions and misses nothing', async () => {
  const scheduler = defaultScheduler();
  let time = 0;
  let turns = 0;
  const slow = {
    ...scheduler,
    // Every look at the clock takes longer than a slice.
    now: () => (time += 100),
    yield: async () => {
      turns++;
      await scheduler.yield();
    },
  };
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)', { scheduler: slow });
  for (let k = 0; k < 20; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, k]);
  const before = turns;
  const reading = db.execute('SELECT k FROM t');
  // Comes in between: the scan goes on behind it.
  await db.flush();
  const found = plainRows(await reading).map(([k]) => Number(k));
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, k) => k));
  expect(turns - before).toBeGreaterThanOrEqual(20);
});

test('GROUP BY counts groups towards LIMIT and PER PARTITION LIMIT', async () => {
  const { db } = await testDatabase('CREATE TABLE g (k int, c int, d int, PRIMARY KEY (k, c, d))');
  for (const [k, c, d] of [
    [1, 1, 1],
    [1, 1, 2],
    [1, 2, 1],
    [1, 3, 1],
    [2, 1, 1],
    [2, 2, 2],
  ]) {
    await db.execute('INSERT INTO g (k, c, d) VALUES (?, ?, ?)', [k, c, d]);
  }
  const counts = async (limits: string) => plainRows(await db.execute(`SELECT k, c, count(*) FROM g GROUP BY k, c ${limits}`));
  const [a, b, c, d, e] = [
    [1, 1, 2n],
    [1, 2, 1n],
    [1, 3, 1n],
    [2, 1, 1n],
    [2, 2, 1n],
  ];
  expect(await counts('')).toEqual([a, b, c, d, e]);
  expect(await counts('PER PARTITION LIMIT 1')).toEqual([a, d]);
  expect(await counts('PER PARTITION LIMIT 2')).toEqual([a, b, d, e]);
  expect(await counts('PER PARTITION LIMIT 2 LIMIT 3')).toEqual([a, b, d]);
  expect(await counts('LIMIT 1')).toEqual([a]);
});
