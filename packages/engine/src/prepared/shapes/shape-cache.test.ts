import { CqlError } from '@cassette/cql';
import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { testDatabase } from '../../database/testing/test-database.ts';
import { prepareStatement } from '../prepare-statement.ts';
import { rareForms } from '../rare-forms-part.ts';
import { ShapeCache } from './shape-cache.ts';

/** A cache that learns a statement unless it knows its shape; what it had, as text. */
async function cache() {
  await rareForms.load();
  const { db } = await testDatabase('CREATE TABLE t (k text PRIMARY KEY, v int, l list<int>, w text)', {
    random: seededRandom(7),
  });
  const shapes = new ShapeCache();
  const ask = (text: string, keyspace = 'ks') => {
    const shape = shapes.match(text, db.schema, keyspace);
    if (shape === null) {
      shapes.learn(prepareStatement(text, db.schema, keyspace), db.schema, keyspace);
      return null;
    }
    const values = shape.values.map(({ bytes, from, to, isNull }) =>
      isNull ? null : Buffer.from(bytes.slice(from, to)).toString('latin1'),
    );
    return [shape.prepared.source, values];
  };
  return { db, ask };
}

test('a text that differs from an earlier one in constants alone has its plan, and its own values', async () => {
  const { db, ask } = await cache();
  expect(ask("INSERT INTO t (k, v, w) VALUES ('a', 1, 'x')")).toBeNull();
  expect(ask("INSERT INTO t (k, v, w) VALUES ('it''s', 258, null)")).toEqual([
    'INSERT INTO t (k, v, w) VALUES (?, ?, ?)',
    ["it's", '\0\0\x01\x02', null],
  ]);
  expect(ask("UPDATE t USING TTL 5 SET v = 1 WHERE k = 'a'")).toBeNull();
  expect(ask("UPDATE t USING TTL 6 SET v = 2 WHERE k = 'b'")).toEqual([
    'UPDATE t USING TTL ? SET v = ? WHERE k = ?',
    ['\0\0\0\x06', '\0\0\0\x02', 'b'],
  ]);
  expect(ask("SELECT v FROM t WHERE k = 'a' LIMIT 1")).toBeNull();
  expect(ask("SELECT v FROM t WHERE k = 'b' LIMIT 2")).toBeNull();
  expect(ask("SELECT v FROM t WHERE k = 'c' LIMIT 1")).toEqual(['SELECT v FROM t WHERE k = ? LIMIT 1', ['c']]);
  await db.close();
});

test('what is no value, no such text, or of another keyspace is left to a plan of its own', async () => {
  const { db, ask } = await cache();
  expect(ask("INSERT INTO t (k, v) VALUES ('a', 1)")).toBeNull();
  for (const values of ["'b', 'c'", "'b', 1.5", "'b', 3000000000", "'b', 1, 1", "'b, 1", "'b', -", "'b', '", "'b', 1) IF x ("]) {
    expect(() => ask(`INSERT INTO t (k, v) VALUES (${values})`)).toThrow(CqlError);
  }
  for (const values of ["'b', 1 + 1", "'b', -(1)", "'b',  1", "'b'/**/, 1", 'blob_as_text(0x62), 1']) {
    expect(ask(`INSERT INTO t (k, v) VALUES (${values})`)).toBeNull();
  }
  await db.execute("CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute('CREATE TABLE other.t (k text PRIMARY KEY, v int)');
  expect(ask("INSERT INTO t (k, v) VALUES ('a', 1)")).toBeNull();
  expect(ask("INSERT INTO t (k, v) VALUES ('a', 1)", 'other')).toBeNull();
  expect(ask("INSERT INTO t (k, v) VALUES ('a', 2)", 'other')).not.toBeNull();
  expect(ask("INSERT INTO t (k, v) VALUES ('a', 1)")).not.toBeNull();
  await db.close();
});

test('statements whose texts differ in more than constants are not learned for ever', async () => {
  const { db, ask } = await cache();
  for (let i = 0; i < 20; i++) expect(ask(`INSERT INTO t (k, l) VALUES ('a', [${i}])`)).toBeNull();
  expect(ask("INSERT INTO t (k, l) VALUES ('b', [19])")).toBeNull();
  expect(ask("INSERT INTO t (k, l) VALUES ('b', [8])")).not.toBeNull();
  await db.close();
});

test('a change of the schema forgets shapes: a column is of another type now', async () => {
  const { db } = await cache();
  const insert = (k: string, v: string) => db.execute(`INSERT INTO t (k, v) VALUES ('${k}', ${v})`);
  await insert('a', '1');
  await insert('b', '2');
  await db.execute('DROP TABLE t');
  await db.execute('CREATE TABLE t (k text PRIMARY KEY, v text)');
  await insert('a', "'x'");
  await insert('b', "'y'");
  await expect(insert('c', '3')).rejects.toThrow('Invalid INTEGER constant (3) for "v" of type text');
  const { rows } = await db.execute("SELECT v FROM t WHERE k = 'b'");
  expect(rows.map(({ v }) => v)).toEqual(['y']);
  await db.close();
});

test('reads that are under way keep their constants while others of the shape begin', async () => {
  const { db } = await cache();
  for (let i = 0; i < 50; i++) await db.execute(`INSERT INTO t (k, v) VALUES ('${'x'.repeat(i)}k', ${i})`);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => db.execute(`SELECT v FROM t WHERE k = '${'x'.repeat(i)}k'`)),
  );
  expect(answers.map(({ rows }) => rows[0].v)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  await db.close();
});

test('a write that fails behind its plan is told with the text that was given', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k text PRIMARY KEY, v text)', { config: { mutationSizeMax: 1024 } });
  const insert = (v: string) => db.execute(` INSERT INTO t (k, v) VALUES ('a', '${v}')`);
  await insert('short');
  await expect(insert('long'.repeat(500))).rejects.toThrow(
    /^line 1:2 A write of \d+ bytes is larger than mutationSizeMax, 1024.*longlong/s,
  );
  await db.close();
});
