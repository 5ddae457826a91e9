import { describe, expect, test } from 'vitest';
import { sstablesAfter } from './testing/compacted.ts';

// What a compaction leaves of deletions and of what has expired. gc_grace_seconds is 100; everything is deleted at 1000 s.

const table =
  'CREATE TABLE t (k int, c int, v int, w int, m map<int, int>, s int static, PRIMARY KEY (k, c)) WITH gc_grace_seconds = 100;';

/** One SSTable with the statements, compacted that many seconds after the epoch. */
async function compactedAt(seconds: number, ...statements: string[]): Promise<string[]> {
  const script = `-- CLOCK 1000\n${statements.map((one) => `${one};`).join('\n')}\n-- FLUSH\n-- CLOCK ${seconds}\n-- COMPACT\n`;
  const found = Object.values(await sstablesAfter(table, script));
  return found.length === 0 ? ['nothing'] : found.flat();
}

describe('a deletion stays until gc_grace_seconds are over, and goes then', () => {
  test.each<[string, string, string[]]>([
    ['of a partition', 'DELETE FROM t USING TIMESTAMP 5 WHERE k = 1', ['1 deleted@5']],
    ['of a row', 'DELETE FROM t USING TIMESTAMP 5 WHERE k = 1 AND c = 2', ['1', '1/2 deleted@5']],
    ['of a cell', 'UPDATE t USING TIMESTAMP 5 SET v = null WHERE k = 1 AND c = 2', ['1', '1/2 v deleted@5, 1000 s']],
    ['of a static cell', 'UPDATE t USING TIMESTAMP 5 SET s = null WHERE k = 1', ['1', '1/static s deleted@5, 1000 s']],
    ['of an element', 'DELETE m[3] FROM t USING TIMESTAMP 5 WHERE k = 1 AND c = 2', ['1', '1/2 m[3] deleted@5, 1000 s']],
    ['of a collection', 'DELETE m FROM t USING TIMESTAMP 5 WHERE k = 1 AND c = 2', ['1', '1/2 m deleted@5, 1000 s']],
    [
      'of a range',
      'DELETE FROM t USING TIMESTAMP 5 WHERE k = 1 AND c >= 2 AND c < 4',
      ['1', '1 starts inclusive 2 deleted@5', '1 ends exclusive 4 deleted@5'],
    ],
  ])('%s', async (_, statement, lines) => {
    expect(await compactedAt(1100, statement)).toEqual(lines);
    expect(await compactedAt(1101, statement)).toEqual(['nothing']);
  });
});

test('of a boundary between two ranges the side that may go does', async () => {
  const script = `
    -- CLOCK 1000
    DELETE FROM t USING TIMESTAMP 5 WHERE k = 1 AND c >= 1 AND c < 5;
    -- CLOCK 1050
    DELETE FROM t USING TIMESTAMP 6 WHERE k = 1 AND c >= 5 AND c < 9;
    DELETE FROM t USING TIMESTAMP 6 WHERE k = 2 AND c >= 1 AND c < 5;
    -- CLOCK 1000
    DELETE FROM t USING TIMESTAMP 5 WHERE k = 2 AND c >= 5 AND c < 9;
    -- FLUSH
    -- CLOCK 1110
    -- COMPACT`;
  expect(Object.values(await sstablesAfter(table, script)).flat()).toEqual([
    '1',
    '1 starts inclusive 5 deleted@6',
    '1 ends exclusive 9 deleted@6',
    '2',
    '2 starts inclusive 1 deleted@6',
    '2 ends exclusive 5 deleted@6',
  ]);
});

describe('what has expired', () => {
  const insert = 'INSERT INTO t (k, c, v) VALUES (1, 2, 3) USING TIMESTAMP 5 AND TTL 10';

  test('lives until its time', async () => {
    expect(await compactedAt(1009, insert)).toEqual(['1', '1/2 live@5 ttl 10', '1/2 v=3@5']);
  });

  test('is a tombstone from when it was written, while the row keeps when it expired', async () => {
    expect(await compactedAt(1010, insert)).toEqual(['1', '1/2 live@5 ttl 10', '1/2 v deleted@5, 1000 s']);
    expect(await compactedAt(1101, insert)).toEqual(['1', '1/2 live@5 ttl 10']);
  });

  test('goes when gc_grace_seconds are over', async () => {
    expect(await compactedAt(1110, insert)).toEqual(['1', '1/2 live@5 ttl 10']);
    expect(await compactedAt(1111, insert)).toEqual(['nothing']);
  });

  test('takes nothing of the row that lives', async () => {
    const update = 'UPDATE t USING TIMESTAMP 6 SET w = 4 WHERE k = 1 AND c = 2';
    expect(await compactedAt(1111, insert, update)).toEqual(['1', '1/2 w=4@6']);
  });
});

test('with gc_grace_seconds = 0 a deletion goes a second later', async () => {
  const eager = 'CREATE TABLE t (k int PRIMARY KEY, v int) WITH gc_grace_seconds = 0;';
  const at = (seconds: number) => `-- CLOCK 1000\nDELETE FROM t WHERE k = 1;\n-- FLUSH\n-- CLOCK ${seconds}\n-- COMPACT`;
  expect(Object.values(await sstablesAfter(eager, at(1000))).flat()).toEqual(['1 deleted@1000000001']);
  expect(await sstablesAfter(eager, at(1001))).toEqual({});
});

test('only_purge_repaired_tombstones keeps all: nothing here was ever repaired', async () => {
  const careful = `CREATE TABLE t (k int PRIMARY KEY, v int) WITH gc_grace_seconds = 0
    AND compaction = {'class': 'SizeTieredCompactionStrategy', 'only_purge_repaired_tombstones': 'true'};`;
  const script = '-- CLOCK 1000\nDELETE FROM t USING TIMESTAMP 5 WHERE k = 1;\n-- FLUSH\n-- CLOCK 2000\n-- COMPACT';
  expect(Object.values(await sstablesAfter(careful, script)).flat()).toEqual(['1 deleted@5']);
});

test('a dropped column goes with what was written to it; one of that name that was added again keeps what came later', async () => {
  const script = `
    -- CLOCK 1000
    INSERT INTO t (k, c, v, w) VALUES (1, 2, 3, 4) USING TIMESTAMP 5;
    -- FLUSH
    -- CLOCK 1001
    ALTER TABLE t DROP w;
    ALTER TABLE t ADD w int;
    INSERT INTO t (k, c, v, w) VALUES (1, 3, 3, 4);
    -- COMPACT`;
  expect(Object.values(await sstablesAfter(table, script)).flat()).toEqual([
    '1',
    '1/2 live@5',
    '1/2 v=3@5',
    '1/3 live@1001000002',
    '1/3 v=3@1001000002',
    '1/3 w=4@1001000002',
  ]);
});
