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
