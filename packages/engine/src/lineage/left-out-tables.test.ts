// An export of some tables leaves the others as an earlier one told of them: what becomes of these is for the next export that has them.

import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions } from '../export/index.ts';
import { exportFiles } from '../testing/load-exports.ts';

const SCHEMA = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE KEYSPACE l WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TYPE l.place (lat int, lon int);
  CREATE TABLE k.asked (a int PRIMARY KEY, v int);
  CREATE TABLE l.emptied (a int PRIMARY KEY, v int);
  CREATE TABLE l.gone (a int PRIMARY KEY, v int);
  CREATE TABLE l.altered (a int PRIMARY KEY, v int, w frozen<place>);`;

const config = { compaction: { enabled: false } };

async function told(db: Database, options: ExportOptions) {
  const { report, files } = await exportFiles(db, options);
  const { truncated, dropped, schemaByHand } = JSON.parse(new TextDecoder().decode(files.get('manifest.json')));
  return { id: report.id, truncated, dropped, schemaByHand };
}

test('what was dropped, emptied or renamed while exports left a table out is told by the next one that has all, once, also after a restart', async () => {
  const storage = new MemoryStorage();
  let db = await openDatabase({ storage, schema: SCHEMA, config });
  for (const table of ['k.asked', 'l.emptied', 'l.gone', 'l.altered'])
    await db.execute(`INSERT INTO ${table} (a, v) VALUES (1, 1)`);
  const whole = await told(db, {});
  const before = await told(db, { since: whole.id, tables: ['k.asked'] });
  await db.execute('TRUNCATE l.emptied');
  await db.execute('DROP TABLE l.gone');
  await db.execute('CREATE TABLE l.gone (a int PRIMARY KEY, other text)');
  await db.execute('ALTER TABLE l.altered RENAME a TO b');
  await db.execute('ALTER TABLE l.altered DROP v USING TIMESTAMP 17');
  await db.execute('ALTER TYPE l.place RENAME lat TO latitude');
  // It leaves them out as well, but for what was dropped: that is in none.
  const after = await told(db, { since: before.id, tables: ['k.asked'] });
  expect([after.truncated, after.dropped, after.schemaByHand]).toEqual([[], ['l.gone'], []]);
  await db.close();
  db = await openDatabase({ storage, config });
  const all = await told(db, { since: after.id });
  expect([all.truncated, all.dropped, all.schemaByHand]).toEqual([
    ['l.emptied'],
    [],
    [
      'ALTER TYPE l.place RENAME lat TO latitude;',
      'ALTER TABLE l.altered RENAME a TO b;',
      'ALTER TABLE l.altered DROP v USING TIMESTAMP 17;',
    ],
  ]);
  // A table of the name of one that was dropped may be in the cluster by now: it is not told to drop that one.
  for (const since of [all.id, (await told(db, { since: all.id, tables: ['k.asked'] })).id]) {
    const later = await told(db, { since });
    expect([later.truncated, later.dropped, later.schemaByHand]).toEqual([[], [], []]);
  }
  // An export since the one before all of it tells all of it.
  const again = await told(db, { since: whole.id });
  expect([again.truncated, again.dropped, again.schemaByHand.length]).toEqual([['l.emptied'], ['l.gone'], 3]);
  await db.close();
});
