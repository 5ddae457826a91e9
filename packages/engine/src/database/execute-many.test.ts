import { expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

test('rows of one partition are written in chunks too, from a generator that is read chunk by chunk', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))');
  const text = 'x'.repeat(2000);
  let drawn = 0;
  function* rows() {
    for (; drawn < 10_000; drawn++) yield [1, drawn, text];
  }
  const progress: number[] = [];
  let ahead = 0;
  await db.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', rows(), {
    onProgress: (written) => {
      progress.push(written);
      ahead = Math.max(ahead, drawn - written);
    },
  });
  const count = await db.execute('SELECT count(*) FROM t WHERE k = 1');
  expect(count.rows[0].values()).toEqual([10_000n]);
  // 1 MiB is 520 rows and a bit: nothing but the chunk at hand was drawn from the generator.
  expect({ chunks: progress.length, last: progress.at(-1), ahead }).toEqual({ chunks: 20, last: 10_000, ahead: 0 });
});

test('range tombstones and deletions of whole partitions are chunked as well', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int, c text, PRIMARY KEY (k, c))');
  const chunks = async (query: string, rows: Iterable<unknown[]>) => {
    const progress: number[] = [];
    await db.executeMany(query, rows, { onProgress: (written) => progress.push(written) });
    return progress;
  };
  const deletions = Array.from({ length: 50_001 }, () => [1]);
  expect(await chunks('DELETE FROM t WHERE k = ?', deletions)).toEqual([50_000, 50_001]);
  const end = '~'.repeat(5000);
  const ranges = Array.from({ length: 300 }, (_, n) => [1, String(1000 + n) + end, String(1001 + n)]);
  // 5028 bytes each: 209 of them are a MiB.
  expect(await chunks('DELETE FROM t WHERE k = ? AND c > ? AND c < ?', ranges)).toEqual([209, 300]);
});

test('while others write too, rows go in small records, and in large ones again when they are done', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v text)');
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  const v = 'x'.repeat(2000);
  const rows = Array.from({ length: 600 }, (_, k) => [k, v]);
  const chunks = async (written: unknown[][]) => {
    const progress: number[] = [];
    await db.executeMany(insert, written, { onProgress: (count) => progress.push(count) });
    return progress.length;
  };
  await db.execute(insert, [-1, v]);
  const alone = await chunks(rows);
  const [beside] = await Promise.all([chunks(rows), db.execute(insert, [-2, v])]);
  // After the write of somebody else 64 small ones.
  const after = [await chunks(rows), await chunks(rows), await chunks(rows)];
  expect({ alone, beside, after }).toEqual({ alone: 2, beside: 2 + 5, after: [38, 21, 2] });
});
