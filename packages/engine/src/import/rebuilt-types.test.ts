// Tables without a schema, whose headers tell the same user types each in its way.

import { afterEach, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { filesOf, openStore, rowsOf, zipOf } from './testing/imports.ts';

const KEYSPACE = "CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";

const opened: Database[] = [];

afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function store(schema = ''): Promise<Database> {
  const db = await openStore(schema === '' ? undefined : schema);
  opened.push(db);
  return db;
}

/** SSTables as they lie in a store, without their schema. */
async function bareFilesOf(db: Database) {
  return filesOf(await zipOf(db, { compact: false })).filter(({ name }) => name.includes('-big-'));
}

test('a user type with a collection in it may be frozen in one table and not in another', async () => {
  for (const tags of ['list<text>', 'frozen<list<text>>']) {
    const isFrozen = tags.startsWith('frozen');
    const schema = `${KEYSPACE}
      CREATE TYPE s.addr (street text, tags ${tags});
      CREATE TABLE s.t1 (k int PRIMARY KEY, a frozen<addr>, m map<int, frozen<map<text, frozen<addr>>>>);
      CREATE TABLE s.t2 (k int PRIMARY KEY, a ${isFrozen ? 'addr' : 'frozen<addr>'});`;
    const source = await store(schema);
    await source.execute("INSERT INTO s.t1 (k, a, m) VALUES (1, {street: 'x', tags: ['a', 'b']}, {7: {'q': {street: 'y'}}})");
    await source.execute("INSERT INTO s.t2 (k, a) VALUES (2, {street: 'z', tags: ['c']})");
    const files = await bareFilesOf(source);
    for (const db of [await store(), await store(`${KEYSPACE} CREATE TYPE s.addr (street text, tags ${tags}, more int);`)]) {
      await db.import(files);
      const rows = async (one: Database, key: string) =>
        (await rowsOf(one, `SELECT ${key} AS k, a.street, a.tags FROM s.t1`)).concat(
          await rowsOf(one, `SELECT ${key} AS k, a.street, a.tags FROM s.t2`),
          await rowsOf(one, 'SELECT m FROM s.t1'),
        );
      const text = (rowsFound: readonly string[]) => rowsFound.join('\n').replaceAll(',"more":null', '');
      expect(text(await rows(db, 'key'))).toBe(text(await rows(source, 'k')));
      expect(db.schema.table('s', 't1')?.column('a')?.type.marshalName()).toBe(
        db.schema.keyspace('s')?.type('addr')?.freeze().marshalName(),
      );
      // What it describes makes the same again.
      const again = await store(db.describe('s'));
      expect(again.describe('s')).toBe(db.describe('s'));
    }
  }
});

test('SSTables of before and after ALTER TYPE … ADD are of one type, which has all the fields, in whichever table they are', async () => {
  const source = await store(`${KEYSPACE}
    CREATE TYPE s.addr (street text);
    CREATE TYPE s.person (home frozen<addr>);
    CREATE TABLE s.first (k int PRIMARY KEY, p frozen<person>, u addr);
    CREATE TABLE s.last (k int PRIMARY KEY, l list<frozen<person>>);
    CREATE TABLE s.keyed (a int, b frozen<addr>, v int, PRIMARY KEY (a, b)) WITH CLUSTERING ORDER BY (b DESC);`);
  const write = async (k: number, home: string) => {
    await source.execute(`INSERT INTO s.first (k, p, u) VALUES (${k}, {home: ${home}}, ${home})`);
    await source.execute(`INSERT INTO s.last (k, l) VALUES (${k}, [{home: ${home}}])`);
    await source.execute(`INSERT INTO s.keyed (a, b, v) VALUES (1, ${home}, ${k})`);
    await source.flush();
  };
  await write(1, "{street: 'x'}");
  await source.execute('ALTER TYPE s.addr ADD nr int');
  await write(2, "{street: 'y', nr: 2}");
  const files = await bareFilesOf(source);
  // Whichever comes first.
  for (const given of [files, [...files].reverse()]) {
    const db = await store();
    const report = await db.import(given);
    expect([...report.typesMade].sort()).toEqual(['s.addr', 's.person']);
    expect(await rowsOf(db, 'SELECT key AS k, p, u FROM s.first')).toEqual(await rowsOf(source, 'SELECT k, p, u FROM s.first'));
    expect(await rowsOf(db, 'SELECT key AS k, l FROM s.last')).toEqual(await rowsOf(source, 'SELECT k, l FROM s.last'));
    expect(await rowsOf(db, 'SELECT key AS a, column1 AS b, v FROM s.keyed')).toEqual(
      await rowsOf(source, 'SELECT a, b, v FROM s.keyed'),
    );
  }
});

test('types that contradict each other are refused: which of them is right nobody knows', async () => {
  const source = await store(
    `${KEYSPACE} CREATE TYPE s.addr (street text); CREATE TABLE s.t (k int PRIMARY KEY, a frozen<addr>);`,
  );
  await source.execute("INSERT INTO s.t (k, a) VALUES (1, {street: 'x'})");
  const other = await store(`${KEYSPACE} CREATE TYPE s.addr (street int); CREATE TABLE s.o (k int PRIMARY KEY, a frozen<addr>);`);
  await other.execute('INSERT INTO s.o (k, a) VALUES (1, {street: 1})');
  const db = await store();
  await expect(db.import([...(await bareFilesOf(source)), ...(await bareFilesOf(other))])).rejects.toMatchObject({
    code: 'SCHEMA_MISMATCH',
    data: { column: 'street' },
  });
  expect(db.schema.keyspaces.size).toBe(0);
  await db.import(await bareFilesOf(source));
  await expect(db.import(await bareFilesOf(other))).rejects.toThrow(
    'field street of type s.addr is int in what is imported, and text here',
  );
});

test('columns that a table lacks bring the user types that only headers tell of, where they may be added', async () => {
  const table = 'CREATE TABLE s.t (k int PRIMARY KEY, v int';
  const source = await store(`${KEYSPACE}
    CREATE TYPE s."Geo" (lat int, lon int);
    CREATE TYPE s.addr (street text, at frozen<"Geo">);
    ${table}, p frozen<addr>, l list<frozen<addr>>, u addr);`);
  await source.execute(
    "INSERT INTO s.t (k, v, p, l, u) VALUES (1, 2, {street: 'x', at: {lat: 1, lon: 2}}, [{street: 'y'}], {at: {lat: 3}})",
  );
  const files = await bareFilesOf(source);
  const rows = await rowsOf(source, 'SELECT k, v, p, l, u FROM s.t');

  const db = await store(`${KEYSPACE} ${table});`);
  const create = 'CREATE TYPE s."Geo" (lat int, lon int); CREATE TYPE s.addr (street text, at frozen<"Geo">);';
  const alter = 'ALTER TABLE s.t ADD (p frozen<addr>, l list<frozen<addr>>, u addr)';
  await expect(db.import(files)).rejects.toThrow(`: execute ${create} ${alter} first, or import with addMissingColumns`);
  expect(db.schema.keyspace('s')?.types.size).toBe(0);
  const report = await db.import(files, { addMissingColumns: true });
  expect([[...report.typesMade].sort(), report.tables.map(({ columnsAdded }) => columnsAdded)]).toEqual([
    ['s.Geo', 's.addr'],
    [['p', 'l', 'u']],
  ]);
  expect(await rowsOf(db, 'SELECT k, v, p, l, u FROM s.t')).toEqual(rows);
  await db.execute("UPDATE s.t SET u.street = 'z' WHERE k = 1");
  const again = await store(db.describe('s'));
  expect(again.describe('s')).toBe(db.describe('s'));

  // Where types are there, with more fields or other names for them, they stay as they are.
  const has = `CREATE TYPE s."Geo" (latitude int, lon int, alt int); CREATE TYPE s.addr (street text, at frozen<"Geo">, more int);`;
  const other = await store(`${KEYSPACE} ${has} ${table});`);
  await expect(other.import(files)).rejects.toThrow(`: execute ${alter} first`);
  expect((await other.import(files, { addMissingColumns: true })).typesMade).toEqual([]);
  expect(await rowsOf(other, 'SELECT p.at FROM s.t')).toEqual(['{"p.at":{"latitude":1,"lon":2,"alt":null}}']);

  // What the advice says can be executed.
  const advised = await store(`${KEYSPACE} ${table});`);
  for (const statement of `${create} ${alter}`.split('; ')) await advised.execute(statement);
  await advised.import(files);
  expect(await rowsOf(advised, 'SELECT k, v, p, l, u FROM s.t')).toEqual(rows);
});
