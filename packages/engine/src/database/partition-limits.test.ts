import { expect, test } from 'vitest';
import { plainRows, testDatabase } from './testing/test-database.ts';

/** Three partitions of 2,000 rows each in an uncompressed SSTable, and how many bytes of its Data.db a SELECT reads. */
async function threePartitions() {
  const schema = `CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c)) WITH compression = {'enabled': false}`;
  const { db } = await testDatabase(schema);
  for (let k = 1; k <= 3; k++) {
    const rows = Array.from({ length: 2000 }, (_, c) => [k, c, 'y'.repeat(300)]);
    await db.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', rows);
  }
  await db.flush();
  const [{ sstables }] = (await db.engine.snapshot()).tables;
  const bytes = () => sstables.reduce((sum, { reader }) => sum + reader.counters.dataBytesRead, 0);
  return async (query: string, fetchSize?: number) => {
    const before = bytes();
    const result = await db.execute(query, [], fetchSize === undefined ? {} : { fetchSize });
    return { rows: plainRows(result), isShort: bytes() - before < 400_000 };
  };
}

test('the rest of a partition that PER PARTITION LIMIT or DISTINCT wants no more of is not read', async () => {
  const ask = await threePartitions();
  expect(await ask('SELECT k, c FROM t PER PARTITION LIMIT 2')).toEqual({
    rows: [
      [1, 0],
      [1, 1],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 1],
    ],
    isShort: true,
  });
  expect(await ask('SELECT DISTINCT k FROM t')).toEqual({ rows: [[1], [2], [3]], isShort: true });
  expect(await ask('SELECT k, max(c) FROM t GROUP BY k, c PER PARTITION LIMIT 1')).toEqual({
    rows: [
      [1, 0],
      [2, 0],
      [3, 0],
    ],
    isShort: true,
  });
  // Of a limit over all partitions nobody knows where it ends.
  expect(await ask('SELECT count(*) FROM t')).toEqual({ rows: [[6000n]], isShort: false });
});

test('what cannot be computed of a group behind a limit refuses nothing', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))');
  for (const v of [5, null]) await db.execute('INSERT INTO t (k, c, v) VALUES (1, ?, ?)', [v === null ? 2 : 1, v]);
  const ask = async (rest: string) => plainRows(await db.execute(`SELECT c, {v} FROM t GROUP BY k, c${rest}`));
  expect((await ask(' LIMIT 1')).length).toBe(1);
  expect((await ask(' PER PARTITION LIMIT 1')).length).toBe(1);
  await expect(ask('')).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  const page = await db.execute('SELECT c, {v} FROM t GROUP BY k, c', [], { fetchSize: 1 });
  expect(plainRows(page).length).toBe(1);
});
