// The devtools' inspector: bytes, rows and pictures of the store's own SSTables and of Cassandra's, in Chromium and Firefox.

import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import { devtoolsDist, useChromium } from './browser/site.ts';

const site = useChromium({ folders: () => ({ '/': devtoolsDist }) });
const goldens = fileURLToPath(new URL('./cassandra/goldens/', import.meta.url));

let complaints: string[];
test.beforeEach(() => {
  complaints = [];
});

async function visit(store: string): Promise<Page> {
  const page = await site.context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${site.url}?store=${store}`);
  return page;
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'CQL statements' });
const tree = (page: Page) => page.getByRole('tree');
const explanation = (page: Page) => page.locator('.explanation');
const views = (page: Page) => page.getByRole('navigation', { name: 'Views' });

/** All files of a folder of an SSTable. */
async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

async function drop(page: Page, folder: string): Promise<void> {
  await views(page).getByRole('link', { name: 'Inspector' }).click();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await filesOf(folder));
  await expect(page.getByRole('tab', { name: 'Bytes' })).toBeVisible();
}

test('the store’s own SSTables: a piece shows its bytes, a byte its piece, rows what was written, and verify that all is well', async () => {
  const page = await visit('inspected');
  await page.getByRole('region', { name: 'Results' }).getByRole('button', { name: 'Load sample data' }).click();
  await expect(page.getByText('rows written durably')).toBeVisible({ timeout: 120_000 });
  await page.getByRole('button', { name: 'Flush to SSTables' }).click();
  await expect(page.getByText('nb-1-big').first()).toBeVisible({ timeout: 120_000 });
  await views(page).getByRole('link', { name: 'Inspector' }).click();
  await page.getByRole('button', { name: 'sample.flights nb-1-big' }).click();

  await expect(tree(page).getByRole('treeitem', { name: /partition 'ERI'/ })).toBeVisible();
  await tree(page)
    .getByRole('treeitem', { name: /partition 'ERI'/ })
    .click();
  await expect(explanation(page)).toContainText('All rows of one partition key');
  // Its key is three letters behind their length, which the hex view shows as the piece's first bytes.
  const selected = page.locator('.hex .digits .selected');
  expect(
    await selected.evaluateAll((bytes) =>
      bytes
        .slice(0, 5)
        .map((byte) => byte.textContent)
        .join(' '),
    ),
  ).toBe('00 03 45 52 49');
  // The other way: the byte of the letter E opens the way to the key.
  await page.locator('.hex .digits b').nth(2).click();
  await expect(explanation(page).getByRole('heading')).toContainText('key');
  await expect(explanation(page)).toContainText("'ERI'");
  await page.getByLabel('Go to byte').fill('0x10');
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await expect(page.locator('.hex .digits .cursor')).toHaveAttribute('data-at', '16');

  // Each file of it has a tree that begins, and none has damage.
  const files = await page.getByRole('combobox', { name: 'File' }).locator('option').all();
  expect(files.length).toBe(8);
  for (const file of files) {
    await page.getByRole('combobox', { name: 'File' }).selectOption((await file.getAttribute('value'))!);
    await expect(tree(page).getByRole('treeitem').nth(1)).toBeVisible();
    await expect(page.locator('.piece-tree .dot.damage')).toHaveCount(0);
  }

  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByLabel('Partition key, as CQL writes it').fill("'SEA'");
  await page.getByRole('button', { name: 'Find' }).click();
  const partition = page.getByRole('region', { name: "Partition 'SEA'" });
  await expect(partition.getByText('Seattle-Tacoma Intl')).toBeVisible();
  await expect(partition.getByText('static row')).toBeVisible();
  await partition.getByRole('button', { name: 'its bytes' }).click();
  await expect(tree(page).getByRole('treeitem', { name: /partition 'SEA'/ })).toHaveAttribute('aria-expanded', 'true');
  await expect(explanation(page)).toContainText('partition');

  await page.getByRole('tab', { name: 'Pictures' }).click();
  await expect(page.getByRole('img', { name: /Partition sizes\. .*partitions/ })).toBeVisible();
  await expect(page.getByText(/bits are set .* hashes a key/)).toBeVisible();
  await page.getByRole('tab', { name: 'Facts' }).click();
  await expect(page.getByText('CREATE TABLE sample.flights')).toBeVisible();
  await page.getByRole('tab', { name: 'Verify' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('All is well.')).toBeVisible();
  expect(complaints).toEqual([]);
  await page.close();
});

test('Cassandra’s own files of each version are dropped: their rows, tombstones and tries are shown; axe finds nothing', async () => {
  const page = await visit('dropped');
  for (const version of ['nb', 'oa', 'da']) {
    await drop(page, join(goldens, version, 'deletes/sstables/g/plain'));
    await expect(page.getByRole('heading', { name: `${version}-` })).toBeVisible();
    await expect(
      tree(page)
        .getByRole('treeitem', { name: /^.*partition/ })
        .first(),
    ).toBeVisible();
  }
  await page.getByRole('tab', { name: 'Pictures' }).click();
  await expect(page.getByRole('heading', { name: 'Tries' })).toBeVisible();
  await expect(page.locator('.trie .node').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Rows' }).click();
  await page.getByRole('listbox', { name: 'Partitions' }).getByRole('option').first().click();
  await expect(page.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await page.getByRole('tab', { name: 'Verify' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('All is well.')).toBeVisible();
  for (const name of ['Bytes', 'Rows', 'Pictures', 'Facts', 'Verify']) {
    await page.getByRole('tab', { name }).click();
    for (const colorScheme of name === 'Bytes' ? (['dark', 'light'] as const) : (['light'] as const)) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page }).include('.inspector').analyze();
      expect(violations.map(({ id, nodes }) => [name, id, ...nodes.map(({ html }) => html)])).toEqual([]);
    }
  }
  expect(complaints).toEqual([]);
  await page.close();
});

test('damage is shown where it is, and names full of markup are text', async () => {
  const folder = join(site.folder, '<img src=x onerror=alert(1)>');
  await mkdir(folder);
  await cp(join(goldens, 'nb/deletes/sstables/g/plain'), folder, { recursive: true });
  const data = (await readdir(folder)).find((name) => name.endsWith('-Data.db'))!;
  const bytes = await readFile(join(folder, data));
  await writeFile(join(folder, data), bytes.subarray(0, bytes.length - 7));
  await writeFile(join(folder, '<b>no<b> sstable.txt'), 'text');
  const page = await visit('damaged');
  await drop(page, folder);
  await expect(page.getByRole('alert')).toContainText('<b>no<b> sstable.txt');
  await page.locator('.hex').press('Control+End');
  await expect(page.locator('.piece-tree .dot.damage')).toBeVisible();
  await expect(explanation(page)).toContainText('damaged');
  await page.getByRole('tab', { name: 'Verify' }).click();
  await page.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText(/^\d+ findings?\.$/)).toBeVisible();
  await expect(page.locator('.findings .error').first()).toContainText('Data.db');
  await page.close();
});

/** Files as they come with a drop on the page's inspector, where it shows an SSTable. */
function dropOn([selector, files]: readonly [
  selector: string,
  files: readonly (readonly [name: string, base64: string])[],
]): boolean {
  const dataTransfer = new DataTransfer();
  for (const [name, base64] of files) {
    dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name));
  }
  const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true, composed: true });
  // What nobody prevents the browser opens in place of the page.
  return !document.querySelector(selector)!.dispatchEvent(event);
}

async function droppedFiles(folder: string): Promise<(readonly [name: string, base64: string])[]> {
  const paths = await filesOf(folder);
  return Promise.all(paths.map(async (path) => [path.split('/').at(-1)!, (await readFile(path)).toString('base64')] as const));
}

test('files are taken wherever they are dropped on the inspector, stay while one looks elsewhere, and never take the page away', async () => {
  const page = await visit('drops');
  await editor(page).fill('CREATE TABLE t (k int PRIMARY KEY); INSERT INTO t (k) VALUES (1);');
  await editor(page).press('Control+Enter');
  await expect(page.getByRole('region', { name: 'Schema' }).getByText('t', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Flush to SSTables' }).click();
  await expect(page.getByText('nb-1-big').first()).toBeVisible({ timeout: 120_000 });
  const table = page.locator('.picture a.block').first();
  await views(page).getByRole('link', { name: 'Engine' }).click();
  await table.click();
  await expect(page.getByRole('heading', { name: 'nb-1-big' })).toBeVisible();

  const golden = await droppedFiles(join(goldens, 'da', 'deletes/sstables/g/plain'));
  expect(await page.evaluate(dropOn, ['.inspection', golden] as const)).toBe(true);
  await expect(page.getByRole('heading', { name: 'da-' })).toBeVisible();
  // The address asks for the store's: what was chosen since is not taken away by a flush.
  await views(page).getByRole('link', { name: 'Console' }).click();
  await editor(page).fill('INSERT INTO t (k) VALUES (2);');
  await editor(page).press('Control+Enter');
  await expect(page.getByText('Applied and durable')).toBeVisible();
  await page.getByRole('button', { name: 'Flush to SSTables' }).click();
  await views(page).getByRole('link', { name: 'Inspector' }).click();
  await expect(page.getByRole('heading', { name: 'da-' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'SSTables' }).getByRole('button', { name: /nb-2-big/ })).toBeVisible();
  // Beside the inspector nothing takes them, and the page stays.
  expect(await page.evaluate(dropOn, ['.rail', golden] as const)).toBe(true);
  await views(page).getByRole('link', { name: 'Storage' }).click();
  await expect(page.getByRole('region', { name: 'Stores' })).toBeVisible();
  expect(await page.evaluate(dropOn, ['[aria-label=Stores]', golden] as const)).toBe(true);
  expect(complaints).toEqual([]);
  await page.close();
});

test('Firefox: the store’s own SSTables are looked into beside the engine that holds them', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const firefox = await startFirefox(join(site.folder, 'firefox'));
  try {
    const page = await firefox.newPage();
    await page.goto(`${site.url}?store=firefox`);
    const click = async (selector: string) => (await page.waitForSelector(selector, { timeout: 120_000 }))!.click();
    await click('::-p-text(Load sample data)');
    await page.waitForSelector('::-p-text(rows written durably)', { timeout: 120_000 });
    // Not by its place: what tells of the rows moves it.
    const flush = await page.waitForSelector('button:not([disabled])::-p-text(Flush to SSTables)', { timeout: 120_000 });
    await flush!.evaluate((button) => (button as HTMLElement).click());
    await page.waitForSelector('::-p-text(nb-1-big)', { timeout: 120_000 });
    await page.evaluate(() => {
      location.hash = '#/inspector';
    });
    await click('button.sstable ::-p-text(sample.flights)');
    await page.waitForSelector(".piece-tree ::-p-text('ERI')", { timeout: 120_000 });
    await click('[role=tab] ::-p-text(Rows)');
    await click('.partition-list .line');
    await page.waitForSelector('.rows-list .tag', { timeout: 120_000 });
    await click('[role=tab] ::-p-text(Verify)');
    await click('.verify button.primary');
    await page.waitForSelector('::-p-text(All is well.)', { timeout: 120_000 });
    const golden = await droppedFiles(join(goldens, 'oa', 'deletes/sstables/g/plain'));
    expect(await page.evaluate(dropOn, ['.inspection', golden] as const)).toBe(true);
    await page.waitForSelector('h2 ::-p-text(oa-)', { timeout: 120_000 });
  } finally {
    await firefox.close();
  }
});
