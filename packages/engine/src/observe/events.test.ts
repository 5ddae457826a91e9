import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { type TestClock, testDatabase } from '../database/testing/test-database.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import type { EngineEvent } from '../write-engine/index.ts';

const TABLE = 'CREATE TABLE t (k int PRIMARY KEY, v text)';

/** All events of a database from now on. */
function heard(db: Database): EngineEvent[] {
  const events: EngineEvent[] = [];
  db.events.subscribe((event) => events.push(event));
  return events;
}

const typesOf = (events: readonly EngineEvent[]) => events.map(({ type }) => type);

test('events are numbered, have a time, and are in the order of what happens', async () => {
  const { db, clock } = await testDatabase(TABLE, { config: { compaction: { enabled: false } } });
  expect(db.events.isHeard).toBe(false);
  expect(db.events.opening).toMatchObject({ type: 'recovered', sequence: 0, at: 1_700_000_000_000 });
  const events = heard(db);
  expect(db.events.isHeard).toBe(true);
  await db.execute("INSERT INTO t (k, v) VALUES (1, 'a')");
  (clock as TestClock).advance(5);
  await db.flush();
  expect(typesOf(events)).toEqual([
    'committed',
    'wal-segment-created',
    'memtables-sealed',
    'flush-started',
    'sstable-added',
    'flush-finished',
    'wal-segment-retired',
  ]);
  const { sequence } = events[0];
  expect(events.map((event) => event.sequence)).toEqual(events.map((_, i) => sequence + i));
  expect([events[0].at, events[6].at]).toEqual([1_700_000_000_000, 1_700_000_005_000]);
});

test('exports and imports tell that they begin and how they end', async () => {
  const { db } = await testDatabase(TABLE);
  await db.execute("INSERT INTO t (k, v) VALUES (1, 'a')");
  await db.flush();
  const events = heard(db);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const { bytes } = await db.export({}, { write: async (chunk) => void parts.push(chunk.slice()) });
  const failing = {
    write: async () => {
      throw new Error('no');
    },
  };
  await expect(db.export({}, failing)).rejects.toThrow('no');
  await db.import(new Blob(parts));
  const told = events.filter(({ type }) => /^(export|import)-/.test(type));
  expect(told).toMatchObject([
    { type: 'export-started', number: 1 },
    { type: 'export-finished', number: 1, bytes, sstables: 1 },
    { type: 'export-started', number: 2 },
    { type: 'export-failed', number: 2, code: 'UNKNOWN', message: 'no' },
    { type: 'import-started', number: 3 },
    { type: 'import-finished', number: 3, sstables: 1 },
  ]);
});

test('flushes and compactions tell how far they are, a compaction that is given up that it is', async () => {
  const scheduler = new TestScheduler();
  const { db } = await testDatabase(TABLE, { scheduler, config: { compaction: { enabled: false } } });
  const rows = Array.from({ length: 3000 }, (_, k) => [k, `${k}`.repeat(20)]);
  for (let n = 0; n < 4; n++) {
    await db.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', rows);
    await db.flush();
  }
  const events = heard(db);
  // Each look at the clock takes so long that a slice is over at once.
  scheduler.step = 60;
  while (events.every(({ type }) => type !== 'compaction-progress')) await db.maintenanceStep(1);
  const { running } = db.stats().compaction;
  expect(running!.bytesRead).toBeGreaterThan(0);
  expect(running!.bytesRead).toBeLessThan(running!.bytes);
  const progress = events.find(({ type }) => type === 'compaction-progress');
  expect(progress).toMatchObject({ keyspace: 'ks', table: 't', inputs: running!.inputs, bytes: running!.bytes });
  await db.execute('TRUNCATE t');
  await db.maintenanceStep(1);
  expect(typesOf(events)).toContain('compaction-interrupted');
  await db.executeMany('INSERT INTO t (k, v) VALUES (?, ?)', rows);
  await db.flush();
  const flushes = events.flatMap((event) => (event.type === 'flush-progress' ? [event.bytesWritten] : []));
  expect(flushes.length).toBeGreaterThan(0);
  expect(db.stats().flush.running).toBeNull();
});

test('SELECTs past the threshold are told, and none where nobody listens', async () => {
  const scheduler = new TestScheduler();
  const { db } = await testDatabase(TABLE, { scheduler, config: { slowQueryThreshold: 100 } });
  const events = heard(db);
  await db.execute('SELECT * FROM t');
  expect(typesOf(events)).toEqual([]);
  scheduler.step = 200;
  await db.execute('SELECT * FROM t');
  expect(events).toMatchObject([{ type: 'slow-query', query: 'SELECT * FROM t' }]);
});

test('a read that comes upon damage tells of it', async () => {
  const storage = new MemoryStorage();
  const { db } = await testDatabase(TABLE, { storage, config: { compaction: { enabled: false } } });
  await db.execute("INSERT INTO t (k, v) VALUES (1, 'a')");
  await db.flush();
  await db.close();
  await storage.acquire();
  const name = (await storage.list()).find((file) => file.endsWith('-Data.db'))!;
  const file = await storage.open(name);
  file.write(new Uint8Array([0xff, 0xff]), 3);
  file.close();
  await storage.close();
  const { db: again } = await testDatabase(TABLE, { storage, config: { compaction: { enabled: false } } });
  const events = heard(again);
  await expect(again.execute('SELECT * FROM t')).rejects.toMatchObject({ code: 'CORRUPTION' });
  expect(events).toMatchObject([{ type: 'corruption', file: name, message: expect.stringContaining(name) }]);
});
