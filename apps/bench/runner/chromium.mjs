// Chromium on a profile of its own, at the benchmark's page.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumArgs, findBrowser } from '../../../scripts/tools/browsers.mjs';
import { serve } from '../../../scripts/tools/serve.mjs';
import { root } from '../../../scripts/tools/workspace.mjs';

/** Serves the page, its workers and the built client, until `use` is done. */
export async function withServer(use) {
  const server = await serve(
    { '/': join(root, 'apps/bench/dist'), '/client/': join(root, 'packages/client/dist') },
    {
      headers: {
        // Isolation, which Cassette does not need, makes the page's clock fine enough for latencies.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        // Peers are compiled to WebAssembly, which the strict policy of this server forbids; Cassette does not need it.
        'content-security-policy':
          "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:",
      },
    },
  );
  try {
    return await use(server.url);
  } finally {
    await server.close();
  }
}

/** A browser that was just started on the profile, at the page, until `use(page)` is done. `say` gets the page's progress. */
export async function inChromium(url, profile, say, use) {
  const found = await findBrowser('chromium');
  if (found.path === null) throw new Error(found.why);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: found.path,
    args: chromiumArgs,
    headless: true,
  });
  try {
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.text().startsWith('bench: ')) say(message.text().slice(7));
      else if (message.type() === 'error') console.error(`page: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(url);
    await page.waitForFunction(() => 'bench' in window);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** Milliseconds after which something hangs. */
export function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The benchmark has not ended after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Renderers of the browser on that profile, by their process ids; empty where there is no /proc. */
function renderersOf(profile) {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return args.includes('--type=renderer') && args.includes(profile);
      } catch (error) {
        // It ended between the listing and now.
        if (error.code === 'ENOENT' || error.code === 'ESRCH') return false;
        throw error;
      }
    });
}

/** MiB that the renderers have for themselves; null where nobody can tell. */
export function rendererMebibytes(profile) {
  const pids = renderersOf(profile);
  if (pids.length === 0) return null;
  return pids.reduce((sum, pid) => {
    const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
    return sum + Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }, 0);
}

/** The most that the renderers took above what they have now while `act` went on, in MiB, and its answer. */
export async function withPeakMemory(profile, act) {
  const idle = rendererMebibytes(profile);
  let peak = idle ?? 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, rendererMebibytes(profile) ?? 0);
  }, 100);
  try {
    const answer = await act();
    return { answer, mebibytes: idle === null ? null : peak - idle };
  } finally {
    clearInterval(timer);
  }
}
