// ALTER is in no SSTable: an export since another brings what gets a cluster from the older schema to the newer one.

import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { exportFiles } from '../testing/load-exports.ts';

const KEYSPACE = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";
const SCHEMA = `${KEYSPACE}
  CREATE TYPE k.place (lat int, lon int);
  CREATE TABLE k.t (a int, b int, v int, "Old" text, w int, PRIMARY KEY (a, b));
  CREATE TABLE k.same (a int PRIMARY KEY, v frozen<place>);`;
const config = { compaction: { enabled: false } };

async function exported(db: Database, since?: string) {
  const { report, files } = await exportFiles(db, since === undefined ? {} : { since });
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const { schemaChanges, schemaByHand } = JSON.parse(text('manifest.json'));
  return { id: report.id, schemaChanges, schemaByHand, names: [...files.keys()], text };
}

test('what was altered since an export is told by the next one, as statements that bring an older schema to the newer one', async () => {
  const storage = new MemoryStorage();
  let db = await openDatabase({ storage, schema: SCHEMA, config });
  const first = await exported(db);
  expect([first.schemaChanges, first.schemaByHand]).toEqual([[], []]);
  expect(first.names).not.toContain('k/schema-changes.cql');
  const older = `${first.text('k/schema.cql')}`;

  await db.execute('ALTER TYPE k.place ADD alt int');
  await db.execute('ALTER TABLE k.t ADD (x text, "S" int static)');
  await db.execute("ALTER TABLE k.t WITH comment = 'it''s' AND gc_grace_seconds = 60");
  await db.execute('ALTER TABLE k.t RENAME b TO c');
  await db.execute('ALTER TABLE k.t DROP "Old" USING TIMESTAMP 17');
  await db.execute('CREATE TABLE k.later (a int PRIMARY KEY)');
  await db.close();
  db = await openDatabase({ storage, config });
  const second = await exported(db, first.id);
  const additions = [
    'ALTER TYPE k.place ADD IF NOT EXISTS alt int;',
    'ALTER TABLE k.t ADD IF NOT EXISTS "S" int static;',
    'ALTER TABLE k.t ADD IF NOT EXISTS x text;',
    "ALTER TABLE k.t WITH comment = 'it''s' AND gc_grace_seconds = 60;",
  ];
  const byHand = ['ALTER TABLE k.t RENAME b TO c;', 'ALTER TABLE k.t DROP "Old" USING TIMESTAMP 17;'];
  expect([second.schemaChanges.sort(), second.schemaByHand]).toEqual([[...additions].sort(), byHand]);
  expect(second.text('k/schema-changes.cql').trim().split('\n').sort()).toEqual([...additions].sort());
  for (const statement of [...additions, ...byHand]) expect(second.text('README.md')).toContain(`    ${statement}\n`);
  for (const statement of byHand) expect(second.text('load.sh')).toContain(`\n${statement}\n`);

  // As load.sh --schema does it, twice, and then what is left to people.
  const cluster = await openDatabase({ storage: new MemoryStorage(), schema: older, config });
  const run = async (script: string) => {
    for (const statement of script.split(/;\s*(?:\n|$)/)) if (statement.trim() !== '') await cluster.execute(statement);
  };
  for (let times = 0; times < 2; times++) {
    await run(second.text('k/schema.cql'));
    await run(second.text('k/schema-changes.cql'));
  }
  await run(byHand.join('\n'));
  expect(cluster.describe('k')).toBe(db.describe('k'));
  await cluster.close();

  // A later one may be loaded first, so that it has all additions; what is for people is told once.
  const third = await exported(db, second.id);
  expect([third.schemaChanges.sort(), third.schemaByHand]).toEqual([[...additions].sort(), []]);
  await db.execute('ALTER TABLE k.t DROP w');
  await db.execute('ALTER TABLE k.t ADD w int');
  const fourth = await exported(db, third.id);
  expect(fourth.schemaByHand).toEqual([
    expect.stringMatching(/^ALTER TABLE k\.t DROP w USING TIMESTAMP \d+;$/),
    'ALTER TABLE k.t ADD w int;',
  ]);
  // One that stands by itself has the schema as it is.
  const whole = await exported(db);
  expect([whole.schemaChanges, whole.schemaByHand]).toEqual([[], []]);
  await db.close();
});

test('additions are told that any of the exports before lacks: a cluster may have the schema of each of them', async () => {
  const db = await openDatabase({ storage: new MemoryStorage(), schema: SCHEMA, config });
  const { report: a } = await exportFiles(db, { tables: ['k.t'] });
  await db.execute('CREATE TYPE k.made (x int)');
  await db.execute('CREATE TABLE k.made (a int PRIMARY KEY, m frozen<made>)');
  await db.execute('ALTER TABLE k.t DROP w');
  await db.execute('ALTER TABLE k.t WITH gc_grace_seconds = 60');
  const b = await exported(db, a.id);
  expect(b.schemaChanges).toEqual(['ALTER TABLE k.t WITH gc_grace_seconds = 60;']);
  // Tables and types that were made after the first one, a column that the one between them lacks, and an option that is as it was before it.
  await db.execute('ALTER TYPE k.made ADD y text');
  await db.execute('ALTER TABLE k.made ADD "N" int');
  await db.execute('ALTER TABLE k.same ADD n int');
  await db.execute('ALTER TABLE k.t ADD w int');
  await db.execute('ALTER TABLE k.t WITH gc_grace_seconds = 864000');
  const c = await exported(db, b.id);
  expect([c.schemaChanges.sort(), c.schemaByHand]).toEqual([
    [
      'ALTER TABLE k.made ADD IF NOT EXISTS "N" int;',
      'ALTER TABLE k.same ADD IF NOT EXISTS n int;',
      'ALTER TABLE k.t ADD IF NOT EXISTS w int;',
      'ALTER TABLE k.t WITH gc_grace_seconds = 864000;',
      'ALTER TYPE k.made ADD IF NOT EXISTS y text;',
    ],
    [],
  ]);

  // A cluster that has the schema of the one between them, as it is made anew there, comes to that of the last.
  const cluster = await openDatabase({ storage: new MemoryStorage(), schema: b.text('k/schema.cql'), config });
  for (const statement of c.schemaChanges) await cluster.execute(statement);
  const shapes = (one: Database) => ({
    gcGraceSeconds: one.schema.table('k', 't')?.params.gcGraceSeconds,
    tables: [...one.schema.keyspace('k')!.tables.values()].map(
      (table) => `${table} ${table.columns.map(({ name, type }) => `${name} ${type.marshalName()}`).sort()}`,
    ),
  });
  const { gcGraceSeconds, tables } = shapes(db);
  expect([shapes(cluster).gcGraceSeconds, shapes(cluster).tables.sort()]).toEqual([gcGraceSeconds, tables.sort()]);
  await cluster.close();
  await db.close();
});

test('no name ends what a statement is shown in: nothing of it is run by load.sh', async () => {
  const name = 'x\nEOF\necho INJECTED\r\u0085\u001b[2J"';
  const quoted = `"${name.replaceAll('"', '""')}"`;
  const schema = `${KEYSPACE} CREATE TABLE k.t (a int PRIMARY KEY, ${quoted} int, plain int);`;
  const db = await openDatabase({ storage: new MemoryStorage(), schema, config });
  const first = await exported(db);
  await db.execute(`ALTER TABLE k.t DROP ${quoted} USING TIMESTAMP 17`);
  await db.execute('ALTER TABLE k.t DROP plain USING TIMESTAMP 18');
  await db.execute(`ALTER TABLE k.t ADD "later\nline" int`);
  const second = await exported(db, first.id);
  expect([...second.schemaByHand].sort()).toEqual([
    `ALTER TABLE k.t DROP ${quoted} USING TIMESTAMP 17;`,
    'ALTER TABLE k.t DROP plain USING TIMESTAMP 18;',
  ]);
  for (const file of ['load.sh', 'README.md']) {
    const lines = second.text(file).split('\n');
    const ends = (one: string) => one.split('\n').filter((line) => line.trim() === 'EOF').length;
    expect(ends(second.text(file))).toBe(ends(first.text(file)) + (file === 'load.sh' ? 1 : 0));
    expect(lines.filter((line) => line.includes('INJECTED')).map((line) => line.trim())).toEqual([
      '-- with line breaks or the like, as manifest.json has it: "ALTER TABLE k.t DROP \\"x\\nEOF\\necho INJECTED\\r\\u0085\\u001b[2J\\"\\"\\" USING TIMESTAMP 17;"',
    ]);
    expect(second.text(file)).not.toMatch(/[^\P{Cc}\n]/u);
    expect(second.text(file)).toContain('ALTER TABLE k.t DROP plain USING TIMESTAMP 18;\n');
  }
  expect(second.text('README.md')).toContain('"ALTER TABLE k.t ADD IF NOT EXISTS \\"later\\nline\\" int;"\n');
  expect(second.text('k/schema-changes.cql')).toContain('ADD IF NOT EXISTS "later\nline" int;');
  await db.close();
});

test('a keyspace may be called as what ends a text in load.sh', async () => {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: `${KEYSPACE.replace(' k ', ' "EOF" ')} CREATE TABLE "EOF"."EOF" (a int PRIMARY KEY);`,
  });
  await db.execute('INSERT INTO "EOF"."EOF" (a) VALUES (1)');
  const lists = (await exported(db)).text('load.sh').match(/<<'END-OF-LIST'\n[\s\S]*?\nEND-OF-LIST\n/g);
  expect(lists?.map((list) => list.split('\n').slice(1, -2))).toEqual([
    ['EOF'],
    [expect.stringMatching(/^EOF EOF EOF\/EOF/)],
    ['EOF EOF'],
  ]);
  await db.close();
});
