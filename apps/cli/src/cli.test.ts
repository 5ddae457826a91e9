// The built command line as a user runs it: a process, its output and its exit code.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../dist/cassette.js', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function cassette(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

function script(text: string, name = 'script.cql'): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE k.t (a int, "B" text, v double, PRIMARY KEY (a, "B"));
`;

test('SELECTs print one JSON object a row, as SELECT JSON gives it, and a store is kept between calls', () => {
  expect(cassette('exec', '--dir', 's', script(`${schema}INSERT INTO k.t (a, "B", v) VALUES (1, 'x', 1.5);`))).toEqual({
    code: 0,
    out: '',
    err: '',
  });
  const out = '{"a": 1, "\\"B\\"": "x", "v": 1.5}\n';
  expect(cassette('exec', '--dir', 's', script('SELECT * FROM k.t;'))).toEqual({ code: 0, out, err: '' });
});

test('--now lets the clock stand still, so that files can be made again', () => {
  const text = `${schema}INSERT INTO k.t (a, "B", v) VALUES (1, 'x', 1.5) USING TTL 60; SELECT writetime(v), ttl(v) FROM k.t;`;
  const { out } = cassette('exec', '--dir', 's', '--now', '1700000000', script(text));
  expect(out).toBe('{"writetime(v)": 1700000000000000, "ttl(v)": 60}\n');
});

test('an error tells file, line and column, and shows the line with a caret', () => {
  const text = `${schema}\nSELECT * FROM k.t; SELECT nope FROM k.t;\n`;
  expect(cassette('exec', '--dir', 's', script(text))).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /^cassette: script\.cql:4:27: .*nope.* \[INVALID_REQUEST\]\nSELECT \* FROM k\.t; SELECT nope FROM k\.t;\n {26}\^\n$/,
    ),
  });
  expect(cassette('exec', '--dir', 's', script('SELECT * FORM k.t;')).err).toMatch(/^cassette: script\.cql:1:10: expected FROM/);
});

test('a byte order mark is passed over, and what is not UTF-8 is refused', () => {
  expect(cassette('exec', '--dir', 's', script(`\uFEFF${schema}`)).code).toBe(0);
  writeFileSync(join(folder, 'latin.cql'), Buffer.from("INSERT INTO k.t (a) VALUES ('\xe9');", 'latin1'));
  expect(cassette('exec', '--dir', 's', 'latin.cql')).toMatchObject({ code: 1, err: expect.stringContaining('not UTF-8') });
});

test('wrong usage ends with 2, what can not be done with 1', () => {
  expect(cassette('exec').code).toBe(2);
  expect(cassette('nonsense').code).toBe(2);
  expect(cassette('export', '--dir', 's', '--out', 'x.zip', '--format', 'zz').code).toBe(2);
  expect(cassette('salvage', '--dir', 's').code).toBe(2);
  expect(cassette('load', '--schema', script(schema), '--out', 'o', 'rows.txt')).toMatchObject({
    code: 2,
    err: expect.stringContaining('say by --input'),
  });
  expect(cassette('import', '--dir', 's', '-', 'x.zip').code).toBe(2);
  expect(cassette('exec', '--dir', 's', 'missing.cql')).toMatchObject({ code: 1, err: expect.stringContaining('missing.cql') });
  expect(cassette('--help').code).toBe(0);
});

test('flush and export want a store, and do not make one of any directory', () => {
  mkdirSync(join(folder, 'no-store'));
  for (const args of [['flush'], ['export', '--out', 'x.zip']]) {
    expect(cassette(...args, '--dir', 'no-store')).toMatchObject({ code: 1, err: expect.stringContaining('no store') });
  }
  expect(readdirSync(join(folder, 'no-store'))).toEqual([]);
});

test('compact makes one SSTable of several, and tells which', () => {
  cassette('exec', '--dir', 's', script(`${schema}INSERT INTO k.t (a, "B") VALUES (1, 'x');`));
  cassette('flush', '--dir', 's');
  cassette('exec', '--dir', 's', script(`INSERT INTO k.t (a, "B") VALUES (1, 'y');`));
  const compacted = cassette('compact', '--dir', 's', '--table', 'k.t');
  expect(compacted.code).toBe(0);
  expect(JSON.parse(compacted.out)).toMatchObject({
    keyspace: 'k',
    table: 't',
    kind: 'major',
    inputs: [1, 2],
    outputs: [3],
    rowsMerged: 2,
  });
  expect(readdirSync(join(folder, 's')).filter((name) => name.endsWith('-Data.db'))).toHaveLength(1);
  expect(cassette('compact', '--dir', 's', '--table', 'k.none')).toMatchObject({
    code: 1,
    err: expect.stringContaining('k.none'),
  });
});

test('an export replaces a former one only when it is whole, and nothing that is no export', () => {
  cassette('exec', '--dir', 's', script(`${schema}INSERT INTO k.t (a, "B") VALUES (1, 'x');`));
  expect(cassette('export', '--dir', 's', '--out', 'out').code).toBe(0);
  cassette('exec', '--dir', 's', script('DROP TABLE k.t; CREATE TABLE k.u (a int PRIMARY KEY); INSERT INTO k.u (a) VALUES (1);'));
  expect(cassette('export', '--dir', 's', '--out', 'out').code).toBe(0);
  expect(readdirSync(join(folder, 'out/k')).sort()).toEqual(['schema.cql', 'u']);
  mkdirSync(join(folder, 'folder.zip'));
  writeFileSync(join(folder, 'folder.zip/mine'), '');
  for (const [out, why] of [
    ['out/k/schema.cql', 'is a file'],
    ['folder.zip', 'is a directory'],
  ]) {
    const { code, err } = cassette('export', '--dir', 's', '--out', out);
    expect([code, err]).toEqual([1, expect.stringMatching(new RegExp(`${why}.*\\[NOT_AN_EXPORT\\]`))]);
  }
  expect(readdirSync(join(folder, 'folder.zip'))).toEqual(['mine']);
  writeFileSync(join(folder, 'out/notes.txt'), 'mine');
  expect(cassette('export', '--dir', 's', '--out', 'out')).toMatchObject({ code: 1, err: expect.stringContaining('notes.txt') });
  expect(readFileSync(join(folder, 'out/notes.txt'), 'utf8')).toBe('mine');
  expect(existsSync(join(folder, 'out.part'))).toBe(false);
});

test('dump prints sstabledump of a file, and of a directory an object by path, a store’s own included', () => {
  cassette('exec', '--dir', 's', script(`${schema}INSERT INTO k.t (a, "B", v) VALUES (1, 'x', 2) USING TIMESTAMP 5;`));
  cassette('flush', '--dir', 's');
  cassette('export', '--dir', 's', '--out', 'out');
  const data = readdirSync(join(folder, 'out/k/t')).find((name) => name.endsWith('-Data.db'))!;
  const dumped = JSON.parse(cassette('dump', '--raw-timestamps', join('out/k/t', data)).out);
  expect(dumped).toMatchObject([{ partition: { key: ['1'] }, rows: [{ clustering: ['x'], cells: [{ name: 'v', value: 2 }] }] }]);
  expect(Object.values(JSON.parse(cassette('dump', '--raw-timestamps', 's').out))).toEqual([dumped]);
});
