// The engine's view on a store at work: its picture, plots, load generator, crashes on purpose and the crash laboratory.

import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { openChromium } from './browser/chromium-profile.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import { devtoolsDist, useSite } from './browser/site.ts';

const site = useSite({ folders: () => ({ '/devtools/': devtoolsDist }) });

let context: BrowserContext;
/** Whatever the page complains of: a refused script, an error nobody caught. */
let complaints: string[];

test.beforeAll(async () => {
  context = await openChromium(join(site.folder, 'devtools'), 'block');
});

test.afterAll(async () => {
  await context?.close();
});

test.beforeEach(() => {
  complaints = [];
});

async function visit(store: string): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${site.url}devtools/?store=${store}#/engine`);
  await expect(page.getByRole('heading', { name: 'Load generator' })).toBeVisible();
  return page;
}

const load = (page: Page) => page.getByRole('region', { name: 'Load generator' });
const picture = (page: Page) => page.getByRole('region', { name: 'The engine as a picture' });
const blocks = (page: Page) => picture(page).locator('a.block');
const crash = (page: Page) => page.getByRole('region', { name: 'Crash now' });

async function start(page: Page, knobs: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const [label, value] of Object.entries({ 'Characters a row': '1500', ...knobs })) {
    const knob = load(page).getByLabel(label, { exact: true });
    await knob.fill(value);
    await knob.press('Tab');
  }
  await load(page).getByRole('button', { name: 'Start' }).click();
  await expect(load(page).getByRole('status')).toHaveText('Writing.');
}

/** The longest task of the page's main thread while something goes on, in milliseconds of its processor: however busy the machine is. */
async function longestTask(page: Page, goesOn: () => Promise<void>): Promise<number> {
  const cdp = await context.newCDPSession(page);
  const events: Record<string, unknown>[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as Record<string, unknown>[])));
  const ended = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  const includedCategories = ['devtools.timeline', 'disabled-by-default-devtools.timeline'];
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories, excludedCategories: ['*'] },
  });
  await goesOn();
  await cdp.send('Tracing.end');
  await ended;
  await cdp.detach();
  const threads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && (args as { name: string }).name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = events.filter(({ name, pid, tid }) => name === 'RunTask' && threads.has(`${pid} ${tid}`));
  expect(tasks.length).toBeGreaterThan(50);
  return Math.max(...tasks.map(({ tdur }) => Number(tdur ?? 0))) / 1000;
}

async function violations(page: Page): Promise<unknown[]> {
  const found = await new AxeBuilder({ page }).include('.engine-view').analyze();
  return found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]);
}

test('the picture moves with the engine while it writes flat out, and no task of the page takes a tenth of a second', async () => {
  const page = await visit('flat-out');
  await expect(picture(page).getByText('None yet: a full memtable becomes one.')).toBeVisible();
  await start(page);
  const longest = await longestTask(page, async () => {
    await expect.poll(() => blocks(page).count(), { timeout: 300_000 }).toBeGreaterThan(2);
    await expect(picture(page).locator('.segment.filling')).toHaveCount(1);
    await expect(picture(page).locator('.dot').first()).toBeAttached();
  });
  expect(longest).toBeLessThan(100);
  const rows = page.getByRole('region', { name: 'Plots' }).locator('figure').first().locator('dd').first();
  await expect(rows).toHaveText(/^[1-9]/);
  await load(page).getByRole('button', { name: 'Stop' }).click();
  await expect(load(page).getByRole('status')).toHaveText('Stopped.');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveAttribute('aria-pressed', 'true');

  await blocks(page).first().focus();
  await blocks(page).first().press('ArrowRight');
  await expect(blocks(page).nth(1)).toBeFocused();
  await expect(picture(page).locator('.looked')).toContainText('cassette_load.size_tiered');
  await expect(picture(page).locator('.looked')).toContainText('partitions');
  await picture(page).getByText('The picture as text').click();
  await expect(picture(page).getByRole('cell', { name: 'cassette_load.size_tiered' }).first()).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark' });
  await picture(page).getByRole('button', { name: 'by age' }).click();
  expect(await violations(page)).toEqual([]);
  await blocks(page).first().click();
  await expect(page).toHaveURL(/#\/inspector\?sstable=[^&]*-Data\.db$/);
  expect(complaints).toEqual([]);
  await page.close();
});

test('nothing moves for those who asked for less motion; names full of markup are text', async () => {
  const page = await context.newPage();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${site.url}devtools/?store=still`);
  const editor = page.getByRole('textbox', { name: 'CQL statements' });
  const name = '<img src=x onerror="harmed=1">';
  await editor.fill(
    `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; CREATE TABLE k.t (a int PRIMARY KEY, "${name.replaceAll('"', '""')}" text) WITH comment = '${name}'; INSERT INTO k.t (a) VALUES (1);`,
  );
  await editor.press('Control+Enter');
  const flush = page.getByRole('button', { name: 'Flush to SSTables' });
  await expect(flush).toBeEnabled({ timeout: 120_000 });
  await flush.click();
  await page.getByRole('link', { name: 'Engine' }).click();
  await expect(blocks(page)).toHaveCount(1);
  await start(page, { 'Ends after, minutes': '1' });
  await expect.poll(() => blocks(page).count(), { timeout: 300_000 }).toBeGreaterThan(1);
  expect(await picture(page).locator('.dot').count()).toBe(0);
  await load(page).getByRole('button', { name: 'Stop' }).click();
  await expect(load(page).getByRole('status')).toHaveText('Stopped.');
  await load(page).getByRole('button', { name: 'Clear' }).click();
  await expect(blocks(page)).toHaveCount(1);
  expect(await page.evaluate(() => Reflect.get(window, 'harmed'))).toBeUndefined();
  await page.close();
});

const allThere = /([1-9][\d,]*) of \1 acknowledged rows are there/;

test('killed in the midst of writing, the engine comes back with all that was acknowledged, for the tab that asks for it in another one too', async () => {
  const page = await visit('killed');
  await start(page, { Writers: '8', 'Rows a call': '50' });
  await expect.poll(() => blocks(page).count(), { timeout: 300_000 }).toBeGreaterThan(0);
  await crash(page).getByRole('button', { name: 'Kill the engine' }).click();
  await expect(crash(page)).toContainText('The engine died.');
  await expect(crash(page)).toContainText(/[1-9][\d,]* mutations? replayed/, { timeout: 120_000 });
  await expect(crash(page)).toContainText(allThere, { timeout: 120_000 });
  await crash(page).getByRole('button', { name: 'Go on writing' }).click();
  await expect(load(page).getByRole('status')).toHaveText('Writing.');
  expect(await violations(page)).toEqual([]);

  const second = await visit('killed');
  await expect(crash(second)).toContainText("another tab's worker");
  await crash(second).getByRole('button', { name: 'Kill the engine' }).click();
  await expect(crash(second)).toContainText('It was the worker of another tab.');
  await expect(crash(second)).toContainText('Open again after', { timeout: 120_000 });
  await expect(crash(second)).toContainText('Nothing to compare');
  await load(page).getByRole('button', { name: 'Stop' }).click();
  await expect(load(page).getByRole('status')).toHaveText('Stopped.', { timeout: 120_000 });
  expect(complaints).toEqual([]);
  await second.close();
  await page.close();
});

test('the crash laboratory: the same seed is the same disk, and the power goes where the slider says', async () => {
  const page = await visit('laboratory');
  const lab = page.getByRole('region', { name: 'Crash laboratory' });
  await lab.getByRole('button', { name: 'Go in' }).click();
  await expect(lab).toContainText(allThere, { timeout: 120_000 });
  const fingerprint = lab.locator('.story code').last();
  const first = await fingerprint.textContent();
  await lab.getByRole('slider').press('ArrowRight');
  await expect(fingerprint).not.toHaveText(first!);
  await lab.getByRole('slider').press('ArrowLeft');
  await expect(fingerprint).toHaveText(first!);
  await lab.getByRole('button', { name: 'Next' }).click();
  await expect(fingerprint).not.toHaveText(first!);
  await lab.getByLabel('Of what was not flushed').selectOption('lose');
  await expect(lab.locator('.story')).toContainText('nothing unflushed stays');
  await lab.getByLabel('Fault before').selectOption('flush');
  await expect(lab).toContainText(allThere);
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(complaints).toEqual([]);
  await page.close();
});

test('in Firefox the same: load, a crash with nothing lost, the laboratory with the disk that Chromium has', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const firefox = await startFirefox(join(site.folder, 'firefox'));
  try {
    const page = await firefox.newPage();
    await page.goto(`${site.url}devtools/?store=firefox#/engine`);
    const click = async (name: string) => {
      const button = await page.waitForSelector(`aria/${name}[role="button"]`);
      await button!.click();
    };
    const text = (selector: string) => page.$eval(selector, (element) => element.textContent);
    await click('Start');
    await page.waitForSelector('a.block', { timeout: 300_000 });
    await click('Kill the engine');
    await expect.poll(() => text('.crash'), { timeout: 120_000 }).toMatch(allThere);
    await click('Go in');
    await expect.poll(() => text('.lab'), { timeout: 120_000 }).toMatch(allThere);
    const other = await visit('laboratory-too');
    await other.getByRole('button', { name: 'Go in' }).click();
    const lab = other.getByRole('region', { name: 'Crash laboratory' });
    await expect(lab).toContainText(allThere, { timeout: 120_000 });
    expect(await text('.lab .story li:last-child code')).toBe(await lab.locator('.story code').last().textContent());
    await other.close();
  } finally {
    await firefox.close();
  }
});
