// The benchmark's runner: Chromium on a profile of its own, then Node. `node run.mjs --help` says what one may choose.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/tools/workspace.mjs';
import {
  aimsOf,
  figuresPage,
  isMet,
  printAims,
  printBrowserRun,
  printDevtoolsRun,
  printLifeRun,
  printNodeRun,
  printPairRun,
  printSSTableRun,
  printStallRun,
  summarize,
  withPeersTable,
  workloads,
} from './dist/lib/report/index.js';
import { measurePairs } from './runner/cassandra.mjs';
import { inChromium, within, withServer } from './runner/chromium.mjs';
import { measureDevtools } from './runner/devtools.mjs';
import { measureLife } from './runner/life.mjs';
import { tellNodeProfiles, trace } from './runner/profile.mjs';

const help = `npm run bench -- [options]
  --only A,B              of browser, ingest, open, large, export, grow, devtools, stall, engine, primitives, sstable, pairs;
                          life is the five after browser, node the four at the end; stall is in both
  --quick                 fewer rounds and rows: a few minutes, rougher figures
  --grow ROWS             how far a store is grown (default 1000000)
  --rounds N              rounds that count
  --workloads A,B         of ${workloads.join(', ')}
  --peers A,B             peers whose names begin so
  --json FILE             the run as JSON too
  --figures               writes what this repository shows of it: apps/bench/FIGURES.md, and the table in README.md and docs/comparison.md
  --profile DIR           traces for DevTools and CPU profiles of Node, and where the time goes; slows things down
`;

const groups = { life: ['ingest', 'open', 'large', 'export', 'grow'], node: ['engine', 'primitives', 'sstable', 'pairs'] };
const allParts = ['browser', ...groups.life, 'devtools', 'stall', ...groups.node];

/** After this long something hangs; the benchmark ends with an error. */
const patience = 1_800_000;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    grow: { type: 'string' },
    rounds: { type: 'string' },
    workloads: { type: 'string' },
    peers: { type: 'string' },
    json: { type: 'string' },
    figures: { type: 'boolean', default: false },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const rounds = options.rounds === undefined ? null : Number(options.rounds);
const known = options.workloads?.split(',').every((name) => workloads.includes(name)) ?? true;
const grown = Number(options.grow ?? 1_000_000);
const parts = options.only?.split(',').flatMap((part) => groups[part] ?? [part]) ?? allParts;
if (
  !known ||
  options.help ||
  !parts.every((part) => allParts.includes(part)) ||
  (rounds !== null && !(rounds >= 1)) ||
  !(grown >= 5000)
) {
  console.log(help);
  process.exit(options.help ? 0 : 2);
}

if (options.profile) mkdirSync(options.profile, { recursive: true });

/** All files of the run: the browser's profile, Node's stores. Gone when the process ends, however it ends. */
const scratch = mkdtempSync(join(tmpdir(), 'cassette-bench-'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

const say = (line) => process.stderr.write(`${line} …\n`);

async function inBrowser(measure) {
  return withServer((url) =>
    inChromium(url, join(scratch, 'profile'), say, async (page) => {
      const stop = options.profile ? await trace(page) : null;
      const run = await within(patience, measure(page));
      await stop?.(join(resolve(options.profile), 'browser.trace.json'));
      return run;
    }),
  );
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

/** A store's life, in the page of browsers that are started for it. */
function lived(steps) {
  const quick = {
    rounds: rounds ?? 1,
    rows: 100_000,
    walBytes: 8 * 2 ** 20,
    exportBytes: 64 * 2 ** 20,
    growth: [10_000, 100_000],
  };
  const whole = {
    rounds: rounds ?? 3,
    rows: 1_000_000,
    walBytes: 64 * 2 ** 20,
    exportBytes: 2 ** 30,
    growth: [10_000, 100_000, 1_000_000],
  };
  const chosen = options.quick ? quick : whole;
  const growth = options.grow === undefined ? chosen.growth : [...chosen.growth.filter((n) => n < grown), grown];
  return withServer((url) => measureLife(url, scratch, { ...chosen, growth, parts: steps }, say));
}

function paired() {
  const main = join(root, 'apps/bench/dist/lib/node/main.js');
  const chosen = options.quick
    ? { rounds: 2, warmUps: 1, rows: 50_000, loadRows: 100_000 }
    : { rounds: 5, warmUps: 4, rows: 200_000, loadRows: 1_000_000 };
  return measurePairs({ main, scratch, ...chosen, ...(rounds === null ? {} : { rounds }) }, say);
}

const machine = { cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: cpus().length, loadBefore: loadavg()[0] };
const lifeSteps = ['ingest', 'open', 'large', 'export', 'grow'].filter((step) => parts.includes(step));
const browser = parts.includes('browser') ? await inBrowser(compared) : null;
const life = lifeSteps.length > 0 ? await lived(lifeSteps) : null;
const devtools = parts.includes('devtools')
  ? await measureDevtools(
      scratch,
      { rounds: rounds ?? (options.quick ? 1 : 3), milliseconds: options.quick ? 3000 : 10_000 },
      say,
    )
  : null;
const stall = parts.includes('stall') ? [await inBrowser(stalled), await inNode('stall', 3, 600_000)] : [];
const engine = parts.includes('engine') ? await inNode('engine', 3, 200_000) : null;
const primitives = parts.includes('primitives') ? await inNode('primitives', 5, 100_000) : null;
const sstables = parts.includes('sstable') ? await inNode('sstable', 5, 100_000) : null;
const pairs = parts.includes('pairs') ? await paired() : null;
if (options.profile) tellNodeProfiles(options.profile);
const aims = aimsOf({ browser, life, devtools, stall, engine, primitives, pairs });
const where = `${machine.cores} × ${machine.cpu}, load ${machine.loadBefore.toFixed(1)} before the run, ${loadavg()[0].toFixed(1)} after it`;
const texts = [
  where,
  browser && `${browser.userAgent}\n\n${printBrowserRun(browser)}`,
  life && printLifeRun(life),
  devtools && printDevtoolsRun(devtools),
  ...stall.map(printStallRun),
  engine && printNodeRun(engine),
  primitives && printNodeRun(primitives, 'what the engine is made of; statements, rows, chunks or keys a second'),
  sstables && printSSTableRun(sstables),
  pairs && printPairRun(pairs),
  printAims(aims),
];
console.log(`\n${texts.filter(Boolean).join('\n\n')}`);
if (options.figures) {
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  const text = texts.slice(1).filter(Boolean).join('\n\n');
  writeFileSync(join(root, 'apps/bench/FIGURES.md'), figuresPage({ machine: where, command, browser, aims, text }));
  for (const path of browser === null ? [] : ['README.md', 'docs/comparison.md']) {
    const file = join(root, path);
    writeFileSync(file, withPeersTable(readFileSync(file, 'utf8'), browser));
  }
}
if (options.json) {
  const summary = browser && summarize(browser);
  const judged = aims.map((aim) => ({ ...aim, isMet: isMet(aim) }));
  const json = {
    machine,
    browser: browser && { ...browser, summary },
    life,
    devtools,
    stall,
    engine,
    primitives,
    sstables,
    pairs,
    aims: judged,
  };
  writeFileSync(options.json, `${JSON.stringify(json, (_, value) => (Number.isNaN(value) ? null : value), 1)}\n`);
}
