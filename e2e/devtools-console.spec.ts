// The console of the devtools page: cqlsh's commands, files in and out, results of any length, history, links.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';

const dist = fileURLToPath(new URL('../apps/devtools/dist', import.meta.url));

let folder: string;
let server: Awaited<ReturnType<typeof serve>>;
let context: BrowserContext;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-console-'));
  server = await serve(dist);
  context = await openChromium(join(folder, 'profile'), 'block');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
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

async function visit(store: string, hash = ''): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${server.url}?store=${store}${hash}`);
  return page;
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'CQL statements' });
const results = (page: Page) => page.getByRole('region', { name: 'Results' });
const grid = (page: Page) => page.getByRole('grid', { name: 'Rows of the result' });
const rows = (page: Page) => grid(page).locator('.rows [role=row]');
const status = (page: Page) => results(page).getByRole('status').first();

async function run(page: Page, cql: string): Promise<void> {
  // While a script runs there is no other.
  await expect(page.getByRole('button', { name: 'Run Ctrl' })).toBeVisible();
  await editor(page).fill(cql);
  await editor(page).press('Control+Enter');
}

const schema = `CREATE KEYSPACE IF NOT EXISTS k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TYPE IF NOT EXISTS k.place (street text, number int);
CREATE TABLE IF NOT EXISTS k.t (a int, b int, v text, w double, s set<text>, p frozen<place>, PRIMARY KEY (a, b));
CREATE TABLE IF NOT EXISTS k.u (a int, b int, v text, w double, s set<text>, p frozen<place>, PRIMARY KEY (a, b));`;

test("cqlsh's commands do and say what they do there, and a mistake in one is underlined", async () => {
  const page = await visit('commands');
  await run(page, `${schema} INSERT INTO k.t (a, b, v) VALUES (1, 2, 'x');`);
  await expect(status(page)).toContainText('Done.');
  await run(page, 'EXPAND ON\nSELECT * FROM k.t;');
  await expect(page.getByRole('grid', { name: 'Rows of the result, expanded' })).toContainText('@ Row 1');
  await page.getByRole('tab').first().click();
  await expect(status(page)).toHaveText('Now Expanded output is enabled');
  await run(page, 'EXPAND OFF');
  await expect(status(page)).toHaveText('Disabled Expanded output.');
  for (const [command, answer] of [
    ['PAGING 7', 'Now Query paging is enabled\nPage size: 7'],
    ['PAGING', 'Query paging is currently enabled. Use PAGING OFF to disable.\nPage size: 7'],
    ['CONSISTENCY', 'Current consistency level is ONE.'],
    ['TRACING', 'Tracing is currently disabled. Use TRACING ON to enable.'],
    ['SHOW HOST', "Connected to the store 'commands', in this browser's private file system."],
  ]) {
    await run(page, command);
    await expect(status(page)).toHaveText(answer);
  }
  await run(page, 'HELP');
  await expect(status(page)).toContainText('SERIAL CONSISTENCY');
  await run(page, 'DESC TABLE k.t');
  await expect(status(page)).toContainText('PRIMARY KEY (a, b)');
  await expect(status(page).locator('.tok-keyword').first()).toHaveText('CREATE');
  await run(page, 'DESCRIBE TABLES\nUSE k');
  await page.getByRole('tab').first().click();
  await expect(rows(page)).toHaveCount(2);
  await run(page, 'SELECT * FROM k.t;\nCONSISTENCY SOME');
  await expect(results(page).getByRole('alert')).toContainText('line 2, column 13');
  await expect(page.getByRole('tab')).toHaveCount(0);
  await expect(page.locator('.cm-lintRange-error')).toHaveText('SOME');
  await run(page, 'CLEAR');
  await expect(results(page)).toContainText('Keep');
  expect(complaints).toEqual([]);
  await page.close();
});

test('COPY takes rows out as CSV and JSON and brings them back, and says what it refused', async () => {
  const page = await visit('copy');
  await run(
    page,
    `${schema}
INSERT INTO k.t (a, b, v, w, s, p) VALUES (1, 1, 'a "quoted", back\\slash', 1.5, {'x', 'it''s'}, {street: 'S', number: 3});
INSERT INTO k.t (a, b, v) VALUES (1, 2, '<img src=x onerror="window.harmed = 1">');
INSERT INTO k.t (a, b, w) VALUES (2, 1, 0.1);`,
  );
  await expect(status(page)).toContainText('Done.');
  const saved = async (cql: string, name: string) => {
    const downloading = page.waitForEvent('download');
    await run(page, cql);
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(name);
    return readFile(await download.path(), 'utf8');
  };
  const csv = await saved("COPY k.t (a, b, v, w, s, p) TO '/some/where/t.csv' WITH HEADER = true", 't.csv');
  expect(csv.split('\r\n')).toEqual([
    'a,b,v,w,s,p',
    String.raw`1,1,"a \"quoted\", back\\slash",1.5,"{'it''s', 'x'}","{street: 'S', number: 3}"`,
    String.raw`1,2,"<img src=x onerror=\"window.harmed = 1\">",,,`,
    '2,1,,0.1,,',
    '',
  ]);
  const json = await saved("COPY k.t (a, b, v) TO 't.json'", 't.json');
  expect(
    json
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).b),
  ).toEqual([1, 2, 1]);
  await run(page, "COPY k.u FROM 't.csv' WITH HEADER = true; SELECT * FROM k.u");
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 't.csv', mimeType: 'text/csv', buffer: Buffer.from(`${csv}x,1,,,,\r\n3,,,,,\r\n`) });
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).first()).toContainText('a "quoted", back\\slash');
  await page.getByRole('tab').first().click();
  const job = page.getByRole('region', { name: 'Copying into k.u' });
  await expect(job).toContainText('3 rows, 2 refused');
  await expect(job).toContainText('t.csv, row 4: a: ');
  await expect(job).toContainText('t.csv, row 5: it has no value for b, which is part of the primary key');
  await run(
    page,
    "COPY k.u (b, a, v) FROM STDIN WITH DELIMITER = '|' AND SKIPROWS = 1 AND MAXROWS = 2; SELECT v FROM k.u WHERE a = 9",
  );
  await page.getByRole('textbox', { name: 'Rows for k.u' }).fill('0|9|no\n1|9|one\n2|9|two\n3|9|three\n');
  await page.getByRole('button', { name: 'Take this text' }).click();
  await expect(rows(page)).toHaveText([/one/, /two/]);
  await run(page, "TRUNCATE k.u; COPY k.u FROM 't.json'; SELECT * FROM k.u;");
  await page.locator('input[type=file]').setInputFiles({ name: 't.json', mimeType: 'text/plain', buffer: Buffer.from(json) });
  await expect(rows(page)).toHaveCount(3);
  await run(page, 'COPY k.u (a, b) TO STDOUT WITH DELIMITER = ;');
  await expect(results(page).getByRole('alert')).toContainText('expected a value');
  await run(page, 'COPY k.u (a, b) TO STDOUT');
  await expect(results(page).locator('.stdout')).toHaveText('1,1\r\n1,2\r\n2,1\r\n');
  await run(page, "COPY k.u TO STDOUT WITH ERRFILE = 'e'");
  await expect(results(page).getByRole('alert')).toContainText('ERRFILE is not supported');
  await run(page, "COPY k.u FROM 'never.csv'");
  await page.getByRole('button', { name: 'Cancel', exact: true }).first().click();
  await expect(results(page)).toContainText('Called off.');
  // By the keyboard, from the editor; what comes behind it does not run.
  await run(page, "COPY k.u FROM 'never.csv'; TRUNCATE k.u;");
  await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toHaveCount(2);
  await editor(page).press('Escape');
  await expect(results(page)).toContainText('Called off.');
  await run(page, 'SELECT * FROM k.u');
  await expect(rows(page)).toHaveCount(3);
  expect(await page.evaluate(() => Reflect.get(window, 'harmed'))).toBe(undefined);
  expect(complaints).toEqual([]);
  await page.close();
});

test('SOURCE runs the statements of a dropped file, and goes on behind those that are refused', async () => {
  const page = await visit('source');
  const inserts = Array.from({ length: 300 }, (_, i) => `INSERT INTO k.t (a, b) VALUES (1, ${i});\n`).join('');
  const text = `-- made by hand\n${schema}\nUSE k;\n${inserts}INSERT INTO nothing (a) VALUES (1);\nSELECT count(*) FROM t;\nEXPAND\n`;
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'dump.cql'));
    return data;
  }, text);
  await page.locator('.cm-content').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(editor(page)).toHaveText("SOURCE 'dump.cql'");
  await editor(page).press('Control+Enter');
  await page.getByRole('tab').first().click();
  const job = page.getByRole('region', { name: 'Running the file dump.cql' });
  await expect(job).toContainText('Done. 307 statements, 1 refused');
  await expect(job).toContainText('line 307: ');
  await expect(page.getByRole('tab')).toHaveCount(3);
  await page.getByRole('tab').nth(1).click();
  await expect(rows(page)).toContainText(['300']);
  expect(complaints).toEqual([]);
  await page.close();
});

test('rows come as one scrolls, cells are copied and looked into, columns get wider', async () => {
  const page = await visit('grid');
  const values = Array.from({ length: 2500 }, (_, i) => `1,${i},v${i},${i / 4}`).join('\n');
  await run(page, `${schema} COPY k.t (a, b, v, w) FROM STDIN;`);
  // As a paste brings it: a text area would lay out each of the lines.
  const clipboard = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    return data;
  }, values);
  const area = page.getByRole('textbox', { name: 'Rows for k.t' });
  await area.evaluate((element, clipboardData) => {
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, clipboard);
  await expect(area).toHaveAttribute('placeholder', /characters were pasted/);
  await page.getByRole('button', { name: 'Take this text' }).click();
  await expect(results(page)).toContainText('Done. 2,500 rows');
  await run(
    page,
    "INSERT INTO k.t (a, b, v) VALUES (1, 0, '') USING TTL 1000 AND TIMESTAMP 1999999999000000; SELECT a, b, v, w, s FROM k.t",
  );
  await expect(status(page)).toContainText('First 1,000 rows');
  await grid(page).focus();
  await grid(page).press('Control+End');
  await expect(status(page)).toContainText('First 2,000 rows');
  await grid(page).press('Control+End');
  await expect(status(page)).toContainText(/^2,500 rows/);
  await grid(page).press('Control+End');
  await expect(rows(page).last()).toContainText('v2499');
  expect(await rows(page).count()).toBeLessThan(60);
  await grid(page).press('Control+Home');
  await expect(rows(page).first().locator('.empty')).toHaveText("''");
  await expect(rows(page).first().locator('.null')).toHaveText(['null']);
  await grid(page).press('ArrowDown');
  await grid(page).press('ArrowRight');
  for (const key of ['Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Control+c']) await grid(page).press(key);
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('1\tv1\t0.25\n2\tv2\t0.5');
  await grid(page).press('Control+Home');
  for (let i = 0; i < 2; i++) await grid(page).press('ArrowRight');
  const head = page.getByRole('columnheader', { name: /^v/ });
  const width = (await head.boundingBox())!.width;
  await grid(page).press('+');
  await expect.poll(async () => (await head.boundingBox())!.width).toBeGreaterThan(width);
  const grip = (await head.locator('.grip').boundingBox())!;
  await page.mouse.move(grip.x + 4, grip.y + 10);
  await page.mouse.down();
  await page.mouse.move(grip.x + 104, grip.y + 10);
  await page.mouse.up();
  await expect.poll(async () => (await head.boundingBox())!.width).toBeGreaterThan(width + 90);
  await grid(page).press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Empty: a value of no bytes, which is not null');
  await expect(dialog).toContainText('2033-05-18 03:33:19.000 UTC (1999999999000000 µs)');
  // However long it took to come here.
  await expect(dialog).toContainText(/\d s left/);
  await dialog.press('Escape');
  const downloading = page.waitForEvent('download');
  await results(page).getByRole('button', { name: 'CSV' }).click();
  const csv = await readFile(await (await downloading).path(), 'utf8');
  expect(csv.split('\r\n').length).toBe(2502);
  expect(csv).toContain('\r\n1,2499,v2499,624.75,\r\n');
  expect(complaints).toEqual([]);
  await page.close();
});

test('names are completed from the schema where they belong, and mistakes are underlined while one types', async () => {
  const page = await visit('typing');
  await run(page, schema);
  await expect(status(page)).toContainText('Done.');
  await expect(page.getByRole('region', { name: 'Schema' }).getByText('place', { exact: true })).toBeVisible();
  const options = page.getByRole('option');
  // The editor takes no Enter for a choice in the first 75 ms of a list, by its own clock: it might have been meant for the text.
  await expect(async () => {
    await editor(page).fill('');
    await editor(page).pressSequentially('SELECT v FROM k.');
    await expect(options).toHaveText([/^t/, /^u/], { timeout: 30_000 });
    await page.waitForTimeout(150);
    await editor(page).press('Enter');
    await expect(editor(page)).toHaveText('SELECT v FROM k.t', { timeout: 5000 });
  }).toPass({ timeout: 120_000 });
  await editor(page).pressSequentially(' WHERE p');
  await expect(options.first()).toHaveText(/^pfrozen<place>/);
  await editor(page).press('Escape');
  await editor(page).fill('SELECT * FORM k.t;\nSELECT * FROM k.t;\nCOPY k.t TO STDOUT WITH HEDAER = true;\n');
  await expect(page.locator('.cm-lintRange-error')).toHaveText(['FORM', 'HEDAER']);
  await expect(page.locator('.cm-lint-marker-error')).toHaveCount(2);
  await editor(page).fill('SELECT $$it\'s$$ -- \'x\n  , "V" /* \' */ FROM k.t // "\n;');
  await page.waitForTimeout(600);
  await expect(page.locator('.cm-lintRange-error')).toHaveCount(0);
  await expect(page.locator('.tok-comment')).toHaveText(["-- 'x", "/* ' */", '// "']);
  await expect(page.locator('.cm-line .tok-string')).toHaveText(["$$it's$$"]);
  expect(complaints).toEqual([]);
  await page.close();
});

test('what was run is remembered a store, over reloads, and searched; the arrows walk through it', async () => {
  const page = await visit('history');
  await run(page, 'HELP');
  await run(page, 'SHOW HOST');
  await run(page, 'CONSISTENCY');
  await page.reload();
  await editor(page).fill('draft');
  for (const text of ['CONSISTENCY', 'SHOW HOST']) {
    await editor(page).press('ArrowUp');
    await expect(editor(page)).toHaveText(text);
  }
  for (const text of ['CONSISTENCY', 'draft']) {
    await editor(page).press('ArrowDown');
    await expect(editor(page)).toHaveText(text);
  }
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('searchbox').fill('host');
  await expect(page.getByRole('list', { name: 'What was run' }).getByRole('button')).toHaveText(['SHOW HOST']);
  await page.getByRole('searchbox').press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveText('SHOW HOST');
  const other = await visit('history-of-another');
  await expect(other.getByRole('button', { name: 'History' })).toBeDisabled();
  await other.close();
  expect(complaints).toEqual([]);
  await page.close();
});

test('a link brings a script into the editor, and nothing of it runs', async () => {
  const page = await visit('link');
  const script = "CREATE KEYSPACE harm WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; -- <b>&?#";
  await editor(page).fill(script);
  await page.getByRole('button', { name: 'Link' }).click();
  await expect(page.getByRole('textbox', { name: 'Link to this script' })).toHaveValue(/#\/console\?cql=CREATE/);
  // The link is shown before it is in the clipboard.
  await expect(page.getByText('Copied. Who opens it finds the script')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.close();
  const opened = await context.newPage();
  await opened.goto(link);
  await expect(opened.getByText('This script came with a link.')).toBeVisible();
  await expect(editor(opened)).toHaveText(script);
  await expect(opened.getByText('No keyspaces yet. Load the sample data')).toBeVisible();
  await opened.getByRole('button', { name: 'Dismiss' }).click();
  await editor(opened).press('Control+Enter');
  await expect(status(opened)).toContainText('Done.');
  // Who comes back to the link's address finds what he wrote since.
  await editor(opened).fill('SHOW VERSION -- mine');
  await opened.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: 'Storage' }).click();
  await expect(opened.getByRole('main', { name: 'Storage' })).toBeVisible();
  await opened.goBack();
  await expect(editor(opened)).toHaveText('SHOW VERSION -- mine');
  await opened.getByRole('button', { name: 'Put it there' }).click();
  await expect(editor(opened)).toHaveText(script);
  await opened.close();
  expect(complaints).toEqual([]);
});

test('of a script of many statements the end is seen, and the error that ended it', async () => {
  const page = await visit('long');
  await run(page, `${'CONSISTENCY;\n'.repeat(249)}SELECT k FROM nowhere.t;\nCONSISTENCY;`);
  await expect(results(page).getByRole('alert')).toContainText('line 250, column');
  await expect(results(page).getByRole('alert')).toContainText('1 statement after it did not run.');
  await expect(results(page).getByRole('tab')).toHaveCount(200);
  await expect(results(page).getByRole('tab').nth(100)).toHaveText(/^151 /);
  await expect(
    results(page).getByText('250 statements ran: the results of the first 100 and of the last 100 are kept.'),
  ).toBeVisible();
  await page.close();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`${colorScheme}: nothing in the console shuts anybody out`, async () => {
    const page = await visit(`axe-${colorScheme}`);
    await page.emulateMedia({ colorScheme });
    await run(
      page,
      `${schema} INSERT INTO k.t (a, b, v) VALUES (1, 2, ''); TRACING ON; SELECT * FROM k.t; TRACING OFF; DESCRIBE TABLE k.t`,
    );
    const violations = async () =>
      (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [
        id,
        nodes.map(({ html }) => html.slice(0, 200)),
      ]);
    await expect(status(page)).toContainText('CREATE TABLE');
    await page.getByRole('tab', { name: 'SELECT' }).click();
    await expect(rows(page)).toHaveCount(1);
    await grid(page).press('Enter');
    await expect(page.getByRole('dialog')).toContainText('part of the primary key');
    expect(await violations()).toEqual([]);
    await page.getByRole('dialog').press('Escape');
    await page.getByRole('button', { name: 'Expand' }).click();
    await page.getByRole('button', { name: 'History' }).click();
    expect(await violations()).toEqual([]);
    await run(page, 'COPY k.t FROM STDIN');
    await expect(page.getByRole('textbox', { name: 'Rows for k.t' })).toBeVisible();
    expect(await violations()).toEqual([]);
    await page.close();
  });
}

test('in Firefox too: rows in and out, pages as one scrolls, and completion', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const firefox = await startFirefox(join(folder, 'firefox'));
  try {
    const page = await firefox.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(`${server.url}?store=firefox`);
    const text = (selector: string) => page.$eval(selector, (element) => element.textContent ?? '');
    const shows = async (selector: string, part: string) => {
      await expect.poll(() => text(selector).catch(() => ''), { timeout: 120_000 }).toContain(part);
    };
    const type = async (cql: string) => {
      const at = await page.waitForSelector('.cm-content');
      await at!.click();
      await page.keyboard.down('Control');
      await page.keyboard.press('a');
      await page.keyboard.up('Control');
      await page.keyboard.press('Delete');
      await page.evaluate((content) => document.execCommand('insertText', false, content), cql);
      await page.keyboard.press('Escape');
      await page.keyboard.down('Control');
      await page.keyboard.press('Enter');
      await page.keyboard.up('Control');
    };
    await type(schema.replaceAll('\n', ' '));
    await shows('.results', 'Done.');
    await type('COPY k.t (a, b, v) FROM STDIN');
    await page.waitForSelector('.job textarea');
    await page.$eval(
      '.job textarea',
      (element, content) => {
        (element as HTMLTextAreaElement).value = content;
        element.dispatchEvent(new Event('input', { bubbles: true }));
      },
      Array.from({ length: 1500 }, (_, i) => `1,${i},v${i}`).join('\n'),
    );
    await page.$$eval('.job button', (buttons) => buttons.find((button) => button.textContent === 'Take this text')!.click());
    await shows('.results', '1,500 rows');
    await type('SELECT * FROM k.t');
    await shows('.result-bar', 'First 1,000 rows');
    await page.$eval('.grid', (element) => {
      element.scrollTop = element.scrollHeight;
    });
    await shows('.result-bar', '1,500 rows');
    await page.$eval('.grid', (element) => {
      element.scrollTop = element.scrollHeight;
    });
    await shows('.grid .rows', 'v1499');
    await type('COPY k.t TO STDOUT WITH BEGINTOKEN = 0');
    await shows('.results', 'Done.');
    expect(complaints).toEqual([]);
  } finally {
    await firefox.close();
  }
});
