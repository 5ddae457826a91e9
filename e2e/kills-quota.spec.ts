// A quota that is used up: writes are refused and told so, reads go on, and nothing that was acknowledged is lost; not even where the
// browser is killed while there is no room, and the store is opened while there is none.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@cassette/storage/testing';
import { expect, type Page, test } from '@playwright/test';
import { serve } from '../scripts/tools/serve.mjs';
import { type KillableChromium, startChromium } from './browser/chromium.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What pages/page.js puts on the window, and what the test keeps there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  zip?: Blob;
  told(n: number, refusal: unknown): Promise<void>;
}
declare const window: TestWindow;

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let browser: KillableChromium;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-quota-'));
  server = await serve({ '/': join(here, 'pages'), '/client/': join(here, '../packages/client/dist') });
});

test.afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Lets the site have so many bytes more than it has; without a number as many as it likes. Chromium goes by twice what is taken. */
async function limit(page: Page, more?: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(server.url);
  if (more === undefined) {
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    return;
  }
  const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + more });
}

async function newPage(): Promise<Page> {
  const page = await browser.open(server.url);
  await page.waitForFunction(() => window.cassette !== undefined);
  return page;
}

async function openStore(): Promise<{ damage: number; role: string | null }> {
  window.db = await window.cassette.open({
    name: 'full',
    askPersistence: false,
    schema: `CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE IF NOT EXISTS k.t (p int, n int, v text, PRIMARY KEY (p, n));
      CREATE TABLE IF NOT EXISTS k.counts (p int PRIMARY KEY, c counter)`,
    config: { memtableFlushThreshold: 256 * 1024, memtableHardLimit: 1024 * 1024, flushRetryMilliseconds: 200 },
  });
  const { corruption, filesAside, sstablesSetAside } = window.db.recovery;
  return { damage: corruption.length + filesAside.length + sstablesSetAside.length, role: window.db.role };
}

/** Writes rows of a partition, and goes on where they are refused; tells of each what became of it. */
function startFilling(p: number): void {
  const payload = 'v'.repeat(8000);
  const write = async (n: number): Promise<void> => {
    const told = await window.db.execute('INSERT INTO k.t (p, n, v) VALUES (?, ?, ?)', [p, n, `${p}.${n} ${payload}`]).then(
      () => null,
      // Memtables that can't be flushed fill up first, or the log does.
      (error) => [error.code, error.cause?.code ?? null],
    );
    window.told(n, told);
    if (told !== null) await new Promise((resolve) => setTimeout(resolve, 50));
    return write(n + 8);
  };
  for (let n = 0; n < 8; n++) void write(n);
}

/** The rows of a partition that are there and are what was written. */
async function rowsOf(p: number): Promise<number[]> {
  const { rows } = await window.db.execute('SELECT n, v FROM k.t WHERE p = ?', [p]);
  return rows.filter(({ n, v }) => (v as string).startsWith(`${p}.${n} `)).map(({ n }) => n as number);
}

/** What was counted. */
async function countOf(): Promise<number> {
  return Number((await window.db.execute('SELECT c FROM k.counts WHERE p = 1')).first()!['c']);
}

/** What everything that needs room comes to: `done`, or the code of its error. */
async function outcomes(): Promise<Record<string, string>> {
  const { db } = window;
  const said: Record<string, string> = {};
  const attempt = async (name: string, call: () => Promise<unknown>) => {
    said[name] = await call().then(
      () => 'done',
      (error) => error.code ?? String(error),
    );
  };
  const sink = () => new WritableStream<Uint8Array>({ write: () => undefined });
  const big = 'b'.repeat(600_000);
  await attempt('insert', () => db.execute('INSERT INTO k.t (p, n, v) VALUES (0, 1, ?)', [big]));
  await attempt('many', () =>
    db.executeMany('INSERT INTO k.t (p, n, v) VALUES (0, ?, ?)', [
      [2, big],
      [3, big],
    ]),
  );
  await attempt('batch', () => db.batch([{ query: 'INSERT INTO k.t (p, n, v) VALUES (0, 4, ?)', params: [big] }]));
  const { zip } = window;
  if (zip !== undefined) {
    await attempt('import', () => db.import(zip));
    await attempt('import of a stream', () => db.import(zip.stream()));
  }
  await attempt('flush', () => db.flush());
  await attempt('compact', () => db.compact());
  await attempt('export', () => db.export({ compact: true }, sink()));
  await attempt('export as it is', () => db.export({ compact: false }, sink()));
  await attempt('read', () => db.execute('SELECT count(*) FROM k.t'));
  await attempt('stats', () => db.stats());
  return said;
}

/** Keeps an export, for imports. */
async function keepExport(): Promise<void> {
  const chunks: Uint8Array[] = [];
  await window.db.export({}, new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk.slice()) }));
  window.zip = new Blob(chunks as BlobPart[]);
}

/** While there is no room, or what a compaction has just made: each call is carried out or refused, but reads and exports are carried out. */
function checkFull({ read, stats, 'export as it is': exported, ...others }: Record<string, string>): void {
  expect([read, stats, exported]).toEqual(['done', 'done', 'done']);
  for (const outcome of Object.values(others)) expect(['done', 'STORAGE_FULL']).toContain(outcome);
  expect(Object.values(others)).toContain('STORAGE_FULL');
}

test('Chromium: a full quota is told and survived, with the browser killed in it, and gone when there is room', async () => {
  const random = seededRandom(Number(process.env.CASSETTE_KILLS_SEED ?? 1));
  const first = Array.from({ length: 1000 }, (_, n) => n);
  /** What was acknowledged, by partition. */
  const written = new Map<number, number[]>([[1, first]]);
  const checkRows = async (page: Page) => {
    for (const [p, numbers] of written) expect(await page.evaluate(rowsOf, p)).toEqual(expect.arrayContaining(numbers));
    expect(await page.evaluate(countOf)).toBe(5);
  };

  browser = await startChromium(join(folder, 'profile'));
  let page = await newPage();
  expect(await page.evaluate(openStore)).toEqual({ damage: 0, role: 'owner' });
  await page.evaluate(async (numbers) => {
    const rows = numbers.map((n) => [n, `1.${n} `.padEnd(1500, `${Math.random()}`)]);
    await window.db.executeMany('INSERT INTO k.t (p, n, v) VALUES (1, ?, ?)', rows);
    await window.db.execute('UPDATE k.counts SET c = c + 5 WHERE p = 1');
    await window.db.flush();
  }, first);

  for (let kill = 0; kill < 3; kill++) {
    await page.evaluate(keepExport);
    await limit(page, 1_500_000 + Math.floor(random() * 2_000_000));
    const acknowledged: number[] = [];
    const refusals = new Set<string>();
    const p = kill + 2;
    written.set(p, acknowledged);
    await page.exposeFunction('told', (n: number, refusal: unknown) => {
      if (refusal === null) acknowledged.push(n);
      else refusals.add(JSON.stringify(refusal));
    });
    await page.evaluate(startFilling, p);
    await expect.poll(() => refusals.size, { timeout: 120_000 }).toBeGreaterThan(0);
    for (const refusal of refusals) expect(['["STORAGE_FULL",null]', '["STORAGE_FULL","STORAGE_FULL"]']).toContain(refusal);
    checkFull(await page.evaluate(outcomes));
    await checkRows(page);
    await new Promise((resolve) => setTimeout(resolve, random() * 500));
    await browser.kill();

    browser = await startChromium(join(folder, 'profile'));
    page = await newPage();
    // The limit went with the browser; the store is opened with no room at all.
    await limit(page, 0);
    expect(await page.evaluate(openStore)).toEqual({ damage: 0, role: 'owner' });
    await checkRows(page);
    checkFull(await page.evaluate(outcomes));
    await limit(page);
    await expect
      .poll(
        () =>
          page.evaluate(() =>
            window.db.flush().then(
              () => 'done',
              ({ code }) => code,
            ),
          ),
        { timeout: 120_000 },
      )
      .toBe('done');
  }
  await page.evaluate(keepExport);
  const allSaid = async () => [...new Set(Object.values(await page.evaluate(outcomes)))];
  await expect.poll(allSaid, { timeout: 120_000 }).toEqual(['done']);
  await checkRows(page);
  await page.evaluate(() => window.db.close());
  expect(await page.evaluate(openStore)).toEqual({ damage: 0, role: 'owner' });
  await checkRows(page);
});
