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
    // The client's worker, whose own worker somebody ends as soon as he is told to.
    await writeFile(
      join(folder, 'killing-worker.js'),
      `import '/client/worker.js';
       const Started = self.Worker;
       self.Worker = class extends Started {
         constructor(...given) {
           super(...given);
           new BroadcastChannel('end-maintenance').onmessage = () => this.terminate();
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

/** With its worker's worker up, fills and flushes four times, compacts, and opens the store again. `endAfter`: milliseconds of the compaction after which its worker is ended. */
async function work({ name, rows, endAfter }: { name: string; rows: number; endAfter: number | null }): Promise<Outcome> {
  const { open } = window.cassette;
  const schema = `CREATE TABLE IF NOT EXISTS t (k int, c int, v blob, PRIMARY KEY (k, c))
    WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'};
    CREATE TABLE IF NOT EXISTS warm (k int PRIMARY KEY, v blob) WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}`;
  const db = await open({ name, schema, ...(endAfter !== null && { workerUrl: '/made/killing-worker.js' }) });
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
  const compacting = db.compact('t');
  if (endAfter !== null) {
    while ((await db.stats()).compaction.running === null) await new Promise((resolve) => setTimeout(resolve, 2));
    await new Promise((resolve) => setTimeout(resolve, endAfter));
    new BroadcastChannel('end-maintenance').postMessage(null);
  }
  await compacting;
  const count = async (of: typeof db) => {
    const [row] = (await of.execute('SELECT count(*) AS n FROM t')).rows;
    return Number(row['n']);
  };
  const { maintenance, counters } = await db.stats();
  const found = await count(db);
  // What was compacted is removed behind its readers, and close waits for none of it.
  await new Promise((resolve) => setTimeout(resolve, 1500));
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
      const outcome = await page.evaluate(work, { name: 'maintained', rows: 5000, endAfter: null });
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
      const outcome = await page.evaluate(work, { name: 'ended', rows: 20_000, endAfter: 60 });
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
