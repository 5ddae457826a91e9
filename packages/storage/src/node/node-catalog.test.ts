import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CatalogValue } from '../storage.ts';
import { nodeError } from './node-errors.ts';
import { NodeStorage } from './node-storage.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cassette-catalog-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const path = (): string => join(directory, 'catalog');

async function commit(...values: [string, CatalogValue][]): Promise<void> {
  const storage = new NodeStorage(directory);
  await storage.acquire();
  for (const value of values) await storage.catalog.commit({ put: new Map([value]) });
  await storage.close();
}

async function load(): Promise<Record<string, CatalogValue>> {
  const storage = new NodeStorage(directory);
  try {
    await storage.acquire();
    return Object.fromEntries(await storage.catalog.load());
  } finally {
    await storage.close();
  }
}

test('a torn tail is ignored, stays until the next commit, and that one goes in its place', async () => {
  await commit(['a', 1], ['b', 2]);
  const whole = statSync(path()).size;
  appendFileSync(path(), new Uint8Array(100).fill(0x7c));
  expect(await load()).toEqual({ a: 1, b: 2 });
  expect(statSync(path()).size).toBe(whole + 100);
  const storage = new NodeStorage(directory);
  await storage.acquire();
  expect(storage.catalog.damage).toEqual({ file: path(), offset: whole, size: 100, atEnd: true, mayHaveLost: true });
  await storage.close();
  await commit(['c', 3]);
  expect(await load()).toEqual({ a: 1, b: 2, c: 3 });
});

test('any flipped bit is mended from the copy and told, and is gone after the next commit', async () => {
  for (const fromEnd of [false, true]) {
    rmSync(path(), { force: true });
    await commit(['a', 1], ['b', 2], ['c', 3]);
    const bytes = readFileSync(path());
    // Of the last transaction the first record, once; of the first one, then.
    const third = (bytes.length - 8) / 6;
    const position = fromEnd ? Math.floor(bytes.length - third * 1.5) : 30;
    bytes[position] ^= 4;
    writeFileSync(path(), bytes);
    expect(await load()).toEqual({ a: 1, b: 2, c: 3 });
    expect(readFileSync(path())).toEqual(bytes);
    const storage = new NodeStorage(directory);
    await storage.acquire();
    expect(storage.catalog.damage).toMatchObject({ file: path(), atEnd: false, mayHaveLost: false });
    await storage.catalog.commit({ put: new Map([['d', 4]]) });
    await storage.close();
    expect(await load()).toEqual({ a: 1, b: 2, c: 3, d: 4 });
    await storage.acquire();
    expect(storage.catalog.damage).toBeNull();
    await storage.close();
  }
});

test('what two flipped bits take is told with file and offset, and the store is free again', async () => {
  await commit(['a', 1], ['b', 2]);
  const bytes = readFileSync(path());
  // Both records of the first transaction.
  bytes[30] ^= 1;
  bytes[65] ^= 1;
  writeFileSync(path(), bytes);
  await expect(load()).rejects.toMatchObject({ code: 'CORRUPTION', file: path(), offset: 8 });
  await expect(load()).rejects.toMatchObject({ code: 'CORRUPTION' });
});

test('a journal of which nothing can be read is corruption, for no crash leaves one', async () => {
  await commit(['a', 1]);
  const whole = readFileSync(path());
  writeFileSync(path(), whole.subarray(0, 20));
  await expect(load()).rejects.toMatchObject({ code: 'CORRUPTION', file: path(), offset: 8 });
  expect(readFileSync(path())).toEqual(whole.subarray(0, 20));
  writeFileSync(path(), '');
  expect(await load()).toEqual({});
});

test('a rewrite that a crash left half-done is ignored', async () => {
  await commit(['a', 1]);
  writeFileSync(join(directory, 'catalog.tmp'), 'CASSC');
  expect(await load()).toEqual({ a: 1 });
});

test('a journal of many commits is rewritten and stays small', async () => {
  await commit(...Array.from({ length: 300 }, (_, i): [string, CatalogValue] => ['same', 'x'.repeat(i + 1_000)]));
  expect(statSync(path()).size).toBeLessThan(70_000);
  expect(await load()).toEqual({ same: 'x'.repeat(1_299) });
});

test('what the file system says of a full device or quota is StorageFullError, all else STORAGE_IO', () => {
  const codes = ['ENOSPC', 'EDQUOT', 'EIO'].map((code) => nodeError(Object.assign(new Error('x'), { code }), 'write', '/d/f'));
  expect(codes.map((error) => [error.code, error.data])).toEqual([
    ['STORAGE_FULL', { path: '/d/f', errno: 'ENOSPC' }],
    ['STORAGE_FULL', { path: '/d/f', errno: 'EDQUOT' }],
    ['STORAGE_IO', { path: '/d/f', errno: 'EIO' }],
  ]);
});
