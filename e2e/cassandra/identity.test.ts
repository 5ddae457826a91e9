// Statements in which Cassette and Cassandra once differed, or well may, executed by both: the same bytes, the same rows.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allPairs } from './arbitrary/all-pairs.ts';
import { sideBySide } from './arbitrary/side-by-side.ts';
import { parseScript } from './cql-script.ts';
import { Judge, type SSTableVersion } from './judge.ts';

const available = Judge.available();

/** Where the clock of every case begins: seconds. */
const CLOCK = 1_700_000_000;

const keyspace = "CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\nUSE i;\n";

const versions: readonly SSTableVersion[] = ['nb', 'oa', 'da'];

/** By what must hold; each a schema and a script, see cql-script.ts. */
const cases: Readonly<Record<string, { readonly schema: string; readonly script: string }>> = {
  'the header names columns whose only cells a deletion of the same batch covers': {
    schema:
      "CREATE TABLE t (k int, c int, s int static, v int, m map<int, int>, PRIMARY KEY (k, c)) WITH compression = {'enabled': false};",
    script: `
      BEGIN BATCH
        DELETE FROM t USING TIMESTAMP 2000 WHERE k = 1 AND c = 1;
        INSERT INTO t (k, c, v, m) VALUES (1, 1, null, {1: 1}) USING TIMESTAMP 1000;
      APPLY BATCH;
      -- FLUSH
      DELETE FROM t USING TIMESTAMP 2000 WHERE k = 1 AND c = 1;
      INSERT INTO t (k, c, v, m) VALUES (1, 1, 7, null) USING TIMESTAMP 1000;
      `,
  },
  'of values that are equal in order but not in bytes, IN takes the first': {
    schema: 'CREATE TABLE t (k decimal, c decimal, v int, PRIMARY KEY (k, c));',
    script: `
      DELETE FROM t USING TIMESTAMP 6000 WHERE k IN (10, 10.0, 0E+3);
      DELETE FROM t USING TIMESTAMP 6000 WHERE k = 1 AND c IN (2.00, 2, 2.0);
      UPDATE t USING TIMESTAMP 6000 SET v = 1 WHERE k IN (2, 3.0, 3) AND c IN (1.0, 1, 0);
      `,
  },
  'columns whose names begin outside of ASCII come first': {
    schema: 'CREATE TABLE t (k int PRIMARY KEY, b int, "é" int, "bé" int, a set<int>, c int, "a b" map<int, int>);',
    script: `
      INSERT INTO t (k, b, "é", "bé", a, c, "a b") VALUES (1, 1, 2, 3, {4}, 5, {6: 6}) USING TIMESTAMP 1;
      UPDATE t USING TIMESTAMP 1 SET "é" = 1, c = 2 WHERE k = 2;
      `,
  },
  'the header names columns that got nothing': {
    schema:
      "CREATE TABLE t (k int, c int, s set<int> static, v int, m map<int, int>, PRIMARY KEY (k, c)) WITH compression = {'enabled': false};",
    script: `
      UPDATE t USING TIMESTAMP 1 SET m = m + {}, v = 1 WHERE k = 1 AND c = 1;
      -- FLUSH
      UPDATE t USING TIMESTAMP 1 SET m = m - {}, s = s + {} WHERE k = 1 AND c = 1;
      DELETE FROM t USING TIMESTAMP 2 WHERE k = 2;
      -- FLUSH
      UPDATE t USING TIMESTAMP 1 SET m = m + {} WHERE k = 1 AND c = 1;
      `,
  },
  'a complex deletion that a row deletion of the same batch covers': {
    schema:
      "CREATE TABLE t (k int, c int, s int static, v int, m map<int, int>, PRIMARY KEY (k, c)) WITH compression = {'enabled': false};",
    script: `
      BEGIN BATCH DELETE FROM t USING TIMESTAMP 2000 WHERE k = 1 AND c = 1; INSERT INTO t (k, c, v, m) VALUES (1, 1, null, null) USING TIMESTAMP -100; APPLY BATCH;
      DELETE FROM t USING TIMESTAMP 2000 WHERE k = 2 AND c = 1; INSERT INTO t (k, c, v, m) VALUES (2, 1, null, null) USING TIMESTAMP -100;
      BEGIN BATCH DELETE FROM t USING TIMESTAMP 2000 WHERE k = 3 AND c = 1; INSERT INTO t (k, c, v, m) VALUES (3, 1, 1, {1: 1}) USING TIMESTAMP -100; APPLY BATCH;
      `,
  },
};

describe.skipIf(!available.ok)(available.ok ? 'the same statements' : `the same statements: skipped, ${available.why}`, () => {
  let judge: Judge;
  let scratch: string;

  beforeAll(async () => {
    judge = await Judge.start();
    scratch = await mkdtemp(join(tmpdir(), 'cassette-identity-'));
  });

  afterAll(async () => {
    await judge?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  // One request for all: an import of its own for each would take minutes.
  test.each(versions)('every pair of operations on a row, and every pair of ranges, in %s', async (version) => {
    const tables = allPairs(CLOCK);
    const schemaCql = keyspace + tables.map((table) => table.schemaCql).join('');
    const steps = [{ cql: 'USE i' }, ...tables.flatMap((table) => table.steps)];
    const counts = { tables: 0, statements: 0, sstables: 0, rows: 0 };
    const found = await sideBySide(judge, { schemaCql, steps, now: CLOCK + 33, version }, scratch, counts);
    expect(found.map(({ table, what }) => `${table}: ${what}`).join('\n')).toBe('');
    expect(counts).toMatchObject({ tables: tables.length, sstables: tables.length + 1 });
    console.log(`all pairs in ${version}: compared ${JSON.stringify(counts)}`);
  });

  const named = Object.keys(cases).flatMap((name) => versions.map((version) => ({ name, version })));

  test.each(named)('$name, in $version', async ({ name, version }) => {
    const { schema, script } = cases[name];
    const steps = [{ cql: 'USE i' }, { clock: CLOCK }, ...parseScript(script)];
    const counts = { tables: 0, statements: 0, sstables: 0, rows: 0 };
    const found = await sideBySide(judge, { schemaCql: keyspace + schema, steps, now: CLOCK + 50, version }, scratch, counts);
    expect(found.map(({ table, what }) => `${table}: ${what}`).join('\n')).toBe('');
    expect(counts.sstables).toBeGreaterThan(0);
  });
});
