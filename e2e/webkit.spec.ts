// WebKit, as far as WebKitGTK goes: it has no access handles, as a private window of Safari has none. What is refused is told in its place, and
// everything that needs no files works in memory.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { serve } from '../scripts/tools/serve.mjs';
import { clientDist, devtoolsDist } from './browser/site.ts';
import { DrivenWebKit, webkitMissing } from './browser/webkit.ts';

declare const window: { cassette: typeof import('@cassette/client') };

const from = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let folder: string;
let webkit: DrivenWebKit;
const servers: Awaited<ReturnType<typeof serve>>[] = [];

/** The pages of a folder, or folders, at an address of their own. */
async function served(folders: string | Record<string, string>): Promise<string> {
  const server = await serve(folders);
  servers.push(server);
  return server.url;
}

test.describe.configure({ mode: 'serial' });
test.skip(webkitMissing !== null, webkitMissing ?? '');

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-webkit-'));
  webkit = await DrivenWebKit.start();
});

test.afterAll(async () => {
  await webkit?.close();
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true, force: true });
});

test('a store on the device is refused with what the user can do, and one in memory does all that needs no files', async () => {
  await webkit.goto(await served({ '/': from('pages/'), '/client/': clientDist }));
  await webkit.holds(() => window.cassette !== undefined);
  const refused = await webkit
    .evaluate(async () => void (await window.cassette.open({ name: 'device' })))
    .catch((error: { code?: string; message: string }) => error);
  expect(refused).toMatchObject({ code: 'STORAGE_UNSUPPORTED', message: expect.stringContaining('Safari') });

  const seen = await webkit.evaluate(async () => {
    const { open } = window.cassette;
    const schema = `CREATE KEYSPACE IF NOT EXISTS t WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE IF NOT EXISTS t.readings (sensor text, at int, value double, tags set<text>, PRIMARY KEY (sensor, at));`;
    const db = await open({ name: 'memory', schema, allowInMemory: true });
    const insert = 'INSERT INTO t.readings (sensor, at, value, tags) VALUES (?, ?, ?, ?)';
    await db.executeMany(
      insert,
      Array.from({ length: 3000 }, (_, i) => [`s${i % 3}`, i, i / 4, new Set([`<b>${i}`])]),
    );
    const told: number[] = [];
    const subscription = db.subscribe("SELECT at FROM t.readings WHERE sensor = 's0'", (rows) => void told.push(rows.length));
    await db.flush();
    await db.execute('DELETE FROM t.readings WHERE sensor = ? AND at < ?', ['s0', 1500]);
    await db.flush();
    await db.compact('t.readings');
    const error = await db.execute('SELEC').catch((thrown: { code: string }) => thrown.code);
    let streamed = 0;
    for await (const _ of db.stream('SELECT at FROM t.readings')) streamed++;
    const chunks: BlobPart[] = [];
    await db.export({}, new WritableStream({ write: (chunk) => void chunks.push(chunk as BlobPart) }));
    const zip = new Blob(chunks);
    const copy = await open({ name: 'copy', schema, allowInMemory: true });
    const { tables } = await copy.import(zip);
    const rows = await copy.execute("SELECT at, tags FROM t.readings WHERE sensor = 's0' LIMIT 2");
    while (told.at(-1) !== 500) await new Promise((resolve) => setTimeout(resolve, 20));
    subscription.close();
    const answer = {
      error,
      streamed,
      imported: tables.length,
      rows: rows.rows.map((row) => [row['at'], [...(row['tags'] as Set<string>)]]),
      persistent: (await db.storage()).persistent,
    };
    await Promise.all([db.close(), copy.close()]);
    return answer;
  });
  expect(seen).toEqual({
    error: 'SYNTAX_ERROR',
    streamed: 2500,
    imported: 1,
    rows: [
      [1500, ['<b>1500']],
      [1503, ['<b>1503']],
    ],
    persistent: false,
  });
});

test('the devtools page says what WebKit has not, and each of its views works over a store in memory', async () => {
  const url = await served(devtoolsDist);
  await webkit.goto(url);
  await webkit.sees("This browser can't keep data here");
  await webkit.click('Go on in memory');
  await webkit.sees('in memory only');
  await webkit.evaluate(() => {
    const complaints: string[] = [];
    Object.assign(window, { complaints });
    addEventListener('error', ({ message }) => complaints.push(message));
    addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)));
  });
  await webkit.click('Load sample data');
  await webkit.sees('6,886 rows written');
  for (const [view, text] of Object.entries({
    engine: 'Over time',
    inspector: 'Drop',
    storage: 'This store is in memory',
    tour: 'The life of a write',
  })) {
    await webkit.evaluate((name) => {
      location.hash = `#/${name}`;
    }, view);
    await webkit.sees(text);
    expect(await webkit.evaluate(() => document.body.textContent)).not.toContain('could not be loaded');
  }
  expect(await webkit.evaluate(() => Reflect.get(window, 'complaints'))).toEqual([]);
});

test('the survey says what WebKit has not', async () => {
  await webkit.goto(await served(from('../apps/survey/dist/')));
  await webkit.sees('private');
});
