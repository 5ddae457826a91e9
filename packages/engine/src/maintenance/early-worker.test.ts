import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { SharedStorage, WorkerInThread } from './testing/worker-in-thread.ts';

// When the worker is started, and how much of memory is on its way to it.

const noise = seededRandom(3);
const bytes = Uint8Array.from({ length: 200_000 }, () => noise() * 256);

function opened(storage: SharedStorage, worker: WorkerInThread, isCompacting = false): Promise<Database> {
  const schema = 'CREATE TABLE a (k int PRIMARY KEY, v blob)';
  const config = { compaction: { enabled: isCompacting }, memtableFlushThreshold: 4_000_000 };
  return openDatabase({ storage, schema, random: seededRandom(1), config, maintenance: worker.start });
}

const write = (database: Database, k: number) => database.execute('INSERT INTO a (k, v) VALUES (?, ?)', [k, bytes]);

test('the worker is started long before the flush that it is for, and not before there is something', async () => {
  const storage = new SharedStorage();
  const worker = new WorkerInThread(async () => storage.workbench(), { isCold: true });
  const database = await opened(storage, worker);
  for (let k = 0; k < 2; k++) await write(database, k);
  expect(worker.started).toBe(0);
  for (let k = 2; k < 8; k++) await write(database, k);
  expect(worker.started).toBe(1);
  expect(database.stats().counters.flushes).toBe(0);
  while (!worker.said.some(({ kind }) => kind === 'ready')) await new Promise((resolve) => setImmediate(resolve));
  for (let k = 8; k < 25; k++) await write(database, k);
  await database.flush();
  const { flushes } = database.stats().counters;
  expect(database.stats().maintenance).toMatchObject({ flushesInWorker: flushes, failures: 0 });
  await database.close();
});

/** A store that has something to compact. */
async function filled(storage: SharedStorage): Promise<void> {
  const database = await opened(storage, new WorkerInThread(async () => storage.workbench()));
  for (let n = 0; n < 4; n++) {
    await write(database, n);
    await database.flush();
  }
  await database.close();
}

test('a compaction in the background waits for a worker that is coming up', async () => {
  const storage = new SharedStorage();
  await filled(storage);
  const worker = new WorkerInThread(async () => storage.workbench(), { isCold: true });
  const database = await opened(storage, worker, true);
  while (database.stats().compaction.history.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(database.stats().maintenance).toMatchObject({ compactionsInWorker: 1, failures: 0 });
  await database.close();
});

test('a compaction that waits for the worker does not keep the store from being closed', async () => {
  const storage = new SharedStorage();
  await filled(storage);
  const worker = new WorkerInThread(() => new Promise(() => undefined), { isCold: true });
  const database = await opened(storage, worker, true);
  while (worker.started === 0) await new Promise((resolve) => setImmediate(resolve));
  await database.close();
  expect(database.stats().compaction.history).toEqual([]);
});

test('of a memtable no more is on its way to the worker than four pieces', async () => {
  const storage = new SharedStorage();
  const worker = new WorkerInThread(async () => storage.workbench());
  const database = await opened(storage, worker);
  for (let k = 0; k < 15; k++) await write(database, k);
  let most = 0;
  worker.onGiven = () => {
    const pieces = worker.given.filter(({ kind }) => kind === 'piece').length;
    most = Math.max(most, pieces - worker.said.filter(({ kind }) => kind === 'taken').length);
  };
  await database.flush();
  expect(worker.given.filter(({ kind }) => kind === 'piece').length).toBeGreaterThan(10);
  expect(most).toBeLessThanOrEqual(4);
  expect(database.stats().maintenance).toMatchObject({ flushesInWorker: 1 });
  await database.close();
});

test('a memtable whose copy would go past the limit of memory is flushed by the engine', async () => {
  const storage = new SharedStorage();
  const worker = new WorkerInThread(async () => storage.workbench());
  const config = { memtableFlushThreshold: 4_000_000, memtableHardLimit: 4_500_000, compaction: { enabled: false } };
  const schema = 'CREATE TABLE a (k int PRIMARY KEY, v blob)';
  const database = await openDatabase({ storage, schema, random: seededRandom(1), config, maintenance: worker.start });
  for (let k = 0; k < 15; k++) await write(database, k);
  await database.flush();
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, flushesInWorker: 0, failures: 0 });
  for (let k = 0; k < 5; k++) await write(database, k);
  await database.flush();
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, flushesInWorker: 1, failures: 0 });
  await database.close();
});
