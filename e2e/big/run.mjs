// CASSETTE_BIG=2GiB node e2e/big/run.mjs: exports and imports of a large store in Node and in Chromium, what memory each took above the idle
// store, and how long it took to cancel. Needs four times that much room in the folder for temporary files. Not a part of npm test.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, ensureInstalled } from '../../scripts/tools/workspace.mjs';

const [, number, unit] = /^(\d+)\s*(MiB|GiB)$/.exec(process.env.CASSETTE_BIG ?? '2GiB') ?? [];
if (number === undefined) throw new Error('CASSETTE_BIG is a size such as 2GiB or 256MiB');
const mib = Number(number) * (unit === 'GiB' ? 1024 : 1);

await ensureInstalled();
await ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'cassette-big-'));
const at = (name) => join(folder, name);

function node(script, ...args) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status } = spawnSync(process.execPath, ['--expose-gc', file, ...args.map(String)], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${script} ${args.join(' ')} ended with ${status}`);
}

try {
  console.log(`A store of ${mib} MiB; Node`);
  node('make-store.mjs', at('store'), mib);
  for (const [what, file] of [
    ['export', at('merged.zip')],
    ['raw', at('raw.zip')],
  ]) {
    for (const cancelAt of [50, 500, 3000]) node('measure-node.mjs', what, at('store'), file, cancelAt);
    node('measure-node.mjs', what, at('store'), file);
  }
  rmSync(at('store'), { recursive: true });
  rmSync(at('merged.zip'));
  for (const what of ['zip', 'stream']) {
    for (const cancelAt of [50, 500, 3000]) node('measure-node.mjs', what, at('into'), at('raw.zip'), cancelAt);
    node('measure-node.mjs', what, at('into'), at('raw.zip'));
    rmSync(at('into'), { recursive: true });
  }
  console.log('Chromium');
  node('measure-chromium.mjs', at('raw.zip'));
  console.log('Chromium, cancelled');
  node('measure-chromium.mjs', at('raw.zip'), 'cancel');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
