import { type DatabaseOptions, Durability } from '@cassette/engine';
import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { RemoteDatabase } from '../page/remote-database.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore } from './testing/fake-tabs.ts';

installErrorTransfer();

const { SyncEachWrite, Disabled, Periodic } = Durability;

const schema = `
  CREATE KEYSPACE IF NOT EXISTS fast WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false;
  CREATE TABLE t (k text PRIMARY KEY);
  CREATE TABLE c (k text PRIMARY KEY, n counter);
  CREATE TABLE fast.f (k text PRIMARY KEY);
  CREATE TABLE fast.fc (k text PRIMARY KEY, n counter);
`;

/** Writes of every kind that a tab makes; each has a key that says which it is. */
const writes: readonly ((database: RemoteDatabase) => Promise<unknown>)[] = [
  (database) => database.execute("INSERT INTO t (k) VALUES ('execute')"),
  (database) => database.execute("INSERT INTO t (k) VALUES ('if') IF NOT EXISTS"),
  (database) => database.execute("BEGIN BATCH INSERT INTO t (k) VALUES ('begin') APPLY BATCH"),
  (database) => database.executeMany('INSERT INTO t (k) VALUES (?)', [['many']]),
  (database) => database.batch(["INSERT INTO t (k) VALUES ('batch')"]),
  (database) => database.execute("UPDATE c SET n = n + 1 WHERE k = 'counter'"),
  (database) => database.batch(["UPDATE c SET n = n + 1 WHERE k = 'counters'"], { counter: true }),
  (database) => database.execute("INSERT INTO t (k) VALUES ('sync')", [], { durability: SyncEachWrite }),
  (database) => database.execute("INSERT INTO t (k) VALUES ('disabled')", [], { durability: Disabled }),
  (database) => database.execute("INSERT INTO fast.f (k) VALUES ('fast')"),
  (database) => database.execute("INSERT INTO fast.f (k) VALUES ('fast sync')", [], { durability: SyncEachWrite }),
  (database) => database.execute("UPDATE fast.fc SET n = n + 1 WHERE k = 'fast counter'"),
  // A write to keyspaces of both kinds is all or nothing.
  (database) => database.batch(["INSERT INTO fast.f (k) VALUES ('both')", "INSERT INTO t (k) VALUES ('both')"]),
];

const ofTab = ['batch', 'begin', 'both', 'both', 'counter', 'counters', 'execute', 'if', 'many'];
const ofWrite = ['fast sync', 'sync'];

/** The keys that are left of the writes of a tab, made one after the other, when the tab that owns the store is gone. */
async function leftOf(owner: Partial<DatabaseOptions>, client: Partial<DatabaseOptions>): Promise<string[]> {
  const browser = new FakeBrowser(() => 0.5);
  const store = new FakeStore(browser, schema);
  const [first, second] = [store.newTab(owner), store.newTab(client)];
  await browser.runUntil(() => first.link.role === 'owner' && second.link.role === 'client');
  const database = await second.database;
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    promise.then(end, end);
    await browser.runUntil(() => isSettled);
    return promise;
  };
  for (const write of writes) await settled(write(database));
  first.kill();
  const keys: string[] = [];
  for (const table of ['t', 'c', 'fast.f', 'fast.fc']) {
    keys.push(...(await settled(database.execute(`SELECT k FROM ${table}`))).rows.map((row) => row['k'] as string));
  }
  expect(second.link.role).toBe('owner');
  second.kill();
  return keys.sort();
}

test('a tab that says nothing writes durably, whatever the tab that owns the store says of its own writes', async () => {
  for (const owner of [{ durability: Disabled }, { config: { durability: Disabled } }, {}]) {
    expect(await leftOf(owner, {})).toEqual([...ofTab, ...ofWrite].sort());
  }
});

test('the durability of a tab, be it in config, is that of its writes; durability goes before config.durability', async () => {
  const lasting = [...ofTab, ...ofWrite].sort();
  expect(await leftOf({ durability: Disabled }, { config: { durability: SyncEachWrite } })).toEqual(lasting);
  expect(await leftOf({}, { config: { durability: Disabled } })).toEqual(ofWrite);
  expect(await leftOf({}, { durability: Disabled })).toEqual(ofWrite);
  expect(await leftOf({}, { durability: Disabled, config: { durability: SyncEachWrite } })).toEqual(ofWrite);
  expect(await leftOf({ durability: Disabled }, { durability: Periodic(1), config: { durability: Disabled } })).toEqual(lasting);
});
