// node --expose-gc measure-node.mjs WHAT STORE FILE [CANCEL-AT-MS]: one export or import, and the memory that it took above the idle store.
// WHAT: export (merged), raw (as SSTables lie), zip, stream, folder. One line of JSON.

import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';

const [what, store, path, cancelAt] = process.argv.slice(2);
const MIB = 1 << 20;

/** Memory in MiB; `anonymous` is what is the process's own, without files that are mapped. */
function memory() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const anonymous = Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  return { anonymous, heap: heapUsed / MIB, buffers: arrayBuffers / MIB };
}

function fileAt(name) {
  const file = openSync(name, 'r');
  return { name, size: statSync(name).size, read: (target, position) => readSync(file, target, 0, target.length, position) };
}

/** A stream that reads into one buffer, as the command line reads standard input. */
async function* streamOf(name) {
  const file = fileAt(name);
  const buffer = new Uint8Array(256 * 1024);
  for (let at = 0; at < file.size; ) {
    const count = file.read(buffer, at);
    yield buffer.subarray(0, count);
    at += count;
  }
}

function filesIn(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const full = join(entry.parentPath, entry.name);
    return { name: relative(folder, full), blob: fileAt(full) };
  });
}

async function run(db, hooks) {
  if (what === 'zip') return db.import(fileAt(path), hooks);
  if (what === 'stream') return db.import(streamOf(path), hooks);
  if (what === 'folder') return db.import(filesIn(path), hooks);
  const file = openSync(path, 'w');
  const sink = {
    write(chunk) {
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      return chunk;
    },
  };
  try {
    return await db.export({ compact: what === 'export' }, sink, hooks);
  } finally {
    closeSync(file);
  }
}

const db = await openDatabase({ storage: new NodeStorage(store), config: { compaction: { enabled: false } } });
globalThis.gc?.();
const idle = memory();
const peak = { ...idle };
const sample = () => {
  const now = memory();
  for (const name of Object.keys(now)) peak[name] = Math.max(peak[name], now[name]);
};
const timer = setInterval(sample, 20);
const abort = new AbortController();
let abortedAt = null;
if (cancelAt !== undefined) {
  setTimeout(() => {
    abortedAt = performance.now();
    abort.abort();
  }, Number(cancelAt));
}
let told = 0;
const onProgress = () => {
  told++;
  sample();
};
const before = readdirSync(store).length;
const began = performance.now();
const outcome = await run(db, { signal: abort.signal, onProgress }).then(
  ({ bytes }) => ({ bytes }),
  (error) => ({ error: error.code }),
);
const ended = performance.now();
clearInterval(timer);
const files = readdirSync(store).length - before;
await db.close();
const above = (name) => Math.round(peak[name] - idle[name]);
console.log(
  JSON.stringify({
    what,
    ...outcome,
    seconds: Number(((ended - began) / 1000).toFixed(1)),
    'MiB above idle': above('anonymous'),
    'heap MiB': above('heap'),
    'buffers MiB': above('buffers'),
    told,
    ...(abortedAt !== null && { 'ms to cancel': Math.round(ended - abortedAt), 'files left': files }),
  }),
);
