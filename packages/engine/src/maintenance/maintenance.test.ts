import { ByteWriter, hash128, token } from '@cassette/bytes';
import { Schema, type SchemaJson } from '@cassette/cql';
import { BloomFilter, encodeBloomFilter } from '@cassette/sstable';
import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { Memtable } from '../memtable/index.ts';
import { defaultScheduler } from '../scheduler/index.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import { MaintenanceThread } from './maintenance-thread.ts';
import type { MaintenanceStarter } from './maintenance-worker.ts';
import { MaintenanceServer } from './serve-maintenance.ts';
import { SharedStorage, WorkerInThread } from './testing/worker-in-thread.ts';
import type { CompactTask, FlushTask, FromWorker } from './wire.ts';

const schema = `
  CREATE TYPE IF NOT EXISTS pair (a int, b text);
  CREATE TABLE IF NOT EXISTS t (k int, c int, s text static, v text, m map<int, text>, p frozen<pair>, PRIMARY KEY (k, c))
    WITH gc_grace_seconds = 0 AND compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 4};
  CREATE TABLE IF NOT EXISTS other (k int PRIMARY KEY, v text);
`;
const random = seededRandom(7);
const noise = Array.from({ length: 8000 }, () => Math.floor(random() * 36).toString(36)).join('');
/** Text that does not compress. */
const text = (n: number) => noise.slice((n * 37) % 7700).slice(0, 300);

const flushTask: Omit<FlushTask, 'image'> = {
  tableId: '00',
  generation: 1,
  shards: 1,
  encodingStats: { minTimestamp: 0n, minLocalDeletionTime: 0, minTtl: 0 },
  staticColumns: [],
  regularColumns: [],
  expectedPartitions: 1,
  createdAt: 0,
};

/** A store whose clock stands still, for files that are the same whenever they are made. */
class Opened {
  readonly storage = new SharedStorage();
  micros = 1_700_000_000_000_000;
  database!: Database;

  async open(maintenance?: MaintenanceStarter, enabled = false): Promise<Database> {
    this.database = await openDatabase({
      storage: this.storage,
      schema,
      random: seededRandom(1),
      clock: { nowMicros: () => this.micros },
      config: { compaction: { enabled } },
      ...(maintenance !== undefined && { maintenance }),
    });
    return this.database;
  }

  /** Some 250 KiB, with deletions of all kinds; `round` is new each time. */
  async fill(round: number, rows = 1000): Promise<void> {
    const { database } = this;
    const insert = 'INSERT INTO t (k, c, v, m, p) VALUES (?, ?, ?, ?, ?)';
    const params = Array.from({ length: rows }, (_, i) => [
      i % 20,
      i + round * 300,
      text(i + round),
      new Map([[round, 'x']]),
      { a: i, b: 'y' },
    ]);
    await database.executeMany(insert, params);
    for (let k = 0; k < 20; k++) {
      await database.execute('UPDATE t SET s = ? WHERE k = ?', [`static ${round}`, k]);
      await database.execute('DELETE FROM t WHERE k = ? AND c > ? AND c < ?', [k, round * 300, round * 300 + 40]);
      if (k % 5 === round) await database.execute('DELETE FROM t WHERE k = ?', [k]);
    }
    await database.execute('INSERT INTO t (k, c, v) VALUES (1, 1, ?) USING TTL 5', [text(5)]);
    this.micros += 10_000_000;
  }

  async rows(): Promise<string[]> {
    const { rows } = await this.database.execute('SELECT * FROM t');
    return rows.map((row) => JSON.stringify(row, (_, value) => (value instanceof Map ? [...value] : value)));
  }

  /** Content of all files of SSTables, by name without the table's id. */
  async sstables(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const name of await this.storage.list()) {
      const match = /^[0-9a-f]{32}-(nb-.*)$/.exec(name);
      if (match === null) continue;
      const file = await this.storage.workbench().open(name);
      const bytes = new Uint8Array(file.size);
      file.read(bytes, 0);
      file.close();
      found[match[1]] = Buffer.from(bytes).toString('latin1');
    }
    return found;
  }

  async generations(): Promise<number[]> {
    const names = Object.keys(await this.sstables());
    return [...new Set(names.map((name) => Number(name.split('-')[1])))].sort((a, b) => a - b);
  }
}

function workerOf(store: Opened): WorkerInThread {
  return new WorkerInThread(async () => store.storage.workbench());
}

async function filled(store: Opened, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await store.fill(round);
    await store.database.flush();
  }
}

test('what the worker flushes and compacts is, byte by byte, what the engine makes itself', async () => {
  const [here, there] = [new Opened(), new Opened()];
  const worker = workerOf(there);
  await here.open();
  await there.open(worker.start);
  for (const store of [here, there]) await filled(store, 3);
  expect(await there.sstables()).toEqual(await here.sstables());
  for (const store of [here, there]) await store.database.compact('t');
  expect(await there.generations()).toEqual([4]);
  expect(await there.sstables()).toEqual(await here.sstables());
  expect(await there.rows()).toEqual(await here.rows());
  expect(there.database.stats().maintenance).toEqual({
    inWorker: true,
    flushesInWorker: 3,
    compactionsInWorker: 1,
    failures: 0,
    lastFailure: null,
  });
  expect(here.database.stats().maintenance).toBeNull();
  expect(worker.started).toBe(1);
  for (const store of [here, there]) await store.database.close();
  expect(worker.ended).toBe(1);
});

test('outputs are split, and compacted by themselves, in the worker too', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start, true);
  await database.execute("ALTER TABLE t WITH compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1}");
  for (let round = 0; round < 6; round++) {
    await store.fill(round, 4000);
    await database.flush();
  }
  const before = await store.rows();
  await database.compact('t');
  expect(await store.rows()).toEqual(before);
  expect(database.stats().maintenance).toMatchObject({ flushesInWorker: 6, failures: 0 });
  expect(database.stats().counters.compactionsFailed).toBe(0);
  await database.close();
});

test('a tombstone stays as long as it covers what is in memory or in another SSTable, and goes with its last reason', async () => {
  const store = new Opened();
  const database = await store.open(workerOf(store).start);
  await store.fill(0);
  await database.execute('INSERT INTO t (k, c, v) VALUES (100, 1, ?) USING TIMESTAMP 1', ['old']);
  await database.execute('DELETE FROM t USING TIMESTAMP 5 WHERE k = 100');
  await database.flush();
  // Older than the deletion, and not among what is flushed before the compaction has begun.
  const begun = new Promise<void>((resolve) => {
    database.events.subscribe(({ type }) => {
      if (type === 'compaction-started') resolve();
    });
  });
  const compacting = database.compact('t');
  await begun;
  await compacting;
  expect((await database.execute('SELECT * FROM t WHERE k = 100')).rows).toEqual([]);
  expect(database.stats().maintenance).toMatchObject({ compactionsInWorker: 1, failures: 0 });
  await database.close();
});

test('until the worker is ready nobody waits for it, and then it is handed what comes', async () => {
  const store = new Opened();
  const worker = new WorkerInThread(async () => store.storage.workbench(), { isCold: true });
  worker.mute();
  const database = await store.open(worker.start);
  await filled(store, 2);
  expect(worker.started).toBe(1);
  expect(worker.given).toEqual([]);
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, flushesInWorker: 0, failures: 0 });
  while (!worker.hasSaidUnheard('ready')) await new Promise((resolve) => setImmediate(resolve));
  worker.unmute();
  await database.compact('t');
  expect(worker.given.map(({ kind }) => kind).slice(0, 2)).toEqual(['schema', 'compact']);
  expect(database.stats().maintenance).toMatchObject({ flushesInWorker: 0, compactionsInWorker: 1, failures: 0 });
  await database.close();
  expect(worker.ended).toBe(1);
});

test.each([true, false])('a worker of another build is handed nothing (cold: %s)', async (isCold) => {
  const store = new Opened();
  const worker = new WorkerInThread(async () => store.storage.workbench(), { isCold, build: 'of tomorrow' });
  const database = await store.open(worker.start);
  await filled(store, 2);
  const before = await store.rows();
  await database.compact('t');
  expect(await store.rows()).toEqual(before);
  expect(worker.given).toEqual([]);
  expect([worker.started, worker.ended]).toEqual([1, 1]);
  expect(database.stats().maintenance).toEqual({
    inWorker: false,
    flushesInWorker: 0,
    compactionsInWorker: 0,
    failures: 0,
    lastFailure: 'its script is that of another version',
  });
  await database.close();
});

test('a worker that never comes up holds up neither flush nor close', async () => {
  const store = new Opened();
  const worker = new WorkerInThread(() => new Promise(() => undefined), { isCold: true });
  const database = await store.open(worker.start);
  await filled(store, 1);
  await database.close();
  expect(worker.ended).toBe(1);
});

test('a worker that can not have the files is given up at once', async () => {
  const store = new Opened();
  const worker = new WorkerInThread(() => Promise.reject(new Error('no files here')), { isCold: true });
  const database = await store.open(worker.start);
  await filled(store, 2);
  expect(await store.rows()).not.toEqual([]);
  expect(worker.given).toEqual([]);
  expect(database.stats().maintenance).toMatchObject({ inWorker: false, failures: 0, lastFailure: 'no files here' });
  await database.close();
});

test('what the worker can not do is done by the engine, and nothing is left of the try', async () => {
  const store = new Opened();
  const worker = new WorkerInThread(async () => ({
    ...store.storage.workbench(),
    open: () => Promise.reject(new Error('no files here')),
  }));
  const database = await store.open(worker.start);
  await filled(store, 3);
  const before = await store.rows();
  await database.compact('t');
  expect(await store.rows()).toEqual(before);
  expect(await store.generations()).toHaveLength(1);
  // After three failures it is not asked any more.
  expect(database.stats().maintenance).toEqual({
    inWorker: false,
    flushesInWorker: 0,
    compactionsInWorker: 0,
    failures: 3,
    lastFailure: 'no files here',
  });
  expect(database.stats().counters).toMatchObject({ flushesFailed: 0, compactionsFailed: 0 });
  await database.close();
});

test('where no worker can be had the engine does it', async () => {
  const store = new Opened();
  const database = await store.open(() => {
    throw new Error('not here');
  });
  await filled(store, 1);
  expect(await store.rows()).not.toEqual([]);
  expect(database.stats().maintenance).toMatchObject({ inWorker: false, flushesInWorker: 0, lastFailure: 'Error: not here' });
  await database.close();
});

test.each(['progress', 'next generation', 'done'] as const)(
  'a worker that dies before its «%s» loses nothing and leaves nothing',
  async (kind) => {
    const store = new Opened();
    const worker = workerOf(store);
    const database = await store.open(worker.start);
    await filled(store, 2);
    const before = await store.rows();
    worker.onSaid = (message) => {
      if (message.kind === kind) worker.die();
    };
    await database.compact('t');
    expect(await store.rows()).toEqual(before);
    expect(database.stats().maintenance).toMatchObject({ inWorker: false, compactionsInWorker: 0, lastFailure: 'it crashed' });
    expect(database.stats().compaction.history).toHaveLength(1);
    await database.close();
    const again = await store.open();
    // The inputs may not have gone before the store was closed; of the try there is nothing.
    expect(again.recovery.litterSwept.filter((name) => !/-nb-[123]-/.test(name))).toEqual([]);
    expect(await store.rows()).toEqual(before);
    await again.close();
  },
);

test('a table that is dropped while the worker has it takes the task and its files along', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await filled(store, 3);
  const begun = new Promise<void>((resolve) => {
    worker.onSaid = (message) => {
      if (message.kind === 'next generation') resolve();
    };
  });
  const compacting = database.compact('t');
  await begun;
  await database.execute('DROP TABLE t');
  expect(await compacting).toEqual([]);
  await database.close();
  await store.open();
  expect(await store.sstables()).toEqual({});
  await store.database.close();
});

test('a table that is dropped while the worker flushes it leaves no files of that flush', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await store.fill(0);
  worker.mute();
  const flushing = database.flush();
  while (!worker.hasSaidUnheard('done')) await new Promise((resolve) => setImmediate(resolve));
  await database.execute('DROP TABLE t');
  worker.unmute();
  await flushing;
  expect(await store.sstables()).toEqual({});
  await database.close();
});

test('a store that is closed while the worker is at it is whole, and has no litter', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await filled(store, 3);
  const before = await store.rows();
  const begun = new Promise<void>((resolve) => {
    worker.onSaid = (message) => {
      if (message.kind !== 'next generation') return;
      // Else it may be done before anybody calls it off.
      worker.hold();
      resolve();
    };
  });
  const compacting = database.compact('t').catch(({ code }) => code);
  await begun;
  await database.close();
  expect(await compacting).toBe('CLOSED');
  const again = await store.open();
  expect(again.recovery.litterSwept).toEqual([]);
  expect(await store.generations()).toEqual([1, 2, 3]);
  expect(await store.rows()).toEqual(before);
  await store.database.close();
});

test('a worker that does not leave off is ended: close does not wait for it, and nothing is lost', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await filled(store, 3);
  const before = await store.rows();
  worker.mute();
  const compacting = database.compact('t').catch(({ code }) => code);
  while (!worker.hasSaidUnheard('next generation')) await new Promise((resolve) => setImmediate(resolve));
  await database.close();
  expect(await compacting).toBe('CLOSED');
  expect(worker.ended).toBe(1);
  expect(database.stats().maintenance).toMatchObject({
    inWorker: false,
    lastFailure: 'it did not leave off when it was told to',
  });
  await store.open();
  expect(await store.rows()).toEqual(before);
  await store.database.close();
});

test('a compaction that is called off while the worker waits for a generation is no failure', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await filled(store, 3);
  worker.mute();
  const compacting = database.compact('t');
  while (!worker.hasSaidUnheard('next generation')) await new Promise((resolve) => setImmediate(resolve));
  await database.execute('DROP TABLE t');
  while (!worker.hasSaidUnheard('ended')) await new Promise((resolve) => setImmediate(resolve));
  worker.unmute();
  expect(await compacting).toEqual([]);
  expect(worker.said.at(-1)).toMatchObject({ kind: 'ended', error: null });
  expect(database.stats().maintenance).toMatchObject({ inWorker: true, failures: 0, lastFailure: null });
  await database.close();
});

test.each(['image', 'piece'])('a memtable of which the %s can not be copied is no task of the worker any more', async (which) => {
  const worker = new WorkerInThread(async () => new SharedStorage().workbench());
  const state = { schema: Schema.empty, scheduler: defaultScheduler() } as EngineState;
  const thread = new MaintenanceThread(state, worker.start);
  expect(thread.takes(1_000_000)).toBe(true);
  const fail = () => {
    throw new RangeError('no memory');
  };
  const noMemory = { length: 1, slice: fail };
  const store = { usedNodes: new Int32Array(1), arena: { all: [noMemory] }, partitionCount: 1, rowCount: 1 };
  const memtable = { store, deletions: which === 'image' ? { map: fail } : [], bytes: 1 } as unknown as Memtable;
  const task = await thread.flush(
    flushTask,
    memtable,
    () => Promise.resolve(),
    () => 2,
  );
  expect(task.end).toBe('failed');
  expect(thread.stats()).toMatchObject({ inWorker: true, failures: 1, lastFailure: 'RangeError: no memory' });
  expect(worker.given.map(({ kind }) => kind)).toEqual(
    which === 'image' ? ['schema', 'cancel'] : ['schema', 'flush', 'piece', 'cancel'],
  );
  expect(thread.copiedBytes).toBe(0);
  thread.end();
  expect(thread.stats()).toMatchObject({ failures: 1 });
});

test('what is wrong with a message is told: it ends the task, or the worker where there is none', async () => {
  const said: FromWorker[] = [];
  const server = new MaintenanceServer(Promise.resolve(new SharedStorage().workbench()), (message) => said.push(message), 'b');
  const image = { nodes: 1, chunks: [], partitionCount: 1, rowCount: 1, deletions: [] };
  server.take({ kind: 'flush', id: 1, task: { ...flushTask, image: { ...image, nodes: -1 } } });
  server.take({ kind: 'flush', id: 2, task: { ...flushTask, image } });
  server.take({ kind: 'piece', id: 2, piece: { chunk: -1, from: 9, data: new Int32Array(1) } });
  server.take({ kind: 'schema', schema: null as unknown as SchemaJson });
  await new Promise((resolve) => setImmediate(resolve));
  expect(said).toEqual([
    { kind: 'ended', id: 1, error: { message: expect.stringMatching(/length/), code: null } },
    { kind: 'unfit', why: expect.any(String) },
    { kind: 'ready', build: 'b' },
    { kind: 'ended', id: 2, error: { message: expect.stringMatching(/offset/), code: null } },
  ]);
});

test('a store is closed while somebody gives a compaction of the worker much time', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start, true);
  const begun = new Promise<void>((resolve) => {
    worker.onSaid = (message) => {
      if (message.kind !== 'next generation') return;
      worker.hold();
      resolve();
    };
  });
  await filled(store, 4);
  await begun;
  const given = database.maintenanceStep(600_000);
  // For it to have its turn, after that of the background.
  await new Promise((resolve) => setTimeout(resolve, 200));
  await database.close();
  expect((await given).compactions).toEqual([]);
});

test('how long a worker says nothing is measured by the clock, and time in which nobody looked counts little', async () => {
  const worker = new WorkerInThread(async () => new SharedStorage().workbench());
  let now = 0;
  const due: (() => void)[] = [];
  const scheduler = { now: () => now, later: (task: () => void) => due.push(task) };
  const thread = new MaintenanceThread({ schema: Schema.empty, scheduler } as unknown as EngineState, worker.start);
  expect(thread.takes(1_000_000)).toBe(true);
  worker.mute();
  const task = thread.compact({ tableId: '00' } as CompactTask, () => 1);
  const look = async (milliseconds: number) => {
    const waited = task.wait(milliseconds);
    now += milliseconds;
    for (const one of due.splice(0)) one();
    return await waited;
  };
  // A short look is a look too.
  for (let i = 0; i < 2000; i++) expect(await look(1)).toBeNull();
  // The machine slept.
  expect(await look(3_600_000)).toBeNull();
  for (let i = 0; i < 54; i++) expect(await look(500)).toBeNull();
  expect(await look(500)).toBe('failed');
  expect(thread.stats()).toMatchObject({ inWorker: false, failures: 1, lastFailure: 'it says nothing any more' });
});

test.each(['in a memtable', 'flushed', 'newer'])(
  'deletions that the worker purged stay gone only where nothing older has come meanwhile: %s',
  async (which) => {
    const store = new Opened();
    const worker = workerOf(store);
    const database = await store.open(worker.start);
    await filled(store, 3);
    worker.onSaid = ({ kind }) => {
      if (kind === 'next generation') worker.mute();
    };
    const before = await store.rows();
    const compacting = database.compact('t');
    while (!worker.hasSaidUnheard('done')) await new Promise((resolve) => setImmediate(resolve));
    // Partition 0 was deleted.
    const timestamp = which === 'newer' ? store.micros : 1;
    await database.execute('INSERT INTO t (k, c, v) VALUES (0, 99999, ?) USING TIMESTAMP ?', ['late', timestamp]);
    if (which === 'flushed') await database.flush();
    worker.unmute();
    expect(await compacting).toHaveLength(1);
    const { rows } = await database.execute('SELECT v FROM t WHERE k = 0 AND c = 99999');
    expect(rows.map(({ v }) => v)).toEqual(which === 'newer' ? ['late'] : []);
    if (which !== 'newer') expect(await store.rows()).toEqual(before);
    expect(database.stats().maintenance).toMatchObject({ compactionsInWorker: which === 'newer' ? 1 : 0, failures: 0 });
    await database.close();
    const again = await store.open();
    expect(again.recovery.litterSwept.filter((name) => !/-nb-[123]-/.test(name))).toEqual([]);
    expect(again.stats().tables.find(({ table }) => table === 't')!.sstables).toHaveLength(which === 'flushed' ? 2 : 1);
    await again.close();
  },
);

test('a filter that the worker finds damaged is not believed: the engine, which has it, compacts itself', async () => {
  const store = new Opened();
  const files = store.storage.workbench();
  const worker = new WorkerInThread(async () => {
    const open: typeof files.open = async (name, options) => {
      const file = await files.open(name, options);
      if (options?.create === true || !/-nb-1-.*Filter\.db$/.test(name)) return file;
      // All keys that there are but one.
      const filter = BloomFilter.create(21, 0.01);
      for (let k = 0; k < 20; k++) {
        token(Uint8Array.of(0, 0, 0, k));
        filter.add(hash128[0], hash128[1], hash128[2], hash128[3]);
      }
      const out = new ByteWriter(64);
      encodeBloomFilter(out, filter);
      const bytes = out.toBytes();
      expect(bytes).toHaveLength(file.size);
      file.read = (target, position) => {
        const part = bytes.subarray(position, position + target.length);
        target.set(part);
        return part.length;
      };
      return file;
    };
    return { ...files, open };
  });
  const database = await store.open();
  await database.execute("ALTER TABLE t WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'min_sstable_size': 0}");
  await database.execute('INSERT INTO t (k, c, v) VALUES (100, 1, ?) USING TIMESTAMP 1', ['old']);
  await store.fill(0, 2500);
  await database.flush();
  await database.execute('DELETE FROM t USING TIMESTAMP 5 WHERE k = 100');
  for (let round = 1; round < 5; round++) {
    await store.fill(round);
    await database.flush();
  }
  await database.close();
  const again = await store.open(worker.start, true);
  while (again.stats().compaction.history.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(again.stats().compaction.history).toMatchObject([{ inputs: expect.not.arrayContaining([1]) }]);
  expect(again.stats().compaction.history).toMatchObject([{ inputs: expect.not.arrayContaining([1]) }]);
  expect((await again.execute('SELECT * FROM t WHERE k = 100')).rows).toEqual([]);
  expect(worker.given.map(({ kind }) => kind)).toContain('compact');
  expect(again.stats().maintenance).toMatchObject({ compactionsInWorker: 0, lastFailure: expect.stringMatching(/checksum/) });
  await again.close();
});

test('little is not handed over', async () => {
  const store = new Opened();
  const worker = workerOf(store);
  const database = await store.open(worker.start);
  await database.execute('INSERT INTO other (k, v) VALUES (1, ?)', ['x']);
  await database.flush();
  await database.compact();
  expect(worker.started).toBe(0);
  await database.close();
});
