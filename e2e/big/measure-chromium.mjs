// node measure-chromium.mjs ZIP [CANCEL]: the zip of an export goes into Chromium as a file and as a stream, and comes out into a file, merged,
// and into a folder, each with what the renderer (page and worker) took above the idle store. With CANCEL each is cancelled after 300 and
// 1500 ms instead. A line of JSON each. Linux. The stream is a file's and none of the network: of that one the browser keeps megabytes for
// whoever drives it.

import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumArgs, findBrowser } from '../../scripts/tools/browsers.mjs';
import { capture } from '../../scripts/tools/run.mjs';
import { root } from '../../scripts/tools/workspace.mjs';

const [zip, cancel] = process.argv.slice(2);
const dist = join(root, 'packages/client/dist');

const html = '<input type="file" id="file"><script type="module" src="/page.js"></script>';
const script = "import * as cassette from '/client/index.js'; window.cassette = cassette;";

function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  if (pathname === '/page.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
  const file = pathname.startsWith('/client/') ? join(dist, pathname.slice(8)) : '';
  if (file === '' || !existsSync(file)) return response.writeHead(404).end();
  const type = extname(file) === '.js' ? 'text/javascript' : 'application/octet-stream';
  response.writeHead(200, { 'content-type': type, 'content-length': statSync(file).size });
  return createReadStream(file, { highWaterMark: 1 << 20 }).pipe(response);
}

/** Runs in the page; resolves with bytes, or the code of an error and the milliseconds that cancelling took. */
async function act({ what, at }) {
  const { db } = window;
  const abort = new AbortController();
  let abortedAt = null;
  let told = 0;
  if (at !== null) {
    setTimeout(() => {
      abortedAt = performance.now();
      abort.abort();
    }, at);
  }
  const hooks = { signal: abort.signal, onProgress: () => void told++ };
  const opfs = await navigator.storage.getDirectory();
  const run = async () => {
    if (what === 'import a file') return db.import(document.getElementById('file').files[0], hooks);
    if (what === 'import a stream') return db.import(document.getElementById('file').files[0].stream(), hooks);
    if (what === 'export into a folder') {
      return db.exportTo({ compact: false }, await opfs.getDirectoryHandle('out', { create: true }), hooks);
    }
    const file = await opfs.getFileHandle('out.zip', { create: true });
    return db.export({ compact: what === 'export merged' }, await file.createWritable(), hooks);
  };
  const outcome = await run().then(
    ({ bytes }) => ({ bytes }),
    ({ code }) => ({ error: code }),
  );
  const ended = performance.now();
  for (const name of ['out', 'out.zip']) await opfs.removeEntry(name, { recursive: true }).catch(() => undefined);
  return { ...outcome, told, ...(abortedAt !== null && { 'ms to cancel': Math.round(ended - abortedAt) }) };
}

/** Processes of our browser of that kind. */
async function processes(profile, kind) {
  const { stdout } = await capture('ps', ['-eo', 'pid,args']);
  const lines = stdout.split('\n').filter((line) => line.includes(profile) && line.includes(`--type=${kind}`));
  return lines.map((line) => Number(line.trim().split(/\s+/)[0]));
}

/** MiB that are a process's own; 0 where it has gone. */
function anonymous(pid) {
  const status = `/proc/${pid}/status`;
  return existsSync(status) ? Number(/RssAnon:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] ?? 0) / 1024 : 0;
}

const server = createServer(answer);
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const profile = mkdtempSync(join(tmpdir(), 'cassette-big-'));
const { path: executablePath } = await findBrowser('chromium');
const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: chromiumArgs });
try {
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForFunction(() => window.cassette !== undefined);
  await page.setInputFiles('#file', zip);
  await page.evaluate(async () => {
    window.db = await window.cassette.open({ name: 'big', config: { compaction: { enabled: false } } });
  });
  const renderers = await processes(profile, 'renderer');
  const all = ['import a file', 'import a stream', 'export as it lies', 'export merged', 'export into a folder'];
  for (const what of all) {
    // Imports that were cancelled left nothing to export.
    if (cancel !== undefined && what === 'export as it lies') await page.evaluate(act, { what: 'import a file', at: null });
    for (const at of cancel === undefined ? [null] : [300, 1500]) {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const idle = renderers.map(anonymous);
      const peak = [...idle];
      const timer = setInterval(() => {
        for (const [i, pid] of renderers.entries()) peak[i] = Math.max(peak[i], anonymous(pid));
      }, 50);
      const began = performance.now();
      const outcome = await page.evaluate(act, { what, at });
      clearInterval(timer);
      const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
      const above = Math.round(Math.max(...peak.map((mib, i) => mib - idle[i])));
      console.log(JSON.stringify({ what, ...outcome, seconds, 'MiB above idle': above }));
    }
  }
} finally {
  await context.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
}
