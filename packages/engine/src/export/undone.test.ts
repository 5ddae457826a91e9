// TRUNCATE and DROP are in no SSTable: an export since another tells of them, in its manifest and to whoever loads it.

import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { exportFiles } from '../testing/load-exports.ts';

const SCHEMA = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE k.kept (a int PRIMARY KEY, v int);
  CREATE TABLE k.emptied (a int PRIMARY KEY, v int);
  CREATE TABLE k.gone (a int PRIMARY KEY, v int);
  CREATE TABLE k.anew (a int PRIMARY KEY, v int);`;

test('tables that were emptied, dropped or made anew since an export are told, once, also after a restart', async () => {
  const storage = new MemoryStorage();
  const config = { compaction: { enabled: false } };
  let db = await openDatabase({ storage, schema: SCHEMA, config });
  const told = async (since?: string) => {
    const { report, files } = await exportFiles(db, since === undefined ? {} : { since });
    const text = (name: string) => new TextDecoder().decode(files.get(name));
    const { truncated, dropped } = JSON.parse(text('manifest.json'));
    return { id: report.id, truncated, dropped, readme: text('README.md'), script: text('load.sh') };
  };
  for (const table of ['kept', 'emptied', 'gone', 'anew']) await db.execute(`INSERT INTO k.${table} (a, v) VALUES (1, 1)`);
  await db.execute('TRUNCATE k.kept');
  const first = await told();
  expect([first.truncated, first.dropped]).toEqual([[], []]);
  expect(first.script).not.toContain('TRUNCATE');
  await db.execute('TRUNCATE k.emptied');
  await db.execute('INSERT INTO k.emptied (a, v) VALUES (2, 2)');
  await db.execute('DROP TABLE k.gone');
  await db.execute('DROP TABLE k.anew');
  await db.execute('CREATE TABLE k.anew (a int PRIMARY KEY, v text)');
  await db.close();
  db = await openDatabase({ storage, config });
  const second = await told(first.id);
  expect([second.truncated, second.dropped.sort()]).toEqual([['k.emptied'], ['k.anew', 'k.gone']]);
  for (const text of [second.readme, second.script]) {
    expect(text).toContain('TRUNCATE k.emptied;');
    expect(text).toContain('DROP TABLE k.gone;');
    expect(text).not.toContain('k.kept;');
  }
  // Emptied while the export is made: it has the rows, and the next one says so.
  const { report: during } = await exportFiles(db, {}, async () => void (await db.execute('TRUNCATE k.kept')));
  expect((await told(during.id)).truncated).toEqual(['k.kept']);
  const third = await told((await told()).id);
  expect([third.truncated, third.dropped]).toEqual([[], []]);
  // A whole export stands by itself.
  const whole = await told();
  expect([whole.truncated, whole.dropped]).toEqual([[], []]);
  await db.close();
});

test('names that need quotes have them where people are told what to do: without, it would be another table', async () => {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE KEYSPACE "K" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE "K"."Readings" (a int PRIMARY KEY);
      CREATE TABLE "K".readings (a int PRIMARY KEY);
      CREATE TABLE "K"."Gone" (a int PRIMARY KEY);`,
  });
  const { report } = await exportFiles(db);
  await db.execute('TRUNCATE "K"."Readings"');
  await db.execute('DROP TABLE "K"."Gone"');
  const { files } = await exportFiles(db, { since: report.id });
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  expect(text('load.sh')).toContain('\nTRUNCATE "K"."Readings";\nDROP TABLE "K"."Gone";\n');
  expect(text('README.md')).toContain('    TRUNCATE "K"."Readings";\n    DROP TABLE "K"."Gone";\n');
  const { truncated, dropped } = JSON.parse(text('manifest.json'));
  expect([truncated, dropped]).toEqual([['K.Readings'], ['K.Gone']]);
  await db.close();
});
