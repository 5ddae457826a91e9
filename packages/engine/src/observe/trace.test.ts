import { expect, test } from 'vitest';
import type { Database, ExecuteOptions, Params } from '../database/index.ts';
import { testDatabase } from '../database/testing/test-database.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { describeActivity } from './describe-trace.ts';
import { CountingStorage } from './testing/counting-storage.ts';
import type { TraceActivity, TraceStep } from './trace.ts';

const config = { compaction: { enabled: false } };
const WIDE =
  "CREATE TABLE t (k int, c int, v text, w int, PRIMARY KEY (k, c)) WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}";

/** What a statement's trace tells. */
async function traceOf(db: Database, query: string, params: Params = [], options: ExecuteOptions = {}) {
  const { trace } = await db.execute(query, params, { ...options, tracing: true });
  return trace!.activities;
}

/** Activities of a kind, without times. */
function of<K extends TraceStep['kind']>(activities: readonly TraceActivity[], kind: K): Extract<TraceStep, { kind: K }>[] {
  return activities.flatMap((one) => {
    if (one.kind !== kind) return [];
    const { micros, spent, ...rest } = one as TraceActivity & { spent?: number };
    return [rest as unknown as Extract<TraceStep, { kind: K }>];
  });
}

const kinds = (activities: readonly TraceActivity[]) => activities.map(({ kind }) => kind);

/** The same rows in SSTables of a version: nb as they are flushed, da as they are imported. */
async function storeOf(version: 'nb' | 'da', schema: string, fill: (db: Database) => Promise<void>) {
  const storage = new CountingStorage();
  const { db } = await testDatabase(schema, { config, storage, scheduler: new TestScheduler() });
  if (version === 'nb') await fill(db);
  else {
    const { db: other } = await testDatabase(schema, { config });
    await fill(other);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const write = async (chunk: Uint8Array) => void parts.push(chunk.slice());
    await other.export({ format: 'da', compact: false }, { write });
    await db.import(new Blob(parts));
    await other.close();
  }
  storage.forget();
  return { db, storage };
}

test('a statement that nobody traces has no trace', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  expect((await db.execute('INSERT INTO t (k, c) VALUES (1, 1)')).trace).toBeNull();
  expect((await db.execute('SELECT * FROM t', [], { tracing: false })).trace).toBeNull();
  await expect(db.execute('SELECT * FROM t', [], { tracing: 1 as never })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('a write tells of its mutation and of the group that it was committed with', async () => {
  const scheduler = new TestScheduler();
  const { db } = await testDatabase(WIDE, { scheduler });
  const insert = "INSERT INTO t (k, c, v) VALUES (1, 1, 'a')";
  await traceOf(db, insert);
  const [activities] = await Promise.all([traceOf(db, insert), db.execute(insert), db.execute('DELETE FROM t WHERE k = 9')]);
  expect(kinds(activities)).toEqual(['prepared', 'mutation', 'committed']);
  const { wal, counters } = db.stats();
  const [{ bytes }] = of(activities, 'mutation');
  expect(of(activities, 'prepared')).toEqual([{ kind: 'prepared', cached: true }]);
  expect(of(activities, 'committed')).toMatchObject([{ kind: 'committed', groupWrites: 3 }]);
  expect(counters.mutationBytes).toBeGreaterThan(bytes);
  expect(wal.segments).toBeGreaterThan(0);
});

test('executeMany tells of each record of the log that it became, and a stream of all its pages', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  const rows = Array.from({ length: 30 }, (_, c) => [c % 3, c, 'x'.repeat(100_000)]);
  const { trace } = await db.executeMany('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', rows, { tracing: true });
  expect(kinds(trace!.activities)).toEqual([
    'prepared',
    ...['mutation', 'committed'],
    ...['mutation', 'committed'],
    ...['mutation', 'committed'],
  ]);
  expect(of(trace!.activities, 'mutation').map((one) => one.rows)).toEqual([11, 11, 8]);
  expect(trace!.activities.map(describeActivity)[1]).toMatch(/^Encoded mutation of .* for 11 rows$/);
  expect((await db.executeMany('INSERT INTO t (k, c) VALUES (?, ?)', [[1, 1]])).trace).toBeNull();

  const stream = db.stream('SELECT c FROM t', [], { tracing: true, fetchSize: 20 });
  let seen = 0;
  for await (const { c } of stream) seen += Number(typeof c === 'number');
  expect(seen).toBe(30);
  expect(of(stream.trace!.activities, 'answered').map((one) => one.rows)).toEqual([20, 10]);
  const refused = db.executeMany('INSERT INTO t (k, c) VALUES (?, ?)', [[1, 'x']], { tracing: true });
  await expect(refused).rejects.toMatchObject({ data: { row: 0, trace: { activities: [{ kind: 'prepared' }] } } });
});

test('writes of one turn that are traced tell of one group', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  await traceOf(db, 'SELECT * FROM t');
  const insert = 'INSERT INTO t (k, c) VALUES (?, 1)';
  const all = await Promise.all([1, 2, 3].map((k) => traceOf(db, insert, [k])));
  const [first] = of(all[0], 'committed');
  expect(all.map((one) => of(one, 'committed'))).toEqual([[first], [first], [first]]);
  expect(first).toMatchObject({ groupWrites: 3 });
});

test('a conditional write tells of its read, its condition and its write; a batch of each statement', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  await db.execute("INSERT INTO t (k, c, v) VALUES (1, 1, 'a')");
  const refused = await traceOf(db, "INSERT INTO t (k, c, v) VALUES (1, 1, 'b') IF NOT EXISTS");
  // What the answer tells of the row is read again.
  expect(kinds(refused).filter((kind) => kind !== 'merging')).toEqual([
    'prepared',
    'waited',
    'read',
    'read',
    'memtable',
    'memtable',
    'condition',
  ]);
  expect(of(refused, 'condition')).toEqual([{ kind: 'condition', applied: false }]);
  const applied = await traceOf(db, "UPDATE t SET v = 'b' WHERE k = 1 AND c = 1 IF v = 'a'");
  expect(of(applied, 'condition')).toEqual([{ kind: 'condition', applied: true }]);
  expect(kinds(applied).slice(-2)).toEqual(['mutation', 'committed']);
  const { trace } = await db.batch(['INSERT INTO t (k, c) VALUES (7, 1)', 'INSERT INTO t (k, c) VALUES (7, 2)'], {
    tracing: true,
  });
  expect(kinds(trace!.activities)).toEqual(['prepared', 'prepared', 'mutation', 'committed']);
});

test('a change of the schema and an increment of a counter are told of', async () => {
  let drawn = 0;
  const { db } = await testDatabase('CREATE TABLE c (k int PRIMARY KEY, n counter)', { random: () => (drawn++ % 97) / 97 });
  expect(of(await traceOf(db, 'CREATE TABLE u (k int PRIMARY KEY)'), 'executed')).toEqual([
    { kind: 'executed', statement: 'createTable' },
  ]);
  const counted = await traceOf(db, 'UPDATE c SET n = n + 1 WHERE k = 1');
  expect(of(counted, 'waited')).toEqual([{ kind: 'waited', reason: 'counters' }]);
  expect(kinds(counted).filter((kind) => kind !== 'merging')).toEqual(['prepared', 'mutation', 'waited', 'read', 'committed']);
  expect(of(counted, 'committed')).toMatchObject([{ groupWrites: 1 }]);
  expect(counted.find(({ kind }) => kind === 'committed')).toMatchObject({ flush: expect.any(Number) });
  // Those of one round are one write of the log, and each tells of it.
  const round = await Promise.all([1, 2].map((k) => traceOf(db, 'UPDATE c SET n = n + 1 WHERE k = ?', [k])));
  expect(round.map((one) => of(one, 'read').length)).toEqual([1, 1]);
  expect(of(round[0], 'memtable')).toMatchObject([{ rows: 1 }]);
  expect(of(round[0], 'committed')).toHaveLength(1);
  expect(of(round[1], 'committed')).toEqual(of(round[0], 'committed'));
});

test.each(['nb', 'da'] as const)(
  '%s: an SSTable is told to be skipped by key range, bloom filter or clusterings',
  async (version) => {
    const { db, storage } = await storeOf(version, WIDE, async (store) => {
      // Of keys 0 to 99 every other one, with clusterings 0 to 9.
      for (let k = 0; k < 100; k += 2)
        for (let c = 0; c < 10; c += 9) await store.execute('INSERT INTO t (k, c) VALUES (?, ?)', [k, c]);
      await store.flush();
    });
    const skips = async (query: string) => of(await traceOf(db, query), 'sstable-skipped').map(({ reason }) => reason);
    const reasons = [];
    for (let k = 101; k < 150; k += 2) reasons.push(...(await skips(`SELECT * FROM t WHERE k = ${k}`)));
    expect(new Set(reasons)).toEqual(new Set(['bloom filter', 'key range']));
    expect(await skips('SELECT * FROM t WHERE k = 4 AND c > 50')).toEqual(['clusterings']);
    expect(await skips('SELECT * FROM t WHERE k = 4 AND c > 5')).toEqual([]);
    storage.forget();
    const missed = await traceOf(db, 'SELECT * FROM t WHERE k = 4 AND c > 50');
    expect(kinds(missed)).toEqual(['prepared', 'read', 'sstable-skipped', 'merging', 'rows', 'answered']);
    expect(storage.readOf('Data.db').reads).toBe(0);
    const { skipped } = db.stats().reads;
    expect(skipped['bloom filter'] + skipped['key range']).toBe(reasons.length);
    expect(skipped.clusterings).toBe(2);
  },
);

test.each(['nb', 'da'] as const)(
  '%s: a key that the filter lets pass and that is not there is a false positive',
  async (version) => {
    const { db } = await storeOf(version, `${WIDE} AND bloom_filter_fp_chance = 1.0`, async (store) => {
      for (let k = 0; k < 100; k += 2) await store.execute('INSERT INTO t (k, c) VALUES (?, 1)', [k]);
      await store.flush();
    });
    const found = await traceOf(db, 'SELECT * FROM t WHERE k = 4');
    expect(of(found, 'index')).toMatchObject([{ version, found: true, rowIndex: false }]);
    let missed = await traceOf(db, 'SELECT * FROM t WHERE k = 1');
    for (let k = 3; of(missed, 'index').length === 0; k += 2) missed = await traceOf(db, `SELECT * FROM t WHERE k = ${k}`);
    expect(of(missed, 'index')).toMatchObject([{ version, found: false }]);
    expect(of(missed, 'index')[0].steps).toBeGreaterThan(0);
    expect(db.stats().reads).toMatchObject({ bloomFilter: { truePositives: 1, falsePositives: 1 } });
  },
);

test.each(['nb', 'da'] as const)(
  '%s: chunks, bytes and reads are those of the storage, and the cache tells the rest',
  async (version) => {
    const { db, storage } = await storeOf(version, WIDE, async (store) => {
      const text = 'x'.repeat(100);
      const rows = Array.from({ length: 2000 }, (_, c) => [1, c, `${text}${(c * 7919) % 2003}`, c]);
      await store.executeMany('INSERT INTO t (k, c, v, w) VALUES (?, ?, ?, ?)', rows);
      await store.execute('DELETE FROM t WHERE k = 1 AND c = 1001');
      await store.flush();
    });
    const slice = 'SELECT * FROM t WHERE k = 1 AND c >= 1000 AND c < 1010';
    const ask = async (query: string) => {
      storage.forget();
      const activities = await traceOf(db, query);
      return { activities, of: of(activities, 'sstable')[0], data: storage.readOf('Data.db') };
    };
    const first = await ask(slice);
    // Where deletions of partitions may be, the partition is looked for before older SSTables are.
    expect(kinds(first.activities).toSorted()).toEqual(
      ['prepared', 'read', 'merging', 'index', 'sstable', 'rows', 'answered'].toSorted(),
    );
    expect(of(first.activities, 'index')).toMatchObject([{ found: true, rowIndex: true }]);
    expect(first.of).toMatchObject({
      version,
      partitions: 1,
      rows: 10,
      tombstones: 1,
      dataBytes: first.data.bytes,
      dataReads: first.data.reads,
    });
    expect(first.of.chunks).toBe(first.data.reads);
    expect(first.of.chunkBytes).toBe(first.of.chunks * 4096);
    expect(of(first.activities, 'rows')).toEqual([{ kind: 'rows', live: 9, dead: 1, filtered: 0 }]);
    expect(of(first.activities, 'answered')).toEqual([{ kind: 'answered', rows: 9, hasMore: false }]);
    // Again, of the cache alone.
    const again = await ask(slice);
    expect(again.data).toEqual({ reads: 0, bytes: 0 });
    expect(again.of).toMatchObject({ chunks: 0, dataBytes: 0, dataReads: 0, cacheMisses: 0, rows: 10 });
    expect(again.of.cacheHits).toBeGreaterThan(0);
    // All of it, past the cache.
    const all = await ask('SELECT * FROM t');
    expect(all.of).toMatchObject({ dataBytes: all.data.bytes, dataReads: all.data.reads, rows: 2000, partitions: 1 });
    expect(all.of.chunks).toBe(all.data.reads);
    const filtered = await ask('SELECT * FROM t WHERE w = 5 ALLOW FILTERING');
    expect(of(filtered.activities, 'rows')).toEqual([{ kind: 'rows', live: 1999, dead: 1, filtered: 1998 }]);
  },
);

test('memtables, sealed or not, are told apart, and older SSTables that have nothing to say', async () => {
  const { db } = await testDatabase(WIDE, { config, scheduler: new TestScheduler() });
  for (let n = 0; n < 3; n++) {
    await db.execute("INSERT INTO t (k, c, v, w) VALUES (1, 1, 'a', ?)", [n]);
    await db.flush();
  }
  const one = await traceOf(db, 'SELECT * FROM t WHERE k = 1 AND c = 1');
  expect(of(one, 'sstable-skipped').map(({ reason }) => reason)).toEqual(['older than the row', 'older than the row']);
  expect(of(one, 'merging')).toEqual([{ kind: 'merging', memtables: 0, sstables: 1 }]);
  await db.execute('DELETE FROM t WHERE k = 1');
  const none = await traceOf(db, 'SELECT * FROM t WHERE k = 1');
  expect(of(none, 'sstable-skipped').map(({ reason }) => reason)).toEqual(
    Array(3).fill('older than the deletion of its partition'),
  );
  expect(of(none, 'memtable')).toEqual([{ kind: 'memtable', sealed: false, partitions: 1, rows: 0, tombstones: 1 }]);
});

test('each page has a trace of its own; rows that are sorted and those of several partitions are told of', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  for (let k = 0; k < 3; k++) for (let c = 0; c < 2; c++) await db.execute('INSERT INTO t (k, c) VALUES (?, ?)', [k, c]);
  const page = await db.execute('SELECT * FROM t', [], { fetchSize: 4, tracing: true });
  expect(of(page.trace!.activities, 'answered')).toEqual([{ kind: 'answered', rows: 4, hasMore: true }]);
  const rest = await db.execute('SELECT * FROM t', [], { fetchSize: 4, tracing: true, pageState: page.pageState });
  expect(of(rest.trace!.activities, 'answered')).toEqual([{ kind: 'answered', rows: 2, hasMore: false }]);
  const sorted = await traceOf(db, 'SELECT * FROM t WHERE k IN (0, 1, 2) ORDER BY c DESC');
  expect(of(sorted, 'read').map(({ key, slices, reversed }) => [key, slices, reversed])).toEqual([
    ['00000000', null, true],
    ['00000001', null, true],
    ['00000002', null, true],
  ]);
  expect(of(sorted, 'sorted')).toEqual([{ kind: 'sorted', rows: 6 }]);
});

test('the error of a statement that fails brings what was done before', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  const failed = (query: string, options: ExecuteOptions) => db.execute(query, [], options).catch((error: unknown) => error);
  const query = 'SELECT nope FROM t';
  expect(await failed(query, { tracing: true })).toMatchObject({ code: 'INVALID_REQUEST', data: { trace: { query } } });
  expect(await failed(query, {})).not.toHaveProperty('data.trace');
  await db.close();
});

test('a trace ends after a thousand activities, and counts the others', async () => {
  const { db } = await testDatabase(WIDE, { scheduler: new TestScheduler() });
  await db.execute('INSERT INTO t (k, c) VALUES (1, 1)');
  const keys = Array.from({ length: 600 }, (_, k) => k).join(', ');
  const { trace } = await db.execute(`SELECT * FROM t WHERE k IN (${keys})`, [], { tracing: true });
  expect(trace).toMatchObject({ startedAt: 1_700_000_000_000 });
  expect(trace!.query).toHaveLength(1000);
  expect(trace!.activities).toHaveLength(1000);
  expect(trace!.omitted).toBeGreaterThan(800);
});
