import { expect, test, vi } from 'vitest';
import { plainRows, testDatabase } from '../database/testing/test-database.ts';

/** A database of SSTables as the lists of statements say, and a way to ask: rows, and how many SSTables were read for them. */
async function store(schema: string, ...flushes: readonly (readonly string[])[]) {
  const { db } = await testDatabase(schema, { config: { compaction: { enabled: false } } });
  for (const statements of flushes) {
    for (const statement of statements) await db.execute(statement);
    await db.flush();
  }
  const snapshot = await db.engine.snapshot();
  const [{ sstables }] = snapshot.tables;
  const cursors = sstables.map(({ reader }) => vi.spyOn(reader, 'cursor'));
  return {
    db,
    ask: async (query: string) => {
      for (const cursor of cursors) cursor.mockClear();
      const rows = plainRows(await db.execute(query));
      return { rows, read: cursors.filter(({ mock }) => mock.calls.length > 0).length };
    },
  };
}

const rowsOf = (n: number) => [1, 5, 9].map((c) => `INSERT INTO t (k, c, v, w) VALUES (1, ${c}, 'v${n}', ${n})`);
const TABLE = 'CREATE TABLE t (k int, c int, v text, w int, PRIMARY KEY (k, c))';
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

test('of 30 SSTables with the row one is read, and none where the memtable has all of it', async () => {
  const { db, ask } = await store(TABLE, ...range(30).map(rowsOf));
  expect(await ask('SELECT * FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [[1, 5, 'v29', 29]], read: 1 });
  expect(await ask('SELECT w FROM t WHERE k = 1 AND c = 9')).toEqual({ rows: [[29]], read: 1 });
  expect(await ask('SELECT * FROM t WHERE k = 1')).toMatchObject({ read: 30 });
  await db.execute("INSERT INTO t (k, c, v, w) VALUES (1, 5, 'm', 30)");
  expect(await ask('SELECT * FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [[1, 5, 'm', 30]], read: 0 });
});

test('a deleted partition or row is not looked for in older SSTables', async () => {
  const { db, ask } = await store(TABLE, ...range(5).map(rowsOf), ['DELETE FROM t WHERE k = 1']);
  expect(await ask('SELECT * FROM t WHERE k = 1')).toEqual({ rows: [], read: 1 });
  expect(await ask('SELECT * FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [], read: 1 });
  await db.execute('INSERT INTO t (k, c, w) VALUES (1, 5, 7)');
  await db.execute('DELETE FROM t WHERE k = 1 AND c = 9');
  expect(await ask('SELECT * FROM t WHERE k = 1')).toEqual({ rows: [[1, 5, null, 7]], read: 1 });
  expect(await ask('SELECT * FROM t WHERE k = 1 AND c = 9')).toEqual({ rows: [], read: 0 });
});

test('reading goes on while a column, the INSERT or a newer timestamp may be in an older SSTable', async () => {
  const insert = (v: string, time: number) => `INSERT INTO t (k, c, v, w) VALUES (1, 5, '${v}', 1) USING TIMESTAMP ${time}`;
  const later = await store(TABLE, [insert('a', 50)], [insert('b', 20)], [insert('c', 40)], [insert('d', 30)]);
  expect(await later.ask('SELECT v FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [['a']], read: 1 });
  const same = await store(TABLE, [insert('b', 20)], [insert('a', 20)]);
  expect(await same.ask('SELECT v FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [['b']], read: 2 });
  const partly = await store(
    TABLE,
    [insert('a', 10)],
    ['UPDATE t USING TIMESTAMP 20 SET v = null, w = 2 WHERE k = 1 AND c = 5'],
    ['INSERT INTO t (k, c, w) VALUES (1, 5, 3) USING TIMESTAMP 30'],
  );
  // The third lacks v, with the second all is there.
  expect(await partly.ask('SELECT v, w FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [[null, 3]], read: 2 });
  const updates = await store(TABLE, [insert('a', 10)], ["UPDATE t USING TIMESTAMP 20 SET v = 'b', w = 2 WHERE k = 1 AND c = 5"]);
  expect(await updates.ask('SELECT v, w FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [['b', 2]], read: 2 });
});

test('only columns that are selected or tested have to be whole', async () => {
  const { ask } = await store(
    'CREATE TABLE t (k int, c int, v text, w int, l list<int>, s int static, PRIMARY KEY (k, c))',
    ["INSERT INTO t (k, c, v, w, l, s) VALUES (1, 5, 'a', 1, [1], 1)"],
    ["INSERT INTO t (k, c, v) VALUES (1, 5, 'b')"],
    ["INSERT INTO t (k, c, v) VALUES (1, 5, 'c')"],
  );
  const where = 'FROM t WHERE k = 1 AND c = 5';
  expect(await ask(`SELECT v ${where}`)).toEqual({ rows: [['c']], read: 1 });
  expect(await ask(`SELECT k, c ${where}`)).toEqual({ rows: [[1, 5]], read: 1 });
  expect(await ask(`SELECT textAsBlob(v) AS u, writetime(v) AS t ${where}`)).toMatchObject({ read: 1 });
  expect(await ask(`SELECT v ${where} AND w = 1 ALLOW FILTERING`)).toEqual({ rows: [['c']], read: 3 });
  expect(await ask(`SELECT v, s ${where}`)).toEqual({ rows: [['c', 1]], read: 3 });
  expect(await ask(`SELECT v, l ${where}`)).toEqual({ rows: [['c', [1]]], read: 3 });
  expect(await ask(`SELECT * ${where}`)).toEqual({ rows: [[1, 5, 1, [1], 'c', 1]], read: 3 });
});

test('an INSERT that expires does not hide columns that an older SSTable has', async () => {
  const { db, clock } = await testDatabase(TABLE, { config: { compaction: { enabled: false } } });
  await db.execute("INSERT INTO t (k, c, v, w) VALUES (1, 5, 'a', 1)");
  await db.flush();
  await db.execute("INSERT INTO t (k, c, v) VALUES (1, 5, 'b') USING TTL 10");
  await db.flush();
  const ask = async () => plainRows(await db.execute('SELECT v FROM t WHERE k = 1 AND c = 5'));
  expect(await ask()).toEqual([['b']]);
  clock.advance(11);
  expect(await ask()).toEqual([[null]]);
});

test('static columns have to be whole too, of tables without clustering the row is the partition', async () => {
  const insert = (n: number, s: string) => `INSERT INTO t (k, c, ${s} v) VALUES (1, 5, ${s === '' ? '' : `${n},`} ${n})`;
  const schema = 'CREATE TABLE t (k int, c int, s int static, v int, PRIMARY KEY (k, c))';
  const statics = await store(schema, [insert(1, 's,')], [insert(2, 's,')], [insert(3, '')]);
  expect(await statics.ask('SELECT s, v FROM t WHERE k = 1 AND c = 5')).toEqual({ rows: [[2, 3]], read: 2 });
  const alone = await store(
    'CREATE TABLE t (k int PRIMARY KEY, v int)',
    ...range(5).map((n) => [`INSERT INTO t (k, v) VALUES (1, ${n})`]),
  );
  expect(await alone.ask('SELECT v FROM t WHERE k = 1')).toEqual({ rows: [[4]], read: 1 });
});

test('collections and counters are read to the end', async () => {
  const lists = await store(
    'CREATE TABLE t (k int PRIMARY KEY, l set<int>)',
    ...range(4).map((n) => [`UPDATE t SET l = l + {${n}} WHERE k = 1`]),
  );
  expect(await lists.ask('SELECT l FROM t WHERE k = 1')).toEqual({ rows: [[new Set([0, 1, 2, 3])]], read: 4 });
  const counters = await store(
    'CREATE TABLE t (k int PRIMARY KEY, n counter)',
    ...range(4).map(() => ['UPDATE t SET n = n + 2 WHERE k = 1']),
  );
  expect(await counters.ask('SELECT n FROM t WHERE k = 1')).toEqual({ rows: [[8n]], read: 4 });
});
