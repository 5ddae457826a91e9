// What `cassette types` writes, looked at by TypeScript's own compiler together with right and wrong uses of it.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { types } from './commands/types.ts';

const root = resolve(import.meta.dirname, '../../..');
let folder: string;

const schema = `CREATE TYPE place (name text, "Floor No" int, at frozen<tuple<double, double>>);
CREATE TABLE readings (
  sensor text, ts timestamp, value double, count bigint, tags set<text>, hits map<text, int>, log list<frozen<place>>, pair tuple<int, uuid>,
  home frozen<place>, day date, tm time, took duration, price decimal, big varint, ip inet, raw blob, ok boolean, id uuid, tid timeuuid,
  embedding vector<float, 3>, PRIMARY KEY (sensor, ts));
CREATE TABLE "class" ("default" int PRIMARY KEY, "a-b" text, "constructor" bigint, "__proto__" int, "1st" smallint, "it's" text);
CREATE TABLE hits (page text, day date, "All" counter static, n counter, PRIMARY KEY (page, day));
CREATE KEYSPACE archive WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE archive.readings (sensor text PRIMARY KEY, n int);
CREATE TYPE archive.place (x int);
CREATE TABLE archive."Date" (a int PRIMARY KEY, "Uuid" uuid, p frozen<place>);
`;

const queries = `-- name: findReadings
-- The readings of a sensor */ since some time.
SELECT ts, value AS v, writetime(value), log, hits['a'] AS a FROM readings WHERE sensor = ? AND ts >= ? LIMIT ?;
-- name: between
SELECT * FROM readings WHERE sensor = :sensor AND ts > :since AND ts < :until;
-- name: statistics
SELECT count(*), max(value) AS most, ttl(tags) AS lives FROM readings;
-- name: asJson
SELECT JSON sensor FROM readings;
-- name: put
INSERT INTO readings (sensor, ts, value, pair) VALUES (?, ?, ?, ?) USING TTL ?;
-- name: putJson
INSERT INTO readings JSON ?;
-- name: claim
UPDATE readings SET value = :value WHERE sensor = :sensor AND ts = :ts IF value = :before;
-- name: delete
DELETE FROM readings
  WHERE sensor = ?;
-- name: awkward
INSERT INTO "class" ("default", "a-b", "1st", "it's", "__proto__") VALUES (?, ?, ?, ?, ?);
-- name: place
SELECT home.name FROM readings;
`;

/** Lines marked as errors must be some, and no others may. */
const uses = `import { bind, Decimal, Duration, InetAddress, LocalDate, LocalTime, open, type RemoteDatabase, TimeUuid, type TypedStatement, Uuid } from '@cassette/client';
import {
  asJson,
  awkward as awkwardStatement, between, claim, type ClassInsert, type ClassRow, type DateRow, delete_, findReadings, insertClass, insertReadings, type Place,
  place, type PlaceParam, put, putJson, type ReadingsInsert, type ReadingsRow, statistics, updateHits,
} from './made.ts';

export const opened: Promise<RemoteDatabase> = open({ name: 'x' });

export async function right(db: RemoteDatabase): Promise<unknown[]> {
  const found = await db.execute(findReadings, ['a', new Date(), 10]);
  for (const row of found) {
    const ts: Date = row.ts;
    const v: number | null = row.v;
    const written: bigint | null = row['writetime(value)'];
    const first: string | null | undefined = row.log?.[0]?.name;
    const floor: number | null | undefined = row.log?.[0]?.['Floor No'];
    const a: number | null = row.a;
    const byName: Date = row.get('ts');
    console.log(ts, v, written, first, floor, a, byName, row.keys());
  }
  const one = (await db.execute(between, { sensor: 'a', since: 0, until: 5n })).first();
  const whole: ReadingsRow | null = one;
  const { count, most, lives } = (await db.execute(statistics)).rows[0];
  const counted: bigint = count;
  const greatest: number | null = most;
  const seconds: readonly (number | null)[] | null = lives;
  const text: string | undefined = (await db.execute(asJson, [], { fetchSize: 5 })).first()?.['[json]'];
  await db.execute(put, ['a', Date.now(), null, [1, null], undefined], { timestamp: 5n });
  const claimed = (await db.execute(claim, { value: 1, sensor: 'a', ts: new Date(), before: null })).first();
  const applied: boolean | undefined = claimed?.['[applied]'];
  const there: number | null | undefined = claimed?.value;
  const home: Place = { name: null, 'Floor No': 1, at: [1, null] };
  const reading: ReadingsInsert = {
    sensor: 'a', ts: new Date(), value: 1.5, count: 5, tags: ['x'], hits: { a: 1 }, log: [home, {}], pair: [1, Uuid.random()], home,
    day: LocalDate.of(2024, 1, 2), tm: LocalTime.of(1, 2), took: new Duration(1, 2, 3n), price: Decimal.parse('1.10'), big: 2n ** 70n,
    ip: InetAddress.parse('::1'), raw: new Uint8Array(2), ok: true, id: crypto.randomUUID(), tid: TimeUuid.now(), embedding: new Float32Array(3),
  };
  await db.execute(insertReadings, reading);
  await db.execute(insertReadings, { sensor: 'a', ts: 0 });
  await db.execute(updateHits, { page: '/', day: LocalDate.of(2024, 1, 2), n: 1 });
  await db.execute(updateHits, { page: '/', day: LocalDate.of(2024, 1, 2), n: -1n, All: undefined });
  await db.executeMany(insertReadings, [reading, { ...reading, value: null, tags: new Set(['y']), hits: new Map([['a', 1]]) }]);
  await db.batch([bind(insertReadings, reading), bind(delete_, ['a']), 'DELETE FROM t WHERE a = 1', { query: 'x', params: [1] }]);
  await db.batch([{ query: insertReadings, params: reading }, { query: delete_, params: ['a'] }, statistics, { query: statistics }]);
  await db.batch(['a', 'b'].map((sensor) => ({ query: delete_, params: [sensor] as const })));
  await db.batch(['a', 'b'].map((sensor) => bind(delete_, [sensor])));
  const texts: string[] = ['DELETE FROM t WHERE a = 1'];
  await db.batch(texts, { logged: false });
  await db.execute(insertReadings, { ...reading, embedding: [1, 2, 3] });
  for await (const row of await db.execute(findReadings, ['a', 0, 1], { fetchSize: 10 })) console.log(row.ts.getTime());
  for await (const row of db.stream(place)) console.log(row['home.name']?.length);
  const awkward: ClassInsert = { default: 1, 'a-b': 'x', constructor: 1n, '1st': 2, ['__proto__']: 3, "it's": null };
  await db.execute(insertClass, awkward);
  await db.execute(awkwardStatement, [1, 'x', null, undefined, 3]);
  const kept: Pick<ClassRow, 'default'> = { default: 1 };
  const dated = (row: DateRow): Uuid | null => row.Uuid;
  // Plain strings go on as ever.
  const plain = await db.execute('SELECT * FROM t WHERE a = ?', [1], { fetchSize: 10 });
  const anything: unknown = plain.first()?.['x'];
  const dynamic: string = 'SELECT ' + plain.rowLength;
  await db.execute(dynamic, { a: 1 });
  await db.execute(dynamic);
  const own = 'SELECT a FROM t' as TypedStatement<readonly [], { readonly a: number }>;
  const a: number | undefined = (await db.execute(own)).first()?.a;
  return [whole, counted, greatest, seconds, text, applied, there, kept, dated, anything, a];
}

export async function wrong(db: RemoteDatabase, reading: ReadingsInsert, row: ReadingsRow): Promise<void> {
  // @ts-expect-error: a parameter too few
  await db.execute(findReadings, ['a', new Date()]);
  // @ts-expect-error: none at all
  await db.execute(findReadings);
  // @ts-expect-error: one too many
  await db.execute(findReadings, ['a', new Date(), 10, 1]);
  // @ts-expect-error: a number for text
  await db.execute(findReadings, [1, new Date(), 10]);
  // @ts-expect-error: text for a timestamp
  await db.execute(findReadings, ['a', 'yesterday', 10]);
  // @ts-expect-error: a key can't be null
  await db.execute(findReadings, [null, new Date(), 10]);
  // @ts-expect-error: named where they are positions
  await db.execute(findReadings, { sensor: 'a' });
  // @ts-expect-error: a name is missing
  await db.execute(between, { sensor: 'a', since: 0 });
  // @ts-expect-error: a name that is none
  await db.execute(between, { sensor: 'a', since: 0, until: 1, limit: 5 });
  // @ts-expect-error: a statement without parameters
  await db.execute(statistics, [1]);
  const found = (await db.execute(findReadings, ['a', 0, 1])).rows[0];
  // @ts-expect-error: a column that was not selected
  console.log(found.value);
  // @ts-expect-error: a column of another type
  console.log(found.ts.length);
  // @ts-expect-error: it may be null
  console.log(found.v.toFixed());
  // @ts-expect-error: a bigint is no number
  const written: number | null = found['writetime(value)'];
  // @ts-expect-error: no such column by name either
  console.log(found.get('nope'));
  // @ts-expect-error: rows are not to be changed
  found.v = 1;
  // @ts-expect-error: an address is no UUID, though both have bytes
  await db.execute(insertReadings, { ...reading, id: InetAddress.parse('::1') });
  // @ts-expect-error: nor is any text
  await db.execute(insertReadings, { ...reading, id: 'abc' });
  // @ts-expect-error: a UUID of any version is no timeuuid
  await db.execute(insertReadings, { ...reading, tid: Uuid.random() });
  // @ts-expect-error: a time is no date
  await db.execute(insertReadings, { ...reading, day: LocalTime.of(1, 2) });
  // @ts-expect-error: numbers in a set of text
  await db.execute(insertReadings, { ...reading, tags: [1] });
  // @ts-expect-error: text in a map of ints
  await db.execute(insertReadings, { ...reading, hits: { a: 'x' } });
  // @ts-expect-error: a tuple of two with three
  await db.execute(insertReadings, { ...reading, pair: [1, null, 2] });
  // @ts-expect-error: a field that the type has not
  const home: PlaceParam = { name: 'x', floor: 1 };
  // @ts-expect-error: every column of the key is there
  await db.execute(insertReadings, { sensor: 'a' });
  // @ts-expect-error: be it not as undefined
  await db.execute(insertReadings, { sensor: 'a', ts: undefined });
  // @ts-expect-error: no such column
  await db.execute(insertReadings, { sensor: 'a', ts: 0, tag: [] });
  // @ts-expect-error: there is no way to null a counter
  await db.execute(updateHits, { page: '/', day: LocalDate.of(2024, 1, 2), n: null });
  // @ts-expect-error: in a batch, too
  await db.batch([bind(delete_, [1])]);
  // @ts-expect-error: in a batch without bind
  await db.batch([{ query: delete_, params: [1] }]);
  // @ts-expect-error: in a batch by name
  await db.batch([{ query: insertReadings, params: { ...reading, value: 'x' } }]);
  // @ts-expect-error: in a batch without any
  await db.batch([{ query: delete_ }]);
  // @ts-expect-error: in a batch alone
  await db.batch(['DELETE FROM t WHERE a = 1', delete_]);
  // @ts-expect-error: in a batch of many
  await db.batch([1, 2].map((sensor) => ({ query: delete_, params: [sensor] as const })));
  // @ts-expect-error: what is compared with is there, or null
  await db.execute(claim, { value: 1, sensor: 'a', ts: 0, before: undefined });
  // @ts-expect-error: JSON to be written is there
  await db.execute(putJson, [null]);
  // @ts-expect-error: a vector of two for one of three
  await db.execute(insertReadings, { ...reading, embedding: [1, 2] });
  // @ts-expect-error: a write answers no columns
  console.log((await db.execute(delete_, ['a'])).first()!.sensor);
  // @ts-expect-error: and for many rows
  await db.executeMany(insertReadings, [{ ...reading, value: 'x' }]);
  // @ts-expect-error: a stream's parameters
  for await (const one of db.stream(delete_, [5])) console.log(one);
  // @ts-expect-error: a row is not of another table
  const other: ClassRow = row;
  console.log(written, home, other);
}
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-types-'));
  writeFileSync(join(folder, 'schema.cql'), schema);
  writeFileSync(join(folder, 'queries.cql'), queries);
  writeFileSync(join(folder, 'uses.ts'), uses);
  await types([join(folder, 'queries.cql')], {
    schema: join(folder, 'schema.cql'),
    out: join(folder, 'made.ts'),
    importFrom: '@cassette/client',
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the compiler says of the files in the folder; what it says of the client's own sources is not asked for. */
function compiled(files: readonly string[] = ['made.ts', 'uses.ts']): string[] {
  const options = {
    noEmit: true,
    types: [],
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
    noPropertyAccessFromIndexSignature: true,
    noUncheckedSideEffectImports: true,
    paths: { '@cassette/client': [join(root, 'packages/client/src/index.ts')] },
  };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions: options, files };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.json'), '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => /^(made|uses|odd)\.ts\b|^error/.test(line));
}

describe('compiled', () => {
  test('what is made has no errors, right uses neither, and each wrong one has', () => {
    expect(compiled()).toEqual([]);
  });

  test('the compiler was asked: without its marks the wrong uses are told', () => {
    writeFileSync(join(folder, 'uses.ts'), uses.replaceAll('@ts-expect-error', 'wrong'));
    const marks = uses.match(/@ts-expect-error/g)?.length;
    expect(compiled().length).toBe(marks);
  });
});

/** Words that TypeScript keeps for itself or that mean something in what is made, and names that are no words. */
const oddNames = [
  ...'await break case class const default delete do enum export false for function if implements import in interface let new null'.split(
    ' ',
  ),
  ...'package private protected public return static super this true type typeof undefined var void while yield any async get of set'.split(
    ' ',
  ),
  ...'Array Date Map NoRow Readonly Set TypedStatement Uuid UuidText constructor hasOwnProperty prototype __proto__ toString'.split(
    ' ',
  ),
  ...['a b', 'a-b', '1', '1a', 'é', '日本', '$x', '_', "a'b", 'a`b', 'a$', 'a\\b', '*/', '//', '😀', '[applied]'],
];

test('any name becomes one that TypeScript takes', async () => {
  const quoted = oddNames.map((name) => `"${name}"`);
  const words = oddNames.filter((name) => /^\w+$/.test(name));
  const made = [
    `CREATE TABLE t (k int PRIMARY KEY, ${quoted.map((name) => `${name} int`).join(', ')});`,
    ...words.flatMap((name) => [
      `CREATE TABLE "${name}" (k int PRIMARY KEY, "${name}" int);`,
      `CREATE TYPE "${name}" ("${name}" int);`,
    ]),
  ];
  const asked = words.map(
    (name) => `-- name: ${name}
      INSERT INTO t (k, "${name}") VALUES (?, ?);
      -- name: ${name}-named
      SELECT "${name}" FROM t WHERE k = :"${name}";`,
  );
  writeFileSync(join(folder, 'odd-schema.cql'), made.join('\n'));
  writeFileSync(join(folder, 'odd-queries.cql'), asked.join('\n'));
  await types([join(folder, 'odd-queries.cql')], {
    schema: join(folder, 'odd-schema.cql'),
    out: join(folder, 'odd.ts'),
    importFrom: '@cassette/client',
  });
  expect(compiled(['odd.ts'])).toEqual([]);
});

test('tables of counters have an UPDATE that runs, others an INSERT', async () => {
  const made = readFileSync(join(folder, 'made.ts'), 'utf8');
  const update = /updateHits = '(.*)' as TypedStatement<HitsUpdate, NoRow>/.exec(made)?.[1] ?? '';
  expect(update).toBe('UPDATE cassette.hits SET "All" = "All" + :"All", n = n + :n WHERE page = :page AND day = :day');
  expect(made).not.toContain('insertHits');
  const db = await openDatabase({ storage: new MemoryStorage(), schema });
  await db.execute(update, { page: '/', day: '2024-01-02', n: 2 });
  expect((await db.execute('SELECT n FROM hits')).value(0, 0)).toBe(2n);
  await db.close();
});

test('it says what it was made from, and is made the same again', async () => {
  const made = readFileSync(join(folder, 'made.ts'), 'utf8');
  expect(made).toMatch(/^\/\/ Made by `cassette types` from schema\.cql, queries\.cql: /);
  const options = {
    schema: join(folder, 'schema.cql'),
    out: join(folder, 'made.ts'),
    importFrom: '@cassette/client',
    check: true,
  };
  await types([join(folder, 'queries.cql')], options);
  await expect(types([], options)).rejects.toThrow(/made\.ts is not what these files make/);
});

test('a mistake in the schema or a query tells file, line and column', async () => {
  const options = { schema: join(folder, 'bad.cql'), importFrom: 'x' };
  writeFileSync(options.schema, 'CREATE TABLE t (a int PRIMARY KEY);\nCREATE TABLE u (a nope PRIMARY KEY);');
  await expect(types([], options)).rejects.toThrow(/bad\.cql:2:19: Unknown type/);
  writeFileSync(join(folder, 'q.cql'), '-- name: a\nSELECT b FROM t;');
  writeFileSync(options.schema, 'CREATE TABLE t (a int PRIMARY KEY);');
  await expect(types([join(folder, 'q.cql')], options)).rejects.toThrow(/q\.cql:2:8: Undefined column name b/);
});
