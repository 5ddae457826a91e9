import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;
let store: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-salvage-'));
  store = join(folder, 'store');
  await exec(`CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE ks.t (k int PRIMARY KEY, v text);
    INSERT INTO ks.t (k, v) VALUES (1, 'one'); INSERT INTO ks.t (k, v) VALUES (2, 'two');`);
  await run('flush', '--dir', store);
});

afterEach(() => rmSync(folder, { recursive: true }));

async function exec(text: string, ...options: readonly string[]): Promise<string> {
  const script = join(folder, 'script.cql');
  writeFileSync(script, text);
  const { out, error } = await run('exec', '--dir', store, ...options, script);
  expect(error).toBeNull();
  return out;
}

const fileOf = (component: string) => join(store, readdirSync(store).find((name) => name.endsWith(`-${component}`))!);

function damage(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] ^= 0x40;
  writeFileSync(file, bytes);
}

test('salvage --out writes what can be read as SSTables that can be read, and tells of what is lost', async () => {
  damage(fileOf('CompressionInfo.db'), 5);
  await exec("INSERT INTO ks.t (k, v) VALUES (3, 'three')", '--durability', 'sync');
  const before = readdirSync(store).sort();
  const out = join(folder, 'out');
  const { error, out: printed } = await run('salvage', '--dir', store, '--out', out);
  expect(error).toBeNull();
  expect(readdirSync(store).sort()).toEqual(before);
  const report = JSON.parse(printed);
  expect(report).toMatchObject({ hasCatalog: true, mutations: 1, rows: 2, sstables: [{ table: 'ks.t', rows: 2, lost: [] }] });
  expect(JSON.parse(readFileSync(join(out, 'salvage.json'), 'utf8'))).toEqual(report);
  expect(existsSync(join(out, 'scratch'))).toBe(false);
  expect(readFileSync(join(out, 'ks', 'schema.cql'), 'utf8')).toContain('CREATE TABLE IF NOT EXISTS ks.t');
  const verified = await run('verify', join(out, 'ks', 't'));
  expect(JSON.parse(verified.out)).toMatchObject({ ok: true, partitions: 3 });
  expect((await run('salvage', '--dir', store, '--out', out)).error).toMatch(/^NOT_EMPTY: /);
});

test('salvage --apply takes what was set aside back into the store', async () => {
  damage(fileOf('Index.db'), 3);
  expect(await exec('SELECT k FROM ks.t')).toBe('');
  const { error, out } = await run('salvage', '--dir', store, '--apply');
  expect(error).toBeNull();
  expect(JSON.parse(out)).toMatchObject({ rows: 2 });
  expect(await exec('SELECT k FROM ks.t')).toBe('{"k": 1}\n{"k": 2}\n');
});

test('of a store without a catalog the rows are got into the tables of a schema', async () => {
  rmSync(join(store, 'catalog'));
  const schema = join(folder, 'schema.cql');
  writeFileSync(
    schema,
    "CREATE KEYSPACE ks WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; CREATE TABLE ks.t (k int PRIMARY KEY, v text)",
  );
  const out = join(folder, 'out');
  const { error, out: printed } = await run('salvage', '--dir', store, '--out', out, '--schema', schema);
  expect(error).toBeNull();
  expect(JSON.parse(printed)).toMatchObject({ hasCatalog: false, rows: 2, tablesRebuilt: [] });
  const dumped = await run('dump', join(out, 'ks', 't'), '--json-lines');
  expect(dumped.out.trim().split('\n')).toHaveLength(2);
});

test('salvage wants to know where to', async () => {
  expect((await run('salvage', '--dir', store)).error).toMatch(/^USAGE: /);
  expect((await run('salvage', '--dir', store, '--out', folder, '--apply')).error).toMatch(/^USAGE: /);
  expect((await run('salvage', '--dir', join(folder, 'nowhere'), '--out', join(folder, 'out'))).error).toMatch(/^NO_STORE: /);
});

test('exec --durability takes the modes there are', async () => {
  for (const mode of ['sync', 'periodic', 'periodic:5', 'disabled']) {
    expect(await exec('SELECT k FROM ks.t WHERE k = 1', '--durability', mode)).toBe('{"k": 1}\n');
  }
});
