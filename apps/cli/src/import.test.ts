// `cassette import` as a user runs it, on exports of the command line's own.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../dist/cassette.js', import.meta.url));
let folder: string;

function cassette(args: readonly string[], input?: Uint8Array): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', input });
  return { code: status, out: stdout, err: stderr };
}

const SCHEMA = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE k.t (a int PRIMARY KEY, v text);`;
const ROWS = '{"a": 1, "v": "one", "w": 10}\n{"a": 2, "v": "two", "w": 20}\n';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-import-'));
  writeFileSync(
    join(folder, 'make.cql'),
    `${SCHEMA} INSERT INTO k.t (a, v) VALUES (1, 'one') USING TIMESTAMP 10; INSERT INTO k.t (a, v) VALUES (2, 'two') USING TIMESTAMP 20;`,
  );
  writeFileSync(join(folder, 'read.cql'), 'SELECT a, v, writetime(v) AS w FROM k.t;');
  writeFileSync(join(folder, 'schema.cql'), SCHEMA);
  expect(cassette(['exec', '--dir', 'source', 'make.cql']).code).toBe(0);
  expect(cassette(['export', '--dir', 'source', '--out', 'x.zip']).code).toBe(0);
  expect(cassette(['export', '--dir', 'source', '--out', 'out']).code).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['a zip', ['x.zip']],
  ['a directory', ['out']],
  ['the folder of a keyspace', ['out/k']],
  ['the folder of a table, with a schema', ['out/k/t', '--schema', 'schema.cql']],
])('%s is imported, and told as a line a table', (_, args) => {
  const dir = mkdtempSync(join(folder, 'into-'));
  const { code, out, err } = cassette(['import', '--dir', dir, ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^k\.t \(made\): 1 SSTables, 2 partitions, 2 rows, \d+ bytes\n$/);
  expect(cassette(['exec', '--dir', dir, 'read.cql'])).toEqual({ code: 0, out: ROWS, err: '' });
});

test('a zip comes from standard input too, and --json tells all', () => {
  const { code, out } = cassette(['import', '--dir', 'piped', '--json', '-'], readFileSync(join(folder, 'x.zip')));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    keyspacesMade: ['k'],
    warnings: [],
    tables: [{ keyspace: 'k', table: 't', schema: 'made', sstables: 1, rows: 2, minTimestamp: '10', maxTimestamp: '20' }],
  });
  expect(cassette(['exec', '--dir', 'piped', 'read.cql']).out).toBe(ROWS);
});

test('one SSTable goes into the table that --table says', () => {
  const [data] = readdirSync(join(folder, 'out/k/t')).filter((name) => name.endsWith('-Data.db'));
  writeFileSync(join(folder, 'other.cql'), 'CREATE TABLE other.u (a int PRIMARY KEY, v text);');
  const path = join('out/k/t', data);
  const { out, err } = cassette(['import', '--dir', 'other', '--table', 'other.u', '--schema', 'other.cql', path]);
  expect({ out: out.slice(0, 26), err }).toEqual({ out: 'other.u (made): 1 SSTables', err: '' });
});

test('a damaged file is one clear line, exit code 1, and leaves no store that has half of it', () => {
  cpSync(join(folder, 'out'), join(folder, 'damaged'), { recursive: true });
  const name = readdirSync(join(folder, 'damaged/k/t')).find((one) => one.endsWith('-Data.db'))!;
  const bytes = readFileSync(join(folder, 'damaged/k/t', name));
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(join(folder, 'damaged/k/t', name), bytes);
  const { code, out, err } = cassette(['import', '--dir', 'broken', 'damaged']);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^cassette: .*nb-\d+-big-Data\.db is damaged, and nothing was imported: digest: .* \[IMPORT_DAMAGED\]\n$/);
  // Nor any store where there was none; a directory that was there stays.
  mkdirSync(join(folder, 'empty'));
  expect(cassette(['import', '--dir', 'empty', 'damaged']).code).toBe(1);
  expect([existsSync(join(folder, 'broken')), readdirSync(join(folder, 'empty'))]).toEqual([false, []]);
  expect(cassette(['exec', '--dir', 'there', 'make.cql']).code).toBe(0);
  expect(cassette(['import', '--dir', 'there', 'damaged']).code).toBe(1);
  expect(cassette(['exec', '--dir', 'there', 'read.cql']).out).toBe(ROWS);
});

test('what is no SSTable, no folder and no zip is told', () => {
  mkdirSync(join(folder, 'nothing'));
  expect(cassette(['import', '--dir', 'd', 'nothing']).err).toMatch(/\[NOTHING_TO_IMPORT\]\n$/);
  expect(cassette(['import', '--dir', 'd', 'missing.zip']).err).toMatch(/\[CANNOT_READ\]\n$/);
  expect(cassette(['import', '--dir', 'd', 'make.cql']).err).toMatch(/\[NOTHING_TO_IMPORT\]\n$/);
  writeFileSync(join(folder, 'no.zip'), 'this is not a zip');
  expect(cassette(['import', '--dir', 'd', 'no.zip']).err).toMatch(/it is no zip, or its end is missing.* \[BAD_ZIP\]\n$/);
});
