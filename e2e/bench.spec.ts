// The benchmark's peers in a real Chromium: each writes, reads back and counts a few rows, so that an adapter which broke is known before
// somebody measures with it. Nothing is timed here.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import type { BrowserRun } from '../apps/bench/src/report/browser-run.ts';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

declare const window: { bench(options: object, tell: (line: string) => void): Promise<BrowserRun> };

test('each peer of the benchmark writes and reads back what was written, by every workload it has', async () => {
  const profile = await mkdtemp(join(tmpdir(), 'cassette-bench-e2e-'));
  // Peers are compiled to WebAssembly.
  const headers = {
    'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'",
  };
  const folders = { '/': join(root, 'apps/bench/dist'), '/client/': join(root, 'packages/client/dist') };
  const server = await serve(folders, { headers });
  const context = await openChromium(profile);
  try {
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForFunction(() => 'bench' in window);
    const options = { rounds: 1, milliseconds: 10, restMilliseconds: 0, loadedRows: 1000 };
    const run = await page.evaluate((chosen) => window.bench(chosen, () => undefined), options);

    expect(run.missing).toEqual([]);
    const workloadsOf = new Map<string, string[]>();
    for (const { peer, workload, rounds } of run.samples) {
      expect(rounds.every(({ rows }) => rows > 0)).toBe(true);
      if (rounds.length > 0) workloadsOf.set(peer, [...(workloadsOf.get(peer) ?? []), workload]);
    }
    const all = ['single', 'concurrent', 'batch', 'get', 'gets', 'in', 'partition', 'scan'];
    const noStatements = all.filter((workload) => workload !== 'in');
    expect(Object.fromEntries(workloadsOf)).toEqual({
      Cassette: all,
      'raw OPFS, from the page': noStatements,
      'raw OPFS, in its worker': noStatements,
      'SQLite-WASM sahpool, WAL FULL': all,
      'SQLite-WASM sahpool, FULL': all,
      'wa-sqlite OPFSCoopSync, FULL': all,
      'PGlite opfs-ahp': all,
      'IndexedDB, strict': noStatements,
      'Dexie, strict': all,
    });
    expect(run.sizes.map(({ peer }) => peer)).toEqual([
      'Cassette',
      'SQLite-WASM sahpool, WAL FULL',
      'SQLite-WASM sahpool, FULL',
      'wa-sqlite OPFSCoopSync, FULL',
      'PGlite opfs-ahp',
    ]);
  } finally {
    await context.close();
    await server.close();
    await rm(profile, { recursive: true, force: true });
  }
});
