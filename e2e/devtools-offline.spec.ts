// The devtools page without network, and for whoever can't see it: installed as an app, gone through by axe.

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { devtoolsDist, useChromium } from './browser/site.ts';

/** The page once more, of which the test makes a newer build. */
let rebuilt = '';
const site = useChromium({
  folders: async (folder) => {
    rebuilt = join(folder, 'rebuilt');
    await cp(devtoolsDist, rebuilt, { recursive: true });
    return { '/': devtoolsDist, '/rebuilt/': rebuilt };
  },
});

const editor = (page: Page) => page.getByRole('textbox', { name: 'CQL statements' });

async function run(page: Page, cql: string): Promise<void> {
  await editor(page).fill(cql);
  await editor(page).press('Control+Enter');
}

async function visit(hash = ''): Promise<Page> {
  const page = await site.context.newPage();
  await page.goto(`${site.url}?store=offline${hash}`);
  await expect(editor(page)).toBeVisible();
  return page;
}

test('once it was there the page opens without network, and writes and reads', async () => {
  const page = await visit();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await run(page, "CREATE TABLE IF NOT EXISTS t (k text PRIMARY KEY, v int); INSERT INTO t (k, v) VALUES ('with', 1);");
  await expect(page.getByRole('region', { name: 'Schema' }).getByText('t', { exact: true })).toBeVisible();
  await site.context.setOffline(true);
  try {
    await page.reload();
    await run(page, "INSERT INTO t (k, v) VALUES ('without', 2); SELECT k, v FROM t;");
    await expect(page.getByRole('gridcell', { name: 'without' }).first()).toBeVisible();
    await expect(page.getByRole('gridcell', { name: 'with', exact: true }).first()).toBeVisible();
    // Each view's code is there as well, not only what was shown before.
    for (const link of await page.getByRole('navigation', { name: 'Views' }).getByRole('link').all()) {
      await link.click();
      await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
      await expect(page.getByRole('main').getByText(/^Loading /)).toHaveCount(0);
    }
  } finally {
    await site.context.setOffline(false);
  }
  await page.close();
});

test('a newer build is announced when it has come, and not before', async () => {
  const page = await site.context.newPage();
  await page.goto(`${site.url}rebuilt/?store=rebuilt`);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await expect(editor(page)).toBeVisible();
  const look = () => page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await look();
  await expect(page.getByText('A newer build of this page is here.')).toHaveCount(0);
  const worker = join(rebuilt, 'service-worker.js');
  const source = await readFile(worker, 'utf8');
  await writeFile(worker, source.replace(/("?id"?:\s*["'`])[0-9a-f]{16}/, '$10123456789abcdef'));
  expect(await readFile(worker, 'utf8')).not.toBe(source);
  await look();
  await expect(page.getByText('A newer build of this page is here.')).toBeVisible();
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(editor(page)).toBeVisible();
  await page.close();
});

test('a browser may install it: a manifest with icons that are there, and a service worker', async () => {
  const page = await visit();
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel=manifest]');
    const response = await fetch(link!.href);
    const { name, display, icons } = await response.json();
    const sizes = await Promise.all(
      icons.map(async ({ src }: { src: string }) => {
        const image = new Image();
        image.src = new URL(src, response.url).href;
        await image.decode();
        return image.naturalWidth;
      }),
    );
    return { type: response.headers.get('content-type'), name, display, sizes: sizes.slice(1) };
  });
  expect(manifest).toEqual({
    type: 'application/manifest+json',
    name: 'Cassette devtools',
    display: 'standalone',
    sizes: [192, 512],
  });
  await page.close();
});

test('the frame has nothing that axe finds, light and dark', async () => {
  const page = await visit();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).include('.top').include('.rail').analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  }
  await page.close();
});

test('views are gone to by their keys, and the theme that was chosen stays', async () => {
  const page = await visit();
  const links = page.getByRole('navigation', { name: 'Views' }).getByRole('link');
  const last = (await links.count()) as number;
  await page.keyboard.press(`Alt+${last}`);
  await expect(links.nth(last - 1)).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('Alt+1');
  await expect(links.first()).toHaveAttribute('aria-current', 'page');
  const ground = () => page.evaluate(() => getComputedStyle(document.querySelector('.cassette')!).backgroundColor);
  const theme = page.getByRole('button', { name: /^(Auto|Light|Dark)$/ });
  await theme.click();
  const light = await ground();
  await theme.click();
  const dark = await ground();
  expect(dark).not.toBe(light);
  await page.reload();
  await expect(theme).toHaveText('Dark');
  await expect.poll(ground).toBe(dark);
  await page.close();
});
