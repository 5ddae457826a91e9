import { describeActivity, type EngineEvent } from '@cassette/engine';
import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore } from './testing/fake-tabs.ts';

installErrorTransfer();

const schema = 'CREATE TABLE t (k int PRIMARY KEY, v text)';

/** Lets things happen until a promise settles. */
async function settled<T>(browser: FakeBrowser, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const end = () => {
    isSettled = true;
  };
  promise.then(end, end);
  await browser.runUntil(() => isSettled);
  return promise;
}

/** A tab that is served by another's worker, and that one. */
async function twoTabs() {
  let seed = 7;
  const browser = new FakeBrowser(() => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff;
  });
  const store = new FakeStore(browser, schema);
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  return { browser, owner, database: await other.database };
}

test('traces come to the tab that asked, of reads, writes, batches and of each page', async () => {
  const { browser, database } = await twoTabs();
  const tracing = { tracing: true };
  const write = await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (1, 'a')", [], tracing));
  expect(write.columns).toBeNull();
  expect(write.trace?.activities.map(({ kind }) => kind)).toEqual(['prepared', 'mutation', 'committed']);
  expect((await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (2, 'b')"))).trace).toBeNull();
  const batch = await settled(browser, database.batch(["INSERT INTO t (k, v) VALUES (3, 'c')"], tracing));
  expect(batch.trace?.query).toBe("INSERT INTO t (k, v) VALUES (3, 'c')");
  await settled(browser, database.flush());
  const read = await settled(browser, database.execute('SELECT * FROM t', [], { ...tracing, fetchSize: 2 }));
  expect(read.rowLength).toBe(2);
  expect(read.trace?.activities.map(describeActivity)).toEqual(
    expect.arrayContaining(['Merging 0 memtables and 1 SSTable', 'Answered 2 rows, more follow']),
  );
  const pages: unknown[] = [];
  const all = (async () => {
    for await (const row of read) pages.push(row.k);
  })();
  await settled(browser, all);
  expect(pages).toHaveLength(3);
  // Names of another keyspace count from the next statement on, traced or not.
  await settled(
    browser,
    database.execute("CREATE KEYSPACE o WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"),
  );
  const used = await settled(browser, database.execute('USE o', [], tracing));
  expect(used.trace).toBeNull();
  await expect(settled(browser, database.execute('SELECT * FROM t'))).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(database.execute('USE o', [], { tracing: 'on' as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('stats tell of the tabs; events come in order, first what opening found, and again from the next owner', async () => {
  const { browser, owner, database } = await twoTabs();
  expect(await settled(browser, database.stats())).toMatchObject({ tabs: 2, subscriptions: 0 });
  const events: EngineEvent[] = [];
  await settled(
    browser,
    database.listen((all) => {
      events.push(...all);
    }),
  );
  await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (1, 'a')"));
  await settled(browser, database.flush());
  await browser.runUntil(() => events.some(({ type }) => type === 'flush-finished'));
  expect(events[0].type).toBe('recovered');
  const sequences = events.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(new Set(sequences).size).toBe(sequences.length);
  expect(events.every(({ at }) => at > 0)).toBe(true);
  const heard = events.length;
  owner.kill();
  await settled(browser, database.execute("INSERT INTO t (k, v) VALUES (2, 'b')"));
  await browser.runUntil(() => events.length > heard && events.at(-1)?.type === 'committed');
  expect(events.slice(heard).map(({ type }) => type)).toContain('recovered');
  expect(await settled(browser, database.stats())).toMatchObject({ tabs: 1 });
});

test('what is no function is refused as a listener, and nothing is asked of the owner', async () => {
  const { browser, database } = await twoTabs();
  for (const listener of ['x', undefined, null, {}]) {
    const refused = settled(browser, database.listen(listener as never));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', data: { option: 'listener' } });
  }
});
