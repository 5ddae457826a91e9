import { loadParts } from '@cassette/bytes';
import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';

const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  USE k;
  CREATE TABLE t (p int PRIMARY KEY, v text, u uuid, s set<int>, m map<int, int>, l list<int>, f frozen<list<int>>);
  CREATE TABLE c (p int PRIMARY KEY, n counter)`;

test('a statement says whether it may be executed twice', async () => {
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  const natures = {
    'SELECT now() FROM t': 'read',
    'DESCRIBE KEYSPACE k': 'read',
    'USE k': 'use',
    'INSERT INTO t (p, v, s, f) VALUES (1, ?, {1}, [1])': 'repeatable',
    'UPDATE t USING TTL 5 SET v = ?, s = s + {2}, m[1] = 2 WHERE p = 1': 'repeatable',
    'DELETE FROM t WHERE p = 1': 'repeatable',
    'DELETE l FROM t WHERE p = 1': 'repeatable',
    'DELETE l[0] FROM t WHERE p = 1': 'once',
    'UPDATE t SET l = l + [1] WHERE p = 1': 'once',
    'INSERT INTO t (p, l) VALUES (1, [1])': 'once',
    "INSERT INTO t JSON '{}'": 'once',
    'INSERT INTO t (p, v) VALUES (1, ?) IF NOT EXISTS': 'once',
    'UPDATE t SET v = ? WHERE p = 1 IF v = ?': 'once',
    'INSERT INTO t (p, u) VALUES (1, now())': 'once',
    'INSERT INTO t (p, u) VALUES (1, (uuid) uuid())': 'once',
    'UPDATE c SET n = n + 1 WHERE p = 1': 'once',
    "BEGIN BATCH INSERT INTO t (p, v) VALUES (1, 'a'); DELETE FROM t WHERE p = 2; APPLY BATCH": 'repeatable',
    "BEGIN BATCH INSERT INTO t (p, v) VALUES (1, 'a'); INSERT INTO t (p, u) VALUES (1, uuid()); APPLY BATCH": 'once',
    'CREATE TABLE IF NOT EXISTS t (p int PRIMARY KEY)': 'repeatable',
    'CREATE TABLE t2 (p int PRIMARY KEY)': 'once',
    'TRUNCATE t': 'once',
    'DROP TABLE t': 'once',
  };
  await loadParts();
  const told = Object.keys(natures).map((cql) => [cql, database.natureOf(cql)]);
  expect(Object.fromEntries(told)).toEqual(natures);
  await database.close();
});

test('one more user of a store has a keyspace of his own, made when he needs it, and a schema of his own', async () => {
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  const keyspace = await database.join('mine', 'CREATE TABLE x (p int PRIMARY KEY)');
  expect([keyspace, database.keyspace]).toEqual(['mine', 'k']);
  expect(await database.join('mine', 'USE k')).toBe('k');
  expect(await database.join()).toBe('cassette');
  await database.execute('INSERT INTO x (p) VALUES (1)', [], { keyspace });
  expect((await database.execute('SELECT p FROM mine.x')).rowLength).toBe(1);
  await database.close();
});
