import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

async function opened(): Promise<Database> {
  const { db } = await testDatabase(`
    CREATE TYPE point (x int, y int);
    CREATE TABLE t (k int PRIMARY KEY, l list<int>, s set<text>, m map<text, int>, p point, f frozen<list<int>>)`);
  return db;
}

async function one(db: Database, column: string): Promise<unknown> {
  return (await db.execute(`SELECT ${column} FROM t WHERE k = 1`)).first()?.get(column) ?? null;
}

test('list operations are what they say, flushed in between or not', async () => {
  const db = await opened();
  const expected: [string, unknown[]][] = [
    ['l = [1, 2]', [1, 2]],
    ['l = l + [3, 4]', [1, 2, 3, 4]],
    ['l = [-1, 0] + l', [-1, 0, 1, 2, 3, 4]],
    ['l[0] = 9', [9, 0, 1, 2, 3, 4]],
    ['l = l - [0, 3]', [9, 1, 2, 4]],
    ['l[1] = null', [9, 2, 4]],
  ];
  for (const [set, list] of expected) {
    await db.execute(`UPDATE t SET ${set} WHERE k = 1`);
    expect(await one(db, 'l')).toEqual(list);
    await db.flush();
    expect(await one(db, 'l')).toEqual(list);
  }
  await db.execute('DELETE l[0] FROM t WHERE k = 1');
  expect(await one(db, 'l')).toEqual([2, 4]);
  await expect(db.execute('UPDATE t SET l[2] = 1 WHERE k = 1')).rejects.toThrow('List index 2 out of bound, list has size 2');
});

test('a static list gets its elements once for each row that a statement names, as in Cassandra', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, l list<int> static, v int, PRIMARY KEY (k, c))');
  await db.execute('UPDATE t SET l = l + [7], v = 1 WHERE k = 1 AND c IN (1, 2, 3)');
  expect(await one(db, 'l')).toEqual([7, 7, 7]);
  await db.execute('UPDATE t SET l = [8, 9], v = 1 WHERE k = 1 AND c IN (1, 2)');
  expect(await one(db, 'l')).toEqual([8, 9, 8, 9]);
  await db.execute('UPDATE t SET l = [5] WHERE k = 1');
  expect(await one(db, 'l')).toEqual([5]);
});

test('set, map and field operations are what they say', async () => {
  const db = await opened();
  await db.execute("UPDATE t SET s = {'b', 'a', 'b'}, m = {'x': 1, 'y': 2}, p = {x: 1, y: 2} WHERE k = 1");
  await db.execute("UPDATE t SET s = s + {'c'}, m['z'] = 3, m['x'] = null, p.y = 5 WHERE k = 1");
  await db.execute("UPDATE t SET s = s - {'a'}, m = m - {'y'} WHERE k = 1");
  expect(await one(db, 's')).toEqual(new Set(['b', 'c']));
  expect(await one(db, 'm')).toEqual(new Map([['z', 3]]));
  expect(await one(db, 'p')).toEqual({ x: 1, y: 5 });
  await db.execute("DELETE s['b'], m['z'], p.x FROM t WHERE k = 1");
  expect([await one(db, 's'), await one(db, 'm'), await one(db, 'p')]).toEqual([new Set(['c']), null, { x: null, y: 5 }]);
});

test('overwriting a whole collection removes what was there, whatever was flushed in between; {} and null clear it', async () => {
  const db = await opened();
  await db.execute("INSERT INTO t (k, m) VALUES (1, {'a': 1, 'b': 2})");
  await db.flush();
  await db.execute('INSERT INTO t (k, m) VALUES (1, ?)', [new Map([['c', 3]])]);
  expect(await one(db, 'm')).toEqual(new Map([['c', 3]]));
  await db.flush();
  await db.execute('UPDATE t SET m = {} WHERE k = 1');
  expect(await one(db, 'm')).toBeNull();
  await db.execute("UPDATE t SET m = {'d': 4} WHERE k = 1");
  await db.execute('UPDATE t SET m = null WHERE k = 1');
  expect(await one(db, 'm')).toBeNull();
});

test('frozen values are one cell', async () => {
  const db = await opened();
  await db.execute('INSERT INTO t (k, f) VALUES (1, [3, 1])');
  expect(plainRows(await db.execute('SELECT f, writetime(f) FROM t'))).toEqual([[[3, 1], expect.any(BigInt)]]);
  await expect(db.execute('UPDATE t SET f = f + [1] WHERE k = 1')).rejects.toThrow(/frozen collection column f/);
});

test('{} is a set or a map without elements, and no value of a user type', async () => {
  const { db } = await testDatabase(`
    CREATE TYPE point (x int, y int);
    CREATE TABLE u (k int PRIMARY KEY, p point, f frozen<point>, l list<frozen<point>>)`);
  for (const set of ['p = {}', 'f = {}', 'l = [{}]']) {
    await expect(db.execute(`UPDATE u SET ${set} WHERE k = 1`)).rejects.toThrow(
      /^line 1:\d+ Invalid (set|list) literal for [pfl]/,
    );
  }
});

test('CONTAINS finds the same value in a frozen collection, and one of the same order in cells', async () => {
  const columns =
    'k int PRIMARY KEY, f frozen<list<decimal>>, c list<decimal>, t frozen<set<frozen<tuple<decimal>>>>, v frozen<map<int, frozen<vector<decimal, 1>>>>';
  const { db } = await testDatabase(`CREATE TABLE d (${columns})`);
  await db.execute('INSERT INTO d (k, f, c, t, v) VALUES (1, [1.0], [1.0], {(1.0)}, {1: [1.0]})');
  const finds = async (what: string) => (await db.execute(`SELECT k FROM d WHERE ${what} ALLOW FILTERING`)).rowLength;
  expect([await finds('f CONTAINS 1.0'), await finds('f CONTAINS 1'), await finds('c CONTAINS 1')]).toEqual([1, 0, 1]);
  expect([await finds('t CONTAINS (1.0)'), await finds('t CONTAINS (1)')]).toEqual([1, 0]);
  expect([await finds('v CONTAINS [1.0]'), await finds('v CONTAINS [1]'), await finds('v CONTAINS KEY 1')]).toEqual([1, 0, 1]);
});

test('the value of a list element is made before the list is looked at', async () => {
  const { db } = await testDatabase('CREATE TABLE e (k int PRIMARY KEY, l list<blob>)');
  await expect(db.execute("UPDATE e SET l[0] = from_json('[]') WHERE k = 1")).rejects.toThrow('blob');
  await expect(db.execute('UPDATE e SET l[0] = 0x00 WHERE k = 1')).rejects.toThrow('a list which is null');
});
