import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockDirectory } from './lock-file.ts';
import { addNameTag } from './name-tag.ts';
import { NodeStorage } from './node-storage.ts';

const disk = vi.hoisted(() => ({ full: false }));
vi.mock('./fs-calls.ts', async (original) => {
  const calls = await original<typeof import('./fs-calls.ts')>();
  return {
    ...calls,
    writeAll(fd: number, bytes: Uint8Array, position: number) {
      if (disk.full) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      calls.writeAll(fd, bytes, position);
    },
  };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cassette-full-lock-'));
  disk.full = true;
});
afterEach(() => {
  disk.full = false;
  rmSync(directory, { recursive: true });
});

test('a store on a full disk is locked all the same, and its files show nothing of it', async () => {
  const storage = new NodeStorage(directory);
  await storage.acquire();
  expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe('');
  expect(readdirSync(directory)).toEqual(['lock', expect.stringMatching(/^lock\.tag\./)]);
  expect(await storage.list()).toEqual([]);
  const second = new NodeStorage(directory);
  await expect(second.acquire()).rejects.toMatchObject({ code: 'STORE_LOCKED', data: { pid: process.pid } });
  disk.full = false;
  await expect(second.acquire()).rejects.toMatchObject({ code: 'STORE_LOCKED', data: { pid: process.pid } });
  await storage.close();
  expect(readdirSync(directory)).toEqual([]);
  await second.acquire();
  await second.close();
});

test('such a lock of a process that is gone is taken over, on a full disk too', async () => {
  const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  for (const full of [true, false]) {
    writeFileSync(join(directory, 'lock'), '');
    addNameTag(join(directory, 'lock'), JSON.stringify({ pid, start: '', nonce: 'its own' }));
    disk.full = full;
    const held = await lockDirectory(directory);
    expect(readdirSync(directory)).toHaveLength(full ? 2 : 1);
    held.release();
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('a name that outlived its lock says nothing about the next one and goes', async () => {
  const old = join(directory, 'old');
  writeFileSync(old, '');
  addNameTag(old, JSON.stringify({ pid: process.pid, start: '', nonce: 'old' }));
  rmSync(old);
  expect(readdirSync(directory)).toHaveLength(1);
  const held = await lockDirectory(directory);
  expect(readdirSync(directory)).toHaveLength(2);
  held.release();
  expect(readdirSync(directory)).toEqual([]);
});

test('of many that find a stale lock on a full disk at once, exactly one gets the store', async () => {
  for (let round = 0; round < 5; round++) {
    writeFileSync(join(directory, 'lock'), '');
    addNameTag(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 30, start: '', round }));
    const storages = Array.from({ length: 6 }, () => new NodeStorage(directory));
    const outcomes = await Promise.allSettled(storages.map((storage) => storage.acquire()));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const storage of storages) await storage.close();
    expect(readdirSync(directory)).toEqual([]);
  }
});

test('a tag that the file system does not take is told, and leaves nothing', () => {
  writeFileSync(join(directory, 'lock'), '');
  expect(addNameTag(join(directory, 'missing'), 'x')).toBe(false);
  expect(addNameTag(join(directory, 'lock'), 'x'.repeat(300))).toBe(false);
  expect(readdirSync(directory)).toEqual(['lock']);
});
