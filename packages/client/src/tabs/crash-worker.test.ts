import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { RemoteDatabase } from '../page/remote-database.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore } from './testing/fake-tabs.ts';

installErrorTransfer();

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

async function twoTabs() {
  let seed = 11;
  const browser = new FakeBrowser(() => {
    seed = (seed * 48_271) % 0x7fffffff;
    return seed / 0x7fffffff;
  });
  const store = new FakeStore(browser, 'CREATE TABLE t (k int PRIMARY KEY, v text)');
  const owner = store.newTab();
  await browser.runUntil(() => owner.link.role === 'owner');
  const other = store.newTab();
  await browser.runUntil(() => other.link.role === 'client');
  return { browser, store, owner: await owner.database, other: await other.database };
}

test.each(['owner', 'other'] as const)(
  'the worker dies when the %s asks, and both go on with what was acknowledged',
  async (who) => {
    const { browser, store, ...tabs } = await twoTabs();
    const replayed: number[] = [];
    await settled(
      browser,
      tabs[who].listen((events) => {
        for (const event of events) if (event.type === 'recovered') replayed.push(event.report.mutationsReplayed);
      }),
    );
    await browser.runUntil(() => replayed.length === 1);
    await settled(browser, tabs.owner.execute("INSERT INTO t (k, v) VALUES (1, 'a')"));
    await settled(browser, tabs[who].crashWorker());
    const rows = async (database: RemoteDatabase) => (await settled(browser, database.execute('SELECT * FROM t'))).rowLength;
    expect([await rows(tabs.owner), await rows(tabs.other), store.openings]).toEqual([1, 1, 2]);
    await browser.runUntil(() => replayed.length === 2);
    expect(replayed).toEqual([0, 1]);
  },
);

test('a closed store has no worker to crash', async () => {
  const { browser, other } = await twoTabs();
  await settled(browser, other.close());
  await expect(other.crashWorker()).rejects.toMatchObject({ code: 'CLOSED' });
});
