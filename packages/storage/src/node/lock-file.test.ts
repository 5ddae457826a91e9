import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkSecondWriter } from '../testing/storage-contract-cases.ts';
import { NodeStorage } from './node-storage.ts';
import { thisProcess } from './process-identity.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cassette-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const lockPath = (): string => join(directory, 'lock');

test('a second storage of the same directory in this process is refused until the first is closed', async () => {
  await checkSecondWriter(new NodeStorage(directory), new NodeStorage(`${directory}/../${directory.split('/').at(-1)}`));
});

test('the lock of a living process is respected and named', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    await once(child.stdout, 'data');
    writeFileSync(lockPath(), JSON.stringify({ pid: child.pid, start: '' }));
    await expect(new NodeStorage(directory).acquire()).rejects.toMatchObject({ code: 'STORE_LOCKED', data: { pid: child.pid } });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const storage = new NodeStorage(directory);
  await storage.acquire();
  await storage.close();
});

test('the lock of a process that is gone is taken over, and given free at close', async () => {
  const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  writeFileSync(lockPath(), JSON.stringify({ pid, start: 'some boot/1' }));
  const storage = new NodeStorage(directory);
  await storage.acquire();
  expect(JSON.parse(readFileSync(lockPath(), 'utf8'))).toMatchObject(thisProcess());
  await storage.close();
  expect(readdirSync(directory)).toEqual([]);
});

test.runIf(process.platform === 'linux')('a process id that has been used again does not keep the lock', async () => {
  writeFileSync(lockPath(), JSON.stringify({ pid: process.pid, start: 'an earlier boot/1' }));
  const storage = new NodeStorage(directory);
  await storage.acquire();
  await storage.close();
});

test('a lock file that a killed process left empty is taken over when it is old', async () => {
  writeFileSync(lockPath(), '');
  utimesSync(lockPath(), 0, 0);
  const storage = new NodeStorage(directory);
  await storage.acquire();
  await storage.close();
});

test('a takeover that was itself killed does not block the next one', async () => {
  const stale = JSON.stringify({ pid: 2 ** 30, start: '' });
  writeFileSync(lockPath(), stale);
  writeFileSync(join(directory, 'lock.takeover'), stale);
  const storage = new NodeStorage(directory);
  await storage.acquire();
  await storage.close();
  expect(readdirSync(directory)).toEqual([]);
});

test('of many that find a stale lock at once, exactly one gets the store', async () => {
  for (let round = 0; round < 10; round++) {
    writeFileSync(lockPath(), JSON.stringify({ pid: 2 ** 30, start: '', round }));
    const storages = Array.from({ length: 8 }, () => new NodeStorage(directory));
    const outcomes = await Promise.allSettled(storages.map((storage) => storage.acquire()));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const storage of storages) await storage.close();
  }
});
