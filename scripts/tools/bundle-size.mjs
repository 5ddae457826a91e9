// What a page loads of the client to write, read and export: index.js, worker.js and the chunks that those can't do without, and what exports are
// made with, which comes a second after a store was opened. What is loaded later, by import(), does not count.
//
//   node scripts/tools/bundle-size.mjs    prints the table; fails where it is more than the budget

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { parseAst } from 'vite';

/** The most that page and worker may load for that, in bytes after gzip. The aim is 60 KB. */
export const budget = 244_000;

const built = fileURLToPath(new URL('../../packages/client/dist/', import.meta.url));

/** The files that a chunk imports by declarations. */
function importsOf(code) {
  return parseAst(code).body.flatMap((node) => ('source' in node && node.source ? [node.source.value.replace(/^\.\//, '')] : []));
}

/**
 * The scripts of the built client.
 * @param {string} [dist] where they lie
 * @returns {{ file: string, bytes: number, gzip: number, first: boolean, soon: boolean }[]} `first`: whether a page that opens a store loads it
 *   at once; `soon`: a second after it has opened it, so that it is there without a network
 */
export function bundleSizes(dist = built) {
  const files = readdirSync(dist).filter((file) => file.endsWith('.js'));
  // The worker that makes the files of flushes is worker.js as well, which then takes this chunk: no store does without it for long.
  const first = new Set(['index.js', 'worker.js', ...files.filter((file) => file.startsWith('serve-maintenance-'))]);
  // Grows as it is walked.
  for (const file of first) for (const imported of importsOf(readFileSync(join(dist, file), 'utf8'))) first.add(imported);
  const soon = new Set(files.filter((file) => file.startsWith('exporting-')));
  for (const file of soon)
    for (const imported of importsOf(readFileSync(join(dist, file), 'utf8'))) if (!first.has(imported)) soon.add(imported);
  return files
    .map((file) => {
      const code = readFileSync(join(dist, file));
      return {
        file,
        bytes: code.length,
        gzip: gzipSync(code, { level: 9 }).length,
        first: first.has(file),
        soon: soon.has(file),
      };
    })
    .sort((a, b) => Number(b.first) - Number(a.first) || Number(b.soon) - Number(a.soon) || b.gzip - a.gzip);
}

/** Bytes after gzip of what a page loads to write, read and export. */
export function countedBytes(sizes) {
  return sizes.reduce((sum, { gzip, first, soon }) => sum + (first || soon ? gzip : 0), 0);
}

/** Prints the sizes; returns whether they are within the budget. */
export function checkBundle(dist = built) {
  if (!existsSync(join(dist, 'index.js'))) {
    console.error('The client is not built: npm run build');
    return false;
  }
  const sizes = bundleSizes(dist);
  const width = Math.max(...sizes.map(({ file }) => file.length));
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(10);
  const line = (name, bytes, gzip, when) => console.log(`${name.padEnd(width)}${kb(bytes)}${kb(gzip)} gzip  ${when}`);
  for (const { file, bytes, gzip, first, soon } of sizes)
    line(file, bytes, gzip, first ? 'at once' : soon ? 'soon' : 'when needed');
  const total = countedBytes(sizes);
  const bytes = sizes.reduce((sum, one) => sum + (one.first || one.soon ? one.bytes : 0), 0);
  line('at once and soon', bytes, total, `of at most ${(budget / 1000).toFixed(1)} KB`);
  if (total <= budget) return true;
  console.error(
    `Page and worker load ${total} bytes (gzip) to write, read and export, ${total - budget} more than the budget of ${budget}: load what is new when it is needed (packages/client/README.md, "What is loaded when")`,
  );
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = checkBundle() ? 0 : 1;
