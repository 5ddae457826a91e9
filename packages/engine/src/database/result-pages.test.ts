import { afterEach, beforeEach, expect, test } from 'vitest';
import { ResultSet } from '../result/index.ts';
import type { Database } from './index.ts';
import { testDatabase } from './testing/test-database.ts';

let db: Database;
const all = Array.from({ length: 10 }, (_, c) => c);

beforeEach(async () => {
  ({ db } = await testDatabase('CREATE TABLE t (k int, c int, PRIMARY KEY (k, c))'));
  await db.executeMany(
    'INSERT INTO t (k, c) VALUES (1, ?)',
    all.map((c) => [c]),
  );
});

afterEach(() => db.close());

async function rowsOf(rows: AsyncIterable<Record<string, unknown>>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const row of rows) found.push(row.c);
  return found;
}

test('for await over a page gives its rows and those of all that follow; for gives its own', async () => {
  const page = await db.execute('SELECT c FROM t WHERE k = ?', [1], { fetchSize: 3 });
  expect(page.isPaged()).toBe(true);
  expect([...page].map((row) => row.c)).toEqual([0, 1, 2]);
  expect(await rowsOf(page)).toEqual(all);
  expect(await rowsOf(page)).toEqual(all);
});

test('for await goes on in the keyspace in which it began', async () => {
  const page = await db.execute('SELECT c FROM t', [], { fetchSize: 3 });
  await db.execute("CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute('USE other');
  expect(await rowsOf(page)).toEqual(all);
});

test('for await over what is no page gives its rows', async () => {
  const whole = await db.execute('SELECT c FROM t');
  expect(whole.isPaged()).toBe(false);
  expect(await rowsOf(whole)).toEqual(all);
  expect(await rowsOf(await db.execute('INSERT INTO t (k, c) VALUES (2, 1)'))).toEqual([]);
});

test('for await over a page that was carried elsewhere says that it ends there', async () => {
  const page = await db.execute('SELECT c FROM t', [], { fetchSize: 3 });
  await expect(rowsOf(ResultSet.fromTransfer(page.toTransfer()))).rejects.toMatchObject({ code: 'NO_NEXT_PAGE' });
});

test('a stream whose fetchSize is undefined or null reads in pages of its own', async () => {
  for (const fetchSize of [undefined, null])
    expect(await rowsOf(db.stream('SELECT c FROM t', [], { fetchSize } as never))).toEqual(all);
  const state = (await db.execute('SELECT c FROM t', [], { fetchSize: 4 })).pageState;
  expect(await rowsOf(db.stream('SELECT c FROM t', [], { pageState: state, fetchSize: 2 }))).toEqual(all.slice(4));
});

test('the first row is one, and there is nothing to warn of', async () => {
  const result = await db.execute('SELECT c FROM t');
  const first = result.first();
  expect(first).toBe(result.first());
  expect(first).toBe(result.rows[0]);
  expect(result.rows[0]).toBe(result.rows[0]);
  const later = await db.execute('SELECT c FROM t');
  expect(later.rows[0]).toBe(later.first());
  expect(result.info).toEqual({ warnings: null, traceId: null, isSchemaInAgreement: true });
  const write = await db.execute('INSERT INTO t (k, c) VALUES (2, 1)');
  expect([write.rows, write.first(), write.columns, write.rowLength]).toEqual([[], null, null, 0]);
});
