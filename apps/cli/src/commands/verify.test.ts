import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeProgram } from '../program.ts';

const golden = resolve(import.meta.dirname, '../../../../e2e/cassandra/goldens/nb/deletes');
let folder: string;
let exitCode: typeof process.exitCode;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cassette-cli-'));
  exitCode = process.exitCode;
});

afterEach(() => {
  process.exitCode = exitCode;
  rmSync(folder, { recursive: true });
});

/** The JSON lines that a command prints. */
async function printed(...args: string[]): Promise<Record<string, unknown>[]> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk;
    return true;
  });
  try {
    await makeProgram().parseAsync(['node', 'cassette', ...args]);
  } finally {
    write.mockRestore();
  }
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('verify prints a line for each SSTable and leaves the exit code alone where all are right', async () => {
  const lines = await printed('verify', '--schema', join(golden, 'schema.cql'), golden);
  expect(lines.map(({ sstable, ok, errors, warnings }) => ({ sstable, ok, errors, warnings }))).toEqual(
    ['d', 'plain', 'simple'].map((table) => ({
      sstable: join(golden, 'sstables/g', table, 'nb-1-big-Data.db'),
      ok: true,
      errors: [],
      warnings: [],
    })),
  );
  expect(process.exitCode).toBe(exitCode);
});

test('verify goes on after an SSTable that is damaged, and ends with exit code 1', async () => {
  cpSync(join(golden, 'sstables'), folder, { recursive: true });
  const data = join(folder, 'g/d/nb-1-big-Data.db');
  const bytes = readFileSync(data);
  bytes[20] ^= 1;
  writeFileSync(data, bytes);
  writeFileSync(join(folder, 'g/plain/zz-1-big-Data.db'), '');
  const lines = await printed('verify', folder);
  expect(lines.map(({ ok }) => ok)).toEqual([false, true, false, true]);
  expect(lines[2].errors).toEqual([expect.stringContaining('SSTable version zz-big is not supported')]);
  expect(process.exitCode).toBe(1);
});

test('metadata prints a line for each SSTable', async () => {
  const lines = await printed('metadata', golden);
  expect(lines.map(({ sstable, version, totalRows }) => [sstable, version, typeof totalRows])).toEqual(
    ['d', 'plain', 'simple'].map((table) => [join(golden, 'sstables/g', table, 'nb-1-big-Data.db'), 'nb', 'string']),
  );
});
