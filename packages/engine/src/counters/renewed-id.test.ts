import { MemoryStorage, type Storage } from '@cassette/storage';
import { copyStore } from '@cassette/storage/encrypted';
import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { plainRows, testDatabase } from '../database/testing/test-database.ts';

// A cluster is played by a store that imports what the others export: shards merge by the same rules.

const SCHEMA = 'CREATE TABLE hits (page text PRIMARY KEY, n counter)';

async function opened(seed: number, storage: Storage = new MemoryStorage()): Promise<Database> {
  return (await testDatabase(SCHEMA.replace('TABLE', 'TABLE IF NOT EXISTS'), { storage, random: seededRandom(seed) })).db;
}

const count = (db: Database, times: number) =>
  Promise.all(Array.from({ length: times }, () => db.execute("UPDATE hits SET n = n + 1 WHERE page = 'p'")));

async function exported(db: Database): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await db.export({}, { write: async (chunk) => void parts.push(chunk.slice()) });
  return new Blob(parts);
}

async function merged(...stores: readonly Database[]): Promise<unknown> {
  const cluster = await opened(99);
  for (const db of stores) await cluster.import(await exported(db));
  const rows = plainRows(await cluster.execute('SELECT page, n FROM hits'));
  await cluster.close();
  return rows;
}

async function recordsOf(storage: Storage): Promise<ReadonlyMap<string, unknown>> {
  await storage.acquire();
  try {
    return await storage.catalog.load();
  } finally {
    await storage.close();
  }
}

/** A store that counted to five, and a copy of it: by `copyStore`, or, as a backup has it, with everything. */
async function twoStores(how: 'copyStore' | 'backup'): Promise<[original: Storage, copy: Storage]> {
  const original = new MemoryStorage();
  const db = await opened(1, original);
  await count(db, 5);
  await db.close();
  const copy = new MemoryStorage();
  await copyStore(original, copy);
  if (how === 'backup') {
    const put = new Map([['counter-id', (await recordsOf(original)).get('counter-id') as string]]);
    await copy.acquire();
    await copy.catalog.commit({ put });
    await copy.close();
  }
  return [original, copy];
}

test('a store and its copy may both go on to count', async () => {
  const [from, to] = await twoStores('copyStore');
  expect([(await recordsOf(from)).has('counter-id'), (await recordsOf(to)).has('counter-id')]).toEqual([true, false]);
  const original = await opened(2, from);
  const copy = await opened(3, to);
  await count(copy, 20);
  await count(original, 10);
  expect(plainRows(await copy.execute('SELECT n FROM hits'))).toEqual([[25n]]);
  expect(await merged(original, copy)).toEqual([['p', 35n]]);
  expect(await merged(copy, original, copy)).toEqual([['p', 35n]]);
  await original.close();
  await copy.close();
});

test('of a backup that was put back beside its original one of the two counts for nothing, unless its id is renewed', async () => {
  for (const renews of [false, true]) {
    const [from, to] = await twoStores('backup');
    const original = await opened(2, from);
    const copy = await opened(3, to);
    const id = renews ? await copy.renewCounterId() : null;
    // What is under way is counted whole, before a change of the id or after it.
    const counting = count(copy, 10);
    const renewed = renews ? await copy.renewCounterId() : id;
    await counting;
    await count(copy, 10);
    await count(original, 10);
    expect(await merged(original, copy)).toEqual([['p', renews ? 35n : 25n]]);
    await copy.close();
    const again = await opened(4, to);
    await count(again, 1);
    expect(plainRows(await again.execute('SELECT n FROM hits'))).toEqual([[26n]]);
    await again.close();
    await original.close();
    expect([renewed === null, String(renewed) === String(id)]).toEqual([!renews, !renews]);
    if (renewed !== null) expect((await recordsOf(to)).get('counter-id')).toBe(String(renewed).replaceAll('-', ''));
  }
});

test('a store that has not counted has no id to renew; a closed one refuses', async () => {
  const db = await opened(1);
  expect(await db.renewCounterId()).toBeNull();
  await count(db, 1);
  expect(String(await db.renewCounterId())).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  await db.close();
  await expect(db.renewCounterId()).rejects.toMatchObject({ code: 'CLOSED' });
});
