import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Database } from './database.ts';
import { testDatabase } from './testing/test-database.ts';

const small = fc.integer({ min: 0, max: 2 });

/** Tables that rows are named in by all of their key, with what is written to them: statements with the key and the clustering as ?. */
const tables = [
  {
    create: `CREATE TABLE t (k text, c int, d text, v int, w text, s int static, m map<int, text>, l list<int>, u set<text>,
      PRIMARY KEY (k, c, d)) WITH CLUSTERING ORDER BY (c DESC, d ASC) AND compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`,
    where: 'k = ? AND c = ? AND d = ?',
    key: (a: number, b: number) => [`key ${a}`, b, ['', 'one', 'two'][(a + b) % 3]],
    writes: [
      'UPDATE t SET v = 1, w = null WHERE k = ? AND c = ? AND d = ?',
      "UPDATE t USING TTL 10 SET w = 'soon gone' WHERE k = ? AND c = ? AND d = ?",
      "UPDATE t SET m[1] = 'one', l = l + [1, 2], u = u + {'x'} WHERE k = ? AND c = ? AND d = ?",
      'UPDATE t SET m = {}, l = null WHERE k = ? AND c = ? AND d = ?',
      "INSERT INTO t (k, c, d, v, m) VALUES (?, ?, ?, 5, {2: 'two'})",
      'INSERT INTO t (k, c, d) VALUES (?, ?, ?) USING TTL 5',
      'INSERT INTO t (k, c, d, s) VALUES (?, ?, ?, 9)',
      'INSERT INTO t (k, c, d, w) VALUES (?, ?, ?, null) USING TIMESTAMP 5',
      'DELETE FROM t WHERE k = ? AND c = ? AND d = ?',
      'DELETE v, m FROM t WHERE k = ? AND c = ? AND d = ?',
      'DELETE FROM t WHERE k = ? AND c = ?',
      'DELETE FROM t WHERE k = ? AND c >= ?',
      'DELETE FROM t WHERE k = ?',
      'UPDATE t SET s = 3 WHERE k = ?',
    ],
    alter: [['ALTER TABLE t DROP w', 'ALTER TABLE t ADD w text'], ['ALTER TABLE t ADD z int']],
  },
  {
    create: `CREATE TABLE t (a int, b text, v blob, PRIMARY KEY ((a, b))) WITH compression = {'enabled': 'false'}`,
    where: 'a = ? AND b = ?',
    key: (a: number, b: number) => [a, `b ${b}`],
    writes: [
      'INSERT INTO t (a, b, v) VALUES (?, ?, 0x01)',
      'UPDATE t SET v = 0x02 WHERE a = ? AND b = ?',
      'UPDATE t USING TTL 7 SET v = 0x03 WHERE a = ? AND b = ?',
      'DELETE v FROM t WHERE a = ? AND b = ?',
      'DELETE FROM t WHERE a = ? AND b = ?',
    ],
    alter: [['ALTER TABLE t DROP v', 'ALTER TABLE t ADD v blob']],
  },
  {
    create: 'CREATE TABLE t (k int, c timestamp, n counter, PRIMARY KEY (k, c))',
    where: 'k = ? AND c = ?',
    key: (a: number, b: number) => [a, new Date(b * 1000)],
    writes: [
      'UPDATE t SET n = n + 3 WHERE k = ? AND c = ?',
      'UPDATE t SET n = n - 1 WHERE k = ? AND c = ?',
      'DELETE FROM t WHERE k = ?',
    ],
    alter: [],
  },
] as const;

const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('write' as const), which: fc.nat(13), a: small, b: small }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'compact' as const, 'alter' as const), which: fc.nat(2) }),
  },
);

/** All rows by name: as they are executed, and as a trace makes them be read, which looks at every source by its own cursor. */
async function compareAll(db: Database, { where, key }: (typeof tables)[number], nowInSeconds: number): Promise<void> {
  for (const limit of ['', ' LIMIT 1', ' PER PARTITION LIMIT ? LIMIT ?']) {
    const select = `SELECT * FROM t WHERE ${where}${limit}`;
    const keys = [0, 1, 2, 3].flatMap((a) => [0, 1, 2].map((b) => key(a, b)));
    for (const named of keys) {
      const params = limit.includes('?') ? [...named, 1, 2] : named;
      const fast = await db.execute(select, params, { nowInSeconds });
      const slow = await db.execute(select, params, { nowInSeconds, tracing: true });
      expect(JSON.stringify([fast.columns, fast.rows, fast.pageState])).toEqual(
        JSON.stringify([slow.columns, slow.rows, slow.pageState]),
      );
    }
  }
}

test.each(tables)('a row that is named by all of its key is what a merge of all sources makes it: $where', async (table) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 30 }), async (steps) => {
      const { db } = await testDatabase(table.create);
      const now = Math.floor(Date.UTC(2030, 0, 1) / 1000);
      try {
        let altered = 0;
        for (const one of steps) {
          if (one.kind === 'write') {
            const query = table.writes[one.which % table.writes.length];
            const count = query.split('?').length - 1;
            await db.execute(query, table.key(one.a, one.b).slice(0, count), { nowInSeconds: now });
          } else if (one.kind === 'alter') {
            for (const statement of table.alter[altered++] ?? []) await db.execute(statement);
          } else if (one.kind === 'flush') await db.flush();
          else await db.compact('t');
        }
        await compareAll(db, table, now);
        await db.flush();
        await compareAll(db, table, now + 6);
        await db.compact('t');
        await compareAll(db, table, now + 100);
      } finally {
        await db.close();
      }
    }),
    { numRuns: 18 },
  );
});

test('what is wrong with the values is told as it is for any SELECT', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k text, c int, v int, PRIMARY KEY (k, c))');
  await db.execute("INSERT INTO t (k, c, v) VALUES ('a', 1, 2)");
  await db.flush();
  const all = 'SELECT * FROM t WHERE k = ? AND c = ?';
  const wrong: readonly (readonly unknown[])[] = [
    [null, 1],
    ['a', null],
    [undefined, 1],
    ['a', undefined],
    ['', 1],
    ['x'.repeat(70_000), 1],
    ['a', 'one'],
    [1, 1],
    ['', 'one'],
    ['a', 1, 0],
    ['a', 1, -1],
    ['a', 1, null],
    ['a', 1, 'one'],
    ['', 1, 0],
  ];
  for (const params of wrong) {
    const select = params.length === 3 ? `${all} LIMIT ?` : all;
    const failure = (options: object) =>
      db.execute(select, [...params], options).then(
        () => 'no error',
        (error: Error & { code?: string; position?: unknown }) => [error.name, error.code, error.message, error.position],
      );
    const told = await failure({});
    expect(told).toEqual(await failure({ tracing: true }));
    expect(told).not.toEqual('no error');
  }
  // Unset is no limit.
  expect((await db.execute(`${all} LIMIT ?`, ['a', 1, undefined])).rowLength).toBe(1);
  await db.close();
});

test('a row is found among many of all sizes, over chunks, blocks, deletions of ranges and rows without some columns', async () => {
  const { db } = await testDatabase(
    `CREATE TABLE t (k int, c int, d timestamp, v text, w blob, PRIMARY KEY (k, c, d))
      WITH CLUSTERING ORDER BY (c DESC, d ASC) AND compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}`,
  );
  const lengths = [0, 1, 90, 127, 128, 300, 5000, 20_000, 70_000];
  const rows: unknown[][] = [];
  // The second partition has several blocks, the third is a few rows.
  for (const [k, count] of [
    [1, 150],
    [2, 400],
    [3, 5],
  ]) {
    for (let i = 0; i < count; i++) {
      const length = k === 2 && i % 40 === 0 ? lengths[(i / 40) % 9] : lengths[i % 5];
      rows.push([
        k,
        i >> 2,
        new Date((i & 3) * 1000),
        i % 3 === 0 ? null : 'v'.repeat(length),
        i % 5 === 0 ? undefined : new Uint8Array(i % 9),
      ]);
    }
  }
  await db.executeMany('INSERT INTO t (k, c, d, v, w) VALUES (?, ?, ?, ?, ?)', rows);
  await db.execute('DELETE FROM t WHERE k = 1 AND c > 10 AND c < 13');
  await db.execute('DELETE FROM t WHERE k = 2 AND c = 40');
  await db.execute('UPDATE t SET v = null WHERE k = 2 AND c = 41 AND d = 1');
  await db.flush();
  const there = new Map(
    (await db.execute('SELECT * FROM t')).rows.map((row) => [`${row.k} ${row.c} ${(row.d as Date).getTime()}`, row.toJSON()]),
  );
  expect(there.size).toBe(rows.length - 12);
  const keys: [number, number, Date][] = [];
  for (let n = 0; n < 3000; n++) keys.push([1 + ((n * 31) % 3), ((n * 7919) % 104) - 1, new Date(((n * 13) % 6) * 500)]);
  const found = await db.selectMany('SELECT * FROM t WHERE k = ? AND c = ? AND d = ?', keys);
  for (const [i, [k, c, d]] of keys.entries()) {
    expect(found[i].first()?.toJSON() ?? null).toEqual(there.get(`${k} ${c} ${d.getTime()}`) ?? null);
  }
  const several = [97, 41, 40, 12, 3, 0, -4];
  for (const k of [1, 2, 3]) {
    const { rows: some } = await db.execute('SELECT * FROM t WHERE k = ? AND c IN ?', [k, several]);
    expect(some.map((row) => row.toJSON())).toEqual(
      [...there.values()].filter((row) => row.k === k && several.includes(row.c as number)),
    );
  }
  await db.close();
});
