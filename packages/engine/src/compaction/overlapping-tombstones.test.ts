import { describe, expect, test } from 'vitest';
import { sstablesAfter } from './testing/compacted.ts';

// What a compaction leaves out because an SSTable beside it shadows it. Of three SSTables the two small ones are compacted, 1 and 2 to 4.

const columns = 'k int, c int, v int, w text, m map<int, int>, s int static, PRIMARY KEY (k, c)';

/** A large row in a partition of its own, which keeps its SSTable out of the bucket of the small ones. */
const large = `INSERT INTO t (k, c, w) VALUES (99, 1, '${Array.from({ length: 4000 }, (_, i) => String.fromCharCode(97 + ((i * i * 7 + i) % 26))).join('')}') USING TIMESTAMP 1`;

/** What is left in the SSTable that comes of `data`, beside one of `beside`. */
async function compacted(option: string, data: readonly string[], beside: readonly string[]): Promise<string[]> {
  const table = `CREATE TABLE t (${columns}) WITH gc_grace_seconds = 1000000 AND compression = {'enabled': false} AND compaction =
    {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2, 'min_sstable_size': 2000, 'provide_overlapping_tombstones': '${option}'};`;
  const lines = (statements: readonly string[]) => statements.map((one) => `${one};`).join('\n');
  const other = 'INSERT INTO t (k, c, v) VALUES (50, 1, 1) USING TIMESTAMP 1;';
  const script = `-- CLOCK 1000\n${lines(data)}\n-- FLUSH\n${other}\n${lines(data.slice(1).map((one) => one.replace('k = 1', 'k = 40')))}
    -- FLUSH\n${lines([large, ...beside])}\n-- FLUSH\n-- BACKGROUND\n`;
  const found = await sstablesAfter(table, script);
  expect(Object.keys(found)).toEqual(['3', '4']);
  return found[4].filter((line) => /^1\b/.test(line));
}

const row = ["INSERT INTO t (k, c, v, w, m, s) VALUES (1, 2, 3, 'w', {4: 5}, 6) USING TIMESTAMP 10"];

describe('what another SSTable deletes', () => {
  const deletions: readonly (readonly [string, string, readonly string[]])[] = [
    ['a partition', 'DELETE FROM t USING TIMESTAMP 20 WHERE k = 1', []],
    ['a row', 'DELETE FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 2', ['1', '1/static s=6@10']],
    ['a range', 'DELETE FROM t USING TIMESTAMP 20 WHERE k = 1 AND c > 1', ['1', '1/static s=6@10']],
  ];
  test.each(deletions)('is not written again, with row as with cell: %s', async (_, deletion, left) => {
    const all = await compacted('none', row, [deletion]);
    expect(all).toEqual([
      '1',
      '1/static s=6@10',
      '1/2 live@10',
      '1/2 v=3@10',
      '1/2 w="w"@10',
      '1/2 m deleted@9, 1000 s',
      '1/2 m[4]=5@10',
    ]);
    expect(await compacted('row', row, [deletion])).toEqual(left);
    expect(await compacted('CELL', row, [deletion])).toEqual(left);
  });

  test('stays where it is newer than the deletion', async () => {
    expect(await compacted('row', row, ['DELETE FROM t USING TIMESTAMP 9 WHERE k = 1'])).toHaveLength(7);
  });

  test('takes older deletions with it', async () => {
    const older = ['DELETE FROM t USING TIMESTAMP 5 WHERE k = 1', 'DELETE FROM t USING TIMESTAMP 6 WHERE k = 1 AND c > 3'];
    expect(await compacted('row', older, ['DELETE FROM t USING TIMESTAMP 20 WHERE k = 1'])).toEqual([]);
    expect(await compacted('row', older, ['DELETE FROM t USING TIMESTAMP 5 WHERE k = 1 AND c < 5'])).toEqual([
      '1 deleted@5',
      '1 starts exclusive 3 deleted@6',
      '1 ends inclusive undefined deleted@6',
    ]);
  });

  test('of a range that is deleted again in part, the rest stays', async () => {
    const range = ['DELETE FROM t USING TIMESTAMP 5 WHERE k = 1 AND c >= 1 AND c <= 9'];
    const middle = 'DELETE FROM t USING TIMESTAMP 6 WHERE k = 1 AND c > 3 AND c < 6';
    // What is shadowed in the middle does not end the range: one that goes on after it is not begun twice.
    expect(await compacted('row', range, [middle])).toEqual([
      '1',
      '1 starts inclusive 1 deleted@5',
      '1 ends inclusive 9 deleted@5',
    ]);
    const begin = 'DELETE FROM t USING TIMESTAMP 6 WHERE k = 1 AND c < 6';
    expect(await compacted('row', range, [begin])).toEqual([
      '1',
      '1 starts inclusive 6 deleted@5',
      '1 ends inclusive 9 deleted@5',
    ]);
    const end = 'DELETE FROM t USING TIMESTAMP 6 WHERE k = 1 AND c > 6 AND c < 20';
    expect(await compacted('row', range, [end])).toEqual(['1', '1 starts inclusive 1 deleted@5', '1 ends inclusive 9 deleted@5']);
  });
});

describe('single cells', () => {
  const update = 'UPDATE t USING TIMESTAMP 20 SET v = 7, m[4] = 8, m[5] = 9, s = 1 WHERE k = 1 AND c = 2';

  test('that are overwritten go with cell, and stay with row', async () => {
    expect(await compacted('row', row, [update])).toHaveLength(7);
    expect(await compacted('cell', row, [update])).toEqual(['1', '1/2 live@10', '1/2 w="w"@10', '1/2 m deleted@9, 1000 s']);
  });

  test('go with the collection that is deleted, its older deletion too', async () => {
    expect(await compacted('cell', row, ['DELETE m, w FROM t USING TIMESTAMP 20 WHERE k = 1 AND c = 2'])).toEqual([
      '1',
      '1/static s=6@10',
      '1/2 live@10',
      '1/2 v=3@10',
    ]);
  });

  test('of equal timestamps the one that loses goes', async () => {
    const data = ['UPDATE t USING TIMESTAMP 10 SET v = 3 WHERE k = 1 AND c = 2'];
    const also = (v: number) => [
      `UPDATE t USING TIMESTAMP 11 SET w = 'x', v = 1 WHERE k = 7 AND c = 1`,
      `UPDATE t USING TIMESTAMP 10 SET v = ${v} WHERE k = 1 AND c = 2`,
    ];
    expect(await compacted('cell', data, also(4))).toEqual([]);
    expect(await compacted('cell', data, also(2))).toEqual(['1', '1/2 v=3@10']);
    expect(await compacted('cell', data, also(3))).toEqual(['1', '1/2 v=3@10']);
  });
});

test('only_purge_repaired_tombstones asks no other SSTable, for none has been repaired', async () => {
  const left = await compacted("cell', 'only_purge_repaired_tombstones': 'true", row, [
    'DELETE FROM t USING TIMESTAMP 20 WHERE k = 1',
  ]);
  expect(left).toHaveLength(7);
});
