import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { HeldStore } from './held-store.ts';
import { WorkerHost } from './worker-host.ts';

let database: Database;
let host: WorkerHost;

beforeEach(async () => {
  database = await openDatabase({
    storage: new MemoryStorage(),
    schema: 'CREATE TABLE t (k int PRIMARY KEY, v int) WITH cdc = true',
  });
  const store = { isOpen: true, opened: { database, reply: {} }, add: () => undefined, remove: () => undefined };
  host = new WorkerHost(store as unknown as HeldStore);
  await host.join({ options: {} });
});

afterEach(() => database.close());

const insert = (k: number) => database.execute('INSERT INTO t (k, v) VALUES (?, 0)', [k]);

test('a reader of changes that is ended while its code loads is not begun', async () => {
  const asked = host.changes(1, { follow: true });
  host.unlisten(1);
  expect(await asked).toBe(null);
  // The number is as good as new.
  await insert(1);
  expect((await host.changes(1, { follow: true }))?.changes).toHaveLength(1);
});

test('a reader of changes that is ended while it waits gets null, and not what it would get of a store that closes', async () => {
  await insert(1);
  const first = await host.changes(1, { follow: true });
  expect(first?.changes).toHaveLength(1);
  const waiting = host.changes(1, { follow: true, since: first!.position });
  await Promise.resolve();
  host.unlisten(1);
  expect(await waiting).toBe(null);
  await insert(2);
  expect((await host.changes(1, { follow: true, since: first!.position }))?.changes).toHaveLength(1);
});

test('a question about changes that is refused leaves nothing behind', async () => {
  await expect(host.changes(1, { follow: true, since: 'nowhere' })).rejects.toThrow();
  host.unlisten(1);
  await insert(1);
  expect((await host.changes(1, { follow: true }))?.changes).toHaveLength(1);
});
