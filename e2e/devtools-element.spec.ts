// <cassette-devtools> in somebody's app, built by its bundler, over the app's own store and under a strict policy.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
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

test('the devtools lie at an edge of an app’s window, show its store, and leave it as it was when they are closed', async () => {
  const complaints: string[] = [];
  const page: Page = await site.context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${site.url}app/`);
  const devtools = page.locator('cassette-devtools');
  await expect(devtools.getByText('an app of its own')).toBeVisible({ timeout: 30_000 });
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
