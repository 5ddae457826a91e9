import { type Database, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { RemoteDatabase } from '../page/remote-database.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore, type FakeTab } from './testing/fake-tabs.ts';

installErrorTransfer();
afterEach(() => vi.restoreAllMocks());

const schema = 'CREATE TABLE a (k int PRIMARY KEY, v int); CREATE TABLE b (k int PRIMARY KEY, v int)';

/** Longer than an owner that closes waits for what others have under way. Milliseconds. */
const longerThanLeaving = 8_000;

/** Two tabs with a store open, of which the first one owns it. */
class TwoTabs {
  readonly browser = new FakeBrowser(() => 0.5);
  readonly owner: FakeTab;
  readonly other: FakeTab;

  constructor() {
    const store = new FakeStore(this.browser, schema);
    this.owner = store.newTab();
    this.other = store.newTab();
  }

  /** The database of the one that does not own the store. */
  async opened(): Promise<RemoteDatabase> {
    await this.browser.runUntil(() => this.owner.link.role === 'owner' && this.other.link.role === 'client');
    return this.other.database;
  }

  /** The owner closes the store, and does not wait for others any more when this resolves. */
  async ownerCloses(): Promise<void> {
    void this.owner.database.then((database) => database.close());
    await this.passes(longerThanLeaving);
  }

  passes(milliseconds: number): Promise<void> {
    return new Promise((resolve) => void this.browser.later(this.browser.newContext(), resolve, milliseconds));
  }

  /** Says that the other tab cancels as soon as it has no owner. */
  abortedWithoutOwner(): AbortController {
    const controller = new AbortController();
    this.other.link.onRoleChange.add((role) => {
      if (role === null) controller.abort();
    });
    return controller;
  }

  /** Lets things happen until a promise settles. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const end = () => {
      isSettled = true;
    };
    promise.then(end, end);
    await this.browser.runUntil(() => isSettled);
    return promise;
  }

  end(): void {
    this.owner.kill();
    this.other.kill();
  }
}

/** What a call rejects with. */
function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    ({ code }) => code,
  );
}

/** A zip with two rows of table `a`, and none of `b`. */
async function zipOfRows(): Promise<Blob> {
  const donor: Database = await openDatabase({ storage: new MemoryStorage(), schema, keyspace: 'cassette' });
  await donor.execute('INSERT INTO a (k, v) VALUES (1, 10)');
  await donor.execute('INSERT INTO a (k, v) VALUES (2, 20)');
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await donor.export({}, new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk.slice()) }));
  await donor.close();
  const zip = new Blob(chunks);
  // Once before, for time must not pass while code is loaded.
  const taker = await openDatabase({ storage: new MemoryStorage(), schema, keyspace: 'cassette' });
  await taker.import(zip);
  await taker.close();
  return zip;
}

/** Has `happens` run before the first bytes of any Blob are read. */
function beforeFirstRead(happens: () => Promise<void>): void {
  const { arrayBuffer } = Blob.prototype;
  let hasHappened = false;
  vi.spyOn(Blob.prototype, 'arrayBuffer').mockImplementation(async function (this: Blob) {
    if (!hasHappened) {
      hasHappened = true;
      await happens();
    }
    return arrayBuffer.call(this);
  });
}

test('an import of a Blob whose owner closes the store is made by the next one', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  const zip = await zipOfRows();
  beforeFirstRead(() => tabs.ownerCloses());
  await tabs.settled(database.import(zip));
  expect(tabs.other.link.role).toBe('owner');
  const { rows } = await tabs.settled(database.execute('SELECT k, v FROM a'));
  expect([...rows].map(({ k, v }) => [k, v])).toEqual([
    [1, 10],
    [2, 20],
  ]);
  tabs.end();
});

test('an export whose owner closes the store rejects with OWNER_LOST: its sink gets nothing of a second one, and is aborted', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  for (const table of ['a', 'b']) await tabs.settled(database.execute(`INSERT INTO ${table} (k, v) VALUES (1, 10)`));
  await tabs.settled(database.flush());
  const first: number[] = [];
  let reason: { code?: string } | null = null;
  const sink = new WritableStream<Uint8Array>({
    async write(chunk) {
      first.push(chunk.length);
      if (first.length > 1) return;
      // The worker has closed the store, and its page, which ends the worker then, does not know yet.
      await tabs.owner.link.current?.host.close();
    },
    abort: (why) => {
      reason = why;
    },
  });
  const error = await tabs.settled(database.export({}, sink).catch((thrown) => thrown));
  expect([error.code, first.length, reason]).toEqual(['OWNER_LOST', 1, error]);
  expect(error.message).toContain('closed it while this export was under way');
  tabs.owner.kill();
  const chunks: number[] = [];
  await tabs.settled(database.export({}, new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk.length) })));
  expect(chunks.length).toBeGreaterThan(0);
  tabs.end();
});

test('an import that is cancelled between two owners is not made by the next one', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  const zip = await zipOfRows();
  beforeFirstRead(async () => tabs.owner.kill());
  const controller = tabs.abortedWithoutOwner();
  const error = await tabs.settled(database.import(zip, { signal: controller.signal }).catch((thrown) => thrown));
  expect([error.code, controller.signal.aborted]).toEqual(['ABORTED', true]);
  const { rowLength } = await tabs.settled(database.execute('SELECT k FROM a'));
  expect(rowLength).toBe(0);
  tabs.end();
});

test('an import and an export that wait for an owner, and are cancelled meanwhile, are not begun', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  const zip = await zipOfRows();
  tabs.owner.kill();
  await tabs.browser.runUntil(() => tabs.other.link.current === null);
  const controller = new AbortController();
  const { signal } = controller;
  let chunks = 0;
  const sink = new WritableStream<Uint8Array>({ write: () => void chunks++ });
  const both = Promise.all([database.import(zip, { signal }), database.export({}, sink, { signal })].map(codeOf));
  controller.abort();
  expect([await tabs.settled(both), chunks]).toEqual([['ABORTED', 'ABORTED'], 0]);
  tabs.end();
});

test('an export that is cancelled while its owner closes the store is cancelled there', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  await tabs.settled(database.execute('INSERT INTO a (k, v) VALUES (1, 10)'));
  const { signal } = tabs.abortedWithoutOwner();
  const sink = new WritableStream<Uint8Array>({ write: () => tabs.ownerCloses() });
  expect(await tabs.settled(codeOf(database.export({}, sink, { signal })))).toBe('ABORTED');
  tabs.end();
});

test('an import of a stream whose owner closes the store rejects with OWNER_LOST, and is not begun again behind what was read', async () => {
  const tabs = new TwoTabs();
  const database = await tabs.opened();
  const bytes = new Uint8Array(await (await zipOfRows()).arrayBuffer());
  let isRead = false;
  async function* chunks() {
    isRead = true;
    yield bytes.subarray(0, 100);
    await tabs.ownerCloses();
    yield bytes.subarray(100);
  }
  const error = await tabs.settled(database.import(chunks()).catch((thrown) => thrown));
  expect([isRead, error.code]).toEqual([true, 'OWNER_LOST']);
  expect(error.message).toContain('nothing of it is in the store');
  const { rowLength } = await tabs.settled(database.execute('SELECT k FROM a'));
  expect(rowLength).toBe(0);
  tabs.end();
});
