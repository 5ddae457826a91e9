// <cassette-devtools> in somebody's app, built by its bundler, over the app's own store and under a strict policy, in Chromium and Firefox.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import { useChromium } from './browser/site.ts';

const root = fileURLToPath(new URL('./element-app', import.meta.url));
const site = useChromium({
  folders: async (folder) => {
    const outDir = join(folder, 'app');
    await build({
      root,
      base: './',
      logLevel: 'error',
      configFile: false,
      build: { outDir, target: 'es2022' },
      worker: { format: 'es' },
    });
    return { '/app/': outDir };
  },
});

let complaints: string[];
test.beforeEach(() => {
  complaints = [];
});

async function visit(asked = ''): Promise<Page> {
  const page = await site.context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${site.url}app/${asked}`);
  return page;
}

test('the devtools lie at an edge of an app’s window, show its store, and leave it as it was when they are closed', async () => {
  const page = await visit();
  const devtools = page.locator('cassette-devtools');
  await expect(devtools.getByText('an app of its own')).toBeVisible({ timeout: 120_000 });
  const { violations } = await new AxeBuilder({ page }).include('cassette-devtools').analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  // The app's own store is not filled or wiped from here.
  await expect(devtools.getByRole('button', { name: 'Load sample data' })).toHaveCount(0);
  await expect(devtools.getByRole('button', { name: 'Wipe …' })).toHaveCount(0);

  const editor = devtools.getByRole('textbox', { name: 'CQL statements' });
  await editor.fill('SELECT k, v FROM notes;');
  await editor.press('Control+Enter');
  await expect(devtools.getByRole('gridcell', { name: '<img src=x' })).toBeVisible();
  const views = devtools.getByRole('navigation', { name: 'Views' });
  await views.getByRole('link', { name: 'Inspector' }).click();
  await devtools.getByRole('button', { name: /notes/ }).click();
  await expect(devtools.getByRole('tree').getByText("'a'").first()).toBeVisible();
  await views.getByRole('link', { name: 'Engine' }).click();
  await expect(devtools.getByRole('heading', { name: 'Over time' })).toBeVisible();
  await expect(devtools.getByRole('region', { name: 'Load generator' })).toHaveCount(0);
  await expect(devtools.getByRole('button', { name: /Kill/ })).toHaveCount(0);
  await views.getByRole('link', { name: 'Storage' }).click();
  await expect(devtools.getByRole('heading', { name: 'Files' })).toBeVisible();
  // The address stays the app's, and so do its styles.
  expect(new URL(page.url()).hash).toBe('');
  expect(await page.evaluate(() => getComputedStyle(document.querySelector('h1')!).fontSize)).toBe('32px');

  const edge = devtools.getByRole('separator', { name: 'Size of the devtools' });
  const height = async () => (await devtools.boundingBox())!.height;
  const before = await height();
  await edge.press('ArrowUp');
  expect(await height()).toBe(before + 24);
  await devtools.getByRole('button', { name: 'Close the devtools' }).click();
  await expect(page.getByText("closed, 1 row in the app's store")).toBeVisible();
  await expect(devtools).toHaveCount(0);
  expect(complaints).toEqual([]);
  await page.close();
});

test('in a narrow dock each view is as on a phone, and nothing in it shuts anybody out', async () => {
  const page = await visit();
  const devtools = page.locator('cassette-devtools');
  const editor = devtools.getByRole('textbox', { name: 'CQL statements' });
  await expect(editor).toBeVisible({ timeout: 120_000 });
  await devtools.evaluate((element) => {
    element.setAttribute('dock', 'right');
    element.style.setProperty('--dock-size', '400px');
  });
  for (const name of ['Console', 'Engine', 'Inspector', 'Storage']) {
    await devtools.getByRole('navigation', { name: 'Views' }).getByRole('link', { name }).click();
    const view = devtools.getByRole('region', { name, exact: true }).first();
    await expect(view).toBeVisible();
    await expect(view.getByText(/^Loading /)).toHaveCount(0);
    // Nothing runs out at its side.
    expect(await view.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    for (const colorScheme of name === 'Console' ? (['dark', 'light'] as const) : (['light'] as const)) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).include('cassette-devtools').analyze();
      expect(violations.map(({ id, nodes }) => [name, colorScheme, id, ...nodes.map(({ html }) => html)])).toEqual([]);
    }
  }
  // Its edge tells and takes its size.
  const edge = devtools.getByRole('separator', { name: 'Size of the devtools' });
  await edge.press('Home');
  await expect(edge).toHaveAttribute('aria-valuenow', '160');
  await edge.press('ArrowLeft');
  await expect(edge).toHaveAttribute('aria-valuenow', '184');
  await edge.press('End');
  expect(await edge.getAttribute('aria-valuenow')).toBe(await edge.getAttribute('aria-valuemax'));
  // What is offered while one types is not cut off by the editor's edge.
  await devtools.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Console' }).click();
  await editor.fill('SELECT * FROM ');
  await editor.press('Control+Space');
  const offers = devtools.getByRole('listbox', { name: 'Completions' });
  await expect(offers.getByText('notes')).toBeVisible();
  const [{ y }, below] = await Promise.all([devtools.locator('.editor').boundingBox(), offers.boundingBox()]).then(
    ([around, box]) => [box!, around!] as const,
  );
  expect(y).toBeGreaterThan(below.y);
  await offers.getByText('notes').click();
  await expect(editor).toHaveText('SELECT * FROM cassette.notes');
  expect(complaints).toEqual([]);
  await page.close();
});

test('what an app sets before the browser knows the element counts', async () => {
  const page = await visit('?late');
  const devtools = page.locator('cassette-devtools');
  await expect(devtools.getByText('an app of its own')).toBeVisible({ timeout: 120_000 });
  await expect(devtools).toHaveAttribute('dock', 'bottom');
  expect(complaints).toEqual([]);
  await page.close();
});

test('a second element on a page leaves the first what it shows, and has its turn when that is gone', async () => {
  const page = await visit('?twice');
  const [first, second] = [page.locator('cassette-devtools').first(), page.locator('cassette-devtools').last()];
  await expect(first.getByText('an app of its own')).toBeVisible({ timeout: 120_000 });
  await expect(second.getByText('The devtools are shown elsewhere on this page')).toBeVisible();
  await expect(first.getByText('an app of its own')).toBeVisible();
  await first.getByRole('button', { name: 'Close the devtools' }).click();
  await expect(page.locator('cassette-devtools').getByText('another of its own')).toBeVisible();
  expect(complaints).toEqual([]);
  await page.close();
});

test('Firefox: an app’s store is looked at in each view, and goes on when the element is closed', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const firefox = await startFirefox(join(site.folder, 'firefox'));
  try {
    const page = await firefox.newPage();
    await page.goto(`${site.url}app/`);
    // Through the element's shadow root, where changes are seen by looking alone, and not by places: views move what is below.
    const find = (inside: string) => page.waitForSelector(`cassette-devtools >>> ${inside}`, { visible: true, timeout: 120_000 });
    const click = async (inside: string) => (await find(inside))!.evaluate((element) => (element as HTMLElement).click());
    await find('::-p-text(an app of its own)');
    await click('a::-p-text(Inspector)');
    await click('button::-p-text(notes)');
    await find('[role=tree] ::-p-text(partition)');
    await click('a::-p-text(Engine)');
    await find('h2::-p-text(Over time)');
    await click('a::-p-text(Storage)');
    await find('::-p-text(log segment)');
    await click('button[aria-label="Close the devtools"]');
    await page.waitForSelector("::-p-text(closed, 1 row in the app's store)", { timeout: 120_000 });
  } finally {
    await firefox.close();
  }
});
