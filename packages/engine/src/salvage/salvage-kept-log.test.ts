import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { type SalvageReport, salvage } from './index.ts';

const clock = { nowMicros: () => 1_700_000_000_000_000 };
const options = { clock, keyspace: 'ks', config: { compaction: { enabled: false } } };

async function contentOf(db: Database): Promise<string[]> {
  const found: string[] = [];
  for (const { keyspace, name } of db.schema.tables) {
    for (const row of await db.execute(`SELECT JSON * FROM ${keyspace}.${name}`)) found.push(`${name}: ${row['[json]']}`);
  }
  return found.sort();
}

/** A store whose log is kept for the tables with cdc, and what is in it. */
async function made(): Promise<{ storage: FaultyStorage; rows: string[]; sstablesOf: (table: string) => string[] }> {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const db = await openDatabase({ storage, ...options, scheduler: new TestScheduler() });
  await db.applySchema(`
    CREATE TABLE t (k int PRIMARY KEY, v text) WITH cdc = true;
    CREATE TABLE hits (k int PRIMARY KEY, n counter) WITH cdc = true;
    CREATE TABLE other (k int PRIMARY KEY, v text);
    CREATE TABLE emptied (k int PRIMARY KEY, v text) WITH cdc = true`);
  const write = async (n: number) => {
    for (let k = 0; k < 50; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k + n * 30, `v${n}`]);
    await db.execute('DELETE FROM t WHERE k = ?', [n * 30 + 7]);
    for (let k = 0; k < 5; k++) await db.execute('UPDATE hits SET n = n + ? WHERE k = ?', [n + 1, k]);
    await db.execute('INSERT INTO other (k, v) VALUES (?, ?)', [n, 'other']);
    await db.execute('INSERT INTO emptied (k, v) VALUES (?, ?)', [n, 'gone']);
  };
  await write(0);
  await db.flush();
  await db.execute('TRUNCATE emptied');
  await write(1);
  await db.execute('TRUNCATE emptied');
  await db.flush();
  const rows = await contentOf(db);
  const ids = new Map(db.schema.tables.map(({ name, id }) => [name, id.toString().replaceAll('-', '')]));
  await db.close();
  return { storage, rows, sstablesOf: (table) => storage.names.filter((name) => name.startsWith(`${ids.get(table)}-`)) };
}

/** Damages files here and there. */
function damage(storage: FaultyStorage, names: readonly string[]): void {
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) {
    const content = storage.contentOf(name).slice();
    for (let at = 5; at < content.length; at += 50) content[at] ^= 1;
    storage.place(name, content);
  }
}

async function remove(storage: FaultyStorage, names: readonly string[]): Promise<void> {
  expect(names.length).toBeGreaterThan(0);
  await storage.acquire();
  for (const name of names) await storage.remove(name);
  await storage.close();
}

async function salvaged(storage: FaultyStorage): Promise<{ report: SalvageReport; rows: string[] }> {
  const db = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
  await storage.acquire();
  const report = await salvage(storage, db.engine);
  await storage.close();
  const rows = await contentOf(db);
  await db.close();
  return { report, rows };
}

const isKept = ({ file }: { readonly file: string }) => file.startsWith('cdc-');

test('what an SSTable has lost is got from the log that is kept for changes(), once and not twice, and of that table alone', async () => {
  for (const component of ['-Statistics.db', '-Data.db']) {
    for (const table of ['t', 'hits']) {
      const { storage, rows, sstablesOf } = await made();
      const names = sstablesOf(table).filter((name) => name.endsWith(component));
      damage(storage, names.slice(0, 1));
      const found = await salvaged(storage);
      expect(found.rows).toEqual(rows);
      expect(found.report.sstables.flatMap(({ lost }) => lost)).not.toEqual([]);
      const kept = found.report.segments.filter(isKept);
      expect(kept.map(({ lost }) => lost)).toEqual(kept.map(() => []));
      const taken = kept.reduce((sum, { mutations }) => sum + mutations, 0);
      expect(taken).toBe(table === 't' ? 102 : 10);
      expect(kept.reduce((sum, { mutationsSkipped }) => sum + mutationsSkipped, 0)).toBe(102 + 10 + 2 + 2 - taken);
    }
  }
});

test('an SSTable that is gone with all its files is got from it, too', async () => {
  const { storage, rows, sstablesOf } = await made();
  await remove(storage, sstablesOf('t'));
  await remove(storage, sstablesOf('hits'));
  expect((await salvaged(storage)).rows).toEqual(rows);
});

test('of a store whose SSTables are whole it is passed over', async () => {
  const { storage, rows } = await made();
  const found = await salvaged(storage);
  expect(found.rows).toEqual(rows);
  expect(found.report.segments.filter(isKept)).toEqual([]);
});

test('a store that opened without a damaged SSTable gets its rows back from it', async () => {
  const { storage, rows, sstablesOf } = await made();
  damage(storage, [sstablesOf('t').find((name) => name.endsWith('-Statistics.db'))!]);
  const db = await openDatabase({ storage, ...options });
  expect(db.recovery.sstablesSetAside).toHaveLength(1);
  expect((await contentOf(db)).length).toBeLessThan(rows.length);
  const report = await salvage(storage, db.engine, { what: 'aside' });
  expect(report.segments.filter(isKept).length).toBeGreaterThan(0);
  expect(await contentOf(db)).toEqual(rows);
  await db.close();
});
