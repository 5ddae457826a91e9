import { StorageFullError } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { MaintenanceStarter } from './maintenance-worker.ts';
import { SharedStorage, WorkerInThread } from './testing/worker-in-thread.ts';
import { WorkerTrust } from './worker-trust.ts';

describe('trust', () => {
  test('goes with what the engine can do and the worker could not, three times', () => {
    const trust = new WorkerTrust();
    for (const isLast of [false, false, true]) {
      trust.failed('flush', 'STORAGE_IO');
      expect(trust.doneHere('flush')).toBe(isLast);
    }
  });

  test('stays where the engine could not do it either, and where files are damaged', () => {
    const trust = new WorkerTrust();
    for (let n = 0; n < 10; n++) {
      trust.failed('flush', 'STORAGE_IO');
      trust.failedHere('flush');
      expect(trust.doneHere('flush')).toBe(false);
      trust.failed('compaction', 'CORRUPTION');
      expect(trust.doneHere('compaction')).toBe(false);
    }
  });

  test('comes back with what the worker does', () => {
    const trust = new WorkerTrust();
    for (let n = 0; n < 10; n++) {
      trust.failed('compaction', null);
      expect(trust.doneHere('compaction')).toBe(false);
      if (n % 2 === 1) trust.succeeded('compaction');
    }
  });

  test('of a worker that is given up its successor has it, later each time', () => {
    const trust = new WorkerTrust();
    const rests: number[] = [];
    for (let now = 0, n = 0; n < 9; n++) {
      trust.gaveUp(now);
      let rest = 0;
      while (!trust.mayStart(now + rest)) rest += 60_000;
      rests.push(rest / 60_000);
      now += rest;
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });
});

const noise = seededRandom(3);
const bytes = Uint8Array.from({ length: 200_000 }, () => noise() * 256);

async function opened(storage: SharedStorage, worker: WorkerInThread): Promise<Database> {
  const schema = 'CREATE TABLE a (k int PRIMARY KEY, v blob); CREATE TABLE b (k int PRIMARY KEY, v blob)';
  const config = { compaction: { enabled: false } };
  return openDatabase({ storage, schema, random: seededRandom(1), config, maintenance: worker.start });
}

async function flushOf(database: Database, ...tables: readonly string[]): Promise<void> {
  for (const table of tables) await database.execute(`INSERT INTO ${table} (k, v) VALUES (1, ?)`, [bytes]);
  await database.flush();
}

test('a worker that found the device full is asked again when something could be written, however often that was', async () => {
  const storage = new SharedStorage();
  let isFull = true;
  const files = storage.workbench();
  const worker = new WorkerInThread(async () => ({
    ...files,
    open: async (name, options) => {
      if (isFull && options?.create === true) throw new StorageFullError('no room');
      return files.open(name, options);
    },
  }));
  const database = await opened(storage, worker);
  for (let n = 0; n < 5; n++) await flushOf(database, 'a');
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, flushesInWorker: 0, failures: 5, lastFailure: 'no room' });
  isFull = false;
  await flushOf(database, 'a');
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, flushesInWorker: 1, failures: 5 });
  await database.close();
});

test('flushes are counted, not the SSTables that the worker made for them', async () => {
  const storage = new SharedStorage();
  const database = await opened(storage, new WorkerInThread(async () => storage.workbench()));
  await flushOf(database, 'a', 'b');
  await database.execute('INSERT INTO a (k) VALUES (2)');
  await database.flush();
  await flushOf(database, 'b');
  expect(database.stats().counters.flushes).toBe(3);
  expect(database.stats().maintenance).toMatchObject({ flushesInWorker: 2 });
  await database.close();
});

/** A worker whose files are other than it says: the last byte of each is missing. */
function cheating(storage: SharedStorage): WorkerInThread {
  const files = storage.workbench();
  const worker = new WorkerInThread(async () => files);
  const { start } = worker;
  const shortened = async (components: Readonly<Record<string, number>>, tableId: string, name: string) => {
    for (const component of Object.keys(components)) {
      const file = await storage.inner.open(`${tableId}-${name}-${component}`);
      if (component === 'Statistics.db') file.truncate(file.size - 60);
      file.close();
    }
  };
  return Object.assign(worker, {
    start: ((listener) =>
      start({
        ...listener,
        message: (message) => {
          if (message.kind !== 'done') return listener.message(message);
          const [{ components, tableId, generation }] = message.records;
          void shortened(components, tableId, `nb-${generation}-big`).then(() => listener.message(message));
        },
      })) satisfies MaintenanceStarter,
  });
}

test.each(['flush', 'compaction'])(
  'a %s of the worker that can not be read is made here, and after three the worker is given up',
  async (kind) => {
    const storage = new SharedStorage();
    const isFlush = kind === 'flush';
    const database = await opened(storage, isFlush ? cheating(storage) : new WorkerInThread(async () => storage.workbench()));
    for (let n = 0; n < 3; n++) await flushOf(database, 'a', 'b');
    if (!isFlush) await database.close();
    const again = isFlush ? database : await opened(storage, cheating(storage));
    if (!isFlush) for (let n = 0; n < 3; n++) await again.compact('a');
    expect(again.stats().maintenance).toMatchObject({ inWorker: false, flushesInWorker: 0, compactionsInWorker: 0, failures: 3 });
    expect(again.stats().maintenance?.lastFailure).toMatch(/^what it wrote can't be read: /);
    expect(again.stats().counters).toMatchObject({ flushesFailed: 0, compactionsFailed: 0 });
    expect(await again.execute('SELECT k, v FROM a').then(({ rows }) => rows)).toEqual([{ k: 1, v: bytes }]);
    const named = again.stats().tables.flatMap(({ sstables }) => sstables.map(({ generation }) => generation));
    const there = (await storage.list()).filter((name) => name.endsWith('Data.db')).length;
    expect(there).toBe(named.length);
    await again.close();
  },
);
