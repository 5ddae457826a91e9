// What a folder holds of an export whose owner goes, in real Chromium.

import { expect, type Page, test } from '@playwright/test';
import { useKillableChromium } from './browser/site.ts';

/** What pages/page.js puts on the window, and what tests keep there. */
interface TestWindow {
  cassette: typeof import('@cassette/client');
  db: import('@cassette/client').RemoteDatabase;
  /** Lets the file go on that is being written. */
  release(): void;
  /** Set once a file waits. */
  waits: boolean;
  outcome: Promise<string>;
}
declare const window: TestWindow;

const site = useKillableChromium();

async function newTab(): Promise<Page> {
  const page = await site.newTab();
  await page.evaluate(async () => {
    window.db = await window.cassette.open({ name: 'store', schema: 'CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY, v text)' });
  });
  return page;
}

/** Begins an export into a folder of OPFS that stops where its first Data.db is written. */
async function beginExport(into: string): Promise<void> {
  const { prototype } = FileSystemFileHandle;
  const { createWritable } = prototype;
  window.waits = false;
  const released = new Promise<void>((resolve) => {
    window.release = resolve;
  });
  prototype.createWritable = async function (...args) {
    if (!this.name.endsWith('-Data.db')) return createWritable.apply(this, args);
    window.waits = true;
    await released;
    return createWritable.apply(this, args);
  };
  const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle(into, { create: true });
  window.outcome = window.db
    .exportTo({}, directory)
    .then(
      () => 'whole',
      (error) => `${error.name} ${error.code}`,
    )
    .finally(() => {
      prototype.createWritable = createWritable;
    });
}

/** All files in a folder of OPFS, with their paths. */
async function filesIn(name: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const handle of directory.values()) {
      if (handle.kind === 'directory') await look(handle as FileSystemDirectoryHandle, `${path}${handle.name}/`);
      else found.push(path + handle.name);
    }
  };
  await look(await (await navigator.storage.getDirectory()).getDirectoryHandle(name), '');
  return found.sort();
}

async function crash(tab: Page): Promise<void> {
  const crashed = tab.waitForEvent('crash');
  const session = await site.chromium.context.newCDPSession(tab);
  // The answer dies with it.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await tab.close();
}

test('an export into a folder whose owner goes rejects with OWNER_LOST and leaves the folder empty; the next one is whole', async () => {
  const owner = await newTab();
  const client = await newTab();
  await client.evaluate(async () => {
    await window.db.executeMany(
      'INSERT INTO t (k, v) VALUES (?, ?)',
      Array.from({ length: 5000 }, (_, k) => [k, `value ${k}`] as const),
    );
  });
  await client.evaluate(beginExport, 'cut off');
  await client.waitForFunction(() => window.waits);
  await crash(owner);
  await client.waitForFunction(() => window.db.role === 'owner');
  await client.evaluate(() => window.release());
  expect(await client.evaluate(() => window.outcome)).toBe('OwnerLostError OWNER_LOST');
  expect(await client.evaluate(filesIn, 'cut off')).toEqual([]);
  await client.evaluate(beginExport, 'cut off');
  await client.evaluate(() => window.release());
  expect(await client.evaluate(() => window.outcome)).toBe('whole');
  expect(await client.evaluate(filesIn, 'cut off')).toEqual(expect.arrayContaining(['SHA256SUMS', 'load.sh', 'manifest.json']));
  await client.close();
});

test('an export whose own tab goes leaves files without a manifest and a script to load them: they do not pass for an export', async () => {
  const tab = await newTab();
  await tab.evaluate(() => window.db.execute("INSERT INTO t (k, v) VALUES (1, 'x')"));
  await tab.evaluate(beginExport, 'left');
  await tab.waitForFunction(() => window.waits);
  await crash(tab);
  const next = await newTab();
  const left = await next.evaluate(filesIn, 'left');
  expect(left.length).toBeGreaterThan(0);
  expect(left.filter((name) => /^(manifest\.json|SHA256SUMS|load\.sh)$/.test(name))).toEqual([]);
  await next.close();
});
