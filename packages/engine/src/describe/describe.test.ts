import { expect, test } from 'vitest';
import { plainRows, testDatabase } from '../database/testing/test-database.ts';

const SCHEMA = `
  CREATE TABLE b (k int PRIMARY KEY);
  CREATE TABLE "Ab" (k int PRIMARY KEY, v frozen<outer>);
  CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy'};
  CREATE TABLE other.c (k int PRIMARY KEY)`;

/** Every table gets an id of its own. */
function counting(): { random: () => number } {
  let n = 0;
  return { random: () => (n++ % 251) / 251 };
}

async function described(statement: string) {
  const { db } = await testDatabase(`CREATE TYPE zinner (a int); CREATE TYPE outer (z frozen<zinner>); ${SCHEMA}`, counting());
  return plainRows(await db.execute(statement));
}

test('DESCRIBE KEYSPACES, TABLES and TYPES list names: of the session keyspace, quoted where they need it', async () => {
  expect(await described('DESCRIBE KEYSPACES')).toEqual([
    ['ks', 'keyspace', 'ks'],
    ['other', 'keyspace', 'other'],
  ]);
  expect(await described('DESC TABLES')).toEqual([
    ['ks', 'table', '"Ab"'],
    ['ks', 'table', 'b'],
  ]);
  expect(await described('DESCRIBE TYPES')).toEqual([
    ['ks', 'type', 'outer'],
    ['ks', 'type', 'zinner'],
  ]);
  expect(await described('DESCRIBE FUNCTIONS')).toEqual([]);
});

test('DESCRIBE of a keyspace gives what makes it, types before those that use them', async () => {
  const rows = await described('DESCRIBE KEYSPACE ks');
  expect(rows.map((row) => row.slice(0, 3))).toEqual([
    ['ks', 'keyspace', 'ks'],
    ['ks', 'type', 'zinner'],
    ['ks', 'type', 'outer'],
    ['ks', 'table', '"Ab"'],
    ['ks', 'table', 'b'],
  ]);
  expect(rows[1][3]).toBe('CREATE TYPE ks.zinner (\n    a int\n);');
  expect(await described('DESCRIBE ONLY KEYSPACE other')).toEqual([
    [
      'other',
      'keyspace',
      'other',
      "CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': '1'}  AND durable_writes = true;",
    ],
  ]);
  expect(await described('DESCRIBE ks')).toEqual(rows);
  expect((await described('DESCRIBE SCHEMA')).slice(0, rows.length)).toEqual(rows);
});

test('DESCRIBE TABLE prints the statement that makes it again, WITH INTERNALS its id too', async () => {
  const { db } = await testDatabase(SCHEMA.replace('frozen<outer>', 'tuple<int>'), counting());
  const [[, , , text]] = plainRows(await db.execute('DESCRIBE TABLE "Ab"'));
  expect(plainRows(await db.execute('DESCRIBE "Ab"'))[0][3]).toBe(text);
  const [[, , , internals]] = plainRows(await db.execute('DESCRIBE TABLE "Ab" WITH INTERNALS'));
  expect(internals).toContain(`WITH ID = ${db.schema.table('ks', 'Ab')?.id}`);
  await db.execute('DROP TABLE "Ab"');
  await db.execute(String(text));
  expect(plainRows(await db.execute('DESCRIBE TABLE "Ab"'))[0][3]).toBe(text);
});

test.each([
  'DESCRIBE TABLE nope',
  'DESCRIBE TYPE nope',
  'DESCRIBE INDEX nope',
  'DESCRIBE MATERIALIZED VIEW nope',
  'DESCRIBE FUNCTION nope',
  'DESCRIBE AGGREGATE nope',
  'DESCRIBE KEYSPACE nope',
  'DESCRIBE nope',
  'DESCRIBE nope.b',
])('%s is refused', async (statement) => {
  await expect(described(statement)).rejects.toMatchObject({ protocolCode: 0x2200 });
});

test('DESCRIBE CLUSTER tells of a store on its own', async () => {
  expect(await described('DESCRIBE CLUSTER')).toEqual([['Cassette', 'Murmur3Partitioner', 'none']]);
});
