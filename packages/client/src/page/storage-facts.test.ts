import { afterEach, expect, test, vi } from 'vitest';
import type { StoreLink } from '../tabs/store-link.ts';
import { FakeBrowser } from '../tabs/testing/fake-browser.ts';
import { FakeStore } from '../tabs/testing/fake-tabs.ts';
import type { OpenReply } from '../wire/protocol.ts';
import { RemoteDatabase } from './remote-database.ts';
import { isWrite, PersistenceRequest } from './storage-facts.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A browser that counts how often it is asked to keep data. */
function stubStorage(): { asked: number } {
  const seen = { asked: 0 };
  const storage = {
    persisted: async () => false,
    persist: async () => {
      seen.asked++;
      return true;
    },
  };
  vi.stubGlobal('navigator', { storage });
  return seen;
}

test('a statement is a write whatever comments it begins with', () => {
  const writes = [
    'INSERT INTO t (k) VALUES (1)',
    ' \n\tupdate t SET v = 1 WHERE k = 1',
    '-- why\nDELETE FROM t WHERE k = 1',
    '// why\n-- and how\nBEGIN BATCH APPLY BATCH',
    '/* select */ /**/ /* a ** b * / c */insert INTO t JSON ?',
    '--\r\n/*\n*/\n//\nInsert into t (k) values (1)',
  ];
  const others = [
    'SELECT * FROM t',
    '-- INSERT',
    '/* INSERT */ SELECT 1',
    '/* insert',
    'inserts',
    '',
    '// x\n USE k',
    '- insert',
  ];
  expect(writes.filter((query) => !isWrite(query))).toEqual([]);
  expect(others.filter(isWrite)).toEqual([]);
});

test('no text makes the question take long', () => {
  for (const part of ['/**/', '/*', '/* */ ', '--\n', '// ', '*/', '-', ' ']) expect(isWrite(part.repeat(100_000))).toBe(false);
});

test('the browser is asked once, at the first write', async () => {
  const seen = stubStorage();
  const request = new PersistenceRequest(true);
  expect(request.isWaiting).toBe(true);
  request.wrote();
  request.wrote();
  expect([seen.asked, request.isWaiting]).toEqual([0, false]);
  await expect.poll(() => seen.asked).toBe(1);
  const silent = new PersistenceRequest(false);
  silent.wrote();
  await Promise.resolve();
  expect(seen.asked).toBe(1);
});

test('a statement behind a comment, and whatever else writes is a first write; what reads, fails or writes nothing is none', async () => {
  const browser = new FakeBrowser(() => 0.5);
  const store = new FakeStore(browser, 'CREATE TABLE t (k int PRIMARY KEY)');
  const tab = store.newTab();
  const settled = async <T>(promise: Promise<T>): Promise<T> => {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    promise.then(end, end);
    await browser.runUntil(() => isSettled);
    return promise;
  };
  const own = await settled(tab.database);
  const reply = { alive: null, persistent: true, reason: null, recovery: own.recovery };
  const asks = async (call: (database: RemoteDatabase) => Promise<unknown>): Promise<boolean> => {
    const seen = stubStorage();
    const database = new RemoteDatabase('store', tab.link, reply, true);
    await settled(call(database).catch(() => undefined));
    for (let i = 0; i < 10; i++) await null;
    return seen.asked > 0;
  };
  const insert = 'INSERT INTO t (k) VALUES (1)';
  expect(await asks((database) => database.execute(`/* first */ ${insert}`))).toBe(true);
  expect(await asks((database) => database.executeMany('INSERT INTO t (k) VALUES (?)', [[2]]))).toBe(true);
  expect(await asks((database) => database.batch([insert]))).toBe(true);
  expect(await asks((database) => database.execute(`BEGIN BATCH ${insert} APPLY BATCH`))).toBe(true);
  expect(await asks((database) => database.executeMany('INSERT INTO t (k) VALUES (?)', []))).toBe(false);
  expect(await asks((database) => database.execute('SELECT * FROM t'))).toBe(false);
  expect(await asks((database) => database.execute('INSERT INTO nowhere (k) VALUES (1)'))).toBe(false);
  tab.kill();
});

test('an import that goes well is a first write, of a blob or a stream', async () => {
  for (const [source, goesWell] of [
    [new Blob(['zip']), true],
    [new Blob(['zip']).stream(), true],
    [new Blob(['no zip']), false],
  ] as const) {
    const seen = stubStorage();
    const host = { import: async () => (goesWell ? {} : Promise.reject(new Error('no zip'))) };
    const link = {
      current: null,
      onConnect: new Set(),
      run: (call: (worker: typeof host) => Promise<unknown>) => call(host),
    } as unknown as StoreLink;
    const reply = { alive: null, persistent: true, reason: null, recovery: {} } as OpenReply;
    const database = new RemoteDatabase('store', link, reply, true);
    await database.import(source).catch(() => undefined);
    for (let i = 0; i < 10; i++) await null;
    expect(seen.asked).toBe(goesWell ? 1 : 0);
  }
});
