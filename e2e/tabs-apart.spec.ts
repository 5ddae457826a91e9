// Tabs that can't come to terms: one whose process stands still without having been told, and one with another version of Cassette.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/tools/serve.mjs';
import { type KillableChromium, startChromium } from './browser/chromium.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const client = join(here, '../packages/client');

/** What pages/page.js puts on the window, and what the tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  log: { readonly acknowledged: number[]; readonly refused: string[]; open: number; isEnding: boolean };
}
declare const window: TestWindow;

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let chromium: KillableChromium;

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-apart-'));
  server = await serve({ '/': join(here, 'pages'), '/client/': join(client, 'dist'), '/next/': join(folder, 'next') });
  chromium = await startChromium(join(folder, 'chromium'));
});

test.afterEach(async () => {
  await chromium?.kill();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page with a build of the client. */
async function newTab(from: 'client' | 'next'): Promise<Page> {
  const page = await chromium.open(`${server.url}blank.html`);
  await page.evaluate(async (url) => {
    window.cassette = await import(url);
  }, `/${from}/index.js`);
  return page;
}

/** Opens the store as `window.db`; its role, or the error's code and message. */
function openStore(): Promise<string | null> {
  return window.cassette
    .open({ name: 'apart', schema: 'CREATE TABLE IF NOT EXISTS t (tab int, n int, PRIMARY KEY (tab, n))', askPersistence: false })
    .then(
      (db) => {
        window.db = db;
        return db.role;
      },
      (error) => `${error.code} ${error.message}`,
    );
}

/** Writes rows of a tab, one after the other. */
function startWriting(tab: number): void {
  const log: TestWindow['log'] = { acknowledged: [], refused: [], open: 0, isEnding: false };
  window.log = log;
  const write = async () => {
    for (let n = 0; !log.isEnding; n++) {
      log.open++;
      await window.db.execute('INSERT INTO t (tab, n) VALUES (?, ?)', [tab, n]).then(
        () => log.acknowledged.push(n),
        (error) => log.refused.push(error.code),
      );
      log.open--;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  void write();
}

async function endWriting(): Promise<TestWindow['log']> {
  window.log.isEnding = true;
  for (let tries = 0; window.log.open > 0 && tries < 3000; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  return window.log;
}

async function rowsOf(tab: number): Promise<number[]> {
  return (await window.db.execute('SELECT n FROM t WHERE tab = ?', [tab])).rows.map((row) => row['n'] as number);
}

/** The process that a page runs in: the one that works when the page does. */
async function rendererOf(page: Page): Promise<number> {
  const session = await chromium.context.browser()!.newBrowserCDPSession();
  const times = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await times();
  await page.evaluate(() => {
    for (const began = performance.now(); performance.now() - began < 2000; );
  });
  const spent = Array.from(await times(), ([id, time]) => ({ id, time: time - (before.get(id) ?? 0) }));
  return spent.reduce((most, one) => (one.time > most.time ? one : most)).id;
}

const waiting = { timeout: 120_000, polling: 100 };

test('an owner whose process stands still is followed by another tab as soon as its files are free; nobody writes beside it', async () => {
  const [first, second] = [await newTab('client'), await newTab('client')];
  expect(await first.evaluate(openStore)).toBe('owner');
  expect(await second.evaluate(openStore)).toBe('client');
  const [renderer, other] = [await rendererOf(first), await rendererOf(second)];
  expect(renderer).not.toBe(other);
  await first.evaluate(startWriting, 1);
  await second.evaluate(startWriting, 2);
  for (const tab of [first, second]) await tab.waitForFunction(() => window.log.acknowledged.length > 20, undefined, waiting);

  process.kill(renderer, 'SIGSTOP');
  try {
    // The stopped one has its files: whoever takes the store over can't have them, and says so.
    await second.waitForFunction(() => window.log.refused.length > 0, undefined, waiting);
    expect(await second.evaluate(() => [...new Set(window.log.refused)])).toEqual(['STORE_LOCKED']);
  } finally {
    process.kill(renderer, 'SIGCONT');
  }
  await second.waitForFunction(() => window.db.role === 'owner', undefined, waiting);
  await first.waitForFunction(() => window.db.role === 'client', undefined, waiting);
  const soFar = await Promise.all([first, second].map((tab) => tab.evaluate(() => window.log.acknowledged.length)));
  for (const [i, tab] of [first, second].entries()) {
    await tab.waitForFunction((count) => window.log.acknowledged.length > count + 10, soFar[i], waiting);
  }
  for (const [i, tab] of [first, second].entries()) {
    const { acknowledged, refused, open } = await tab.evaluate(endWriting);
    expect(open).toBe(0);
    expect(refused.filter((code) => code !== 'STORE_LOCKED')).toEqual([]);
    expect(await second.evaluate(rowsOf, i + 1)).toEqual(expect.arrayContaining(acknowledged));
  }

  // And one that is killed while it stands still.
  await second.evaluate(startWriting, 3);
  await second.waitForFunction(() => window.log.acknowledged.length > 0, undefined, waiting);
  const written = await second.evaluate(() => [...window.log.acknowledged]);
  process.kill(other, 'SIGSTOP');
  process.kill(other, 'SIGKILL');
  await first.waitForFunction(() => window.db.role === 'owner', undefined, waiting);
  expect(await first.evaluate(rowsOf, 3)).toEqual(expect.arrayContaining(written));
});

test('tabs with a later version of the protocol, and with an earlier one, are told which to reload; what one wrote the other reads', async () => {
  await build({
    configFile: false,
    root: client,
    logLevel: 'warn',
    resolve: {
      conditions: ['source', 'module', 'browser', 'import', 'default'],
      alias: [{ find: /^@cassette\/storage$/, replacement: '@cassette/storage/browser' }],
    },
    plugins: [
      {
        name: 'next version',
        enforce: 'pre',
        transform: (code, id) =>
          id.endsWith('/wire/protocol.ts')
            ? code.replace(/protocolVersion = (\d+)/, (_, n) => `protocolVersion = ${Number(n) + 1}`)
            : null,
      },
    ],
    build: {
      outDir: join(folder, 'next'),
      emptyOutDir: true,
      target: 'es2022',
      lib: { entry: { index: join(client, 'src/index.ts'), worker: join(client, 'src/worker.ts') }, formats: ['es'] },
    },
  });
  const old = await newTab('client');
  expect(await old.evaluate(openStore)).toBe('owner');
  await old.evaluate(() => window.db.execute('INSERT INTO t (tab, n) VALUES (1, 1)'));
  const next = await newTab('next');
  expect(await next.evaluate(openStore)).toMatch(/^PROTOCOL_MISMATCH .*an older version.*reload the other tabs/);
  await old.evaluate(() => window.db.execute('INSERT INTO t (tab, n) VALUES (1, 2)'));
  await old.evaluate(() => window.db.close());
  expect(await next.evaluate(openStore)).toBe('owner');
  expect(await old.evaluate(openStore)).toMatch(/^PROTOCOL_MISMATCH .*a newer version.*reload this page/);
  expect(await next.evaluate(rowsOf, 1)).toEqual([1, 2]);
});
