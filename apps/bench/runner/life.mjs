// What a store costs over its life: ingest, opening, export, growing; in Chromium, which is started anew where that matters.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleSizes, countedBytes } from '../../../scripts/tools/bundle-size.mjs';
import { root } from '../../../scripts/tools/workspace.mjs';
import { inChromium, rendererMebibytes, within, withPeakMemory } from './chromium.mjs';

/** What a page loads of the client to write, read and export, compressed; null where it is not built. */
export function clientGzip() {
  const dist = join(root, 'packages/client/dist');
  return existsSync(join(dist, 'worker.js')) ? countedBytes(bundleSizes(dist)) : null;
}

/** @returns {Promise<import('../src/life/life-run.ts').LifeRun>} */
export async function measureLife(url, scratch, { rounds, rows, walBytes, exportBytes, growth, parts }, say) {
  const patience = 1_800_000;
  const run = {
    ingest: [],
    coldOpenRows: 20_000,
    coldOpen: [],
    largeOpen: null,
    exports: [],
    grown: [],
    clientGzip: clientGzip(),
  };
  /** Every part has a profile of its own, which goes with it: a gibibyte lies there. */
  const withProfile = async (use) => {
    const profile = mkdtempSync(join(scratch, 'life-'));
    try {
      await use((act) => within(patience, inChromium(url, profile, say, act)), profile);
    } finally {
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  const steps = {
    async ingest(inBrowser) {
      for (let round = 0; round <= rounds; round++) {
        say(round === 0 ? 'ingest: warming up' : `ingest: round ${round} of ${rounds}`);
        const options = { rows: round === 0 ? 20_000 : rows, rawFirst: round % 2 === 0 };
        const one = await inBrowser((page) =>
          page.evaluate((o) => window.benchLife.ingestRound(window.clientUrl, o.rows, o.rawFirst), options),
        );
        if (round > 0) run.ingest.push(one);
      }
    },
    async open(inBrowser) {
      say('cold open: filling the stores');
      const names = await inBrowser((page) =>
        page.evaluate((n) => window.benchLife.prepareColdOpen(window.clientUrl, n), run.coldOpenRows),
      );
      const times = new Map(names.map((name) => [name, []]));
      for (let round = 0; round < Math.max(3, rounds); round++) {
        say(`cold open: round ${round + 1} of ${Math.max(3, rounds)}`);
        const order = round % 2 === 0 ? names : [...names].reverse();
        // A browser of its own for each: what one left in its caches would help the next.
        for (const name of order) {
          times
            .get(name)
            .push(await inBrowser((page) => page.evaluate((n) => window.benchLife.coldOpen(window.clientUrl, n), name)));
        }
      }
      run.coldOpen = [...times].map(([peer, milliseconds]) => ({ peer, milliseconds }));
    },
    async large(inBrowser) {
      say(`opening a large store: filling it with ${rows} rows`);
      // The page goes with its browser, without a word to the store: the log is what is left.
      await inBrowser((page) =>
        page.evaluate((o) => window.benchLife.prepareLargeOpen(window.clientUrl, o.rows, o.walBytes), { rows, walBytes }),
      );
      const opened = [];
      for (let round = 0; round < 3; round++) {
        say(`opening a large store: round ${round + 1} of 3`);
        opened.push(await inBrowser((page) => page.evaluate(() => window.benchLife.largeOpen(window.clientUrl))));
      }
      const replayed = opened.filter(({ mutations }) => mutations > 0);
      const { mutations, bytes } = opened[0];
      const milliseconds = replayed.map((one) => one.milliseconds);
      run.largeOpen = { rows, walBytes: bytes, mutationsReplayed: mutations, milliseconds };
    },
    async export(inBrowser, profile) {
      say(`export: filling a store of ${Math.round(exportBytes / 2 ** 20)} MiB`);
      await inBrowser(async (page) => {
        await page.evaluate((n) => window.benchLife.prepareExport(window.clientUrl, n), exportBytes);
        for (let round = 0; round < Math.min(3, rounds); round++) {
          say(`export: round ${round + 1} of ${Math.min(3, rounds)}`);
          const copy = () => page.evaluate((n) => window.benchLife.copyRaw(n), exportBytes);
          const before = round % 2 === 1 ? await copy() : null;
          const { answer, mebibytes } = await withPeakMemory(profile, () => page.evaluate(() => window.benchLife.exportStore()));
          run.exports.push({ ...answer, mebibytes, rawMilliseconds: before ?? (await copy()) });
        }
      });
    },
    async grow(inBrowser, profile) {
      await inBrowser(async (page) => {
        for (const size of growth) {
          say(`growing to ${size.toLocaleString('en')} rows`);
          const grown = await page.evaluate((n) => window.benchLife.growTo(window.clientUrl, n), size);
          run.grown.push({ ...grown, mebibytes: rendererMebibytes(profile) });
        }
      });
    },
  };
  for (const part of parts) await withProfile(steps[part]);
  return run;
}
