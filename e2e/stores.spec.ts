// Stores of a site in real browsers: whether the browser keeps them, how much room there is, and list, rename and destroy.

import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { inChromium, inFirefox } from './browser/client-page.ts';
import { firefoxMissing } from './browser/firefox.ts';
import { useSite } from './browser/site.ts';

/** What pages/page.js puts on the window. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
}
declare const window: TestWindow;

const site = useSite();

/** Runs in a page: what became of stores that were made, renamed and removed, told as plain data. */
async function livesOfStores(): Promise<Record<string, unknown>> {
  const { open, list, rename, destroy } = window.cassette;
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: { code?: string }) => error.code ?? String(error),
    );
  const schema = 'CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY, v text)';
  const keys = async (name: string) => {
    const db = await open({ name, schema });
    const found = [...(await db.execute('SELECT k FROM t'))].map((row) => row['k']);
    await db.close();
    return found.sort();
  };
  const seen: Record<string, unknown> = {};
  const db = await open({ name: 'field notes/1', schema });
  seen['before'] = (await db.storage()).persistence;
  await db.execute('SELECT * FROM t');
  seen['afterRead'] = (await db.storage()).persistence;
  await db.execute("INSERT INTO t (k, v) VALUES (1, 'flushed')");
  await db.flush();
  await db.execute("INSERT INTO t (k, v) VALUES (2, 'in the log')");
  const facts = await db.storage();
  seen['asked'] = facts.persistence !== 'not asked';
  seen['facts'] = {
    persistent: facts.persistent,
    hasRoom: (facts.quota ?? 0) > (facts.usage ?? 0),
    takesRoom: (facts.usage ?? 0) > 0,
    diskBytes: facts.diskBytes,
  };
  const root = await navigator.storage.getDirectory();
  const folders = await root.getDirectoryHandle('cassette');
  const store = await folders.getDirectoryHandle('field%20notes%2F1');
  let bytes = 0;
  const names: string[] = [];
  for await (const handle of store.values()) {
    if (handle.kind !== 'file') continue;
    names.push(handle.name);
    bytes += (await (handle as FileSystemFileHandle).getFile()).size;
  }
  seen['bytes'] = bytes;
  seen['countsCatalog'] = names.includes('catalog');
  seen['renameOpen'] = await failure(rename('field notes/1', 'b'));
  seen['destroyOpen'] = await failure(destroy('field notes/1'));
  await db.close();
  const quiet = await open({ name: 'other', schema, askPersistence: false });
  await quiet.execute('INSERT INTO t (k) VALUES (7)');
  seen['quiet'] = (await quiet.storage()).persistence;
  await quiet.close();
  seen['list'] = await list();
  seen['renameTaken'] = await failure(rename('field notes/1', 'other'));
  seen['renameMissing'] = await failure(rename('nowhere', 'somewhere'));
  await rename('field notes/1', 'renamed');
  seen['listRenamed'] = await list();
  seen['renamed'] = await keys('renamed');
  seen['other'] = await keys('other');
  await rename('renamed', 'field notes/1');
  await rename('field notes/1', 'renamed');
  seen['renamedAgain'] = await keys('renamed');
  await destroy('renamed');
  await destroy('renamed');
  await destroy('other');
  seen['listEnd'] = await list();
  // A name that was free again gets a store of its own.
  seen['fresh'] = await keys('renamed');
  await destroy('renamed');
  return seen;
}

function check(seen: Record<string, unknown>): void {
  const { facts, bytes, before, afterRead, quiet, ...rest } = seen as {
    facts: { diskBytes: number };
    bytes: number;
  } & typeof seen;
  expect(facts).toEqual({ persistent: true, hasRoom: true, takesRoom: true, diskBytes: bytes });
  // A site may have been granted it for good; else nobody was asked by reading, or against the app's will.
  for (const answer of [before, afterRead, quiet]) expect(['not asked', 'granted']).toContain(answer);
  expect(rest).toEqual({
    asked: true,
    countsCatalog: true,
    renameOpen: 'STORE_LOCKED',
    destroyOpen: 'STORE_LOCKED',
    list: ['field notes/1', 'other'],
    renameTaken: 'STORE_EXISTS',
    renameMissing: 'STORE_NOT_FOUND',
    listRenamed: ['other', 'renamed'],
    renamed: [1, 2],
    other: [7],
    renamedAgain: [1, 2],
    listEnd: [],
    fresh: [],
  });
}

test('Chromium: stores are listed, renamed and removed; the browser is asked to keep data at the first write, and room is told', async () => {
  await inChromium(join(site.folder, 'chromium'), site.url, async (page) => {
    check(await page.evaluate(livesOfStores));
  });
});

test('Firefox: the same', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  await inFirefox(join(site.folder, 'firefox'), site.url, async (page) => {
    check(await page.evaluate(livesOfStores));
  });
});
