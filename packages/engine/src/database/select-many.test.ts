import { expect, test } from 'vitest';
import { ResultSet } from '../result/index.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = 'CREATE TABLE t (k int, c int, v text, s text static, m map<int, int>, PRIMARY KEY (k, c))';
const ROW = 'SELECT c, v, s, m FROM t WHERE k = ? AND c = ?';

async function filled() {
  const { db, clock } = await testDatabase(SCHEMA);
  for (let k = 0; k < 5; k++) {
    for (let c = 0; c < 5; c++)
      await db.execute('INSERT INTO t (k, c, v, m) VALUES (?, ?, ?, ?)', [k, c, `${k}.${c}`, new Map([[c, k]])]);
  }
  await db.execute("UPDATE t SET s = 'static' WHERE k = 1");
  await db.flush();
  await db.execute("UPDATE t SET v = 'newer' WHERE k = 2 AND c = 2");
  await db.execute('DELETE FROM t WHERE k = 3');
  return { db, clock };
}

test('each answer is that of its values, in their order, whether it is a row, none or many', async () => {
  const { db } = await filled();
  const keys: number[][] = [];
  for (let i = 0; i < 200; i++) keys.push([(i * 7) % 7, (i * 3) % 6]);
  for (const query of [
    ROW,
    'SELECT * FROM t WHERE k = ? AND c <= ?',
    'SELECT JSON * FROM t WHERE k = ? AND c = ?',
    'SELECT count(*) FROM t WHERE k = ? AND c > ?',
  ]) {
    const answers = await db.selectMany(query, keys);
    expect(answers.length).toBe(keys.length);
    for (const [i, params] of keys.entries()) {
      const alone = await db.execute(query, params);
      expect(plainRows(answers[i])).toEqual(plainRows(alone));
      expect([answers[i].columns, answers[i].rowLength, answers[i].pageState]).toEqual([alone.columns, alone.rowLength, null]);
      // What is carried away of one is that one alone.
      expect(plainRows(ResultSet.fromTransfer(answers[i].toTransfer()))).toEqual(plainRows(alone));
    }
  }
  expect(await db.selectMany(ROW, [])).toEqual([]);
  await db.close();
});

test('rows come from any iterable, by name too, and all answers travel as one', async () => {
  const { db } = await filled();
  function* named() {
    yield { k: 1, c: 1 };
    yield { k: 4, c: 0 };
  }
  const joined = await db.selectJoined(ROW, named());
  const answers = ResultSet.fromTransfer(structuredClone(joined.toTransfer())).split();
  expect(answers.map(plainRows)).toEqual([[[1, '1.1', 'static', new Map([[1, 1]])]], [[0, '4.0', null, new Map([[0, 4]])]]]);
  expect(answers[1].first()?.v).toBe('4.0');
  await db.close();
});

test('others have their turn between answers, and what was written meanwhile is seen', async () => {
  const { db } = await testDatabase(SCHEMA, { config: { sliceMilliseconds: 0 } });
  for (let c = 0; c < 100; c++) await db.execute("INSERT INTO t (k, c, v) VALUES (1, ?, 'before')", [c]);
  await db.flush();
  const asked = db.selectMany(
    ROW,
    Array.from({ length: 100 }, (_, c) => [1, c]),
  );
  await db.execute("UPDATE t SET v = 'after' WHERE k = 1 AND c = 99");
  expect((await asked)[99].first()?.v).toBe('after');
  await db.close();
});

test('a trace is of all of them', async () => {
  const { db } = await filled();
  const answers = await db.selectMany(
    ROW,
    [
      [1, 1],
      [2, 2],
    ],
    { tracing: true },
  );
  expect(answers.map(plainRows)).toEqual(
    (
      await db.selectMany(ROW, [
        [1, 1],
        [2, 2],
      ])
    ).map(plainRows),
  );
  expect(answers[0].trace).toBe(answers[1].trace);
  expect(answers[0].trace?.activities.filter(({ kind }) => kind === 'answered').length).toBe(2);
  await db.close();
});

test('what is wrong names the values that it is about', async () => {
  const { db } = await filled();
  const failure = (...args: Parameters<typeof db.selectMany>) =>
    db.selectMany(...args).then(
      () => null,
      (error: Error & { code?: string; data?: object }) => ({
        message: error.message.split('\n')[0],
        code: error.code,
        data: error.data,
      }),
    );
  expect(
    await failure(ROW, [
      [1, 1],
      [1, 'one'],
    ]),
  ).toMatchObject({ code: 'INVALID_REQUEST', data: { row: 1, columnName: 'c' } });
  expect((await failure(ROW, [[1, 1], [1, 1], [1]]))?.message).toMatch(/Row 2: Invalid amount of bind variables/);
  expect(
    (
      await failure(ROW, [
        [1, 1],
        [null, 1],
      ])
    )?.message,
  ).toMatch(/Row 1: Invalid null value in condition for column k/);
  expect((await failure('INSERT INTO t (k, c) VALUES (?, ?)', [[1, 1]]))?.message).toMatch(/selectMany takes SELECT/);
  expect((await failure(ROW, 7 as never))?.message).toBe('selectMany takes rows as an array or another iterable, not 7');
  expect(await failure(ROW, [[1, 1]], { fetchSize: 3 } as object)).toMatchObject({
    code: 'INVALID_OPTION',
    data: { option: 'fetchSize' },
  });
  await db.close();
});
