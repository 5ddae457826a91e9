import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { inTab } from '../tabs/testing/in-tab.ts';
import type { TypedStatement } from '../typed/typed-statement.ts';

installErrorTransfer();

const schema = 'CREATE TABLE t (k int, c int, v text, PRIMARY KEY (k, c))';
const insert = 'INSERT INTO t (k, c, v) VALUES (?, ?, ?)';
const select = 'SELECT v FROM t WHERE k = ? AND c = ?' as TypedStatement<readonly [number, number], { v: string }>;

test('one call gives the answer of each row of values, in their order', async () => {
  const found = await inTab(schema, async (database) => {
    const rows = Array.from({ length: 300 }, (_, n) => [n % 7, n, `value ${n}`]);
    await database.executeMany(insert, rows);
    await database.flush();
    const keys = Array.from({ length: 350 }, (_, n) => [n % 7, n] as const);
    const answers = await database.selectMany(select, keys);
    const none = await database.selectMany(select, []);
    return { texts: answers.map((answer) => answer.first()?.v ?? null), lengths: answers.map(({ rows }) => rows.length), none };
  });
  expect(found.texts).toEqual(Array.from({ length: 350 }, (_, n) => (n < 300 ? `value ${n}` : null)));
  expect(found.lengths).toEqual(Array.from({ length: 350 }, (_, n) => (n < 300 ? 1 : 0)));
  expect(found.none).toEqual([]);
});

test('more rows than a message has are asked for in several, and an error tells the row of all', async () => {
  const found = await inTab(schema, async (database) => {
    await database.execute(insert, [1, 2, 'here']);
    const keys = Array.from({ length: 10_003 }, () => [1, 2] as readonly unknown[]);
    const answers = await database.selectMany(select as string, keys);
    keys[10_001] = [1, 'two'];
    const failure = await database.selectMany(select as string, keys).catch((error: Error & { data: object }) => error);
    return { count: answers.length, last: answers[10_002].first()?.v, failure };
  });
  expect([found.count, found.last]).toEqual([10_003, 'here']);
  expect(found.failure).toMatchObject({ code: 'INVALID_REQUEST', data: { row: 10_001, columnName: 'c' } });
  expect((found.failure as unknown as Error).message).toMatch(/Row 10001: Invalid value for c of type int/);
});

test('what is no row, no SELECT or no option of it is refused', async () => {
  const failures = await inTab(schema, async (database) => {
    const failure = (...call: readonly unknown[]) =>
      (database.selectMany as (...all: unknown[]) => Promise<unknown>)
        .call(database, ...call)
        .then(() => 'nothing is wrong')
        .catch((error: Error) => error.message.split('\n')[0]);
    return [
      await failure(7, []),
      await failure(select, 'rows'),
      await failure(select, [[1, 2], 3]),
      await failure(insert, [[1, 2, 'x']]),
      await failure(select, [[1, 2]], { fetchSize: 10 }),
      await failure('SELECT nothing FROM t', []),
    ];
  });
  expect(failures).toEqual([
    'selectMany() takes CQL as a string, not 7',
    'selectMany() takes an array of rows, not "rows"',
    'Row 1: selectMany() takes a row as an array or an object, not 3',
    expect.stringContaining('selectMany takes SELECT'),
    'fetchSize has to be left out: selectMany answers without pages, not 10',
    expect.stringContaining('Undefined column name nothing'),
  ]);
});
