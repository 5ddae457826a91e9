import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-load-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);

function write(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

/** Loads files with a schema; the rest are options. */
function load(schema: string, files: readonly string[], ...options: string[]) {
  return run('load', '--schema', write('schema.cql', schema), '--out', path('out'), ...options, ...files);
}

/** What a store answers that has imported what was loaded: one JSON text a row. */
async function answers(query: string): Promise<unknown[]> {
  return (await lines(query)).map((line) => JSON.parse(line));
}

async function lines(query: string): Promise<string[]> {
  expect((await run('import', '--dir', path('store'), path('out'))).error).toBe(null);
  const { out, error } = await run('exec', '--dir', path('store'), write('query.cql', query));
  expect(error).toBe(null);
  return out === '' ? [] : out.trim().split('\n');
}

interface DumpedPartition {
  readonly partition: { readonly key: string[] };
  readonly rows: readonly { readonly cells: readonly { readonly name: string; readonly value: unknown }[] }[];
}

/** Partitions of the SSTables as `dump` prints them. */
async function dumped(): Promise<DumpedPartition[]> {
  const { out, error } = await run('dump', '--json-lines', '--schema', path('schema.cql'), path('out'));
  expect(error).toBe(null);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const READINGS = 'CREATE TABLE ks.t (k text, c int, v double, n bigint, PRIMARY KEY (k, c));';

const ALL_TYPES = `CREATE TYPE ks.place (street text, number int);
CREATE TABLE ks.types (k int PRIMARY KEY, a ascii, bi bigint, bl blob, bo boolean, da date, de decimal, du duration, dou double, f float, i inet,
  si smallint, te text, ti time, ts timestamp, tu timeuuid, tiny tinyint, u uuid, va varint, l list<int>, s set<text>, m map<text, bigint>,
  fm frozen<map<int, text>>, t tuple<int, text>, p place, fp frozen<place>, ve vector<float, 2>);`;

const EVERY_VALUE = {
  k: '1',
  a: '"ascii"',
  bi: '9223372036854775807',
  bl: '"0x00ff"',
  bo: 'true',
  da: '"2011-02-03"',
  de: '1.000000000000000000000000000000001',
  du: '"1mo2d3ns"',
  dou: '0.1',
  f: '1.5',
  i: '"192.168.0.1"',
  si: '-3',
  te: '"a \\"quoted\\" text, ü and \\u0000"',
  ti: '"08:12:54.123456789"',
  ts: '"2011-02-03 04:05:06.789Z"',
  tu: '"50554d6e-29bb-11e5-b345-feff819cdc9f"',
  tiny: '4',
  u: '"123e4567-e89b-12d3-a456-426655440000"',
  va: '123456789012345678901234567890',
  l: '[1, 2, 1]',
  s: '["b", "a"]',
  m: '{"x": 9007199254740993}',
  fm: '{"1": "one"}',
  t: '[1, "two"]',
  p: '{"street": "s", "number": 5}',
  fp: '{"street": "s", "number": null}',
  ve: '[1.5, 2.5]',
};

const jsonOf = (values: Record<string, string>) =>
  `{${Object.entries(values)
    .map(([name, value]) => `"${name}": ${value}`)
    .join(', ')}}`;

test('lines of JSON become what INSERT JSON makes of them, of every type', async () => {
  const line = jsonOf(EVERY_VALUE);
  const ran = await load(ALL_TYPES, [write('rows.ndjson', `${line}\n`)]);
  expect(ran).toMatchObject({ error: null, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({ table: 'ks.types', rows: 1, refused: 0, format: 'nb' });
  const db = await openDatabase({ storage: new MemoryStorage() });
  await db.applySchema(
    `CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; ${ALL_TYPES}`,
  );
  await db.execute('INSERT INTO ks.types JSON ?', [line]);
  const [expected] = [...(await db.execute('SELECT JSON * FROM ks.types'))];
  await db.close();
  expect(await lines('SELECT * FROM ks.types')).toEqual([expected['[json]']]);
});

test('CSV as cqlsh writes it, of every type', async () => {
  const columns = ['k', 'a', 'bi', 'bl', 'bo', 'da', 'de', 'du', 'te', 'ts', 'u', 'va', 'l', 's', 'm', 't', 'p', 've'];
  const values = [
    '1',
    'ascii',
    '9223372036854775807',
    '0x00ff',
    'True',
    '2011-02-03',
    '1.5',
    '1mo2d3ns',
    '"a \\"quoted\\" text, and\nits second line"',
    '2011-02-03 04:05:06.789000+0000',
    '123e4567-e89b-12d3-a456-426655440000',
    '123456789012345678901234567890',
    '"[1, 2, 1]"',
    "\"{'a', 'b'}\"",
    "{'x': 9007199254740993}",
    '"(1, \'two\')"',
    '"{street: \'s\', number: 5}"',
    '"[1.5, 2.5]"',
  ];
  const csv = write('rows.csv', `${columns.join(',')}\n${values.join(',')}\n2${','.repeat(columns.length - 1)}\n`);
  expect(await load(ALL_TYPES, [csv], '--escape', '\\')).toMatchObject({ error: null, err: '' });
  const [one, two] = await lines(`SELECT ${columns.join(', ')} FROM ks.types`);
  expect(one).toContain('"bi": 9223372036854775807,');
  expect(one).toContain('"va": 123456789012345678901234567890,');
  expect(one).toContain('"m": {"x": 9007199254740993}');
  const { bi: _, va: __, m: ___, ...first } = JSON.parse(one);
  const second = JSON.parse(two);
  expect(first).toEqual({
    k: 1,
    a: 'ascii',
    bl: '0x00ff',
    bo: true,
    da: '2011-02-03',
    de: 1.5,
    du: '1mo2d3ns',
    te: 'a "quoted" text, and\nits second line',
    ts: '2011-02-03 04:05:06.789Z',
    u: '123e4567-e89b-12d3-a456-426655440000',
    l: [1, 2, 1],
    s: ['a', 'b'],
    t: [1, 'two'],
    p: { street: 's', number: 5 },
    ve: [1.5, 2.5],
  });
  expect(second).toEqual({ ...Object.fromEntries(columns.map((name) => [name, null])), k: 2 });
});

test('what is not there leaves neither cell nor tombstone, and the later of two rows stays', async () => {
  const rows = '{"k": "a", "c": 1, "v": 9, "n": 1}\n\n{"k": "a", "c": 1, "v": 1, "n": null}\r\n{"K": "b", "\\"c\\"": 2}';
  expect(await load(READINGS, [write('rows.json', rows)])).toMatchObject({ error: null });
  const [b, a] = (await dumped()).sort((one, two) => (one.partition.key[0] < two.partition.key[0] ? 1 : -1));
  expect(a.rows.map(({ cells }) => cells.map(({ name, value }) => [name, value]))).toEqual([
    [
      ['n', 1],
      ['v', 1],
    ],
  ]);
  expect(b.rows).toMatchObject([{ clustering: [2], cells: [] }]);
});

test('the later row stays, with an end of line behind it or not, in the next file, and among rows of static columns', async () => {
  const values = async (query: string) => {
    const rows = await answers(query);
    for (const made of ['out', 'store']) rmSync(path(made), { recursive: true });
    return rows;
  };
  const read = 'SELECT k, c, v FROM ks.t';
  expect((await load(READINGS, [write('a.csv', 'k,c,v\na,1,8\na,1,9\na,1,1')])).error).toBe(null);
  expect(await values(read)).toEqual([{ k: 'a', c: 1, v: 1 }]);
  const [a, b] = [write('a.csv', 'k,c,v\na,1,8\nb,1,7'), write('b.csv', 'k,c,v\nb,1,5\na,1,2')];
  expect((await load(READINGS, [a, b])).error).toBe(null);
  expect((await values(read)).sort()).toEqual([
    { k: 'a', c: 1, v: 2 },
    { k: 'b', c: 1, v: 5 },
  ]);
  const schema = 'CREATE TABLE ks.t (k int, c int, s int static, PRIMARY KEY (k, c));';
  const rows = '{"k": 1, "c": 1, "s": 8}\n{"k": 1, "c": 2, "s": 9}\n{"k": 1, "s": 1}\n{"k": 2, "s": 9}\n{"k": 2, "c": 1, "s": 2}';
  expect((await load(schema, [write('rows.json', rows)])).error).toBe(null);
  expect(await values('SELECT DISTINCT k, s FROM ks.t')).toEqual([
    { k: 1, s: 1 },
    { k: 2, s: 2 },
  ]);
});

test('rows of static columns alone are rows of their partition', async () => {
  const schema = 'CREATE TABLE ks.t (k int, c int, s text static, v int, PRIMARY KEY (k, c));';
  const rows =
    '{"k": 1, "s": "static"}\n{"k": 1, "c": 2, "v": 3}\n{"k": 2, "c": null, "s": "alone"}\n{"k": 3, "c": 1, "s": "both", "v": 1}\n';
  expect(await load(schema, [write('rows.json', rows)])).toMatchObject({ error: null });
  expect(await answers('SELECT k, c, s, v FROM ks.t WHERE k IN (1, 2, 3)')).toEqual([
    { k: 1, c: 2, s: 'static', v: 3 },
    { k: 2, c: null, s: 'alone', v: null },
    { k: 3, c: 1, s: 'both', v: 1 },
  ]);
});

test('a row that is none of the table ends it, with its place, and nothing is written', async () => {
  const rows = ['{"k": "a", "c": 1}', '{"k": "a", "c": "one"}'];
  const place = path('rows.json');
  const first = await load(READINGS, [write('rows.json', rows.join('\n'))]);
  expect(first.error).toBe(
    `INVALID_ROW: ${place}:2: c: Invalid value for type int: expected a whole number from -2147483648 to 2147483647, got string 'one'. --max-errors lets such rows be left out`,
  );
  expect(readdirSync(folder).sort()).toEqual(['rows.json', 'schema.cql']);
  for (const [row, why] of [
    ['{"k": "a", "c": 1, "x": 1}', 'ks.t has no column x'],
    ['[1]', 'it is no JSON object'],
    [`${rows[0]} ${rows[0]}`, 'there is more behind the value at character 20'],
    [`${rows[0]}${rows[0]}`, 'there is more behind the value at character 19'],
    [`${rows[0]}garbage`, 'there is more behind the value at character 19'],
    [`${rows[0]},`, 'there is more behind the value at character 19'],
    ['{"k": "a"}', 'it has no value for c, which is part of the primary key'],
    [`{"k": "${'x'.repeat(70_000)}", "c": 1}`, 'Key length of 70000 is longer than maximum of 65535'],
  ]) {
    const { error } = await load(READINGS, [write('rows.json', `${rows[0]}\n${row}\n${rows[0]}`)]);
    expect(error).toContain(`INVALID_ROW: ${place}:2: `);
    expect(error).toContain(why);
  }
});

test('so many rows may be refused as is said: they are told, the others are loaded', async () => {
  const rows = Array.from({ length: 20 }, (_, i) =>
    i % 10 === 3 ? '{"k": 1}' : i % 10 === 7 ? '{"k": "a"}' : `{"k": "a", "c": ${i}}`,
  );
  const file = write('rows.json', rows.join('\n'));
  const { err, error, out } = await load(READINGS, [file], '--max-errors', '4');
  expect(error).toBe(null);
  expect(JSON.parse(out)).toMatchObject({ rows: 16, refused: 4 });
  expect(
    err
      .trim()
      .split('\n')
      .map((line) => line.slice(0, `cassette: left out: ${file}:`.length + 3))
      .sort(),
  ).toEqual(
    [4, 8, 14, 18]
      .map((line) => `cassette: left out: ${file}:${line}: `.slice(0, `cassette: left out: ${file}:`.length + 3))
      .sort(),
  );
  expect(await answers('SELECT count(*) FROM ks.t')).toEqual([{ count: 16 }]);
  rmSync(path('out'), { recursive: true });
  expect((await load(READINGS, [file], '--max-errors', '3')).error).toContain(
    'TOO_MANY_ERRORS: More than 3 rows were refused, nothing was written',
  );
  expect(readdirSync(folder)).not.toContain('out');
});

test('--timestamp and --ttl are those of all rows; --columns and --delimiter of CSV without a line of names', async () => {
  const csv = write('rows.tsv', 'a\t1\t1.5\t-\nb\t2\t-\t7\n');
  const options = ['--columns', 'k,c,v,n', '--delimiter', '\\t', '--null', '-', '--timestamp', '1000', '--ttl', '99999999'];
  expect(await load(READINGS, [csv], ...options)).toMatchObject({ error: null });
  expect(await answers("SELECT k, v, n, writetime(v), writetime(n) FROM ks.t WHERE k IN ('a', 'b')")).toEqual([
    { k: 'a', v: 1.5, n: null, 'writetime(v)': 1000, 'writetime(n)': null },
    { k: 'b', v: null, n: 7, 'writetime(v)': null, 'writetime(n)': 1000 },
  ]);
  const [ttl] = (await answers("SELECT ttl(v) AS ttl FROM ks.t WHERE k = 'a'")) as { ttl: number }[];
  expect(ttl.ttl).toBeGreaterThan(99_990_000);
});

test.each(['nb', 'oa', 'da'])('an export of %s with all that it takes to load it into a cluster', async (format) => {
  const rows = Array.from({ length: 3000 }, (_, i) => `{"k": "k${i % 50}", "c": ${i}, "v": ${i / 2}, "n": ${i}}`).join('\n');
  expect(await load(READINGS, [write('rows.json', rows)], '--format', format, '--compact')).toMatchObject({ error: null });
  expect(readdirSync(path('out')).sort()).toEqual(['README.md', 'SHA256SUMS', 'ks', 'load.sh', 'manifest.json']);
  expect(readFileSync(path('out/ks/schema.cql'), 'utf8')).toContain('CREATE TABLE IF NOT EXISTS ks.t (');
  const { out } = await run('verify', '--schema', path('schema.cql'), path('out'));
  expect(JSON.parse(out)).toMatchObject({ ok: true });
  expect(await answers('SELECT count(*) AS rows, sum(n) AS sum FROM ks.t')).toEqual([{ rows: 3000, sum: 4498500 }]);
});

test('what can’t be loaded is said: which table, counters, files of unknown kinds, columns there are not, no rows', async () => {
  const two = `${READINGS} CREATE TABLE ks.u (k int PRIMARY KEY); CREATE INDEX i ON ks.t (v);`;
  const file = write('rows.json', '{"k": 1}');
  expect((await load(two, [file])).error).toContain('NO_TABLE');
  expect((await load(two, [file], '--table', 'ks.x')).error).toContain('it has no table ks.x (ks.t, ks.u)');
  expect((await load(two, [file], '--table', 'ks.u')).error).toBe(null);
  expect((await load('CREATE TABLE ks.c (k int PRIMARY KEY, n counter);', [file])).error).toContain('COUNTER_TABLE');
  expect((await load(READINGS, [write('rows.txt', '')])).error).toContain('USAGE');
  expect((await load(READINGS, [write('rows.csv', 'k,c,x\na,1,1\n')])).error).toContain('ks.t has no column "x"');
  expect((await load(READINGS, [write('rows.csv', 'k,c,K\na,1,1\n')])).error).toContain('the column k is there twice');
  expect((await load(READINGS, [write('rows.csv', 'k,c\na,1\n"b,2\n')])).error).toContain(
    'rows.csv, row 2: Quoted field unterminated',
  );
  expect((await load(READINGS, [write('rows.csv', 'k,c\na,1,2\n')])).error).toContain(
    'row 1: it has 3 values, and there are 2 columns',
  );
  expect((await load(READINGS, [write('rows.json', '\n')])).error).toContain('NOTHING_LOADED');
  expect((await load(READINGS, [path('nothing.json')])).error).toContain('CANNOT_READ');
  writeFileSync(path('rows.json'), Buffer.from([0x7b, 0xff, 0x7d]));
  expect((await load(READINGS, [path('rows.json')])).error).toContain('CANNOT_READ');
  expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
});
