// Whose durability a write has, in real Chromium: that of the tab that writes, whichever tab owns the store.

import { expect, type Page, test } from '@playwright/test';
import { useKillableChromium } from './browser/site.ts';

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
}
declare const window: TestWindow;

/** What a tab says of durability when it opens the store. */
interface Said {
  readonly durability?: 'SyncEachWrite' | 'Disabled';
  readonly config?: 'SyncEachWrite' | 'Disabled';
}

const site = useKillableChromium();

async function tabThatSays(name: string, said: Said): Promise<Page> {
  const page = await site.newTab();
  await page.evaluate(
    async ([store, { durability, config }]) => {
      const { open, Durability } = window.cassette;
      window.db = await open({
        name: store,
        schema:
          'CREATE TABLE IF NOT EXISTS t (k text, n int, PRIMARY KEY (k, n)); CREATE TABLE IF NOT EXISTS c (k text PRIMARY KEY, n counter)',
        ...(durability !== undefined && { durability: Durability[durability] }),
        ...(config !== undefined && { config: { durability: Durability[config] } }),
      });
    },
    [name, said] as const,
  );
  return page;
}

/** A client writes, the owner's page goes without a word: which of the client's keys the next owner has, each with how many rows. */
async function leftOf(name: string, owner: Said, client: Said): Promise<Record<string, number>> {
  const first = await tabThatSays(name, owner);
  const second = await tabThatSays(name, client);
  expect([await first.evaluate(() => window.db.role), await second.evaluate(() => window.db.role)]).toEqual(['owner', 'client']);
  await second.evaluate(async () => {
    const { db } = window;
    const { SyncEachWrite } = window.cassette.Durability;
    for (let n = 0; n < 50; n++) await db.execute('INSERT INTO t (k, n) VALUES (?, ?)', ['execute', n]);
    await db.executeMany(
      'INSERT INTO t (k, n) VALUES (?, ?)',
      Array.from({ length: 50 }, (_, n) => ['many', n] as const),
    );
    await db.batch([{ query: 'INSERT INTO t (k, n) VALUES (?, ?)', params: ['batch', 1] }]);
    await db.execute("INSERT INTO t (k, n) VALUES ('if', 1) IF NOT EXISTS");
    await db.execute("UPDATE c SET n = n + 3 WHERE k = 'counter'");
    await db.execute("INSERT INTO t (k, n) VALUES ('said', 1)", [], { durability: SyncEachWrite });
  });
  // Its renderer dies, and its worker with it: nothing is flushed on the way out.
  const crashed = first.waitForEvent('crash');
  const session = await site.chromium.context.newCDPSession(first);
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await first.close();
  const left = await second.evaluate(async () => {
    const keys: Record<string, number> = {};
    for (const { k } of (await window.db.execute('SELECT k FROM t')).rows) keys[k as string] = (keys[k as string] ?? 0) + 1;
    for (const { k, n } of (await window.db.execute('SELECT k, n FROM c')).rows) keys[k as string] = Number(n);
    return keys;
  });
  await second.close();
  return left;
}

const all = { execute: 50, many: 50, batch: 1, if: 1, counter: 3, said: 1 };

test('a tab that says nothing, or says it in config, writes durably to a store whose owner does without', async () => {
  expect(await leftOf('quiet', { durability: 'Disabled' }, {})).toEqual(all);
  expect(await leftOf('in config', { config: 'Disabled' }, { config: 'SyncEachWrite' })).toEqual(all);
});

test('a tab that does without loses its own writes, and not those that say otherwise, of a store whose owner writes durably', async () => {
  expect(await leftOf('loose', {}, { durability: 'Disabled', config: 'SyncEachWrite' })).toEqual({ said: 1 });
  expect(await leftOf('loose config', {}, { config: 'Disabled' })).toEqual({ said: 1 });
});
