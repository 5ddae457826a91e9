// When the browser is asked to keep a site's data, in real Chromium: after the first thing of any kind that was put into a store.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { inChromium } from './browser/client-page.ts';
import { useSite } from './browser/site.ts';

/** What pages/page.js puts on the window. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
}
declare const window: TestWindow;

const site = useSite();

/** Runs in a page: how often the browser was asked by each kind of call, made of a store that the tab has not written to. */
async function askedBy(): Promise<Record<string, number>> {
  const { open, copyStore } = window.cassette;
  let asked = 0;
  navigator.storage.persisted = async () => false;
  navigator.storage.persist = async () => {
    asked++;
    return false;
  };
  const schema = 'CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY)';
  const origin = await open({ name: 'origin', schema, askPersistence: false });
  await origin.execute('INSERT INTO t (k) VALUES (1)');
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await origin.export({}, new WritableStream({ write: (chunk) => void chunks.push(chunk.slice() as Uint8Array<ArrayBuffer>) }));
  await origin.close();
  const zip = new Blob(chunks);
  const seen: Record<string, number> = { 'against the will of the app': asked };
  const ask = async (what: string, call: () => Promise<unknown>) => {
    asked = 0;
    await call();
    await new Promise((resolve) => setTimeout(resolve, 50));
    seen[what] = asked;
  };
  const withStore = async (what: string, call: (db: Awaited<ReturnType<typeof open>>) => Promise<unknown>) => {
    const db = await open({ name: what, schema });
    await ask(what, () => call(db));
    await db.close();
  };
  await withStore('read', (db) => db.execute('SELECT * FROM t'));
  await withStore('import', (db) => db.import(zip));
  await withStore('import of a stream', (db) => db.import(zip.stream()));
  await withStore('comment', (db) => db.execute('-- why\n/* and how */ INSERT INTO t (k) VALUES (1)'));
  await withStore('many', (db) => db.executeMany('INSERT INTO t (k) VALUES (?)', [[1], [2]]));
  await ask('copy', () => copyStore('origin', 'copied'));
  await ask('quiet copy', () => copyStore('origin', 'copied quietly', { askPersistence: false }));
  return seen;
}

test('the browser is asked once by what first puts data into a store: an import, a copy, a statement behind a comment', async () => {
  await inChromium(join(site.folder, 'chromium'), site.url, async (page) => {
    expect(await page.evaluate(askedBy)).toEqual({
      'against the will of the app': 0,
      read: 0,
      import: 1,
      'import of a stream': 1,
      comment: 1,
      many: 1,
      copy: 1,
      'quiet copy': 0,
    });
  });
});
