import { StorageFullError } from '@cassette/storage';
import { describe, expect, test } from 'vitest';
import { SmallStore } from '../testing/small-store.ts';

const SMALL = { memtableFlushThreshold: 8000, memtableHardLimit: 1_000_000 };

/** A store with writes of many times the threshold in its WAL alone, on a disk that has no byte left. */
async function fullStore(): Promise<SmallStore> {
  const store = new SmallStore();
  await store.open();
  for (let c = 0; c < 400; c++) await store.write(c % 7, c);
  store.crash();
  await store.storage.acquire();
  const { usage } = await store.storage.estimate();
  await store.storage.close();
  store.storage.quotaBytes = usage!;
  return store;
}

describe('a store on a full disk', () => {
  test('opens with all that was acknowledged, refuses writes, and takes them once there is room', async () => {
    const store = await fullStore();
    const { recovery } = await store.open(SMALL);
    expect(recovery).toMatchObject({ mutationsReplayed: 400, corruption: [] });
    expect(store.rows()).toHaveLength(400);
    await expect(store.write(1, 1000)).rejects.toThrow(StorageFullError);
    store.storage.quotaBytes = Number.POSITIVE_INFINITY;
    await store.write(1, 1001);
    store.scheduler.runTimers();
    await store.settle();
    expect(store.rows()).toHaveLength(401);
    expect(store.engine.stats()).toMatchObject({ sealedMemtableBytes: 0, counters: { flushesFailed: 1 } });
    store.crash();
    await store.open(SMALL);
    expect(store.rows()).toHaveLength(401);
    expect(store.engine.recovery.corruption).toEqual([]);
  });

  test('opens again and again, and closes', async () => {
    const store = await fullStore();
    const { names } = store.storage;
    for (let time = 0; time < 3; time++) {
      await store.open(SMALL);
      expect(store.rows()).toHaveLength(400);
      await store.engine.close();
    }
    expect(store.storage.names).toEqual(names);
    store.storage.quotaBytes = Number.POSITIVE_INFINITY;
    await store.open(SMALL);
    expect(store.rows()).toHaveLength(400);
  });

  test('keeps a truncation that comes when there is room, also after a crash', async () => {
    const store = await fullStore();
    await store.open({ ...SMALL, memtableFlushThreshold: 1 });
    store.storage.quotaBytes = Number.POSITIVE_INFINITY;
    await store.engine.truncate(store.tables[0].id);
    expect(store.rows()).toEqual([]);
    await store.write(1, 2000);
    store.crash();
    await store.open(SMALL);
    expect(store.rows()).toEqual(['1/2000=401']);
  });

  test('tells of damage in the WAL although there is no room to keep a copy of it', async () => {
    const store = await fullStore();
    store.storage.flipBit('wal-0000000001.log', store.storage.contentOf('wal-0000000001.log').length - 1000, 3);
    const { recovery } = await store.open(SMALL);
    expect(recovery.mutationsReplayed).toBe(399);
    expect(recovery.corruption).toHaveLength(1);
    expect(recovery.corruption[0].message).toMatch(/no room to keep a copy/);
    expect(recovery.corruption[0].setAside).toBeUndefined();
    expect(store.rows()).toHaveLength(399);
  });
});
