// The promises of `Storage`, kept by OPFS in real browsers.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storageContractCases } from '@cassette/storage/testing';
import { expect, test } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';
import type { CaseOutcome } from './browser/storage-contract-worker.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
let folder: string;
let server: Awaited<ReturnType<typeof serve>>;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-contract-'));
  await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    resolve: { conditions: ['source', 'module', 'browser', 'import', 'default'] },
    build: {
      outDir: join(folder, 'dist'),
      emptyOutDir: true,
      lib: { entry: join(here, 'browser/storage-contract-worker.ts'), formats: ['es'], fileName: () => 'worker.js' },
    },
  });
  server = await serve({ '/contract/': join(folder, 'dist'), '/': join(here, 'pages') });
});

test.afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs in the page: starts the worker and waits for what it says. */
function runContract(): Promise<CaseOutcome[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker('/contract/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(`The worker failed: ${message}`));
  });
}

function checkAll(outcomes: readonly CaseOutcome[]): void {
  expect(outcomes.filter(({ error }) => error !== null)).toEqual([]);
  expect(outcomes.length).toBe(2 * storageContractCases.length + 1);
}

test('OPFS keeps the storage contract in Chromium', async () => {
  const context = await openChromium(join(folder, 'chromium'));
  try {
    const page = await context.newPage();
    await page.goto(`${server.url}blank.html`);
    checkAll(await page.evaluate(runContract));
  } finally {
    await context.close();
  }
});

test('OPFS keeps the storage contract in Firefox', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const browser = await startFirefox(join(folder, 'firefox'));
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}blank.html`);
    checkAll(await page.evaluate(runContract));
  } finally {
    await browser.close();
  }
});
