// Subscriptions and changes as pages have them: in one tab and over two, through the death of the one that owns the store.

import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { inFirefox } from './browser/client-page.ts';
import { firefoxMissing } from './browser/firefox.ts';
import { useChromium } from './browser/site.ts';

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  rows: unknown[][];
  patches: unknown[];
}
declare const window: TestWindow;

const schema = 'CREATE TABLE IF NOT EXISTS t (k int, c int, v text, PRIMARY KEY (k, c)) WITH cdc = true';

const site = useChromium();

/** Opens the store, subscribes, and keeps what comes as `window.rows` and `window.patches`. */
async function subscribe([name, cql]: readonly [string, string]): Promise<string | null> {
  window.db = await window.cassette.open({ name, schema: cql });
  window.patches = [];
  const subscription = window.db.subscribe('SELECT c, v FROM t WHERE k = ?', [1], (rows, patch) => {
    window.rows = rows.map((row) => row.values());
    window.patches.push(
      patch && [patch.deleted.map(({ index }) => index), patch.inserted.map(({ index }) => index), patch.updated.length],
    );
  });
  await subscription.ready;
  return window.db.role;
}

/** Writes; resolves when so many updates have come in all, with the rows and the updates. */
async function writes([statements, count]: readonly [readonly string[], number]): Promise<[unknown[][], unknown[]]> {
  await Promise.all(statements.map((statement) => window.db.execute(statement)));
  for (let i = 0; i < 10_000 && window.patches.length < count; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  return [window.rows, window.patches];
}

/** The same in each browser: rows, patches of a turn, what expires, changes behind a position. */
async function followsOneTab(evaluate: Page['evaluate'], store: string): Promise<void> {
  await evaluate(subscribe, [store, schema] as const);
  const insert = (c: number, using = '') => `INSERT INTO t (k, c, v) VALUES (1, ${c}, 'v${c}')${using}`;
  const other = "INSERT INTO t (k, c, v) VALUES (2, 1, 'x')";
  expect(await evaluate(writes, [[insert(1), insert(2), other], 2] as const)).toEqual([
    [
      [1, 'v1'],
      [2, 'v2'],
    ],
    [null, [[], [0, 1], 0]],
  ]);
  const [, updated] = await evaluate(writes, [["UPDATE t SET v = 'w' WHERE k = 1 AND c = 2"], 3] as const);
  expect(updated[2]).toEqual([[], [], 1]);
  // Long enough that it is seen before it expires.
  const [rows, patches] = await evaluate(writes, [[insert(0, ' USING TTL 4')], 5] as const);
  expect(patches.slice(3)).toEqual([
    [[], [0], 0],
    [[0], [], 0],
  ]);
  expect(rows).toEqual([
    [1, 'v1'],
    [2, 'w'],
  ]);
  const changes = await evaluate(async () => {
    const found: { position: string; cells: number }[] = [];
    for await (const { position, rows: written } of window.db.changes({ follow: false })) {
      found.push({ position, cells: written[0].cells.length });
    }
    const rest: unknown[] = [];
    for await (const { partitionKey } of window.db.changes({ since: found[1].position, follow: false })) rest.push(partitionKey);
    await window.db.close();
    return [found.map(({ cells }) => cells), rest];
  });
  expect(changes).toEqual([
    [1, 1, 1, 1, 1],
    [{ k: 2 }, { k: 1 }, { k: 1 }],
  ]);
}

test('Chromium: rows, patches, what expires and changes in one tab', async () => {
  const page = await site.newTab();
  await followsOneTab(page.evaluate.bind(page) as Page['evaluate'], 'live');
  await page.close();
});

test('Firefox: the same', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  await inFirefox(join(site.folder, 'firefox'), site.url, async (page) => {
    await followsOneTab(page.evaluate, 'live');
  });
});

test('a tab follows what another writes, and goes on when the one that owned the store is gone, told only what is different', async () => {
  const owner = await site.newTab();
  expect(await owner.evaluate(subscribe, ['live two', schema] as const)).toBe('owner');
  const client = await site.newTab();
  expect(await client.evaluate(subscribe, ['live two', schema] as const)).toBe('client');
  await owner.evaluate(writes, [["INSERT INTO t (k, c, v) VALUES (1, 1, 'a')"], 2] as const);
  expect(await client.evaluate(writes, [[], 2] as const)).toEqual([[[1, 'a']], [null, [[], [0], 0]]]);
  await client.evaluate(writes, [["INSERT INTO t (k, c, v) VALUES (1, 2, 'b')"], 3] as const);
  expect((await owner.evaluate(writes, [[], 3] as const))[0]).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
  await owner.close();
  const [rows, patches] = await client.evaluate(writes, [["INSERT INTO t (k, c, v) VALUES (1, 0, 'c')"], 4] as const);
  expect(rows).toEqual([
    [0, 'c'],
    [1, 'a'],
    [2, 'b'],
  ]);
  expect(patches).toEqual([null, [[], [0], 0], [[], [1], 0], [[], [0], 0]]);
  await client.evaluate(() => window.db.close());
  await client.close();
});
