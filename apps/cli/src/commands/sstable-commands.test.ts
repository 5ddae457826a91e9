import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
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

/** What a command prints. */
async function text(...args: string[]): Promise<string> {
  let text = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk);
    return true;
  });
  try {
    await makeProgram().parseAsync(['node', 'cassette', ...args]);
  } finally {
    write.mockRestore();
  }
  return text;
}

/** The JSON lines that a command prints. */
async function printed(...args: string[]): Promise<Record<string, unknown>[]> {
  return (await text(...args))
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

test('metadata needs no more than a Statistics.db', async () => {
  const statistics = join(folder, 'nb-1-big-Statistics.db');
  cpSync(join(golden, 'sstables/g/d/nb-1-big-Statistics.db'), statistics);
  const [whole] = await printed('metadata', join(golden, 'sstables/g/d/nb-1-big-Data.db'));
  const [alone] = await printed('metadata', folder);
  const { components, compression, first, last, sstable } = whole;
  expect([sstable, Object.keys(components as object)]).toEqual([
    join(golden, 'sstables/g/d/nb-1-big-Data.db'),
    expect.arrayContaining(['Data.db', 'Statistics.db', 'TOC.txt']),
  ]);
  expect([compression, first, last].every((one) => one !== null)).toBe(true);
  expect(alone).toEqual({
    ...whole,
    sstable: statistics,
    components: { 'Statistics.db': expect.any(Number) },
    compression: null,
    first: null,
    last: null,
  });
});

describe('dump', () => {
  const file = join(golden, 'sstables/g/d/nb-1-big-Data.db');
  interface Partition {
    readonly partition: { readonly key: readonly string[] };
  }
  const keysOf = (parts: readonly Partition[]): string[] => parts.map(({ partition }) => partition.key.join(':'));

  test('--key and --exclude choose partitions by the text of their keys', async () => {
    const whole = JSON.parse(await text('dump', file)) as Partition[];
    const all = keysOf(whole);
    expect(all.length).toBeGreaterThan(2);
    const [first, second] = all;
    expect(JSON.parse(await text('dump', file, '--key', second, first, '--raw-timestamps'))).toEqual(
      (JSON.parse(await text('dump', file, '--raw-timestamps')) as Partition[]).slice(0, 2),
    );
    expect(JSON.parse(await text('dump', file, '--exclude', first))).toEqual(whole.slice(1));
    expect(JSON.parse(await text('dump', file, '--key', first, second, '--exclude', first))).toEqual(whole.slice(1, 2));
    await expect(text('dump', file, '--key', 'no number')).rejects.toThrow('Invalid value for type int');
  });

  test('--keys-only gives the keys, --json-lines a line for each partition', async () => {
    const whole = JSON.parse(await text('dump', file)) as Partition[];
    expect(JSON.parse(await text('dump', file, '--keys-only'))).toEqual(whole.map(({ partition }) => partition.key));
    const lines = (await text('dump', file, '--json-lines')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(whole);
  });

  test('--schema names key columns that a file does not name, and changes nothing of the rest', async () => {
    expect(await text('dump', file, '--schema', join(golden, 'schema.cql'))).toBe(await text('dump', file));
  });
});
