import { expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { openDatabase } from '../database/index.ts';
import { SmallStore } from '../testing/small-store.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import type { EngineEvent } from '../write-engine/index.ts';
import { WalFlushError } from './index.ts';

const { SyncEachWrite, Periodic, Disabled } = Durability;

/** Opens again after the power went. */
async function afterCrash(store: SmallStore, durability = SyncEachWrite): Promise<string[]> {
  store.crash();
  const { recovery } = await store.open({ durability });
  expect(recovery.corruption).toEqual([]);
  return store.rows();
}

function write(store: SmallStore, k: number, c: number, durability?: Durability): Promise<void> {
  return store.engine.apply(store.mutation(k, c), durability);
}

test('a write that is to be durable takes with it all that was logged before, and nothing that was not', async () => {
  const store = new SmallStore();
  await store.open({ durability: Periodic(100) });
  await write(store, 1, 1);
  await write(store, 1, 2, Disabled);
  await write(store, 1, 3, SyncEachWrite);
  await write(store, 1, 4);
  expect(store.engine.stats()).toMatchObject({ walUnsyncedBytes: expect.any(Number) });
  expect(store.engine.stats().walUnsyncedBytes).toBeGreaterThan(0);
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/3=3']);
});

test('writes of one group keep each its own mode', async () => {
  const store = new SmallStore();
  await store.open();
  const modes = [Disabled, Periodic(5), SyncEachWrite, Disabled, Periodic(5)];
  await Promise.all(modes.map((mode, c) => write(store, 1, c, mode)));
  expect(store.rows()).toHaveLength(5);
  // One flush for all of the group.
  expect(await afterCrash(store)).toEqual(['1/1=2', '1/2=3', '1/4=5']);
});

test('a write that comes alone is committed in its turn; behind one that waits it waits too, for the same commit', async () => {
  const store = new SmallStore();
  await store.open();
  const alone = (c: number) => store.engine.apply(store.mutation(1, c), undefined, null, undefined, 1, true);
  const { walCommits } = store.engine.stats().counters;
  const first = alone(1);
  expect(store.rows()).toHaveLength(1);
  await first;
  const waiting = write(store, 1, 2);
  const behind = alone(3);
  expect(store.rows()).toHaveLength(1);
  await Promise.all([waiting, behind]);
  expect(store.engine.stats().counters.walCommits).toBe(walCommits + 2);
  expect(await afterCrash(store)).toHaveLength(3);
});

test('of two periods the shorter one counts', async () => {
  const store = new SmallStore();
  await store.open({ durability: Periodic(10_000) });
  const asked: number[] = [];
  const later = store.scheduler.later.bind(store.scheduler);
  store.scheduler.later = (task: () => void, ...milliseconds: number[]) => {
    asked.push(...milliseconds);
    return (later as (task: () => void, ...rest: number[]) => () => void)(task, ...milliseconds);
  };
  await write(store, 1, 1);
  await write(store, 1, 2, Periodic(100));
  await write(store, 1, 3, Periodic(500));
  expect(asked).toEqual([10_000, 100]);
  store.scheduler.runTimers();
  expect(store.engine.stats().walUnsyncedBytes).toBe(0);
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/2=2', '1/3=3']);
});

test('without a log there is no file of one, until a write asks for it', async () => {
  const store = new SmallStore();
  await store.open({ durability: Disabled });
  await write(store, 1, 1);
  await store.engine.flush();
  await write(store, 1, 2);
  expect(store.storage.names.filter((name) => name.startsWith('wal-'))).toEqual([]);
  await write(store, 1, 3, SyncEachWrite);
  expect(store.storage.names.filter((name) => name.startsWith('wal-'))).toHaveLength(1);
  expect(await afterCrash(store, Disabled)).toEqual(['1/1=1', '1/3=3']);
  await write(store, 1, 4, SyncEachWrite);
  // What is in SSTables needs no log, and the next memtables are without one again.
  await store.engine.flush();
  await write(store, 1, 5);
  expect(store.storage.names.filter((name) => name.startsWith('wal-'))).toEqual([]);
  await store.engine.close();
  await store.open({ durability: Disabled });
  expect(store.rows()).toEqual(['1/1=1', '1/3=3', '1/4=4', '1/5=5']);
});

test('closing makes durable what is in no log, in any store', async () => {
  const store = new SmallStore();
  await store.open();
  await write(store, 1, 1, Disabled);
  await store.engine.close();
  expect(await afterCrash(store)).toEqual(['1/1=1']);
  await write(store, 1, 2, Periodic(1000));
  await store.engine.close();
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/2=2']);
});

test('a flush of the log that fails behind the writers is told by an event and to the next one, and is made up for', async () => {
  const store = new SmallStore();
  const events: EngineEvent[] = [];
  await store.open({ durability: Periodic(100) });
  store.engine.events.subscribe((event) => events.push(event));
  await write(store, 1, 1);
  store.storage.failOn('flush', 1);
  store.scheduler.runTimers();
  expect(events.filter(({ type }) => type === 'wal-flush-failed')).toMatchObject([{ bytes: expect.any(Number) }]);
  expect(store.engine.stats().counters.walFlushesFailed).toBe(1);
  const refused = write(store, 1, 2);
  await expect(refused).rejects.toThrow(WalFlushError);
  await expect(refused).rejects.toMatchObject({ code: 'WAL_FLUSH_FAILED', data: { file: 'wal-0000000001.log' } });
  await write(store, 1, 3);
  await store.settle();
  // The memtable went to an SSTable by itself: what was in doubt is durable.
  store.scheduler.runTimers();
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/3=3']);
});

test('a durable write behind a flush that failed waits until what came before it is durable, or is refused', async () => {
  const store = new SmallStore();
  await store.open({ durability: Periodic(100), flushRetryMilliseconds: 1 });
  await write(store, 1, 1);
  store.storage.failOn('flush', 1);
  // SSTables can't be made for a while either.
  store.storage.failOn('create', 1, 'io', 100);
  store.scheduler.runTimers();
  await store.settle();
  await expect(write(store, 1, 2)).rejects.toThrow(WalFlushError);
  await expect(write(store, 1, 3, SyncEachWrite)).rejects.toMatchObject({ code: 'STORAGE_IO' });
  store.storage.clearFaults();
  await write(store, 1, 4, SyncEachWrite);
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/4=4']);
});

test('closing where the log can not be made durable puts all into SSTables, or says that it could not', async () => {
  const store = new SmallStore();
  await store.open({ durability: Periodic(100) });
  await write(store, 1, 1);
  store.storage.failOn('flush', 1);
  await store.engine.close();
  expect(await afterCrash(store, Periodic(100))).toEqual(['1/1=1']);
  await write(store, 1, 2);
  store.storage.failOn('flush', 1, 'io', 100);
  await expect(store.engine.close()).rejects.toMatchObject({ code: 'STORAGE_IO' });
});

test('durable_writes of a keyspace is the mode of its tables where a write says none', async () => {
  const store = new SmallStore();
  const open = () => openDatabase({ storage: store.storage, scheduler: new TestScheduler() });
  let db = await open();
  const replication = "replication = {'class': 'SimpleStrategy', 'replication_factor': 1}";
  for (const [name, durable] of [
    ['fast', false],
    ['safe', true],
  ] as const) {
    await db.execute(`CREATE KEYSPACE ${name} WITH ${replication} AND durable_writes = ${durable}`);
    await db.execute(`CREATE TABLE ${name}.t (k int PRIMARY KEY, v int)`);
    await db.execute(`CREATE TABLE ${name}.c (k int PRIMARY KEY, n counter)`);
  }
  const insert = (keyspace: string, k: number) => `INSERT INTO ${keyspace}.t (k, v) VALUES (${k}, ${k})`;
  const keys = async (table: string) => [...(await db.execute(`SELECT k FROM ${table}`))].map((row) => row['k']).sort();
  const crash = async () => {
    store.crash();
    db = await open();
  };
  await db.execute(insert('fast', 1));
  await db.execute(insert('safe', 1));
  await db.execute(insert('fast', 2), [], { durability: SyncEachWrite });
  await db.execute(insert('safe', 2), [], { durability: Disabled });
  await db.executeMany('INSERT INTO fast.t (k, v) VALUES (?, ?)', [[3, 3]]);
  await db.executeMany('INSERT INTO fast.t (k, v) VALUES (?, ?)', [[4, 4]], { durability: Periodic(1) });
  await db.batch([insert('fast', 5)], { durability: SyncEachWrite });
  // One write of tables of both kinds is all or nothing.
  await db.batch([insert('fast', 6), insert('safe', 6)]);
  await db.execute('UPDATE fast.c SET n = n + 1 WHERE k = 1');
  await db.execute('UPDATE safe.c SET n = n + 1 WHERE k = 1');
  // Increments that are written together are as durable as the one that asks for most.
  await Promise.all([
    db.execute('UPDATE fast.c SET n = n + 1 WHERE k = 2'),
    db.execute('UPDATE fast.c SET n = n + 1 WHERE k = 3', [], { durability: SyncEachWrite }),
  ]);
  await db.execute('UPDATE safe.c SET n = n + 1 WHERE k = 4', [], { durability: Disabled });
  await crash();
  expect([await keys('fast.t'), await keys('safe.t')]).toEqual([
    [2, 4, 5, 6],
    [1, 6],
  ]);
  expect([await keys('fast.c'), await keys('safe.c')]).toEqual([[2, 3], [1]]);
  // Durable once its memtable is flushed, and from the moment that the keyspace says otherwise.
  await db.execute(insert('fast', 7));
  await db.flush();
  await db.execute('ALTER KEYSPACE fast WITH durable_writes = true');
  await db.execute(insert('fast', 8));
  await crash();
  expect(await keys('fast.t')).toEqual([2, 4, 5, 6, 7, 8]);
  await db.close();
});

test('who shares a store has a durability of his own for writes that say none', async () => {
  const store = new SmallStore();
  await store.open({ durability: Disabled });
  const { engine } = store;
  await engine.apply(store.mutation(1, 1), undefined, null, SyncEachWrite);
  await engine.apply(store.mutation(1, 2), undefined, null);
  await engine.apply(store.mutation(1, 3), Disabled, null, SyncEachWrite);
  await engine.apply(store.mutation(1, 4), Periodic(1), null, Disabled);
  store.scheduler.runTimers();
  expect(await afterCrash(store)).toEqual(['1/1=1', '1/4=4']);
});

test('a durability that there is not is refused by name', async () => {
  const db = await openDatabase({ storage: new SmallStore().storage, durability: Periodic(10) });
  expect(db.engine.config.durability).toEqual(Periodic(10));
  const wrong = { durability: 'sync' as unknown as Durability };
  const message = /^durability has to be Durability\.SyncEachWrite, .*, not "sync"$/;
  await expect(db.execute('SELECT * FROM t', [], wrong)).rejects.toThrow(message);
  await expect(db.write([], wrong)).rejects.toThrow(message);
  await db.close();
  await expect(openDatabase({ storage: new SmallStore().storage, ...wrong })).rejects.toThrow(message);
});
