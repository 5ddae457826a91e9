import { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { MemoryStorage, StorageFullError, StoreLockedError } from '@cassette/storage';
import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { MutationBuilder } from '../mutation/index.ts';
import { randomUpdate } from '../testing/random-updates.ts';
import { SmallStore, together } from '../testing/small-store.ts';
import { encodeUpdate, readPartitions, TableModel } from '../testing/table-model.ts';
import { everythingTable, schemaOf } from '../testing/tables.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { ClosedError, type EngineEvent, WriteEngine } from './index.ts';

const EVERYTHING = { partitions: { range: {} } } as const;

describe('reading', () => {
  test.each([false, true])('finds in memtables and SSTables what was written, descending %s', async (descending) => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed);
      const table = everythingTable(1, descending);
      const model = new TableModel(table);
      const storage = new MemoryStorage();
      const builder = new MutationBuilder();
      const out = new ByteWriter();
      const open = () => {
        const config = { memtableFlushThreshold: 5000 };
        // At a time when nothing has expired or may be purged: compactions go on meanwhile.
        return WriteEngine.open({ storage, scheduler: new TestScheduler(), random, config, clock: { nowMicros: () => 0 } });
      };
      let engine = await open();
      await engine.changeSchema(schemaOf(table));
      for (let n = 0; n < 60; n++) {
        const update = randomUpdate(random);
        model.updates.push(update);
        out.clear();
        encodeUpdate(builder, out, table, update);
        await engine.apply(out.toBytes());
        if (random() < 0.1) await engine.flush();
        if (random() < 0.05) {
          await engine.close();
          engine = await open();
        }
      }
      const current = engine.schema.tables[0];
      const read = (reversed: boolean) => {
        const cursor = engine.read(current, { ...EVERYTHING, reversed });
        const found = readPartitions(cursor, current, reversed);
        cursor.close();
        return found;
      };
      const expected = model.partitions();
      expect(read(false), `seed ${seed}`).toEqual(expected);
      expect(read(true), `seed ${seed}`).toEqual(expected);
      await engine.flush();
      expect(read(false), `seed ${seed}`).toEqual(expected);
      await engine.close();
    }
  });

  test('keeps the SSTables it reads until it is done', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    for (let c = 0; c < 3; c++) await store.write(1, c);
    await engine.flush();
    const cursor = engine.read(store.tables[0], EVERYTHING);
    await engine.truncate(store.tables[0].id);
    await store.settle();
    expect(store.rows()).toEqual([]);
    cursor.nextPartition();
    expect([cursor.next(), cursor.next(), cursor.next(), cursor.next()]).toEqual([1, 1, 1, 0]);
    expect(store.storage.names.filter((name) => name.includes('Data.db'))).toHaveLength(1);
    cursor.close();
    await store.settle();
    expect(store.storage.names.filter((name) => name.includes('Data.db'))).toEqual([]);
  });
});

describe('writing', () => {
  test('fills a segment with what is written, and not with descriptions of the store, however large', async () => {
    const store = new SmallStore();
    await store.open({ walSegmentSizeMax: 1000 });
    for (let c = 0; c < 5; c++) await store.write(1, c);
    await store.settle();
    const large = store.storage.names.filter((name) => name.startsWith('wal-') && store.storage.contentOf(name).length > 2000);
    expect([large.length, store.engine.stats().counters.flushes]).toEqual([1, 0]);
    for (let c = 5; c < 20; c++) await store.write(1, c);
    await store.settle();
    expect(store.engine.stats().counters.flushes).toBe(1);
  });

  test('of sixty-four writers at once is one flush of the log', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    const before = store.storage.counters.calls;
    await Promise.all(Array.from({ length: 64 }, (_, c) => store.write(1, c)));
    const after = store.storage.counters.calls;
    expect([after.write - before.write, after.flush - before.flush]).toEqual([1, 1]);
    expect(store.rows()).toHaveLength(64);
    expect(engine.stats().counters.writes).toBe(64);
  });

  test('takes the bytes at once: they are the caller’s again', async () => {
    const store = new SmallStore();
    await store.open();
    const bytes = store.mutation(1, 1);
    const done = store.engine.apply(bytes);
    bytes.fill(0);
    await done;
    expect(store.rows()).toEqual(['1/1=1']);
  });

  test('that is refused is not there: not now, not after a restart', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    const good = store.mutation(1, 1);
    const bad = store.mutation(1, 2);
    bad[bad.length - 1] = 9;
    bad[10] ^= 0xff;
    await expect(engine.apply(together(good, bad))).rejects.toThrow(InvalidRequestError);
    await store.write(1, 3);
    expect(store.rows()).toEqual(['1/3=3']);
    store.crash();
    await store.open();
    expect(store.rows()).toEqual(['1/3=3']);
    expect(store.engine.recovery.mutationsReplayed).toBe(1);
  });

  test.each(['io', 'full'] as const)('that the disk refuses (%s) leaves nothing behind, and later ones go on', async (error) => {
    const store = new SmallStore();
    await store.open();
    await store.write(1, 1);
    store.storage.failOn('write', 1, error);
    const [first, second] = await Promise.allSettled([store.write(1, 2), store.write(1, 3)]);
    expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
    if (error === 'full') expect((first as PromiseRejectedResult).reason).toBeInstanceOf(StorageFullError);
    expect(store.rows()).toEqual(['1/1=1']);
    await store.write(1, 4);
    store.crash();
    await store.open();
    expect(store.rows()).toEqual(['1/1=1', '1/4=4']);
  });

  test('that could not be made durable is refused, and the next goes to a segment of its own', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    const events: EngineEvent[] = [];
    engine.events.subscribe((event) => events.push(event));
    await store.write(1, 1);
    store.storage.failOn('flush', 1);
    await expect(store.write(1, 2)).rejects.toMatchObject({ code: 'STORAGE_IO' });
    expect(store.rows()).toEqual(['1/1=1']);
    await store.write(1, 3);
    expect(store.rows()).toEqual(['1/1=1', '1/3=3']);
    expect(events.map(({ type }) => type)).toEqual(['committed', 'commit-failed', 'wal-segment-created', 'committed']);
    store.crash();
    await store.open();
    expect(store.rows()).toEqual(expect.arrayContaining(['1/1=1', '1/3=3']));
  });

  test('waits at the hard limit of memory, and fails only while flushing fails', async () => {
    const store = new SmallStore();
    const config = { memtableFlushThreshold: 20_000, memtableHardLimit: 40_000, waitingWritesMax: 10 };
    await store.open(config);
    const fill = async (from: number, to: number) => {
      for (let c = from; c < to; c++) await store.write(c % 7, c);
    };
    await fill(0, 400);
    expect(store.engine.stats().counters.flushes).toBeGreaterThan(0);
    store.storage.failOn('create', 1, 'full', Number.POSITIVE_INFINITY);
    const error = await fill(1000, 5000).catch((thrown: unknown) => thrown);
    // Of a full disk it is told as the full disk.
    expect(error).toBeInstanceOf(StorageFullError);
    expect(error).toMatchObject({ data: { limit: 40_000 }, cause: expect.any(StorageFullError) });
    const held = store.rows().length;
    expect(held).toBeGreaterThan(400);
    // There is room again: what was acknowledged is flushed, and writes go on.
    store.storage.clearFaults();
    store.scheduler.runTimers();
    await store.settle();
    await fill(6000, 6400);
    expect(store.rows()).toHaveLength(held + 400);
    store.crash();
    await store.open(config);
    expect(store.rows()).toHaveLength(held + 400);
  });

  test('under Periodic resolves before it is durable, and is durable after the time', async () => {
    const store = new SmallStore();
    const config = { durability: Durability.Periodic(100) };
    await store.open(config);
    await store.write(1, 1);
    store.scheduler.runTimers();
    await store.write(1, 2);
    expect(store.rows()).toEqual(['1/1=1', '1/2=2']);
    store.crash();
    await store.open(config);
    expect(store.rows()).toEqual(['1/1=1']);
  });

  test('under Disabled is gone after a crash and kept by close', async () => {
    const store = new SmallStore();
    const config = { durability: Durability.Disabled };
    await store.open(config);
    await store.write(1, 1);
    store.crash();
    await store.open(config);
    expect(store.rows()).toEqual([]);
    await store.write(1, 2);
    await store.engine.close();
    await store.open(config);
    expect(store.rows()).toEqual(['1/2=2']);
  });

  test('gets timestamps that go on after a restart with a clock set back', async () => {
    const store = new SmallStore();
    await store.open();
    store.clock.micros = 9_000_000;
    const last = [store.engine.clock.timestamp(), store.engine.clock.timestamp()][1];
    await store.write(1, 1);
    store.crash();
    store.clock.micros = 1_000_000;
    await store.open();
    expect(last).toBe(9_000_001);
    expect(store.engine.clock.timestamp()).toBe(9_000_002);
    await store.engine.flush();
    await store.engine.close();
    await store.open();
    expect(store.engine.clock.timestamp()).toBe(9_000_003);
  });
});

describe('flushing', () => {
  test('that finds the disk full is tried again; reads and acknowledged writes stay', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    await store.write(1, 1);
    store.storage.failOn('create', 2, 'full', 3);
    await expect(engine.flush()).rejects.toThrow(StorageFullError);
    expect(store.rows()).toEqual(['1/1=1']);
    await store.write(1, 2).catch(() => undefined);
    store.storage.clearFaults();
    store.scheduler.runTimers();
    await store.settle();
    await engine.flush();
    expect(store.rows()).toContain('1/1=1');
    const [table] = engine.stats().tables;
    expect([table.memtableRows, table.sstables.length > 0]).toEqual([0, true]);
  });

  test('of a transaction whose outcome nobody knows names each row once in the end', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    await store.write(1, 1);
    store.storage.failOn('commit', 1);
    await expect(engine.flush()).rejects.toMatchObject({ code: 'STORAGE_IO' });
    expect(store.rows()).toEqual(['1/1=1']);
    await engine.flush();
    await store.settle();
    expect(engine.stats().tables[0].sstables.map(({ generation }) => generation)).toEqual([2]);
    expect(store.storage.names.filter((name) => name.includes('-nb-1-'))).toEqual([]);
    await engine.close();
    await store.open();
    expect(store.rows()).toEqual(['1/1=1']);
    expect(store.engine.recovery.mutationsReplayed).toBe(0);
  });

  test('retires the WAL: what is in SSTables is not replayed', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    await store.write(1, 1);
    await engine.flush();
    await store.write(1, 2);
    store.crash();
    await store.open();
    expect(store.engine.recovery).toMatchObject({ mutationsReplayed: 1, corruption: [], tornTails: [] });
    expect(store.rows()).toEqual(['1/1=1', '1/2=2']);
  });
});

describe('the schema', () => {
  test('loses a table with all it holds, and a table of the same name begins empty', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    const [first, second] = store.tables;
    await store.write(1, 1);
    await engine.flush();
    await store.write(1, 2);
    await store.write(1, 3, second);
    await engine.changeSchema(schemaOf(second));
    await store.settle();
    await expect(store.write(1, 4)).rejects.toThrow('no table');
    expect(store.storage.names.filter((name) => name.includes('Data.db'))).toEqual([]);
    store.crash();
    await store.open();
    expect(store.engine.recovery.mutationsSkipped).toBe(1);
    expect(store.rows(second)).toEqual(['1/3=3']);
    expect(store.rows(first)).toEqual([]);
  });

  test('of a truncated table keeps it, empty, also after a crash', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    await store.write(1, 1);
    await engine.flush();
    await store.write(1, 2);
    await store.write(1, 2, store.tables[1]);
    await engine.truncate(store.tables[0].id);
    expect(store.rows()).toEqual([]);
    await store.write(1, 4);
    store.crash();
    await store.open();
    expect(store.rows()).toEqual(['1/4=4']);
    expect(store.rows(store.tables[1])).toEqual(['1/2=3']);
  });
});

describe('the store', () => {
  test('has one writer', async () => {
    const store = new SmallStore();
    await store.open();
    await expect(WriteEngine.open({ storage: store.storage })).rejects.toThrow(StoreLockedError);
  });

  test('answers nothing after it is closed, and opens again with all it had', async () => {
    const store = new SmallStore();
    const engine = await store.open();
    const late = store.write(1, 1);
    const closed = engine.close();
    await Promise.all([late, closed, engine.close()]);
    await expect(store.write(1, 2)).rejects.toThrow(ClosedError);
    expect(() => engine.read(store.tables[0], EVERYTHING)).toThrow(ClosedError);
    await expect(engine.flush()).rejects.toThrow(ClosedError);
    await store.open();
    expect(store.rows()).toEqual(['1/1=1']);
  });

  test('that is opened over and over does not gather files', async () => {
    const store = new SmallStore();
    await store.open();
    await store.engine.close();
    const { names } = store.storage;
    for (let n = 0; n < 5; n++) {
      await store.open();
      await store.engine.close();
    }
    expect(store.storage.names).toHaveLength(names.length);
  });
});
