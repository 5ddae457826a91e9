// schema.cql goes to clusters that have some of it already, and to those of Cassandra 4, which refuse a whole CREATE TABLE for one option
// that they do not know.

import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { exportFiles } from '../testing/load-exports.ts';

const KEYSPACE = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";

/** What TableParams.Option of Cassandra 4.0 has. */
const OPTIONS_OF_4_0 = [
  'CLUSTERING ORDER BY',
  'additional_write_policy',
  'bloom_filter_fp_chance',
  'caching',
  'cdc',
  'comment',
  'compaction',
  'compression',
  'crc_check_chance',
  'default_time_to_live',
  'extensions',
  'gc_grace_seconds',
  'max_index_interval',
  'memtable_flush_period_in_ms',
  'min_index_interval',
  'read_repair',
  'speculative_retry',
];

async function kitOf(schema: string, format: 'nb' | 'da' = 'nb') {
  const db = await openDatabase({ storage: new MemoryStorage(), schema: KEYSPACE + schema });
  const { files } = await exportFiles(db, { format });
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  return { db, schema: text('k/schema.cql'), readme: text('README.md'), manifest: JSON.parse(text('manifest.json')) };
}

test('schema.cql says nothing that Cassandra 4.0 does not know, and may be run where all of it is there', async () => {
  const { db, schema, readme, manifest } = await kitOf(
    'CREATE TYPE k.u (a int); CREATE TABLE k.t (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE k.v (a int PRIMARY KEY, b frozen<u>)',
  );
  const options = [...schema.matchAll(/(?:WITH|AND) ([a-zA-Z_ ]+?)(?: =| \()/g)].map(([, name]) => name);
  expect([...new Set(options)].sort()).toEqual([...OPTIONS_OF_4_0, 'durable_writes', 'replication'].sort());
  const creates = schema.match(/CREATE .*/g)!.map((line) => line.replace(/ (WITH|\().*/, ''));
  expect(creates).toEqual([
    'CREATE KEYSPACE IF NOT EXISTS k',
    'CREATE TYPE IF NOT EXISTS k.u',
    'CREATE TABLE IF NOT EXISTS k.t',
    'CREATE TABLE IF NOT EXISTS k.v',
  ]);
  expect([manifest.notForCassandra4, readme.includes('Cassandra 4 can')]).toEqual([[], false]);
  // Nothing is lost by it.
  const again = await openDatabase({ storage: new MemoryStorage(), schema });
  expect(again.describe()).toBe(db.describe());
  for (const statement of schema.split(';\n')) if (statement.trim() !== '') await again.execute(statement);
  expect(again.describe()).toBe(db.describe());
});

test('what was asked for of 5.0 is said, and README.md names what no Cassandra 4 can make', async () => {
  const tables = `
    CREATE TABLE k.a (a int PRIMARY KEY) WITH memtable = 'trie' AND allow_auto_snapshot = false AND incremental_backups = false;
    CREATE TABLE k.b (a int PRIMARY KEY) WITH compaction = {'class': 'UnifiedCompactionStrategy'};
    CREATE TABLE k.c (a int PRIMARY KEY, b frozen<map<int, vector<float, 2>>>);
    CREATE TABLE k.d (a int PRIMARY KEY)`;
  const { db, schema, readme, manifest } = await kitOf(tables);
  expect(manifest.notForCassandra4).toEqual([
    { table: 'k.a', because: ["memtable = 'trie'", 'allow_auto_snapshot = false', 'incremental_backups = false'] },
    { table: 'k.b', because: ['UnifiedCompactionStrategy'] },
    { table: 'k.c', because: ['column b, frozen<map<int, vector<float, 2>>>'] },
  ]);
  expect(readme).toContain("- k.a: memtable = 'trie'; allow_auto_snapshot = false; incremental_backups = false\n- k.b: Unified");
  expect((await openDatabase({ storage: new MemoryStorage(), schema })).describe()).toBe(db.describe());
  expect((await kitOf(tables, 'da')).readme).not.toContain('Cassandra 4 can');
});

test('user types with vectors are named too, whether or not a table has them: schema.cql makes them all', async () => {
  const types = `CREATE TYPE k.plain (a int);
    CREATE TYPE k.spot (name text, v vector<float, 2>);
    CREATE TYPE k."Outer" (l list<frozen<spot>>);`;
  const { db, readme, manifest } = await kitOf(`${types} CREATE TABLE k.t (a int PRIMARY KEY, p frozen<plain>);`);
  expect([manifest.notForCassandra4, [...manifest.typesNotForCassandra4].sort((x, y) => (x.type < y.type ? -1 : 1))]).toEqual([
    [],
    [
      { type: 'k.Outer', because: ['field l, list<frozen<spot>>'] },
      { type: 'k.spot', because: ['field v, vector<float, 2>'] },
    ],
  ]);
  expect(readme).toContain("Cassandra 4 can't make these types. ");
  expect(readme).toContain('- type k.spot: field v, vector<float, 2>\n');
  await db.close();
  const both = await kitOf(`${types} CREATE TABLE k.t (a int PRIMARY KEY, s frozen<spot>);`);
  expect(both.readme).toContain("Cassandra 4 can't make these types and tables. ");
  expect(both.readme).toContain('- k.t: column s, frozen<spot>\n');
  await both.db.close();
  const newer = await kitOf(types, 'da');
  expect(newer.readme).not.toContain('Cassandra 4 can');
  await newer.db.close();
});
