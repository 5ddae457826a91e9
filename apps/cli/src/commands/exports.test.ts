import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-exports-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);

async function exec(text: string): Promise<void> {
  writeFileSync(path('script.cql'), text);
  expect((await run('exec', '--dir', path('s'), path('script.cql'))).error).toBe(null);
}

/** What an export prints; `data`: how many SSTables each table has in it. */
async function exported(
  out: string,
  ...options: string[]
): Promise<{ id: string; since: string | null; data: Record<string, number> }> {
  const ran = await run('export', '--dir', path('s'), '--out', path(out), ...options);
  expect(ran.error).toBe(null);
  const { id, since, sstables } = JSON.parse(ran.out);
  const data: Record<string, number> = {};
  for (const { table } of sstables) data[table] = (data[table] ?? 0) + 1;
  return { id, since, data };
}

const SCHEMA = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE k.t (a int PRIMARY KEY, v int); CREATE TABLE k.u (a int PRIMARY KEY, v int);`;

test('an export since another has what is newer, of the tables and tokens that are named, and may be empty', async () => {
  await exec(`${SCHEMA} INSERT INTO k.t (a, v) VALUES (1, 1); INSERT INTO k.u (a, v) VALUES (1, 1);`);
  const first = await exported('first');
  expect(first).toMatchObject({ since: null, data: { t: 1, u: 1 } });
  await exec('INSERT INTO k.t (a, v) VALUES (2, 2); INSERT INTO k.u (a, v) VALUES (2, 2);');
  expect(await exported('second', '--since', first.id, '--table', 'k.t')).toMatchObject({ since: first.id, data: { t: 1 } });
  // The token of 2 is negative, that of 1 too; above 0 there is nothing.
  expect((await exported('third', '--since', first.id, '--token-range', '0,9223372036854775807')).data).toEqual({});
  expect((await exported('fourth', '--since', first.id, '--token-range=-9223372036854775808,0')).data).toEqual({ t: 1, u: 1 });
  const last = await exported('fifth.zip', '--since', first.id);
  expect((await exported('sixth', '--since', last.id)).data).toEqual({});
  expect(readdirSync(path('sixth/k'))).toEqual(['schema.cql']);
  expect((await run('export', '--dir', path('s'), '--out', path('none'), '--since', 'nothing')).error).toMatch(
    /^UNKNOWN_EXPORT: /,
  );
});

test('exports are told, and one that the cluster has may be dropped from the store', async () => {
  await exec(`${SCHEMA} INSERT INTO k.t (a, v) VALUES (1, 1);`);
  const { id } = await exported('first');
  await exec('INSERT INTO k.t (a, v) VALUES (2, 2);');
  const listed = JSON.parse((await run('exports', '--dir', path('s'))).out);
  expect(listed).toEqual({ id, since: null, createdAt: expect.any(String), confirmedAt: null, tables: ['k.t', 'k.u'] });
  const confirmed = JSON.parse((await run('confirm-exported', '--dir', path('s'), '--drop', id)).out);
  expect(confirmed).toMatchObject({ id, dropped: [{ keyspace: 'k', table: 't' }], kept: [] });
  writeFileSync(path('select.cql'), 'SELECT a FROM k.t;');
  expect((await run('exec', '--dir', path('s'), path('select.cql'))).out).toBe('{"a": 2}\n');
  expect(JSON.parse((await run('exports', '--dir', path('s'))).out).confirmedAt).toEqual(expect.any(String));
  expect((await run('confirm-exported', '--dir', path('s'), 'nothing')).error).toMatch(/^UNKNOWN_EXPORT: /);
});
