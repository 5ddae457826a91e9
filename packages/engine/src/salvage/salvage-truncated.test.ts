import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { loadCatalog } from '../catalog/index.ts';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { SEGMENT_HEADER_SIZE, segmentNumber } from '../wal/index.ts';
import { salvage } from './index.ts';

const clock = { nowMicros: () => 1_700_000_000_000_000 };
const options = { clock, keyspace: 'ks', config: { compaction: { enabled: false } } };

async function contentOf(db: Database): Promise<string[]> {
  const found: string[] = [];
  for (const { keyspace, name } of db.schema.tables) {
    for (const row of await db.execute(`SELECT JSON * FROM ${keyspace}.${name}`)) found.push(`${name}: ${row['[json]']}`);
  }
  return found.sort();
}

async function salvaged(storage: FaultyStorage): Promise<string[]> {
  const db = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
  await storage.acquire();
  await salvage(storage, db.engine);
  await storage.close();
  const rows = await contentOf(db);
  await db.close();
  return rows;
}

function truncationsOf(storage: FaultyStorage): Promise<number> {
  return loadCatalog(storage.catalog).then(({ truncated }) => truncated.size);
}

const NEW_ROW = ['t: {"k": 100, "v": "new"}'];

/** Rows of `t` in an SSTable, truncated, and another row in another SSTable; all of it in the log that is kept. */
async function truncated(): Promise<{ readonly storage: FaultyStorage; readonly db: Database }> {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const db = await openDatabase({ storage, ...options, scheduler: new TestScheduler() });
  await db.applySchema('CREATE TABLE t (k int PRIMARY KEY, v text) WITH cdc = true; CREATE TABLE o (k int PRIMARY KEY)');
  for (let k = 0; k < 10; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'secret']);
  await db.flush();
  await db.execute('TRUNCATE t');
  await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [100, 'new']);
  await db.flush();
  return { storage, db };
}

test('rows that were truncated do not come back out of the log that is kept, neither elsewhere nor into the store', async () => {
  const { storage, db } = await truncated();
  expect(await contentOf(db)).toEqual(NEW_ROW);
  await db.close();
  const name = storage.names.find((one) => one.endsWith('-Statistics.db'))!;
  const content = storage.contentOf(name).slice();
  for (let at = 5; at < content.length; at += 50) content[at] ^= 1;
  storage.place(name, content);
  expect(await salvaged(storage)).toEqual(NEW_ROW);

  const again = await openDatabase({ storage, ...options });
  expect(await contentOf(again)).toEqual([]);
  await salvage(again.engine.storage, again.engine, { what: 'aside' });
  expect(await contentOf(again)).toEqual(NEW_ROW);
  await again.close();
});

test('a truncation is remembered for as long as segments are kept that were written before it', async () => {
  const { storage, db } = await truncated();
  for (let k = 0; k < 3; k++) {
    await db.execute('INSERT INTO o (k) VALUES (?)', [k]);
    await db.flush();
    expect(await truncationsOf(storage)).toBe(1);
  }
  await db.execute('ALTER TABLE t WITH cdc = false');
  await db.close();
  const again = await openDatabase({ storage, ...options, config: { ...options.config, cdcTotalSpace: 0 } });
  expect(storage.names.filter((name) => name.startsWith('cdc-'))).toEqual([]);
  for (let k = 3; k < 6; k++) {
    await again.execute('INSERT INTO o (k) VALUES (?)', [k]);
    await again.flush();
  }
  expect(await truncationsOf(storage)).toBe(0);
  await again.close();
});

test('rows that were truncated do not come back out of what was set aside of the log before, however long that is ago', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const db = await openDatabase({ storage, ...options, scheduler: new TestScheduler() });
  await db.applySchema('CREATE TABLE t (k int PRIMARY KEY, v text); CREATE TABLE o (k int PRIMARY KEY)');
  for (let k = 0; k < 5; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'secret']);
  await db.execute('INSERT INTO o (k) VALUES (1)');
  const disk = storage.crash();
  // A header without its salt, and a first record that does not tell it either: the whole segment is set aside.
  const name = disk.names.find((one) => segmentNumber(one) !== null)!;
  const content = disk.contentOf(name).slice();
  content[13] ^= 1;
  content[SEGMENT_HEADER_SIZE] ^= 1;
  disk.place(name, content);

  const found = await openDatabase({ storage: disk, ...options, scheduler: new TestScheduler() });
  expect(found.recovery.corruption).toMatchObject([{ setAside: `aside-${name}-0` }]);
  await found.execute('TRUNCATE t');
  for (let k = 2; k < 5; k++) {
    await found.execute('INSERT INTO o (k) VALUES (?)', [k]);
    await found.flush();
  }
  await found.close();
  const again = await openDatabase({ storage: disk, ...options, scheduler: new TestScheduler() });
  await again.execute('INSERT INTO o (k) VALUES (?)', [5]);
  await again.flush();
  await salvage(again.engine.storage, again.engine, { what: 'aside' });
  expect(await contentOf(again)).toEqual([1, 2, 3, 4, 5].map((k) => `o: {"k": ${k}}`));
  await again.close();
});
