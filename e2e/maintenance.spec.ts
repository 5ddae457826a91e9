// Flushes and compactions in a worker of the engine's worker: in real browsers, and when that worker dies.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type ClientPage, inChromium, inFirefox } from './browser/client-page.ts';
import { firefoxMissing } from './browser/firefox.ts';
import { useSite } from './browser/site.ts';

/** What pages/page.js puts on the window. */
declare const window: { cassette: typeof import('@cassette/client') };

const site = useSite({
  folders: async (folder) => {
    // The client's worker, which ends its own worker at the second word of that one's progress with a compaction.
    await writeFile(
      join(folder, 'killing-worker.js'),
      `import '/client/worker.js';
       const Started = self.Worker;
       self.Worker = class extends Started {
         constructor(...given) {
           super(...given);
           let words = 0;
           this.addEventListener('message', ({ data }) => {
             if (data.kind === 'progress' && data.id === this.compaction && ++words === 2) this.terminate();
           });
         }
         postMessage(message, ...more) {
           if (message.kind === 'compact') this.compaction = message.id;
           super.postMessage(message, ...more);
         }
       };`,
    );
    return { '/made/': folder };
  },
});

interface Outcome {
  readonly maintenance: unknown;
  readonly flushes: number;
  readonly compactions: number;
  readonly rows: number;
  /** What the next start found. */
  readonly litter: readonly string[];
  readonly rowsLater: number;
  readonly generations: number;
}

/** With its worker's worker up, fills and flushes four times, compacts, and opens the store again. `isEnded`: its worker is, in the midst of the compaction. */
async function work({ name, rows, isEnded }: { name: string; rows: number; isEnded: boolean }): Promise<Outcome> {
  const { open } = window.cassette;
  const schema = `CREATE TABLE IF NOT EXISTS t (k int, c int, v blob, PRIMARY KEY (k, c))
    WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'};
    CREATE TABLE IF NOT EXISTS warm (k int PRIMARY KEY, v blob) WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`;
  const db = await open({ name, schema, ...(isEnded && { workerUrl: '/made/killing-worker.js' }) });
  // Until that worker is up nothing is handed to it.
  let before = await db.stats();
  for (let k = 0; before.maintenance?.flushesInWorker === 0 && k < 200; k++) {
    await db.execute('INSERT INTO warm (k, v) VALUES (?, ?)', [k, new Uint8Array(200_000)]);
    await db.flush();
    before = await db.stats();
  }
  for (let part = 0; part < 4; part++) {
    const made = Array.from({ length: rows }, (_, n) => [n % 50, n * 4 + part, crypto.getRandomValues(new Uint8Array(100))]);
    await db.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', made);
    await db.flush();
  }
  await db.compact('t');
  const count = async (of: typeof db) => {
    const [row] = (await of.execute('SELECT count(*) AS n FROM t')).rows;
    return Number(row['n']);
  };
  const { maintenance, counters, tables: compacted } = await db.stats();
  const found = await count(db);
  // What was compacted is removed behind its readers, and close waits for none of it.
  const wanted = new Set(
    compacted.flatMap(({ sstables }) => sstables.flatMap(({ components }) => components.map(({ file }) => file))),
  );
  const litter = async () => {
    const names: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle);
        else names.push(handle.name);
      }
    };
    await walk(await navigator.storage.getDirectory());
    return names.filter((file) => /\.(db|crc32|txt)$/.test(file) && !wanted.has(file));
  };
  for (let tries = 0; tries < 1000 && (await litter()).length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await db.close();
  const again = await open({ name, schema });
  const { tables } = await again.stats();
  const outcome = {
    maintenance: { ...maintenance, flushesInWorker: maintenance!.flushesInWorker - before.maintenance!.flushesInWorker },
    flushes: counters.flushes - before.counters.flushes,
    compactions: counters.compactions,
    rows: found,
    litter: again.recovery.litterSwept,
    rowsLater: await count(again),
    generations: tables.find(({ table }) => table === 't')!.sstables.length,
  };
  await again.close();
  return outcome;
}

const browsers = [
  ['Chromium', inChromium],
  ['Firefox', inFirefox],
] as const;

for (const [browser, inBrowser] of browsers) {
  const inPage = async (use: (page: ClientPage) => Promise<void>) => {
    test.skip(browser === 'Firefox' && firefoxMissing !== null, firefoxMissing ?? '');
    await inBrowser(await mkdtemp(join(site.folder, 'profile-')), site.url, use);
  };

  test(`${browser}: flushes and compactions are done by the worker's worker, which is gone without litter after close`, async () => {
    await inPage(async (page) => {
      const outcome = await page.evaluate(work, { name: 'maintained', rows: 5000, isEnded: false });
      expect(outcome).toEqual({
        maintenance: { inWorker: true, flushesInWorker: 4, compactionsInWorker: 1, failures: 0, lastFailure: null },
        flushes: 4,
        compactions: 1,
        rows: 20_000,
        litter: [],
        rowsLater: 20_000,
        generations: 1,
      });
    });
  });

  test(`${browser}: a worker that is ended in the middle of a compaction takes nothing along`, async () => {
    await inPage(async (page) => {
      const outcome = await page.evaluate(work, { name: 'ended', rows: 20_000, isEnded: true });
      expect(outcome).toEqual({
        maintenance: { inWorker: false, flushesInWorker: 4, compactionsInWorker: 0, failures: 1, lastFailure: 'it ended' },
        flushes: 4,
        compactions: 1,
        rows: 80_000,
        litter: [],
        rowsLater: 80_000,
        generations: 1,
      });
    });
  });
}
