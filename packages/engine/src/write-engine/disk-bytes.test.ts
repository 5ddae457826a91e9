import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryStorage, NodeStorage } from '@cassette/storage';
import { EncryptedStorage } from '@cassette/storage/encrypted';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { SmallStore } from '../testing/small-store.ts';
import type { EngineEvent } from './engine-events.ts';

/** Every file of the store, by what the catalog and the log say of it, is there, no other is, and their sizes are told. */
function checkFiles(store: SmallStore, aside: readonly string[] = []): void {
  const stats = store.engine.stats();
  const sizes = new Map(store.storage.names.map((name) => [name, store.storage.contentOf(name).length]));
  const components = stats.tables.flatMap(({ sstables }) => sstables.flatMap((one) => one.components));
  const segments = [...sizes.keys()].filter((name) => name.startsWith('wal-'));
  expect([...sizes.keys()]).toEqual([...components.map(({ file }) => file), ...segments, ...aside].sort());
  for (const { file, bytes } of components) expect([file, sizes.get(file)]).toEqual([file, bytes]);
  expect(segments).toHaveLength(stats.walSegments);
  const sum = (names: Iterable<string>) => [...names].reduce((all, name) => all + (sizes.get(name) ?? 0), 0);
  expect(stats.walBytes).toBe(sum(segments));
  expect(stats.asideBytes).toBe(sum(aside));
  expect(stats.diskBytes).toBe(sum(sizes.keys()));
}

test('the size of a store is that of its files, of which none is litter: after writes, flushes, compactions, drops and crashes', async () => {
  const store = new SmallStore();
  const config = { compaction: { enabled: false }, memtableFlushThreshold: 20_000 };
  await store.open(config);
  checkFiles(store);
  for (let round = 0; round < 6; round++) {
    for (let c = 0; c < 150; c++) await store.write(round, c, store.tables[c % 2]);
    await store.settle();
    checkFiles(store);
    if (round === 2) await store.engine.compact();
    if (round === 4) await store.engine.truncate(store.tables[1].id);
    await store.settle();
    checkFiles(store);
    store.storage.crashAfter(round * 7);
    await store.engine.flush().catch(() => undefined);
    store.crash();
    await store.open(config);
    checkFiles(store);
  }
  await store.engine.close();
});

test('what was set aside counts', async () => {
  const store = new SmallStore();
  await store.open();
  for (let c = 0; c < 3; c++) await store.write(1, c);
  await store.engine.flush();
  await store.write(2, 1);
  await store.write(2, 2);
  store.crash();
  const segment = store.storage.names.findLast((name) => name.startsWith('wal-') && store.storage.contentOf(name).length > 50)!;
  store.storage.flipBit(segment, store.storage.contentOf(segment).length - 150, 1);
  const index = store.storage.names.find((name) => name.endsWith('-Index.db'))!;
  store.storage.flipBit(index, 3, 1);
  const sstable = store.storage.names.filter((name) => name.startsWith(index.slice(0, 33)));
  await store.open();
  checkFiles(store, [...sstable, ...store.engine.recovery.filesAside.map(({ file }) => file)].sort());
  expect(store.engine.recovery.filesAside).toHaveLength(1);
});

test('the size of an encrypted store is that of its files as they lie on the disk, and not of their content', async () => {
  let disk = new FaultyStorage({ random: seededRandom(1) });
  const open = () =>
    openDatabase({
      storage: new EncryptedStorage(disk, { key: new Uint8Array(32).fill(3) }),
      config: { compaction: { enabled: false }, cdcTotalSpace: 40_000 },
      random: seededRandom(2),
      schema: 'CREATE TABLE t (k int PRIMARY KEY, v text) WITH cdc = true',
    });
  const check = (db: Database, which: RegExp) => {
    const sizes = disk.names.map((name) => disk.contentOf(name).length);
    expect(db.stats().diskBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
    expect(disk.names.some((name) => which.test(name))).toBe(true);
  };
  let db = await open();
  let k = 0;
  const write = async (count: number) => {
    for (const end = k + count; k < end; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'x'.repeat(k % 7)]);
  };
  for (let round = 0; round < 3; round++) {
    await write(80);
    check(db, /^wal-/);
    await db.flush();
    check(db, /-Data\.db$/);
    check(db, /^cdc-/);
  }
  await write(20);
  const { walBytes } = db.stats();
  disk = disk.crash('lose');
  db = await open();
  expect(db.recovery.mutationsReplayed).toBe(20);
  check(db, /^cdc-/);
  expect(db.stats().walBytes).toBeGreaterThanOrEqual(walBytes);
  // A segment that is damaged is set aside, and the oldest of the feed go by the room that they take.
  const segment = disk.names.findLast((name) => name.startsWith('wal-') && disk.contentOf(name).length > 2000)!;
  disk = disk.crash('lose');
  disk.flipBit(segment, disk.contentOf(segment).length - 150, 1);
  db = await open();
  check(db, /^aside-/);
  expect(db.stats().asideBytes).toBeGreaterThan(0);
  for (let round = 0; round < 4; round++) {
    await write(150);
    await db.flush();
    check(db, /-Data\.db$/);
  }
  const feed = disk.names.filter((name) => name.startsWith('cdc-')).map((name) => disk.contentOf(name).length);
  expect(feed.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(40_000);
  await db.close();
});

test('the size of a store in a directory is that of all files of it, catalog and key included, but for the lock', async () => {
  for (const encryption of [undefined, { key: new Uint8Array(32).fill(5) }]) {
    const directory = await mkdtemp(join(tmpdir(), 'cassette-size-'));
    try {
      const check = async (db: Database, has: readonly string[]) => {
        const names = (await readdir(directory)).filter((name) => name !== 'lock');
        expect(names).toEqual(expect.arrayContaining([...has, ...(encryption === undefined ? [] : ['encryption-key'])]));
        const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size));
        expect(db.stats().diskBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
      };
      const open = () =>
        openDatabase({
          storage: new NodeStorage(directory),
          schema: 'CREATE TABLE IF NOT EXISTS t (k int PRIMARY KEY, v text)',
          ...(encryption !== undefined && { encryption }),
        });
      let db = await open();
      await check(db, ['catalog']);
      // The catalog is appended to, and begun anew when it has grown.
      const sizes = new Set<boolean>();
      let before = 0;
      for (let round = 0; round < 60; round++) {
        await db.execute(`CREATE TABLE t${round} (k int PRIMARY KEY, ${'c'.repeat(40)}${round} int)`);
        await check(db, ['catalog']);
        const { size } = await stat(join(directory, 'catalog'));
        sizes.add(size > before);
        before = size;
      }
      expect(sizes).toEqual(new Set([true, false]));
      await db.execute("INSERT INTO t (k, v) VALUES (1, 'x')");
      await db.flush();
      await check(db, []);
      await db.close();
      // What a crash left of a commit is there until the next one.
      await appendFile(join(directory, 'catalog'), new Uint8Array(7));
      db = await open();
      await check(db, ['catalog']);
      await db.close();
    } finally {
      await rm(directory, { recursive: true });
    }
  }
});

test('room that gets short is told once, and again after there was more', async () => {
  const storage = new MemoryStorage();
  const room = { usage: 50, quota: 100 };
  storage.estimate = async () => room;
  const db: Database = await openDatabase({ storage, keyspace: 'ks' });
  const told: EngineEvent[] = [];
  db.events.subscribe((event) => {
    if (event.type === 'storage-low') told.push(event);
  });
  await db.execute('CREATE TABLE t (k int PRIMARY KEY)');
  const grow = async () => {
    await db.execute('INSERT INTO t (k) VALUES (1)');
    await db.flush();
    await new Promise((resolve) => setTimeout(resolve));
  };
  await grow();
  expect(told).toEqual([]);
  room.usage = 91;
  await grow();
  await grow();
  expect(told).toMatchObject([{ type: 'storage-low', usage: 91, quota: 100 }]);
  room.usage = 40;
  await grow();
  room.usage = 95;
  await grow();
  expect(told).toHaveLength(2);
  await db.close();
});
