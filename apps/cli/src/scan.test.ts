import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = fileURLToPath(new URL('./testing/scan-a-million.mjs', import.meta.url));
const MIB = 1024 * 1024;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-scan-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a million rows are read in bounded memory, in a process that has little', () => {
  const out = execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=64', script, folder], { encoding: 'utf8' });
  const { grownBy, ...found } = JSON.parse(out) as { grownBy: number };
  // The sum of 0 to 499, two thousand times.
  expect(found).toEqual({ read: 1_000_000, sum: 0, counted: ['1000000', '249500000'] });
  // The rows take some 60 MiB; what may stay is caches, of 8 MiB, and a page.
  expect(grownBy).toBeLessThan(24 * MIB);
});
