import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const SCHEMA = `
  CREATE TABLE t (k int, c int, s int static, v text, w int, l list<int>, m map<text, int>, e set<int>, PRIMARY KEY (k, c));
  CREATE TABLE n (k int, c int, h counter STATIC, i counter, PRIMARY KEY (k, c))`;

const small = fc.integer({ min: 0, max: 2 });
const text = fc.constantFrom('b', 'a', '', 'c', null);
const number = fc.option(fc.integer({ min: -2, max: 2 }));
const list = fc.option(fc.array(small, { maxLength: 3 }));

/** Statements, and the values that rows of them have. */
const statements: readonly (readonly [query: string, row: fc.Arbitrary<unknown[]>])[] = [
  ['INSERT INTO t (k, c, v, w) VALUES (?, ?, ?, ?)', fc.tuple(small, small, text, number)],
  ['INSERT INTO t (k, c, s, l) VALUES (?, ?, ?, ?)', fc.tuple(small, small, number, list)],
  ['UPDATE t SET l = l + ? WHERE k = ? AND c = ?', fc.tuple(fc.array(small, { maxLength: 3 }), small, small)],
  ['UPDATE t SET l = ? + l WHERE k = ? AND c = ?', fc.tuple(fc.array(small, { maxLength: 3 }), small, small)],
  [
    'UPDATE t SET m[?] = ?, e = e + ? WHERE k = ? AND c = ?',
    fc.tuple(fc.constantFrom('x', 'y'), number, fc.array(small), small, small),
  ],
  ['UPDATE t SET e = ?, s = ?, v = ? WHERE k = ? AND c = ?', fc.tuple(fc.array(small), number, text, small, small)],
  [
    'UPDATE t USING TIMESTAMP ? SET w = ? WHERE k = ? AND c IN ?',
    fc.tuple(fc.oneof(small, fc.constant(undefined)), number, small, fc.array(small, { minLength: 1 })),
  ],
  ['DELETE v, l FROM t WHERE k = ? AND c = ?', fc.tuple(small, small)],
  ['DELETE FROM t WHERE k = ? AND c = ?', fc.tuple(small, small)],
  ['DELETE FROM t WHERE k = ? AND c >= ? AND c < ?', fc.tuple(small, small, small)],
  ['DELETE FROM t WHERE k = ?', fc.tuple(small)],
  ['UPDATE n SET i = i + ?, h = h + ? WHERE k = ? AND c = ?', fc.tuple(small, small, small, small)],
  ['DELETE i FROM n WHERE k = ? AND c = ?', fc.tuple(small, small)],
];

const calls = fc.array(
  fc.oneof(...statements.map(([query, row]) => fc.record({ query: fc.constant(query), rows: fc.array(row, { maxLength: 6 }) }))),
  { minLength: 1, maxLength: 6 },
);

/** A database with ids of its own for each table, the same ones each time. */
function databaseOf(schema: string) {
  let n = 0;
  return testDatabase(schema, { random: () => (n++ % 251) / 251 });
}

async function contents(db: Database): Promise<unknown[][][]> {
  const rows = await db.execute('SELECT k, c, s, v, w, l, m, e, writetime(v), writetime(s), writetime(w) FROM t');
  return [plainRows(rows), plainRows(await db.execute('SELECT * FROM n'))];
}

test('executeMany leaves what its rows leave that are executed one by one, up to their timestamps', async () => {
  await fc.assert(
    fc.asyncProperty(calls, fc.boolean(), async (made, flushes) => {
      const { db: many, clock } = await databaseOf(SCHEMA);
      const { db: single, clock: singleClock } = await databaseOf(SCHEMA);
      for (const { query, rows } of made) {
        await many.executeMany(query, rows as never);
        for (const row of rows) await single.execute(query, row as never);
        if (flushes) await many.flush();
        // Counters take times of their own, as many as there are rounds of them.
        for (const one of [clock, singleClock]) one.advance(1);
      }
      expect(await contents(many)).toEqual(await contents(single));
      await many.close();
      await single.close();
    }),
    { numRuns: 60 },
  );
});

test('of two rows about one cell the later one stays, whichever is greater, and over chunks too', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v text)');
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  await db.executeMany(insert, [
    [1, 'z'],
    [1, 'a'],
    [2, 'x'],
    [2, null],
  ]);
  const long = 'x'.repeat(600_000);
  await db.executeMany(insert, [
    [3, long],
    [4, long],
    [4, 'a'],
    [3, 'b'],
  ]);
  expect(plainRows(await db.execute('SELECT k, v FROM t WHERE k IN (1, 2, 3, 4)'))).toEqual([
    [1, 'a'],
    [2, null],
    [3, 'b'],
    [4, 'a'],
  ]);
});

test('rows have timestamps one after the other, those that are said, or the one that is said for all', async () => {
  const { db, clock } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v text)');
  const rows = [
    [1, 'a'],
    [2, 'a'],
    [3, 'a'],
  ];
  const times = async (query: string, options: object) => {
    await db.executeMany(query, rows, options);
    const found = await db.execute('SELECT writetime(v) FROM t WHERE k IN (1, 2, 3)');
    return plainRows(found).flat();
  };
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  expect(await times(insert, { timestamp: 7 })).toEqual([7n, 7n, 7n]);
  expect(await times(`${insert} USING TIMESTAMP 8`, {})).toEqual([8n, 8n, 8n]);
  expect(await times(insert, { firstTimestamp: 0xffff_ffff })).toEqual([0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0001n]);
  expect(await times(insert, { firstTimestamp: 1, timestamp: 0x2_0000_0000n })).toEqual([
    0x2_0000_0000n,
    0x2_0000_0000n,
    0x2_0000_0000n,
  ]);
  clock.advance(1);
  const now = BigInt(clock.nowMicros());
  expect(await times(insert, {})).toEqual([now, now + 1n, now + 2n]);
  await expect(db.executeMany(insert, rows, { firstTimestamp: 1.5 })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: 'firstTimestamp has to be a whole number of microseconds, not 1.5',
  });
});

test('what a statement asks for that executeMany refuses is refused as before', async () => {
  const { db } = await databaseOf(SCHEMA);
  for (const query of ['INSERT INTO t (k, c) VALUES (?, ?) IF NOT EXISTS', 'UPDATE t SET l[0] = ? WHERE k = ? AND c = 1']) {
    await expect(db.executeMany(query, [[1, 1]])).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('executeMany takes statements that need no read'),
    });
  }
});
