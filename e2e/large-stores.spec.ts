// A store goes through an export and an import in a process that has room for a small part of it: what gathers on the way is found by
// everybody's tests, and not only where somebody has gigabytes go through (`big/run.mjs`). It is the memory that is looked at, not the time.

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';

/** The store, of two SSTables, and what may be had of it in array buffers above what the idle store has. */
const STORE_MIB = 80;
const BUFFERS_MIB = 24;
/** Of the JavaScript heap: what is kept of every chunk or row does not fit in it. */
const HEAP_MIB = 40;

const at = (script: string) => fileURLToPath(new URL(`big/${script}`, import.meta.url));

async function node(flags: readonly string[], ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...args]);
  return stdout;
}

let folder: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-large-'));
  await node([], at('make-store.mjs'), join(folder, 'store'), String(STORE_MIB));
});

test.afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Runs one in a small heap. */
async function measure(what: string, store: string, file: string): Promise<Record<string, unknown>> {
  const flags = ['--expose-gc', `--max-old-space-size=${HEAP_MIB}`];
  return JSON.parse(await node(flags, at('measure-node.mjs'), what, join(folder, store), join(folder, file)));
}

for (const [what, store, file] of [
  ['export', 'store', 'merged.zip'],
  ['raw', 'store', 'raw.zip'],
  ['zip', 'from-zip', 'raw.zip'],
  ['stream', 'from-stream', 'merged.zip'],
]) {
  test(`Node: ${what}: ${STORE_MIB} MiB go through ${HEAP_MIB} MiB of heap and ${BUFFERS_MIB} of buffers`, async () => {
    const outcome = await measure(what, store, file);
    expect(outcome['error']).toBeUndefined();
    expect(outcome['bytes']).toBeGreaterThan(STORE_MIB * 0.9 * 2 ** 20);
    expect(outcome['buffers MiB']).toBeLessThan(BUFFERS_MIB);
    expect(outcome['told']).toBeGreaterThan(20);
  });
}
