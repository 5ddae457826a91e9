import { expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

async function filled(order: string) {
  const { db } = await testDatabase(
    `CREATE TABLE t (k int, c int, d int, PRIMARY KEY (k, c, d)) WITH CLUSTERING ORDER BY ${order}`,
  );
  for (let c = 1; c <= 2; c++) for (let d = 1; d <= 2; d++) await db.execute('INSERT INTO t (k, c, d) VALUES (1, ?, ?)', [c, d]);
  return async (where: string, params: unknown[] = []) =>
    plainRows(await db.execute(`SELECT c, d FROM t WHERE k = 1 AND ${where}`, params))
      .map(([c, d]) => `${c}${d}`)
      .join(' ');
}

test('a clustering column compared with null: null comes before every value as it is stored', async () => {
  const up = await filled('(c ASC, d ASC)');
  expect(await up('c > null')).toBe('11 12 21 22');
  expect(await up('c >= ?', [null])).toBe('11 12 21 22');
  expect(await up('c > (int)null AND c < 2')).toBe('11 12');
  expect(await up('c < null')).toBe('');
  expect(await up('c <= ?', [null])).toBe('');
  expect(await up('c = 2 AND d > null')).toBe('21 22');
  const down = await filled('(c DESC, d ASC)');
  expect(await down('c > null')).toBe('');
  expect(await down('c < null')).toBe('21 22 11 12');
});

test('null stays refused in equalities, tuples and deletions, and unset everywhere', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, d int, PRIMARY KEY (k, c, d))');
  const refused = (query: string, params: unknown[] = []) =>
    expect(db.execute(query, params), query).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await refused('SELECT * FROM t WHERE k = 1 AND c = null');
  await refused('SELECT * FROM t WHERE k = 1 AND c IN (1, null)');
  await refused('SELECT * FROM t WHERE k = 1 AND (c, d) > (1, null)');
  await refused('SELECT * FROM t WHERE k = 1 AND c > ?', [undefined]);
  await refused('DELETE FROM t WHERE k = 1 AND c > null');
  // Where null leaves nothing of a slice the other bound is looked at all the same.
  await refused('SELECT * FROM t WHERE k = 1 AND c > ? AND c < ?', [undefined, null]);
  const down = await testDatabase('CREATE TABLE t (k int, c int, PRIMARY KEY (k, c)) WITH CLUSTERING ORDER BY (c DESC)');
  const unsetEnd = down.db.execute('SELECT * FROM t WHERE k = 1 AND c > ? AND c < ?', [null, undefined]);
  await expect(unsetEnd).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

test('a token that is null is refused where no clustering is asked for, if a static column could be answered', async () => {
  const query = 'SELECT * FROM t WHERE token(k) <= token(?) AND c IN () ALLOW FILTERING';
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, s int static, PRIMARY KEY (k, c))');
  await expect(db.execute(query, [null])).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  const withoutStatics = await testDatabase('CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))');
  expect(plainRows(await withoutStatics.db.execute(query, [null]))).toEqual([]);
});

test('an empty key is refused where rows of it could be, and not where no clustering is asked for', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k blob, c int, PRIMARY KEY (k, c))');
  for (const where of ['', ' AND c > 1', ' AND c IN (1, 2)']) {
    const answer = db.execute(`SELECT * FROM t WHERE k = 0x${where}`);
    await expect(answer, where).rejects.toMatchObject({ code: 'INVALID_REQUEST', reason: 'Key may not be empty' });
  }
  for (const where of ['c > 2 AND c < 1', 'c IN ()']) {
    expect(plainRows(await db.execute(`SELECT * FROM t WHERE k = 0x AND ${where}`)), where).toEqual([]);
  }
  const withStatics = await testDatabase('CREATE TABLE t (k blob, c int, s int static, v int, PRIMARY KEY (k, c))');
  const ask = async (query: string) => plainRows(await withStatics.db.execute(query));
  expect(await ask('SELECT v FROM t WHERE k = 0x AND c IN ()')).toEqual([]);
  expect(await ask('SELECT s FROM t WHERE k = 0x AND c > 2 AND c < 1').catch(({ reason }) => reason)).toEqual(
    'Cannot restrict clustering columns when selecting only static columns',
  );
  await expect(ask('SELECT * FROM t WHERE k = 0x AND c IN ()')).rejects.toMatchObject({ reason: 'Key may not be empty' });
});
