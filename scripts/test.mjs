// npm test: installs what it needs, runs every suite, and ends with one line that counts them all.
//
//   npm test                    everything
//   npm test -- unit e2e        only the named suites: check, unit, e2e, cassandra

import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromiumArgs, findBrowser } from './tools/browsers.mjs';
import { playwrightFailures, vitestFailures } from './tools/failures.mjs';
import { packAll } from './tools/pack.mjs';
import { capture, run } from './tools/run.mjs';
import { bin, cache, ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const wanted = process.argv.slice(2);
const reports = join(cache, 'reports');
mkdirSync(reports, { recursive: true });

/** @returns {{ file: string, read(): any }} a report file that did not exist before */
function report(name) {
  const file = join(reports, `${name}.json`);
  rmSync(file, { force: true });
  return { file, read: () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null) };
}

/** What failed so far, told again before the counts. */
const failures = [];

/** One check: right or wrong. */
function counted(ok, name) {
  if (!ok) failures.push(`✘ check: ${name}`);
  return ok ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** What the client loads at once, within its budget. */
async function bundle() {
  // It reads scripts with a package that is only there once everything is installed.
  const { checkBundle } = await import('./tools/bundle-size.mjs');
  return counted(checkBundle(), 'what the client loads is within its budget');
}

/** The packages: built where nothing was built before, packed, and looked at as whoever installs them does. */
async function packages() {
  const { checkTarballs } = await import('./tools/check-packages.mjs');
  const tarballs = await packAll();
  return sum(
    counted(tarballs !== null, 'the packages can be packed'),
    counted(tarballs !== null && (await checkTarballs(tarballs)), 'the packages are what their users need'),
  );
}

/** One check that is a command. */
async function single(command, args) {
  return counted(
    (await run(command, args, { cwd: root })) === 0,
    [command.split('/').at(-1), ...args].join(' ').replaceAll(`${root}/`, ''),
  );
}

function sum(...all) {
  return all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }));
}

async function vitest(name, args, env = {}) {
  const { file, read } = report(name);
  const code = await run(bin('vitest'), ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  const result = read();
  if (!result) return noReport(name, code);
  failures.push(...vitestFailures(result));
  // A file that could not be loaded, or an error outside of any test, fails the run without failing a test.
  const failed = Math.max(result.numFailedTests, code === 0 ? 0 : 1);
  return { passed: result.numPassedTests, failed, skipped: result.numPendingTests + result.numTodoTests };
}

/** A runner that ended before it could write what it found. */
function noReport(name, code) {
  failures.push(`✘ ${name}: the runner ended with ${code} and left no report`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/** A lane that this machine can't run: it counts as one skipped test and says why. */
function skip(name, why) {
  console.log(`\nSKIPPED ${name}: ${why}\n`);
  return { passed: 0, failed: 0, skipped: 1 };
}

async function playwright() {
  const chromium = await findBrowser('chromium');
  if (chromium.path === null) return skip('e2e', chromium.why);
  const firefox = await findBrowser('firefox');
  const webkit = await findBrowser('webkit');
  const { file, read } = report('e2e');
  const code = await run(bin('playwright'), ['test', '--config', 'e2e/playwright.config.ts'], {
    cwd: root,
    env: {
      ...process.env,
      CASSETTE_CHROMIUM: chromium.path,
      CASSETTE_CHROMIUM_ARGS: chromiumArgs.join(' '),
      ...(firefox.path === null ? { CASSETTE_FIREFOX_MISSING: firefox.why } : { CASSETTE_FIREFOX: firefox.path }),
      ...(webkit.path === null ? { CASSETTE_WEBKIT_MISSING: webkit.why } : { CASSETTE_WEBKIT: webkit.path }),
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    },
  });
  const result = read();
  if (!result) return noReport('e2e', code);
  failures.push(...playwrightFailures(result));
  const { expected, unexpected, flaky, skipped } = result.stats;
  // A test that passes at the second try is one that fails.
  return { passed: expected, failed: Math.max(unexpected + flaky, code === 0 ? 0 : 1), skipped };
}

async function cassandra() {
  const java = await capture('java', ['-version']);
  const version = Number(/version "(\d+)/.exec(java.stderr)?.[1] ?? 0);
  if (java.code !== 0 || version < 17)
    return skip('cassandra', `Java 17 is needed, ${java.code === 0 ? `${version} is here` : 'none is here'}`);
  if ((await capture('mvn', ['--version'])).code !== 0) return skip('cassandra', 'Maven is needed, none is here');
  return vitest('cassandra', ['--root', 'e2e/cassandra'], { CASSETTE_CACHE: cache });
}

const suites = {
  check: async () =>
    sum(
      await single(bin('biome'), ['ci', '--error-on-warnings', '.']),
      await single(bin('tsc'), ['--noEmit']),
      await bundle(),
      // Side by side: each of them is one process for most of its time.
      ...(await Promise.all([
        packages(),
        single(process.execPath, [join(root, 'docs/reference.mjs')]),
        single(process.execPath, [join(root, 'docs/check-readmes.mjs')]),
      ])),
    ),
  unit: () => vitest('unit', []),
  e2e: playwright,
  cassandra,
};

const unknown = wanted.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`No suite named ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}

await ensureInstalled();
await ensureBuilt('cli', 'devtools', 'bench', 'survey');

/** @type {Counts} */
let total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name} ──`);
  const started = Date.now();
  const counts = await suite();
  total = sum(total, counts);
  lines.push(
    `${name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped (${Math.round((Date.now() - started) / 1000)} s)`,
  );
}
if (failures.length > 0) console.log(`\n── failed ──\n${failures.join('\n').replaceAll(`${root}/`, '')}`);
console.log(`\n${lines.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
