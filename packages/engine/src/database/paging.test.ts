import { expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = 'CREATE TABLE t (k int, c int, PRIMARY KEY (k, c))';

async function filled() {
  const { db } = await testDatabase(SCHEMA);
  for (let k = 1; k <= 3; k++) for (let c = 0; c < 6; c++) await db.execute('INSERT INTO t (k, c) VALUES (?, ?)', [k, c]);
  return db;
}

test('a page state of a partition that a statement does not ask for is refused', async () => {
  const db = await filled();
  const page = await db.execute('SELECT k, c FROM t WHERE k = 1', [], { fetchSize: 2 });
  const { pageState } = page;
  const ofFirst = (await db.execute('SELECT token(k) FROM t WHERE k = 1')).rows[0].values()[0];
  const refusal =
    'Invalid value for the paging state: it ends in a partition that this statement does not ask for. ' +
    'Give it to the statement that it came from, with the same values';
  for (const [query, params] of [
    ['SELECT k, c FROM t WHERE k = 2', []],
    ['SELECT k, c FROM t WHERE k IN (2, 3)', []],
    ['SELECT k, c FROM t WHERE k = 0', []],
    ['SELECT k, c FROM t WHERE token(k) > ?', [ofFirst]],
    ['SELECT k, c FROM t WHERE token(k) < ?', [ofFirst]],
  ] as const) {
    await expect(db.execute(query, params, { pageState }), query).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      reason: refusal,
    });
  }
  expect(plainRows(await db.execute('SELECT c FROM t WHERE k = 1', [], { pageState }))).toEqual([[2], [3], [4], [5]]);
});

test('a page state outside of the slice that a statement asks for gives rows of the slice only', async () => {
  const db = await filled();
  const { pageState } = await db.execute('SELECT c FROM t WHERE k = 1', [], { fetchSize: 2 });
  const of = async (query: string) => plainRows(await db.execute(query, [], { pageState }));
  expect(await of('SELECT c FROM t WHERE k = 1 AND c > 3')).toEqual([[4], [5]]);
  expect(await of('SELECT c FROM t WHERE k = 1 AND c < 1')).toEqual([]);
  expect(await of('SELECT c FROM t WHERE k = 1 AND c IN (0, 3)')).toEqual([[3]]);
});

test('what PER PARTITION LIMIT still allows of a partition does not go to the next one where nothing is left of the first', async () => {
  const db = await filled();
  const query = 'SELECT k, c FROM t WHERE k IN (1, 2) AND c < 2 PER PARTITION LIMIT 3';
  const page = await db.execute(query, [], { fetchSize: 2 });
  expect(plainRows(page)).toEqual([
    [1, 0],
    [1, 1],
  ]);
  await db.execute('INSERT INTO t (k, c) VALUES (2, -1)');
  expect(plainRows(await db.execute(query, [], { pageState: page.pageState }))).toEqual([
    [2, -1],
    [2, 0],
    [2, 1],
  ]);
});
