import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { FakeBrowser } from './testing/fake-browser.ts';
import { FakeStore } from './testing/fake-tabs.ts';

installErrorTransfer();

test('changes() that is aborted while it waits ends, in the tab that owns the store and in another, which stays with its owner', async () => {
  const browser = new FakeBrowser(() => 0.5);
  const store = new FakeStore(browser, 'CREATE TABLE t (k int PRIMARY KEY, v int) WITH cdc = true');
  const tabs = [store.newTab(), store.newTab()];
  await browser.runUntil(() => tabs[0].link.role === 'owner' && tabs[1].link.role === 'client');
  for (const { link, database: opening } of tabs) {
    const database = await opening;
    const connection = link.current;
    for (const isWaiting of [false, true]) {
      const controller = new AbortController();
      const { signal } = controller;
      let hasEnded = false;
      let changes = 0;
      const reading = (async () => {
        for await (const _ of database.changes({ since: 'now', signal })) changes++;
        hasEnded = true;
      })();
      // Time passes when all that can be done is done.
      const { now } = browser;
      if (isWaiting) await browser.runUntil(() => browser.now > now);
      controller.abort();
      await browser.runUntil(() => hasEnded);
      await reading;
      expect(changes).toBe(0);
      expect(link.current).toBe(connection);
    }
  }
  for (const tab of tabs) tab.kill();
});
