import { CorruptionError } from '@cassette/bytes';
import { Component } from '@cassette/sstable';
import { StorageFullError } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { SmallStore } from '../testing/small-store.ts';
import type { EngineEvent } from '../write-engine/index.ts';

const off = { compaction: { enabled: false } };

/** A store with so many SSTables in its first table, none of which is compacted yet. */
async function storeOf(sstables: number, rows = 3): Promise<SmallStore> {
  const store = new SmallStore();
  await store.open(off);
  for (let n = 0; n < sstables; n++) {
    for (let k = 0; k < rows; k++) await store.write(k, n % 2);
    await store.engine.flush();
  }
  return store;
}

/** Generations of the first table's SSTables. */
function generations(store: SmallStore): number[] {
  const name = store.tables[0].name;
  return store.engine
    .stats()
    .tables.find(({ table }) => table === name)!
    .sstables.map(({ generation }) => generation);
}

/** Generations that there are files of. */
async function onDisk(store: SmallStore): Promise<number[]> {
  const found = (await store.storage.list()).map((name) => /^[0-9a-f]{32}-nb-(\d+)-/.exec(name)?.[1]);
  return [...new Set(found.filter((one) => one !== undefined).map(Number))].sort((a, b) => a - b);
}

function eventsOf(store: SmallStore): EngineEvent[] {
  const events: EngineEvent[] = [];
  store.engine.events.subscribe((event) => events.push(event));
  return events;
}

describe('by itself', () => {
  test('four SSTables of a size become one in the background, and their files go', async () => {
    const store = new SmallStore();
    await store.open();
    for (let n = 0; n < 4; n++) {
      await store.write(n, 0);
      await store.engine.flush();
    }
    await store.settle();
    expect(generations(store)).toEqual([5]);
    expect(await onDisk(store)).toEqual([5]);
    expect(store.rows()).toEqual(['0/0=1', '1/0=2', '2/0=3', '3/0=4']);
    expect(store.engine.stats()).toMatchObject({
      compaction: {
        running: null,
        pending: 0,
        history: [{ kind: 'policy', inputs: expect.arrayContaining([1, 2, 3, 4]), outputs: [5], rowsMerged: 4 }],
      },
      counters: { compactions: 1, compactionsFailed: 0 },
    });
  });

  test('what a start finds is compacted too, and nothing where it is turned off', async () => {
    const store = await storeOf(4);
    await store.settle();
    expect(generations(store)).toEqual([1, 2, 3, 4]);
    await store.engine.close();
    await store.open();
    await store.settle();
    expect(generations(store)).toEqual([5]);
  });

  test('a device that is full is tried again later, and keeps what there is', async () => {
    const store = new SmallStore();
    await store.open();
    const events = eventsOf(store);
    for (let n = 0; n < 3; n++) {
      await store.write(n, 0);
      await store.engine.flush();
    }
    await store.write(3, 0);
    const flushed = store.engine.flush();
    await flushed;
    store.storage.failOn('create', 1, 'full', 1000);
    await store.settle();
    expect(events.filter(({ type }) => type === 'compaction-failed')).toMatchObject([
      { inputs: expect.arrayContaining([1, 2, 3, 4]), code: 'STORAGE_FULL' },
    ]);
    expect(generations(store)).toEqual([1, 2, 3, 4]);
    store.storage.clearFaults();
    store.scheduler.runTimers();
    await store.settle();
    expect(generations(store)).toHaveLength(1);
    expect(store.rows()).toEqual(['0/0=1', '1/0=2', '2/0=3', '3/0=4']);
  });
});

describe('in steps', () => {
  test('a step takes about its time, the next goes on, and reads see the old set until the new one is there', async () => {
    const store = await storeOf(4, 200);
    const rows = store.rows();
    store.scheduler.step = 1;
    let steps = 0;
    for (;;) {
      const report = await store.engine.maintenanceStep(2);
      steps++;
      expect(store.rows()).toEqual(rows);
      if (!report.hasMore) break;
      expect(report.milliseconds).toBeLessThan(20);
      expect(steps).toBeLessThan(100);
    }
    expect(generations(store)).toEqual([5]);
    expect((await store.engine.maintenanceStep(10)).compactions).toEqual([]);
  });

  test('what a step left of a table that was truncated since goes without another', async () => {
    const store = await storeOf(4, 200);
    store.scheduler.step = 1;
    expect(await store.engine.maintenanceStep(1)).toMatchObject({ hasMore: true, compactions: [] });
    await store.engine.truncate(store.tables[0].id);
    await store.settle();
    expect(await onDisk(store)).toEqual([]);
  });

  test('a budget that is none is refused', async () => {
    const store = await storeOf(1);
    await expect(store.engine.maintenanceStep(-1)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(store.engine.maintenanceStep(Number.NaN)).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('writes are served between slices', async () => {
    const store = await storeOf(4, 300);
    store.scheduler.step = 5;
    let isDone = false;
    const compacted = store.engine.compact().then(() => {
      isDone = true;
    });
    await store.write(1000, 0);
    expect(isDone).toBe(false);
    await compacted;
    expect(store.rows()).toContain('1000/0=1201');
  });
});

describe('by hand', () => {
  test('flushes and makes one of all, of one table or of each', async () => {
    const store = await storeOf(2);
    await store.write(7, 7);
    await store.write(8, 8, store.tables[1]);
    const rows = store.rows();
    expect(await store.engine.compact(store.tables[0])).toMatchObject([
      { kind: 'major', inputs: [1, 2, 3], outputs: [4], partitionsWritten: 4 },
    ]);
    expect(generations(store)).toEqual([4]);
    expect(store.rows()).toEqual(rows);
    // One SSTable is written anew: it may have something to purge.
    expect(await store.engine.compact()).toMatchObject([{ inputs: [4] }, { inputs: [1] }]);
  });

  test('an SSTable is not removed under who reads it', async () => {
    const store = await storeOf(2);
    const cursor = store.engine.read(store.tables[0], { partitions: { range: {} } });
    await store.engine.compact();
    await store.settle();
    expect(await onDisk(store)).toEqual([1, 2, 3]);
    let partitions = 0;
    while (cursor.nextPartition()) partitions++;
    expect(partitions).toBe(3);
    cursor.close();
    await store.settle();
    expect(await onDisk(store)).toEqual([3]);
  });

  test('a table that is truncated meanwhile stays empty', async () => {
    const store = await storeOf(4, 200);
    store.scheduler.step = 5;
    const compacted = store.engine.compact();
    await store.engine.truncate(store.tables[0].id);
    expect(await compacted).toEqual([]);
    await store.settle();
    expect(store.rows()).toEqual([]);
    expect(await onDisk(store)).toEqual([]);
    await store.engine.close();
    await store.open(off);
    expect(store.rows()).toEqual([]);
  });

  test('closing gives it up, and a start sweeps what it left', async () => {
    const store = await storeOf(4, 200);
    store.scheduler.step = 5;
    const compacted = store.engine.compact();
    const refused = expect(compacted).rejects.toMatchObject({ code: 'CLOSED' });
    await Promise.resolve();
    await store.engine.close();
    await refused;
    await store.open(off);
    expect(await onDisk(store)).toEqual([1, 2, 3, 4]);
    expect(generations(store)).toEqual([1, 2, 3, 4]);
  });
});

describe('room', () => {
  /** A store on a device with so many bytes, with SSTables of these numbers of rows. */
  async function crowded(quotaBytes: number, ...rows: number[]): Promise<SmallStore> {
    const store = new SmallStore();
    store.storage = new FaultyStorage({ random: seededRandom(1), quotaBytes });
    await store.open(off);
    for (const count of rows) {
      for (let k = 0; k < count; k++) await store.write(k, 0);
      await store.engine.flush();
    }
    return store;
  }

  test('without it nothing is begun', async () => {
    const store = await crowded(60_000, 200, 200);
    const { usage } = await store.storage.estimate();
    store.storage.quotaBytes = usage! + 1000;
    await expect(store.engine.compact()).rejects.toThrow(StorageFullError);
    expect(generations(store)).toEqual([1, 2]);
    expect(await onDisk(store)).toEqual([1, 2]);
  });

  test('the largest inputs are left out where the others fit', async () => {
    const store = await crowded(200_000, 1, 1, 400);
    const { usage } = await store.storage.estimate();
    store.storage.quotaBytes = usage! + 14_000;
    expect(await store.engine.compact(store.tables[0])).toMatchObject([{ inputs: [1, 2] }]);
    expect(generations(store)).toEqual([3, 4]);
  });

  test('that runs out on the way leaves the old set', async () => {
    const store = await storeOf(2, 200);
    const rows = store.rows();
    store.storage.failOn('write', 3, 'full', 1000);
    await expect(store.engine.compact()).rejects.toThrow(StorageFullError);
    store.storage.clearFaults();
    expect(generations(store)).toEqual([1, 2]);
    expect(await onDisk(store)).toEqual([1, 2]);
    expect(store.rows()).toEqual(rows);
  });
});

describe('a transaction of which it is not known whether it was taken', () => {
  test('keeps both sets until the next one says which it is', async () => {
    const store = await storeOf(2);
    const rows = store.rows();
    store.storage.failOn('commit', 1, 'io', 1);
    await expect(store.engine.compact()).rejects.toMatchObject({ code: 'STORAGE_IO' });
    expect(generations(store)).toEqual([1, 2]);
    expect(await onDisk(store)).toEqual([1, 2, 3]);
    expect(await store.engine.compact(store.tables[0])).toMatchObject([{ inputs: [1, 2], outputs: [4] }]);
    await store.settle();
    expect(await onDisk(store)).toEqual([4]);
    expect(store.rows()).toEqual(rows);
  });

  test('does not bring back what was truncated since', async () => {
    const store = await storeOf(2);
    store.storage.failOn('commit', 1, 'io', 1);
    await expect(store.engine.compact()).rejects.toMatchObject({ code: 'STORAGE_IO' });
    await store.engine.truncate(store.tables[0].id);
    await store.engine.close();
    await store.open(off);
    expect(store.rows()).toEqual([]);
  });
});

test('an SSTable that is damaged ends it with where, and is left out afterwards', async () => {
  const store = await storeOf(5, 300);
  const name = (await store.storage.list()).find((one) => one.includes('-nb-2-') && one.endsWith(Component.DATA))!;
  await store.engine.close();
  store.storage.flipBit(name, 700, 1);
  await store.open(off);
  await expect(store.engine.compact()).rejects.toThrow(CorruptionError);
  expect(generations(store)).toEqual([1, 2, 3, 4, 5]);
  expect(await store.engine.compact(store.tables[0])).toMatchObject([{ inputs: [1, 3, 4, 5] }]);
  expect(generations(store)).toHaveLength(2);
});
