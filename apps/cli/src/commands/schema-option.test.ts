import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../testing/run.ts';

const goldens = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb');
const compact = resolve(import.meta.dirname, '../testing/compact-storage');
const plain = join(goldens, 'deletes/sstables/g/plain');
const id = '0123456789abcdef0123456789abcdef';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function schemaFile(text: string): string {
  const file = join(folder, 'schema.cql');
  writeFileSync(file, text);
  return file;
}

/** The golden `plain` in a folder below. */
function copied(...names: string[]): string {
  const target = join(folder, ...names);
  mkdirSync(target, { recursive: true });
  cpSync(plain, target, { recursive: true });
  return join(target, 'nb-1-big-Data.db');
}

/** The errors and warnings of the only SSTable of a path. */
async function verified(path: string, ...options: string[]): Promise<{ errors: string[]; warnings: string[] }> {
  const { errors, warnings } = JSON.parse((await run('verify', path, '--schema', join(folder, 'schema.cql'), ...options)).out);
  return { errors, warnings };
}

/** The definition of g.plain, and one that does not fit its files. */
const right = "CREATE TABLE g.plain (k int, c int, v text, PRIMARY KEY (k, c)) WITH compression = {'enabled': false};";
const wrong = right.replace('k int', 'k uuid');
const fits = { errors: [], warnings: [] };
const mismatch = (path: string, table = 'g.plain') => ({
  errors: [
    `header: the partition key is (int) in the header of ${path.replace('Data', 'Statistics')}, and (uuid) in table ${table}: ` +
      'give the schema that the SSTable was written with',
  ],
  warnings: [],
});

test.each([
  ['the table’s folder', ['g', 'plain']],
  ['a folder with the table’s id', ['g', `plain-${id}`]],
  ['a snapshot', ['g', `plain-${id}`, 'snapshots', 's1']],
  ['a backup', ['g', `plain-${id}`, 'backups']],
  ['a snapshot of a table without id', ['g', 'plain', 'snapshots', 's1']],
  ['another keyspace’s folder of the table’s name', ['copies', 'plain']],
])('--schema is compared with the files in %s', async (_, names) => {
  const path = copied(...names);
  schemaFile(`${right} CREATE TABLE g.other (a int PRIMARY KEY);`);
  expect(await verified(path)).toEqual(fits);
  schemaFile(`${wrong} CREATE TABLE g.other (a int PRIMARY KEY);`);
  expect(await verified(path)).toEqual(mismatch(path));
});

test('the only table of a schema is that of a folder that tells none, and --table says which of several', async () => {
  const path = copied('flat');
  schemaFile(right);
  expect(await verified(path)).toEqual(fits);
  schemaFile(wrong);
  expect(await verified(path)).toEqual(mismatch(path));
  schemaFile(`${right} ${wrong.replace('g.plain', 'g.other')}`);
  expect(await verified(path, '--table', 'g.plain')).toEqual(fits);
  expect(await verified(path, '--table', 'g.other')).toEqual(mismatch(path, 'g.other'));
  expect((await run('dump', path, '--schema', join(folder, 'schema.cql'), '--table', 'g.plain')).error).toBe(null);
});

test('a table is found by its id', async () => {
  const path = copied('g', `renamed-${id}`);
  const dashed = id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  const other = 'CREATE TABLE g.other (a uuid PRIMARY KEY);';
  schemaFile(`${right.replace(';', ` AND ID = '${dashed}';`)} ${other}`);
  expect(await verified(path)).toEqual(fits);
});

test('a schema without the table is an error, for verify and dump', async () => {
  const path = copied('g', 'plain');
  const file = schemaFile('CREATE TABLE g.other (a int PRIMARY KEY); CREATE TABLE h.plain (a int PRIMARY KEY);');
  const message =
    `There is no table g.plain in ${file}, which has g.other, h.plain: ` +
    `give the schema of ${path}, or say with --table which of them it is of`;
  expect(await verified(path)).toEqual({ errors: [`schema: ${message}`], warnings: [] });
  expect((await run('dump', path, '--schema', file)).error).toBe(`NO_SUCH_TABLE: ${message}`);
  expect((await run('dump', path, '--schema', file, '--table', 'g.no')).error).toMatch(
    /^NO_SUCH_TABLE: There is no table g\.no in/,
  );
});

test('a whole schema of Cassandra’s is taken: what describes no files is passed over', async () => {
  const path = copied('g', 'plain');
  schemaFile(`
    CREATE KEYSPACE g WITH replication = {'class': 'org.example.OtherStrategy', 'dc1': '3'} AND durable_writes = true AND tablets = {'a': 'b'};
    USE g;
    CREATE TYPE g.addr (street text);
    CREATE ROLE someone WITH PASSWORD = 'x';
    CREATE FUNCTION g.f (a int) CALLED ON NULL INPUT RETURNS int LANGUAGE java AS $$ return a; $$;
    CREATE TABLE g.counted (k int PRIMARY KEY, c counter) WITH dclocal_read_repair_chance = 0.1;
    CREATE TABLE g.old (k text, c int, v text, PRIMARY KEY (k, c)) WITH COMPACT STORAGE AND read_repair_chance = 0.0;
    CREATE TABLE g.strange (k org_type, v int, PRIMARY KEY (k));
    ${right.replace(';', '')} AND dclocal_read_repair_chance = 0.1
      AND compaction = {'class': 'org.example.OtherCompaction', 'depth': '3'} AND comment = 'x' AND speculative_retry = '99PERCENTILE';
    CREATE INDEX plain_v ON g.plain (v);
    CREATE CUSTOM INDEX plain_w ON g.plain (v) USING 'org.example.Index';
    CREATE MATERIALIZED VIEW g.by_v AS SELECT * FROM g.plain WHERE v IS NOT NULL PRIMARY KEY (v, k, c);
    CREATE TRIGGER t ON g.plain USING 'org.example.Trigger';
    GRANT SELECT ON g.plain TO someone;
    INSERT INTO g.plain (k, c) VALUES (1, 1);
  `);
  expect(await verified(path)).toEqual(fits);
  const strange = copied('g', 'strange');
  const { errors } = await verified(strange);
  expect(errors).toEqual([expect.stringMatching(/^files: .*schema\.cql:9:31: Unknown type org_type\n/)]);
  const unchecked = 'schema: not compared, for the columns of an index or a materialized view are in no schema';
  expect(await verified(copied('g', `by_v-${id}`))).toEqual({ errors: [], warnings: [unchecked] });
  expect(await verified(copied('g', `plain-${id}`, '.plain_v'))).toEqual({ errors: [], warnings: [unchecked] });
});

test('what is no CQL at all is told with its place', async () => {
  const file = schemaFile('CREATE TABLE g.plain (a int PRIMARY KEY);\nCREATE TABEL g.x (a int);');
  expect((await run('verify', plain, '--schema', file)).error).toMatch(/^SYNTAX_ERROR: .*schema\.cql:2:8: /);
});

test('the columns of tables with COMPACT STORAGE are those of their files', async () => {
  const dense = 'CREATE TABLE g.dense (k text, c int, v text, PRIMARY KEY (k, c)) WITH COMPACT STORAGE;';
  const simple = 'CREATE TABLE g.simple (k text PRIMARY KEY, v1 text, v2 int) WITH COMPACT STORAGE;';
  const all = async (text: string) => {
    const { out } = await run('verify', compact, '--schema', schemaFile(text));
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ ok, errors, warnings }) => (ok ? warnings : errors));
  };
  expect(await all(dense + simple)).toEqual([[], []]);
  expect(await all(`${dense}${simple} ALTER TABLE g.simple DROP COMPACT STORAGE;`)).toEqual([[], []]);
  const [first, second] = await all(dense.replace('v text', 'v int') + simple.replace('v2 int', 'v2 text'));
  expect(first).toEqual([
    expect.stringMatching(/column v is regular and of type text in .*, and regular and of type int in table/),
  ]);
  expect(second).toEqual([
    expect.stringMatching(/column v2 is static and of type int in .*, and static and of type text in table/),
  ]);
  const file = join(compact, 'g/simple/nb-1-big-Data.db');
  const dump = async (...options: string[]) => JSON.parse((await run('dump', '--raw-timestamps', file, ...options)).out);
  expect(await dump('--schema', schemaFile(dense + simple))).toEqual(await dump());
});
