// The example app as its README walks through it: counted without a network, seen live in two tabs, handed over.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';

const dist = fileURLToPath(new URL('../apps/survey/dist/', import.meta.url));

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let context: BrowserContext;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-survey-'));
  server = await serve(dist);
  context = await openChromium(join(folder, 'chromium'));
});

test.afterAll(async () => {
  await context?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

test('is made of less than 300 lines', async () => {
  const app = fileURLToPath(new URL('../apps/survey/', import.meta.url));
  const own = ['index.html', 'vite.config.ts', ...(await readdir(join(app, 'src'))).map((file) => `src/${file}`)];
  const lines = await Promise.all(own.map(async (file) => (await readFile(join(app, file), 'utf8')).split('\n').length - 1));
  expect(lines.reduce((sum, count) => sum + count)).toBeLessThan(300);
});

const bird = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^\\d+ ?${name}`) });
const counts = (page: Page) => page.locator('.species b').allTextContents();

test('counts without a network, in two tabs, over a reload, and hands over what was counted', async () => {
  const first = await context.newPage();
  await first.setViewportSize({ width: 390, height: 844 });
  await first.goto(server.url);
  await bird(first, 'Wren').click();
  await expect(first.getByText('1 seen')).toBeVisible();
  await first.evaluate(() => navigator.serviceWorker.ready);

  await context.setOffline(true);
  await first.reload();
  await expect(first.getByText('Offline, all is kept here')).toBeVisible();
  const second = await context.newPage();
  await second.goto(server.url);
  await bird(first, 'Robin').click();
  await bird(second, 'Robin').click();
  await first.getByLabel('Note on Wren').fill('singing, <b>left</b> side');
  await first.getByLabel('Note on Wren').blur();
  for (const page of [first, second]) {
    await expect(page.getByText('3 seen')).toBeVisible();
    await expect(page.getByLabel('Note on Wren')).toHaveValue('singing, <b>left</b> side');
    expect(await counts(page)).toEqual(['0', '1', '2', '0', '0', '0']);
  }
  // A note that is being written stays while the other tab changes what is shown, also that note.
  await first.getByLabel('Note on Wren').fill('half of');
  await second.getByLabel('Note on Wren').fill('somebody else’s');
  await second.getByLabel('Note on Wren').blur();
  await second.getByLabel('Remove Robin').first().click();
  await expect(first.getByText('2 seen')).toBeVisible();
  await expect(first.getByLabel('Note on Wren')).toHaveValue('half of');
  await first.getByLabel('Note on Wren').fill('half of it, whole');
  await first.getByLabel('Note on Wren').blur();
  await expect(second.getByLabel('Note on Wren')).toHaveValue('half of it, whole');
  await second.close();

  const downloading = first.waitForEvent('download');
  await first.getByRole('button', { name: 'Export hedgerow.zip' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('hedgerow.zip');
  await expect(first.getByText(/^hedgerow\.zip: .* 1 SSTable$/)).toBeVisible();
  const files = unzipSync(await readFile(await download.path()));
  expect(Object.keys(files).filter((name) => name.endsWith('-Data.db'))).toHaveLength(1);
  expect(strFromU8(files['load.sh'])).toContain('nodetool import');
  expect(strFromU8(files[Object.keys(files).find((name) => name.endsWith('schema.cql'))!])).toContain('sightings');

  await first.getByText('How a server loads it').click();
  await expect(first.getByText('sh hedgerow/load.sh --schema')).toBeVisible();
  const { violations } = await new AxeBuilder({ page: first }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  await context.setOffline(false);
  await first.close();
});

test('looks the same in the dark and on a wide screen', async () => {
  const page = await context.newPage();
  for (const [name, width, height, colorScheme] of [
    ['phone', 390, 844, 'light'],
    ['phone-dark', 390, 844, 'dark'],
    ['wide', 1200, 800, 'light'],
  ] as const) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await page.goto(server.url);
    await expect(page.getByText(/\d seen/)).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const { CASSETTE_SCREENSHOTS: shots } = process.env;
    if (shots) await page.screenshot({ path: join(shots, `survey-${name}.png`) });
  }
  await page.close();
});

test('Firefox counts on when the server is gone, and opens again without it', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const own = await serve(dist);
  const firefox = await startFirefox(join(folder, 'firefox'));
  try {
    const page = await firefox.newPage();
    await page.goto(own.url);
    await page.waitForSelector('.species button:not([disabled])');
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await own.close();
    await page.reload();
    await page.waitForSelector('.species button:not([disabled])');
    await page.click('.species button');
    const other = await firefox.newPage();
    await other.goto(own.url);
    await other.waitForFunction(() => document.querySelector('.species b')?.textContent === '1');
    await other.click('.species button');
    await page.waitForFunction(() => document.querySelector('.species b')?.textContent === '2');
  } finally {
    await firefox.close();
    await own.close();
  }
});
