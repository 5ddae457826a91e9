// The devtools page as `npm start` serves it: what a visitor does in his first minutes.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';

const dist = fileURLToPath(new URL('../apps/devtools/dist', import.meta.url));

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let context: BrowserContext;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-devtools-'));
  server = await serve(dist);
  context = await openChromium(join(folder, 'profile'), 'block');
  // A file picker is the system's own window, which no test can click; browsers without it offer a download.
  await context.addInitScript(() => {
    Reflect.deleteProperty(window, 'showSaveFilePicker');
  });
});

test.afterAll(async () => {
  await context?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Whatever the page complains of: a refused script, an error nobody caught. */
let complaints: string[];
test.beforeEach(() => {
  complaints = [];
});

async function visit(store: string): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${server.url}?store=${store}`);
  return page;
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'CQL statements' });
const results = (page: Page) => page.getByRole('region', { name: 'Results' });
const rows = (page: Page) => page.getByRole('grid', { name: 'Rows of the result' }).locator('.rows [role=row]');

async function run(page: Page, cql: string): Promise<void> {
  await editor(page).fill(cql);
  await editor(page).press('Control+Enter');
}

async function loadSample(page: Page): Promise<void> {
  await results(page).getByRole('button', { name: 'Load sample data' }).click();
  await expect(page.getByText(/ written (durably )?in /)).toBeVisible({ timeout: 120_000 });
}

test('one click brings real rows and a first answer', async () => {
  const page = await visit('click');
  await expect(page.getByText('A database inside this browser tab')).toBeVisible();
  await expect(page.getByText('on this device', { exact: true })).toBeVisible();
  await loadSample(page);
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'departed timestamp' })).toBeVisible();
  const schema = page.getByRole('region', { name: 'Schema' });
  await expect(schema.getByText('flights', { exact: true })).toBeVisible();
  await expect(schema.getByTitle('origin text: partition key: which partition a row is in')).toBeVisible();
  await schema.getByRole('button', { name: 'CQL' }).click();
  await expect(schema.getByText('CREATE TABLE sample.flights')).toBeVisible();
  expect(complaints).toEqual([]);
  await page.close();
});

test('statements run from the keyboard; large results come in pages and only what is in sight is drawn', async () => {
  const page = await visit('keys');
  await loadSample(page);
  await run(page, "SELECT * FROM sample.flights;\nSELECT DISTINCT origin FROM sample.flights WHERE origin = 'SEA';");
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect(results(page).getByRole('status')).toContainText('1 row');
  await page.getByRole('tab').first().click();
  await expect(results(page).getByRole('status')).toContainText('First 1,000 rows');
  await results(page).getByRole('button', { name: 'More' }).click();
  await expect(results(page).getByRole('status')).toContainText('First 2,000 rows');
  await results(page).getByRole('button', { name: 'All' }).click();
  await expect(results(page).getByRole('status')).toContainText(/^5,\d\d\d rows/);
  await expect(results(page).getByRole('status')).toContainText('3 pages');
  expect(await rows(page).count()).toBeLessThan(100);
  const grid = page.getByRole('grid');
  await grid.focus();
  await grid.press('Control+End');
  await expect(rows(page).last()).toContainText(/^5,?\d\d\d/);
  await grid.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('The same, as bytes');
  await dialog.press('Escape');
  await expect(dialog).toHaveCount(0);
  expect(complaints).toEqual([]);
  await page.close();
});

test('an error shows where it is, below a caret and in the editor, and what came before it ran', async () => {
  const page = await visit('errors');
  await run(page, 'SELECT origin\nFORM sample.flights;');
  const alert = results(page).getByRole('alert');
  await expect(alert).toContainText('CqlSyntaxError');
  await expect(alert).toContainText('line 2, column 1');
  expect(await alert.locator('pre').textContent()).toMatch(/\nFORM sample\.flights;\n\^$/);
  await expect(page.locator('.cm-lintRange-error')).toHaveText('FORM');
  await run(
    page,
    "CREATE KEYSPACE e WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};\n\n  SELECT * FROM e.nothing;\nSELECT * FROM e.after;",
  );
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect(alert).toContainText('InvalidRequestError');
  await expect(alert).toContainText('1 statement after it did not run');
  expect(await alert.locator('pre').textContent()).toMatch(/\nSELECT \* FROM e\.nothing\n {14}\^$/);
  await expect(page.getByRole('region', { name: 'Schema' }).getByText('e', { exact: true })).toBeVisible();
  await editor(page).press('End');
  await editor(page).press('a');
  await expect(page.locator('.cm-lintRange-error')).toHaveCount(0);
  await page.close();
});

test('a flush makes an SSTable of eight components, and a reload finds everything again', async () => {
  const page = await visit('flush');
  await loadSample(page);
  const engine = page.getByRole('region', { name: 'Engine' });
  await engine.getByRole('button', { name: 'Flush to SSTables' }).click();
  const sstables = engine.getByRole('region', { name: 'SSTables' });
  await expect(sstables.locator('details')).toHaveCount(2);
  await sstables.locator('summary', { hasText: 'sample.flights' }).click();
  await expect(sstables.locator('details[open] tr')).toHaveCount(8);
  await expect(sstables.getByRole('rowheader', { name: /^Statistics\.db/ })).toBeVisible();
  await expect(engine.getByRole('region', { name: 'Events' })).toContainText('Flush done');
  await run(page, "INSERT INTO sample.flights (origin, departed, id) VALUES ('NEW', '2030-01-01', 1);");
  await expect(results(page)).toContainText('durable in');
  await page.reload();
  await expect(engine.getByRole('region', { name: 'Last opening' })).toContainText('1 write');
  await expect(sstables.locator('details')).toHaveCount(2);
  await run(page, "SELECT * FROM sample.flights WHERE origin = 'NEW';");
  await expect(results(page).getByRole('status')).toContainText('1 row');
  await run(page, "SELECT * FROM sample.flights WHERE origin = 'SEA';");
  await expect(rows(page).first()).toBeVisible();
  expect(complaints).toEqual([]);
  await page.close();
});

test('many statements: the tab of the last one is in sight, arrow keys walk over them, and USE claims no write', async () => {
  const page = await visit('tablist');
  await loadSample(page);
  await run(page, `${'SELECT * FROM sample.flights LIMIT 5; '.repeat(11)}USE sample;`);
  const tabs = page.getByRole('tab');
  await expect(tabs).toHaveCount(12);
  await expect(tabs.last()).toBeInViewport({ ratio: 0.9 });
  await expect(results(page)).toContainText('Names without a keyspace are in sample from now on.');
  await expect(tabs.first()).not.toBeInViewport();
  await tabs.last().focus();
  await tabs.last().press('ArrowRight');
  await expect(tabs.first()).toBeFocused();
  await expect(tabs.first()).toHaveAttribute('aria-selected', 'true');
  await tabs.first().press('End');
  await expect(tabs.last()).toBeFocused();
  expect(await tabs.evaluateAll((all) => all.map((tab) => (tab as HTMLElement).tabIndex))).toEqual([...Array(11).fill(-1), 0]);
  await run(page, 'SELECT * FROM sample.flights LIMIT 5; SELECT nothing FROM sample.flights');
  const heights = await tabs.evaluateAll((all) => all.map((tab) => tab.getBoundingClientRect().height));
  expect(heights[1]).toBe(heights[0]);
  await editor(page).fill("SELECT 'a\u202eb'");
  await expect(page.locator('.cm-specialChar')).toHaveCount(1);
  expect(complaints).toEqual([]);
  await page.close();
});

for (const width of [800, 400]) {
  test(`at ${width} pixels nothing runs out of the page, and each event takes a line or two`, async () => {
    const page = await visit(`width-${width}`);
    await page.setViewportSize({ width, height: 800 });
    await loadSample(page);
    await expect(rows(page).first()).toBeVisible();
    const event = page.getByRole('region', { name: 'Events' }).getByText('Schema changed').first();
    expect((await event.locator('xpath=..').boundingBox())!.height).toBeLessThan(50);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    const chips = await page.locator('.chip').evaluateAll((all) => all.map((chip) => chip.getBoundingClientRect().right));
    expect(Math.max(...chips)).toBeLessThanOrEqual(width);
    const schema = (await page.getByRole('region', { name: 'Schema' }).boundingBox())!;
    const work = (await page.locator('.work').boundingBox())!;
    expect(width === 400 ? schema.y >= work.y + work.height : schema.x < work.x).toBe(true);
    await page.close();
  });
}

/** Changes the Data.db of a table of a closed store. */
async function damage(page: Page, store: string, change: 'cut off' | 'flip'): Promise<void> {
  await page.goto(`${server.url}sample-data.json`);
  await page.evaluate(
    async ([name, how]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await (await root.getDirectoryHandle('cassette')).getDirectoryHandle(name);
      const files: string[] = [];
      for await (const file of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) files.push(file);
      const data = files.filter((file) => file.endsWith('-Data.db')).sort()[0];
      const handle = await folder.getFileHandle(data);
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const writable = await handle.createWritable();
      bytes[bytes.length >> 1] ^= 0xff;
      await writable.write(how === 'flip' ? bytes : bytes.subarray(0, 10));
      await writable.close();
    },
    [store, change] as const,
  );
}

test('a damaged table does not hold up the export of the others, and what is missing is told', async () => {
  for (const change of ['flip', 'cut off'] as const) {
    const store = `damaged-${change.replace(' ', '-')}`;
    const page = await visit(store);
    await loadSample(page);
    await page.getByRole('button', { name: 'Flush to SSTables' }).click();
    await expect(page.getByRole('region', { name: 'Events' })).toContainText('Flush done');
    await damage(page, store, change);
    await page.goto(`${server.url}?store=${store}`);
    await page.getByRole('button', { name: 'Export …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export to Cassandra' });
    const save = dialog.getByRole('button', { name: /^Save/ });
    await expect(save).toBeFocused();
    await save.click();
    if (change === 'flip') {
      await expect(dialog.getByRole('alert')).toContainText("is damaged and can't be exported");
      await dialog.getByRole('button', { name: /^Leave out sample\./ }).click();
      await expect(dialog.getByRole('group', { name: 'Tables' }).getByRole('checkbox', { checked: true })).toHaveCount(1);
      await save.click();
      await expect(dialog.locator('.exported tr')).toHaveCount(1);
      await expect(dialog.getByRole('alert')).toHaveCount(0);
    } else {
      await expect(dialog.getByRole('alert')).toContainText('This export is not complete. 1 SSTable of the store is damaged');
      await expect(dialog.locator('.exported tr')).toHaveCount(1);
    }
    await page.close();
  }
});

test('an export is saved as a zip, and says how it is imported', async () => {
  const page = await visit('export');
  await loadSample(page);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export to Cassandra' });
  await dialog.getByRole('button', { name: 'Save export.zip' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('export.zip');
  const files = Object.keys(unzipSync(await readFile(await download.path())));
  expect(files.filter((file) => file.endsWith('-Data.db')).map((file) => file.replace(/nb-\d+/, 'nb'))).toEqual([
    'sample/flights/nb-big-Data.db',
    'sample/earthquakes/nb-big-Data.db',
  ]);
  expect(files.filter((file) => file.startsWith('sample/')).length).toBe(17);
  expect(files.filter((file) => !file.startsWith('sample/')).sort()).toEqual([
    'README.md',
    'SHA256SUMS',
    'load.sh',
    'manifest.json',
  ]);
  await expect(dialog).toContainText('nodetool import --copy-data sample flights /tmp/export/sample/flights');
  await expect(dialog).toContainText('cqlsh -f /tmp/export/sample/schema.cql');
  expect(complaints).toEqual([]);
  await page.close();
});

test('markup in data is text', async () => {
  const page = await visit('markup');
  const markup = '<img src=x onerror="window.harmed = true"><script>window.harmed = true</script>';
  await run(
    page,
    `CREATE KEYSPACE m WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE m.t (k text PRIMARY KEY, "<u>v</u>" text);`,
  );
  await expect(results(page)).toContainText('Done');
  await expect(page.getByRole('region', { name: 'Schema' }).getByText('<u>v</u>')).toBeVisible();
  await run(page, `INSERT INTO m.t (k, "<u>v</u>") VALUES ('${markup}', '${markup}'); SELECT * FROM m.t;`);
  await expect(rows(page).first()).toContainText(markup);
  await page.getByRole('gridcell').first().dblclick();
  await expect(page.getByRole('dialog')).toContainText(markup);
  await page.getByRole('dialog').press('Escape');
  await run(page, `SELECT '<img src=x onerror="window.harmed = true">' FORM`);
  await expect(results(page).getByRole('alert')).toContainText('<img');
  expect(
    await page.evaluate(() => [document.querySelectorAll('#app img, #app script, #app u').length, Reflect.get(window, 'harmed')]),
  ).toEqual([0, undefined]);
  await page.close();
});

test('two tabs share a store, which is not wiped under one of them; when the first is closed the second goes on', async () => {
  const first = await visit('tabs');
  await loadSample(first);
  const second = await visit('tabs');
  await run(second, "SELECT * FROM sample.flights WHERE origin = 'SEA';");
  await expect(rows(second).first()).toBeVisible();
  await first.getByRole('button', { name: 'Wipe …' }).click();
  await first.getByRole('dialog').getByRole('button', { name: 'Wipe everything' }).click();
  await expect(first.getByRole('heading', { name: 'This store is open in another tab' })).toBeVisible();
  await first.close();
  await run(second, "SELECT * FROM sample.flights WHERE origin = 'LAX';");
  await expect(rows(second).first()).toBeVisible();
  await second.close();
});

test('a wiped store is empty', async () => {
  const page = await visit('wipe');
  await loadSample(page);
  await page.getByRole('button', { name: 'Wipe …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Wipe everything' }).click();
  await expect(page.getByText('No keyspaces yet. Load the sample data')).toBeVisible();
  await page.reload();
  await expect(page.getByText('No keyspaces yet. Load the sample data')).toBeVisible();
  expect(complaints).toEqual([]);
  await page.close();
});

test('without OPFS the page says so, and goes on in memory when it is told to', async () => {
  const page = await context.newPage();
  await page.route('**/worker-*.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `delete StorageManager.prototype.getDirectory;${await response.text()}` });
  });
  await page.goto(`${server.url}?store=none`);
  await expect(page.getByRole('heading', { name: "This browser can't keep data here" })).toBeVisible();
  await page.getByRole('button', { name: 'Go on in memory' }).click();
  await expect(page.getByText('in memory only')).toBeVisible();
  await loadSample(page);
  await expect(rows(page).first()).toBeVisible();
  // Nothing claims to be durable.
  await expect(page.getByText('not beyond its tabs')).toBeVisible();
  await run(page, 'CREATE TABLE t (k int PRIMARY KEY);');
  await expect(results(page).getByText('in memory: gone with the last tab of this store.')).toBeVisible();
  await expect(page.getByText(/durably/)).toHaveCount(0);
  await page.close();
});

test('when the engine is lost another one goes on with what was acknowledged', async () => {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const BrowsersWorker = globalThis.Worker;
    globalThis.Worker = class extends BrowsersWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        Object.assign(globalThis, { lastWorker: this });
      }
    };
  });
  await page.goto(`${server.url}?store=lost`);
  await loadSample(page);
  await page.evaluate(() => (Reflect.get(globalThis, 'lastWorker') as Worker).terminate());
  await run(page, "SELECT * FROM sample.flights WHERE origin = 'SEA';");
  await expect(rows(page).first()).toBeVisible();
  await page.close();
});

test('with Trace on, what was done for a statement stands under its result', async () => {
  const page = await visit('trace');
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await run(
    page,
    `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE k.t (a int PRIMARY KEY, v text); INSERT INTO k.t (a, v) VALUES (1, 'x');`,
  );
  const trace = page.getByRole('region', { name: 'Trace' });
  await expect(trace).toContainText('Appended to log segment');
  await page.getByRole('button', { name: 'Flush to SSTables' }).click();
  await expect(page.getByText('Flush done: 1 SSTable', { exact: false })).toBeVisible();
  await run(page, 'SELECT * FROM k.t WHERE a = 1');
  await expect(rows(page)).toHaveCount(1);
  await expect(trace).toContainText('Partition found in SSTable 1');
  await expect(trace).toContainText('Answered 1 row');
  await page.getByRole('button', { name: 'Trace', exact: true }).click();
  await run(page, 'SELECT * FROM k.t');
  await expect(rows(page)).toHaveCount(1);
  await expect(trace).toHaveCount(0);
  expect(complaints).toEqual([]);
  await page.close();
});
