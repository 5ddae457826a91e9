// Many tabs write into one store, and any of them, at any moment, is closed, reloaded, crashed or killed, or loses its worker.
//
//   CASSETTE_TAB_DEATHS=300 CASSETTE_KILLS_SEED=7 npm test -- e2e      so many of that in each browser

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Random, seededRandom } from '@cassette/storage/testing';
import { expect, type Page, test } from '@playwright/test';
import type { Page as PuppeteerPage } from 'puppeteer-core';
import { serve } from '../scripts/tools/serve.mjs';
import { type KillableChromium, startChromium } from './browser/chromium.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import { TabLedger, type TabRows } from './kills/tab-ledger.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const seed = Number(process.env.CASSETTE_KILLS_SEED ?? 1);
const deathsOf = (usual: number) => Number(process.env.CASSETTE_TAB_DEATHS ?? usual);

/** What pages/tab.js puts on the window. */
interface TabWindow {
  db: import('@cassette/client').RemoteDatabase;
  engineWorker?: Worker;
  isWriting?: boolean;
  state: { open: number; isEnding: boolean; failed: string[] };
}
declare const window: TabWindow;

/** A tab, whoever drives it. */
interface Tab {
  readonly number: number;
  evaluate<T>(run: () => T | Promise<T>): Promise<T>;
  close(): Promise<void>;
}

let folder: string;
let ledger: TabLedger;
let server: Awaited<ReturnType<typeof serve>>;

test.beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-tabs-'));
  ledger = new TabLedger();
  server = await serve(
    { '/': join(here, 'pages'), '/client/': join(here, '../packages/client/dist') },
    { posts: (url, body) => ledger.hear(url, body) },
  );
});

test.afterEach(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const one = <T>(random: Random, all: readonly T[]): T => all[Math.floor(random() * all.length)];
const addressOf = (number: number) => `${server.url}tab.html?store=many&tab=${number}`;

/** Resolves when a tab has the store open; rejects where it could not open it. */
async function writes(tab: Tab): Promise<void> {
  while (!(await tab.evaluate(() => window.isWriting === true))) await pause(50);
  expect(await tab.evaluate(() => window.state.failed)).toEqual([]);
}

/** Of tabs that live one at most takes itself for the owner. Of one that has just died the test may not have heard yet. */
async function checkOwners(tabs: readonly Tab[]): Promise<void> {
  const roles = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.db.role).catch(() => 'dead' as const)));
  expect(roles.filter((role) => role === 'owner').length).toBeLessThanOrEqual(1);
}

/** Ends the writing of tabs that live, checks that each call came to an end, and all rows of all tabs, those that are gone as well. */
async function checkAll(tabs: readonly Tab[]): Promise<void> {
  for (const tab of tabs) {
    const { open, failed } = await tab.evaluate(async () => {
      window.state.isEnding = true;
      for (let tries = 0; window.state.open > 0 && tries < 3000; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
      return window.state;
    });
    expect([tab.number, open, failed]).toEqual([tab.number, 0, []]);
    ledger.end(tab.number);
  }
  await checkOwners(tabs);
  const wrong: string[] = [];
  const all = await tabs[0].evaluate(async () => {
    const read = async (cql: string) =>
      (await window.db.execute(cql)).rows.map((row) => row.values() as (number | bigint | null)[]);
    const numbers = (rows: (number | bigint | null)[][]) => rows.map((row) => row.map((value) => Number(value)));
    const tables = [
      'SELECT tab, n FROM trail',
      'SELECT tab, n FROM swept',
      'SELECT tab, n FROM newest',
      'SELECT tab, n FROM counts',
    ];
    return Promise.all(tables.map((cql) => read(cql).then(numbers)));
  });
  const [trail, swept, newest, counts] = all;
  for (const tab of new Set([...ledger.tabs, ...trail.map(([number]) => number)])) {
    const of = (rows: readonly (readonly number[])[]) => rows.filter(([number]) => number === tab).map(([, n]) => n);
    const rows: TabRows = { trail: of(trail), swept: of(swept), newest: of(newest)[0] ?? null, count: of(counts)[0] ?? 0 };
    wrong.push(...ledger.check(tab, rows));
  }
  expect(wrong).toEqual([]);
  expect(ledger.acknowledged).toBeGreaterThan(100);
}

/** A Chromium's tabs, which may share a process, and so die together. */
class ChromiumTabs {
  readonly living = new Map<Page, Tab>();
  private readonly browser: KillableChromium;
  private next = 0;

  constructor(browser: KillableChromium) {
    this.browser = browser;
  }

  async open(): Promise<void> {
    const number = this.next++;
    const page = await this.browser.open(addressOf(number));
    const tab: Tab = { number, evaluate: (run) => page.evaluate(run), close: () => page.close() };
    this.living.set(page, tab);
    page.on('crash', () => this.living.delete(page));
    await writes(tab);
  }

  /** Its renderer dies of itself. */
  async crash(page: Page): Promise<void> {
    const session = await this.browser.context.newCDPSession(page);
    const crashed = page.waitForEvent('crash');
    // The answer dies with it.
    session.send('Page.crash').catch(() => undefined);
    await crashed;
  }

  /** SIGKILL to one of the renderers, whichever tabs are in it. */
  async killRenderer(random: Random): Promise<void> {
    const session = await this.browser.context.browser()!.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
    process.kill(one(random, renderers), 'SIGKILL');
    // Until it is known which tabs that were: those that live answer, of the others Playwright hears.
    await pause(100);
    await Promise.all(
      Array.from(this.living, ([page, tab]) => tab.evaluate(() => undefined).catch(() => this.living.delete(page))),
    );
  }
}

test('Chromium: twenty tabs write while random ones are closed, reloaded, crashed and killed: nothing acknowledged is lost, no call is left open', async () => {
  const deaths = deathsOf(16);
  test.setTimeout(600_000 + deaths * 60_000);
  const random = seededRandom(seed);
  const browser = await startChromium(join(folder, 'profile'));
  try {
    const tabs = new ChromiumTabs(browser);
    for (let i = 0; i < 20; i++) await tabs.open();
    for (let death = 0; death < deaths; death++) {
      await pause(random() * 400);
      const page = one(random, [...tabs.living.keys()]);
      switch (Math.floor(random() * 6)) {
        case 0:
        case 1:
          tabs.living.delete(page);
          await page.close();
          break;
        case 2:
          await tabs.crash(page);
          break;
        case 3:
          await tabs.killRenderer(random);
          break;
        case 4:
          await page.evaluate(() => window.engineWorker?.terminate()).catch(() => undefined);
          break;
        default:
          // It is another tab from here on, in the same place.
          tabs.living.delete(page);
          await page.goto('about:blank');
          await page.close();
      }
      // Now and then there are fewer for a while.
      while (tabs.living.size < (random() < 0.3 ? 17 : 20)) await tabs.open();
      await checkOwners([...tabs.living.values()]);
    }
    await checkAll([...tabs.living.values()]);
    console.log(`Chromium, seed ${seed}: ${deaths} deaths, ${ledger.acknowledged} calls acknowledged, ${ledger.lost} OWNER_LOST`);
  } finally {
    await browser.close();
  }
});

test('Firefox: the same with six tabs, which are closed, navigated away, or lose their worker', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const deaths = deathsOf(8);
  test.setTimeout(600_000 + deaths * 60_000);
  const random = seededRandom(seed);
  const browser = await startFirefox(join(folder, 'profile'));
  try {
    const living = new Map<PuppeteerPage, Tab>();
    let next = 0;
    const open = async () => {
      const page = await browser.newPage();
      const number = next++;
      await page.goto(addressOf(number));
      const tab: Tab = { number, evaluate: (run) => page.evaluate(run) as never, close: () => page.close() };
      living.set(page, tab);
      await writes(tab);
    };
    for (let i = 0; i < 6; i++) await open();
    for (let death = 0; death < deaths; death++) {
      await pause(random() * 600);
      const page = one(random, [...living.keys()]);
      const way = Math.floor(random() * 3);
      if (way === 0) await page.evaluate(() => window.engineWorker?.terminate());
      else {
        living.delete(page);
        if (way === 1) await page.goto('about:blank');
        await page.close();
      }
      while (living.size < 6) await open();
      await checkOwners([...living.values()]);
    }
    await checkAll([...living.values()]);
    console.log(`Firefox, seed ${seed}: ${deaths} deaths, ${ledger.acknowledged} calls acknowledged, ${ledger.lost} OWNER_LOST`);
  } finally {
    await browser.close();
  }
});
