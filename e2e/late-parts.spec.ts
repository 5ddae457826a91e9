// What is loaded when: a page that writes, reads and exports gets by with what it has from the beginning, and the rest comes when it is needed.

import { cp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { bundleSizes } from '../scripts/tools/bundle-size.mjs';
import { clientDist, useChromium } from './browser/site.ts';

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
}
declare const window: TestWindow;

let dist: string;
let asked: string[] = [];
let stores = 0;

const site = useChromium({
  folders: async (folder) => {
    dist = join(folder, 'dist');
    await cp(clientDist, dist, { recursive: true });
    return { '/client/': dist };
  },
  onRequest: (path) => asked.push(path),
});

/** A page with a store open as `window.db`, made after `asked` was emptied. */
async function pageWithStore(): Promise<Page> {
  asked = [];
  const page = await site.newTab();
  await page.evaluate(async (name) => {
    window.db = await window.cassette.open({
      name,
      schema: `CREATE TABLE IF NOT EXISTS readings (
        sensor text, ts timestamp, t double, n int, id uuid, raw blob, PRIMARY KEY (sensor, ts)) WITH CLUSTERING ORDER BY (ts DESC)`,
    });
  }, `late ${stores++}`);
  return page;
}

/** The client's scripts that were asked for, once each. */
const scripts = () => [...new Set(asked.filter((path) => path.startsWith('/client/')).map((path) => path.slice(8)))].sort();

/** What is loaded at once, and what is a second after a store was opened. */
const first = () =>
  bundleSizes(dist)
    .filter((one) => one.first || one.soon)
    .map(({ file }) => file)
    .sort();

/** The one chunk whose name begins so. */
async function chunk(name: string): Promise<string> {
  const found = (await readdir(dist)).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.js'));
  expect(found).toHaveLength(1);
  return found[0];
}

test('a page that makes a table, writes, reads, flushes and exports has loaded nothing but what every page does, at once or soon', async () => {
  const page = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db } = window;
    const insert = 'INSERT INTO readings (sensor, ts, t, n, id, raw) VALUES (?, ?, ?, ?, ?, ?)';
    const id = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    await db.execute(insert, ['a', new Date(1), 1.5, 1, id, new Uint8Array([1, 2])]);
    await db.execute("INSERT INTO readings (sensor, ts, t) VALUES ('b', 5, 2.5)");
    await db.executeMany(
      insert,
      Array.from({ length: 5000 }, (_, i) => [`s${i % 50}`, new Date(1e6 + i), i / 2, i, id, new Uint8Array(16)]),
    );
    await db.execute('UPDATE readings SET t = ? WHERE sensor = ? AND ts = ?', [9, 'a', new Date(1)]);
    await db.execute('DELETE FROM readings WHERE sensor = ? AND ts < ?', ['s1', new Date(1e6 + 100)]);
    const read = async () => {
      const one = await db.execute('SELECT * FROM readings WHERE sensor = ? AND ts = ?', ['a', new Date(1)]);
      const range = await db.execute('SELECT ts, t FROM readings WHERE sensor = ? AND ts >= ? AND ts < ? LIMIT 10', [
        's2',
        new Date(0),
        new Date(1e9),
      ]);
      let all = 0;
      for await (const row of db.stream('SELECT sensor FROM readings')) if (row.sensor !== null) all++;
      return [one.first()?.t, range.rows.length, all];
    };
    const before = await read();
    await db.flush();
    const after = await read();
    let bytes = 0;
    const sink = new WritableStream<Uint8Array>({
      write(part) {
        bytes += part.length;
      },
    });
    const report = await db.export({}, sink);
    const stats = await db.stats();
    return { before, after, isWhole: bytes === report.bytes && bytes > 10_000, flushed: stats.counters.mutations > 0 };
  });
  expect(seen).toEqual({ before: [9, 10, 5000], after: [9, 10, 5000], isWhole: true, flushed: true });
  // So much is flushed by a worker of its own, whose code counts as well, should it come late.
  await expect.poll(scripts).toEqual(first());
  await page.evaluate(() => window.db.close());
  await page.close();
});

test('functions, rarer compressors, ALTER, live queries and changes bring their code with them, once', async () => {
  const page = await pageWithStore();
  const seen = await page.evaluate(async () => {
    const { db } = window;
    await db.execute("CREATE TABLE packed (k int PRIMARY KEY, v text) WITH compression = {'class': 'ZstdCompressor'}");
    await db.execute("CREATE TABLE deflated (k int PRIMARY KEY, v text) WITH compression = {'class': 'DeflateCompressor'}");
    for (let k = 1; k <= 3; k++) {
      await db.execute('INSERT INTO packed (k, v) VALUES (?, ?)', [k, 'x'.repeat(1000)]);
      await db.execute('INSERT INTO deflated (k, v) VALUES (?, ?)', [k, 'y'.repeat(1000)]);
      await db.flush();
    }
    await db.compact();
    const count = (await db.execute('SELECT count(*), max(k) FROM packed')).first();
    const lengths = (await db.execute('SELECT k, v FROM deflated')).rows.map((row) => (row.v as string).length);
    await db.execute('ALTER TABLE deflated ADD w int');
    await db.execute('ALTER TABLE deflated WITH cdc = true');
    const live = db.subscribe('SELECT k, w FROM deflated WHERE k = 1', () => undefined);
    await live.ready;
    await db.execute('UPDATE deflated SET w = 7 WHERE k = 1');
    const kinds: string[] = [];
    for await (const { table } of db.changes({ follow: false })) kinds.push(table);
    const described = (await db.execute('DESCRIBE TABLE deflated')).rows.length;
    live.close();
    return { counted: [String(count?.get(0)), count?.get(1)], lengths, kinds, described };
  });
  expect(seen).toEqual({ counted: ['3', 3], lengths: [1000, 1000, 1000], kinds: ['deflated'], described: 1 });
  const late = asked.filter((path) => path.startsWith('/client/') && !first().includes(path.slice(8)));
  expect(late).toHaveLength(new Set(late).size);
  for (const name of ['table-options', 'merging', 'rare-forms', 'alterations', 'live-query', 'change-feed', 'describe']) {
    expect(scripts()).toContain(await chunk(name));
  }
  expect(scripts()).toContain(await chunk('rare-compressors'));
  await page.evaluate(() => window.db.close());
  await page.close();
});

test('code that can not be loaded fails the call that needs it, says what to do, and is loaded by a later one', async () => {
  const page = await pageWithStore();
  const file = await chunk('rare-forms');
  // As after a deployment of another version, or without a network.
  await rename(join(dist, file), join(dist, 'away'));
  const failed = await page.evaluate(async () => {
    const { db, cassette } = window;
    const wrong = db.execute('SELECT count(*) FROM readings').catch((error) => ({
      code: error.code,
      part: error.data.part,
      isOwn: error instanceof cassette.PartUnavailableError,
      message: error.message,
    }));
    const right = db.execute("INSERT INTO readings (sensor, ts, t) VALUES ('b', 5, 2.5)").then(() => 'written');
    return [await wrong, await right];
  });
  expect(failed).toEqual([
    {
      code: 'PART_UNAVAILABLE',
      part: 'functions and expressions of CQL',
      isOwn: true,
      message: expect.stringContaining('reload the page'),
    },
    'written',
  ]);
  await rename(join(dist, 'away'), join(dist, file));
  expect(
    await page.evaluate(async () => String((await window.db.execute('SELECT count(*) FROM readings')).first()?.get(0))),
  ).toBe('1');
  await page.evaluate(async () => {
    const { db } = window;
    await db.execute("CREATE TABLE packed (k int PRIMARY KEY, v text) WITH compression = {'class': 'ZstdCompressor'}");
    await db.execute("INSERT INTO packed (k, v) VALUES (1, 'packed')");
    await db.flush();
    await db.compact('packed');
    await db.close();
  });
  await page.close();

  // A page that opens the store without what its SSTables of Zstd need.
  const compressors = await chunk('rare-compressors');
  await rename(join(dist, compressors), join(dist, 'away'));
  const again = await site.newTab();
  const without = await again.evaluate(
    async (name) => {
      const db = await window.cassette.open({ name });
      window.db = db;
      const failed = await db.execute('SELECT v FROM packed').catch((error) => [error.code, error.data.needed]);
      await db.execute("INSERT INTO packed (k, v) VALUES (2, 'written')");
      await db.flush();
      const others = (await db.execute('SELECT t FROM readings')).rows.map(({ t }) => t);
      return { failed, others, unopened: db.recovery.sstablesUnopened.map(({ table }) => table) };
    },
    `late ${stores - 1}`,
  );
  expect(without).toEqual({
    failed: ['PART_UNAVAILABLE', 'SSTables of cassette.packed'],
    others: [2.5],
    unopened: ['cassette.packed'],
  });
  await rename(join(dist, 'away'), join(dist, compressors));
  const rows = await again.evaluate(async () =>
    (await window.db.execute('SELECT v FROM packed')).rows.map(({ v }) => String(v)).sort(),
  );
  expect(rows).toEqual(['packed', 'written']);
  await again.evaluate(() => window.db.close());
  await again.close();
});
