// The devtools page as who opens it meets it: until it is painted, until its store is open, and how smooth it is while the engine writes.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumArgs, findBrowser } from '../../../scripts/tools/browsers.mjs';
import { serve } from '../../../scripts/tools/serve.mjs';
import { root } from '../../../scripts/tools/workspace.mjs';

/** Runs in the page before anything of it does. */
function watch() {
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.longTasks.push({ startTime, duration });
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    if (document.body?.textContent.includes('on this device')) window.readyAt = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}

/** @returns {Promise<import('../src/report/devtools-run.ts').DevtoolsRun>} */
export async function measureDevtools(scratch, { rounds, milliseconds }, say) {
  const found = await findBrowser('chromium');
  if (found.path === null) throw new Error(found.why);
  const run = { firstPaint: [], ready: [], longestTask: [], rowsPerSecond: [] };
  const server = await serve(join(root, 'apps/devtools/dist'));
  try {
    // One before the first does not count: the files of the browser itself come from the disk then.
    for (let round = 0; round <= rounds; round++) {
      say(round === 0 ? 'devtools: warming up' : `devtools: round ${round} of ${rounds}`);
      const profile = mkdtempSync(join(scratch, 'devtools-'));
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: found.path,
        args: chromiumArgs,
        headless: true,
      });
      try {
        const page = await context.newPage();
        await page.addInitScript(watch);
        await page.goto(server.url);
        await page.waitForFunction(() => window.readyAt !== undefined);
        const [paint, ready] = await page.evaluate(() => [
          performance.getEntriesByName('first-contentful-paint')[0].startTime,
          window.readyAt,
        ]);
        await page.goto(`${server.url}#/engine`);
        const load = page.getByRole('region', { name: 'Load generator' });
        await load.getByRole('button', { name: 'Start' }).click();
        await page.waitForTimeout(1000);
        const from = await page.evaluate(() => performance.now());
        const before = await written(page);
        await page.waitForTimeout(milliseconds);
        const rows = (await written(page)) - before;
        const longest = await page.evaluate(
          (at) => Math.max(0, ...window.longTasks.filter((t) => t.startTime >= at).map((t) => t.duration)),
          from,
        );
        await load.getByRole('button', { name: 'Stop' }).click();
        if (round === 0) continue;
        run.firstPaint.push(paint);
        run.ready.push(ready);
        run.longestTask.push(longest);
        run.rowsPerSecond.push((rows / milliseconds) * 1000);
      } finally {
        await context.close();
        rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    }
  } finally {
    await server.close();
  }
  return run;
}

/** Rows that the load generator says were written. */
async function written(page) {
  const figure = page
    .getByRole('region', { name: 'Load generator' })
    .locator('dl > div', { hasText: 'acknowledged' })
    .locator('dd');
  return Number((await figure.textContent()).replaceAll(',', ''));
}
