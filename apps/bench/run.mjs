// The benchmark's runner: Chromium on a profile of its own, then Node. `node run.mjs --help` says what one may choose.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';
import { chromiumArgs, findBrowser } from '../../scripts/tools/browsers.mjs';
import { serve } from '../../scripts/tools/serve.mjs';
import { root } from '../../scripts/tools/workspace.mjs';
import {
  hotSpots,
  printBrowserRun,
  printHotSpots,
  printNodeRun,
  printSSTableRun,
  printStallRun,
  summarize,
  workloads,
} from './dist/lib/report/index.js';

const help = `npm run bench -- [options]
  --only A,B              of browser, stall, engine, sstable; node is the last two, stall in both
  --quick                 fewer rounds and rows: under a minute, rougher figures
  --rounds N              rounds that count (default 5 in the browser, 3 for engine, 5 for sstable)
  --workloads A,B         of single, concurrent, batch, get, scan
  --peers A,B             peers whose names begin so
  --json FILE             the run as JSON too
  --profile DIR           traces for DevTools and CPU profiles of Node, and where the time goes; slows things down
`;

const allParts = ['browser', 'stall', 'engine', 'sstable'];

/** After this long something hangs; the benchmark ends with an error. */
const patience = 600_000;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    workloads: { type: 'string' },
    peers: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const rounds = options.rounds === undefined ? null : Number(options.rounds);
const known = options.workloads?.split(',').every((name) => workloads.includes(name)) ?? true;
const parts = options.only?.split(',').flatMap((part) => (part === 'node' ? ['engine', 'sstable'] : [part])) ?? allParts;
if (!known || options.help || !parts.every((part) => allParts.includes(part)) || (rounds !== null && !(rounds >= 1))) {
  console.log(help);
  process.exit(options.help ? 0 : 2);
}

if (options.profile) mkdirSync(options.profile, { recursive: true });

/** All files of the run: the browser's profile, Node's stores. Gone when the process ends, however it ends. */
const scratch = mkdtempSync(join(tmpdir(), 'cassette-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

const say = (line) => process.stderr.write(`${line} …\n`);

async function inBrowser(measure) {
  const found = await findBrowser('chromium');
  if (found.path === null) throw new Error(found.why);
  const server = await serve(
    { '/': join(root, 'apps/bench/dist'), '/client/': join(root, 'packages/client/dist') },
    // Isolation, which Cassette does not need, makes the page's clock fine enough for latencies.
    // Peers are compiled to WebAssembly, which the strict policy of this server forbids; Cassette does not need it.
    {
      headers: {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'content-security-policy':
          "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:",
      },
    },
  );
  let context;
  try {
    context = await chromium.launchPersistentContext(join(scratch, 'profile'), {
      executablePath: found.path,
      args: chromiumArgs,
      headless: true,
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.text().startsWith('bench: ')) say(message.text().slice(7));
      else console.error(`page: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.error(`page: ${error.message}`));
    await page.goto(server.url);
    await page.waitForFunction(() => 'bench' in window);
    const stop = options.profile ? await trace(page) : null;
    const run = await within(patience, measure(page));
    await stop?.(join(resolve(options.profile), 'browser.trace.json'));
    return run;
  } finally {
    await context?.close();
    await server.close();
  }
}

/** The workloads and peers, in the page. */
function compared(page) {
  return page.evaluate((chosen) => window.bench(chosen, (line) => console.info(`bench: ${line}`)), {
    rounds: rounds ?? (options.quick ? 2 : 5),
    milliseconds: options.quick ? 300 : 800,
    loadedRows: options.quick ? 10_000 : 50_000,
    ...(options.workloads ? { workloads: options.workloads.split(',') } : {}),
    ...(options.peers === undefined ? {} : { peers: options.peers.split(',').filter((name) => name !== '') }),
  });
}

/** Writes beside maintenance, in the page. */
function stalled(page) {
  return page.evaluate((chosen) => window.benchStall(chosen, (line) => console.info(`bench: ${line}`)), {
    rounds: rounds ?? (options.quick ? 1 : 3),
    milliseconds: 2000,
    loadedRows: options.quick ? 200_000 : 600_000,
    flushedRows: 20_000,
  });
}

/** Samples all threads of the page; the returned function ends that, keeps the trace and prints where the time went. */
async function trace(page) {
  const session = await page.context().newCDPSession(page);
  const events = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      recordMode: 'recordUntilFull',
      traceBufferSizeInKb: 400_000,
      includedCategories: [
        'disabled-by-default-v8.cpu_profiler',
        'disabled-by-default-v8.cpu_profiler.hires',
        'blink.user_timing',
      ],
      excludedCategories: ['*'],
    },
  });
  return async (file) => {
    const complete = new Promise((done) => session.once('Tracing.tracingComplete', done));
    await session.send('Tracing.end');
    await complete;
    writeFileSync(file, JSON.stringify({ traceEvents: events }));
    tellHotSpots(events);
  };
}

function tellHotSpots(events) {
  const maps = new Map();
  const locate = (url, line, column) => {
    const { pathname } = new URL(url, 'file:///');
    const file = url.startsWith('http')
      ? join(
          root,
          pathname.startsWith('/client/') ? 'packages/client/dist' : 'apps/bench/dist',
          pathname.replace(/^\/client\//, '/'),
        )
      : pathname;
    if (!maps.has(file))
      maps.set(file, existsSync(`${file}.map`) ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8'))) : null);
    const found = maps.get(file)?.findEntry(line, column);
    const short = (path) => path.replace(/^(\.\.\/)+/, '').replace(/^.*\/node_modules\//, '');
    if (found?.originalSource) return `${short(found.originalSource)}:${found.originalLine + 1}`;
    return `${file.replace(`${root}/`, '')}:${line + 1}`;
  };
  for (const [thread, spots] of hotSpots(events, locate)) console.log(`\n${thread}\n${printHotSpots(spots, 40)}`);
}

/** Measures a part in a Node of its own. */
function inNode(part, byDefault, rows) {
  const args = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(options.profile)}`] : [];
  const main = join(root, 'apps/bench/dist/lib/node/main.js');
  const chosen = [rounds ?? (options.quick ? 1 : byDefault), options.quick ? rows / 4 : rows].map(String);
  const child = spawn(process.execPath, [...args, main, part, ...chosen], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: patience,
    env: { ...process.env, TMPDIR: scratch, TEMP: scratch },
  });
  return new Promise((done, fail) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    child.on('error', fail);
    child.on('close', (code, signal) => {
      if (code === 0) done(JSON.parse(text));
      else fail(new Error(`The benchmark in Node ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The benchmark has not ended after ${milliseconds / 1000} s`)), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, loadBefore: loadavg()[0] };
const browser = parts.includes('browser') ? await inBrowser(compared) : null;
const stall = parts.includes('stall') ? [await inBrowser(stalled), await inNode('stall', 3, 600_000)] : [];
const node = parts.includes('engine') ? await inNode('engine', 3, 200_000) : null;
const sstables = parts.includes('sstable') ? await inNode('sstable', 5, 100_000) : null;
if ((node || sstables) && options.profile) {
  for (const file of readdirSync(options.profile).filter((name) => name.endsWith('.cpuprofile'))) {
    const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(options.profile, file), 'utf8'));
    const ids = { pid: 0, tid: 0, id: file };
    tellHotSpots([
      { name: 'thread_name', ...ids, args: { name: 'Node' } },
      { name: 'Profile', ...ids, args: {} },
      { name: 'ProfileChunk', ...ids, args: { data: { cpuProfile: { nodes, samples }, timeDeltas } } },
    ]);
  }
}
console.log(`\n${machine.cores} × ${machine.cpu}, load ${machine.loadBefore.toFixed(1)} before the run`);
if (browser) console.log(`${browser.userAgent}\n\n${printBrowserRun(browser)}`);
for (const run of stall) console.log(`\n${printStallRun(run)}`);
if (node) console.log(`\n${printNodeRun(node)}`);
if (sstables) console.log(`\n${printSSTableRun(sstables)}`);
if (options.json) {
  const json = { machine, browser: browser && { ...browser, summary: summarize(browser) }, stall, node, sstables };
  writeFileSync(options.json, `${JSON.stringify(json, (_, value) => (Number.isNaN(value) ? null : value), 1)}\n`);
}
