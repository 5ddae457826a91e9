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
  await commit(['c', 3]);
  expect(await load()).toEqual({ a: 1, b: 2, c: 3 });
});

test('damage in the middle is told with file and offset, and the store is free again', async () => {
  await commit(['a', 1], ['b', 2]);
  const bytes = readFileSync(path());
  bytes[30] ^= 1;
  writeFileSync(path(), bytes);
  await expect(load()).rejects.toMatchObject({ code: 'CORRUPTION', file: path(), offset: 8 });
  await expect(load()).rejects.toMatchObject({ code: 'CORRUPTION' });
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
