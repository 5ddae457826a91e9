import { crc32c } from '@cassette/bytes';
import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { SmallStore } from '../testing/small-store.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { RECORD_HEADER_SIZE, SEGMENT_HEADER_SIZE } from '../wal/index.ts';
import { type SalvageOptions, type SalvageReport, salvage } from './index.ts';

const clock = { nowMicros: () => 1_700_000_000_000_000 };
const options = { clock, keyspace: 'ks', config: { compaction: { enabled: false } } };

interface Made {
  readonly storage: FaultyStorage;
  /** What is in the store: `table: JSON` of each row. */
  readonly rows: readonly string[];
}

async function contentOf(db: Database): Promise<string[]> {
  const found: string[] = [];
  for (const { keyspace, name } of db.schema.tables) {
    for (const row of await db.execute(`SELECT JSON * FROM ${keyspace}.${name}`)) found.push(`${name}: ${row['[json]']}`);
  }
  return found.sort();
}

/** A closed store that `fill` has filled. */
async function made(fill: (db: Database) => Promise<void>): Promise<Made> {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const db = await openDatabase({ storage, ...options, scheduler: new TestScheduler() });
  await fill(db);
  const rows = await contentOf(db);
  await db.close();
  return { storage, rows };
}

/** What is salvaged of a store into an empty one. */
async function salvaged(storage: FaultyStorage, how?: SalvageOptions): Promise<{ report: SalvageReport; rows: string[] }> {
  const db = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
  await storage.acquire();
  const content = () => storage.names.map((name) => `${name} ${crc32c(storage.contentOf(name))}`);
  const before = content();
  const report = await salvage(storage, db.engine, how);
  expect(content()).toEqual(before);
  await storage.close();
  const rows = await contentOf(db);
  await db.close();
  return { report, rows };
}

/** A table of wide partitions in chunks of 4 KiB, and one of narrow ones that are not compressed. */
async function fill(db: Database): Promise<void> {
  await db.execute(
    "CREATE TABLE wide (k int, c int, v text, s text static, PRIMARY KEY (k, c)) WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
  );
  await db.execute("CREATE TABLE narrow (k int PRIMARY KEY, v text) WITH compression = {'enabled': false}");
  const random = seededRandom(7);
  const text = () => Array.from({ length: 60 }, () => String.fromCharCode(97 + Math.floor(random() * 26))).join('');
  const wide = Array.from({ length: 400 }, (_, i) => [i % 20, i, text()]);
  await db.executeMany('INSERT INTO wide (k, c, v) VALUES (?, ?, ?)', wide);
  await db.execute("UPDATE wide SET s = 'static' WHERE k = 3");
  await db.execute('DELETE FROM wide WHERE k = 4 AND c > 100 AND c < 200');
  await db.execute('DELETE FROM wide WHERE k = 5');
  await db.executeMany(
    'INSERT INTO narrow (k, v) VALUES (?, ?)',
    Array.from({ length: 60 }, (_, i) => [i, text()]),
  );
  await db.flush();
  await db.execute("INSERT INTO narrow (k, v) VALUES (1000, 'in the log')");
}

const isSubset = (part: readonly string[], whole: readonly string[]) => part.every((row) => whole.includes(row));

test('of a store that is whole everything is got, deletions included, and nothing is lost', async () => {
  const { storage, rows } = await made(fill);
  const found = await salvaged(storage);
  expect(found.rows).toEqual(rows);
  expect(found.report).toMatchObject({ hasCatalog: true, mutations: 1, tablesRebuilt: [] });
  for (const one of [...found.report.sstables, ...found.report.segments]) expect(one.lost).toEqual([]);
  expect(found.report.sstables.reduce((sum, { deletions }) => sum + deletions, 0)).toBe(2);
});

test('a byte that is wrong anywhere in an SSTable costs its chunk of rows at most, and never makes a row', async () => {
  const { storage, rows } = await made(fill);
  const files = storage.names.filter((name) => /^[0-9a-f]{32}-/.test(name));
  const wholeLost: string[] = [];
  for (const file of files) {
    const original = storage.contentOf(file);
    const step = /Data|Index/.test(file)
      ? Math.max(1, Math.floor(original.length / 20))
      : Math.max(1, Math.floor(original.length / 6));
    for (let at = 0; at < original.length; at += step) {
      const damaged = original.slice();
      damaged[at] ^= 1 << (at & 7);
      storage.place(file, damaged);
      const found = await salvaged(storage);
      const what = `${file} at ${at}`;
      expect(isSubset(found.rows, rows), what).toBe(true);
      if (file.endsWith('-Statistics.db')) wholeLost.push(what);
      else if (!file.endsWith('-Data.db')) expect([found.rows.length, what]).toEqual([rows.length, what]);
      else {
        const [sstable] = found.report.sstables.filter((one) => one.file === file);
        // Uncompressed Data.db is one chunk here.
        const isWide = sstable.table === 'ks.wide';
        const missing = rows.length - found.rows.length;
        expect(missing, what).toBeGreaterThan(0);
        if (isWide) expect(missing, what).toBeLessThan(150);
        expect(sstable.lost.length, what).toBeGreaterThan(0);
        expect(sstable.partitionsLost, what).toBeGreaterThan(0);
        expect(sstable.keysLost).toHaveLength(sstable.partitionsLost!);
        const lostBytes = sstable.lost.reduce((sum, { from, to }) => sum + to - from, 0);
        if (isWide) expect(lostBytes, what).toBeLessThan(4096 * 3);
      }
    }
    storage.place(file, original);
  }
  expect(wholeLost.length).toBeGreaterThan(0);
});

test('a file that is cut off, empty or missing costs what was in it', async () => {
  const { storage, rows } = await made(fill);
  const files = storage.names.filter((name) => /^[0-9a-f]{32}-/.test(name));
  for (const file of files) {
    const original = storage.contentOf(file);
    for (const length of [0, original.length >> 1].slice(file.includes('-Data') ? 0 : 1)) {
      storage.place(file, original.slice(0, length));
      const found = await salvaged(storage);
      expect(isSubset(found.rows, rows), `${file} cut to ${length}`).toBe(true);
      if (!/Data|Statistics/.test(file)) expect(found.rows.length, `${file} cut to ${length}`).toBe(rows.length);
    }
    storage.place(file, original);
  }
  expect((await salvaged(storage)).rows).toEqual(rows);
});

test('where places in Data.db are lost with the index, what is before the damage is got all the same', async () => {
  const { storage, rows } = await made(fill);
  const isWide = (name: string) => name.endsWith('-Data.db') && storage.contentOf(name).length > 10_000;
  const data = storage.names.find(isWide)!;
  storage.flipBit(data, storage.contentOf(data).length - 100, 1);
  const index = data.replace('Data.db', 'Index.db');
  storage.place(index, new Uint8Array(storage.contentOf(index).length));
  const found = await salvaged(storage);
  expect(isSubset(found.rows, rows)).toBe(true);
  expect(found.rows.length).toBeGreaterThan(rows.length * 0.6);
});

test('rows of large partitions are found again behind damage by the index of their rows', async () => {
  const { storage, rows } = await made(async (db) => {
    await db.execute(
      "CREATE TABLE large (k int, c int, v text, PRIMARY KEY (k, c)) WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4}",
    );
    const random = seededRandom(3);
    const text = () => Array.from({ length: 200 }, () => String.fromCharCode(33 + Math.floor(random() * 90))).join('');
    await db.executeMany(
      'INSERT INTO large (k, c, v) VALUES (?, ?, ?)',
      Array.from({ length: 1500 }, (_, c) => [1, c, text()]),
    );
    await db.execute('DELETE FROM large WHERE k = 1 AND c > 500 AND c < 900');
    await db.flush();
  });
  const data = storage.names.find((name) => name.endsWith('-Data.db'))!;
  const size = storage.contentOf(data).length;
  storage.flipBit(data, Math.floor(size * 0.2), 1);
  const found = await salvaged(storage);
  expect(isSubset(found.rows, rows)).toBe(true);
  // A block of the index is 64 KiB.
  expect(found.report.sstables[0].lost.length).toBe(1);
  expect(found.rows.length).toBeGreaterThan(rows.length - 400);
  expect(found.rows.length).toBeLessThan(rows.length);
});

test('of a store whose catalog is lost all is got by what the log tells; without the log the rows of SSTables, in tables made of their headers or in those of a schema', async () => {
  const { storage, rows } = await made(fill);
  const lost = new FaultyStorage({ random: seededRandom(1) });
  for (const name of storage.names) lost.place(name, storage.contentOf(name));
  const log = await salvaged(lost);
  expect(log.report).toMatchObject({ hasCatalog: false, describedBy: 'wal-0000000002.log', tablesRebuilt: [], mutations: 1 });
  expect(log.rows).toEqual(rows);
  // Without the log nothing but the headers of the SSTables tells of their tables.
  for (const name of lost.names.filter((file) => file.startsWith('wal-'))) lost.place(name, new Uint8Array(0));
  const found = await salvaged(lost);
  expect(found.report).toMatchObject({ hasCatalog: false, describedBy: null });
  expect(found.report.tablesRebuilt).toHaveLength(2);
  // All but the one in the log.
  expect(found.rows).toHaveLength(rows.length - 1);
  const like = await openDatabase({ storage: new MemoryStorage(), ...options });
  await like.applySchema(
    'CREATE TABLE wide (k int, c int, v text, s text static, PRIMARY KEY (k, c)); CREATE TABLE narrow (k int PRIMARY KEY, v text)',
  );
  const named = await salvaged(lost, { schema: like.schema });
  expect(named.report.tablesRebuilt).toEqual([]);
  expect(named.rows).toEqual(rows.filter((row) => !row.includes('in the log')));
  await like.close();
});

test('without catalog and log SSTables of before and after ALTER TYPE … ADD are of one type, and types of the same name in two keyspaces of two', async () => {
  const { storage } = await made(async (db) => {
    await db.execute('CREATE TYPE addr (street text)');
    await db.execute('CREATE TABLE t (k int PRIMARY KEY, a frozen<addr>)');
    await db.execute("INSERT INTO t (k, a) VALUES (1, {street: 'x'})");
    await db.flush();
    await db.execute('ALTER TYPE addr ADD nr int');
    await db.execute("INSERT INTO t (k, a) VALUES (2, {street: 'y', nr: 2})");
    await db.execute("CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
    await db.execute('CREATE TYPE other.addr (zip int)');
    await db.execute('CREATE TABLE other.t (k int PRIMARY KEY, a frozen<addr>)');
    await db.execute('INSERT INTO other.t (k, a) VALUES (3, {zip: 1234})');
    await db.flush();
  });
  const lost = new FaultyStorage({ random: seededRandom(1) });
  for (const name of storage.names) lost.place(name, name.startsWith('wal-') ? new Uint8Array(0) : storage.contentOf(name));
  const { report, rows } = await salvaged(lost);
  expect(report.sstables.map((one) => one.lost)).toEqual([[], [], []]);
  expect(report.tablesRebuilt.map((name) => name.split('.')[0])).toEqual(['salvaged', 'salvaged_2']);
  expect(rows.map((row) => row.replace(/^[^:]*: /, '')).sort()).toEqual([
    '{"key": 1, "a": {"street": "x", "nr": null}}',
    '{"key": 2, "a": {"street": "y", "nr": 2}}',
    '{"key": 3, "a": {"zip": 1234}}',
  ]);
});

/** Of everything a schema has: user types, statics, counters, collections, a dropped column, a truncated and a dropped table. */
async function fillAll(db: Database): Promise<void> {
  await db.applySchema(`
    CREATE TYPE place (name text, at frozen<tuple<double, double>>);
    CREATE TABLE all_kinds (a int, b text, c timeuuid, s text static, p place, f frozen<place>, l list<int>, e set<text>,
      m map<text, frozen<list<int>>>, gone text, v vector<float, 2>, PRIMARY KEY ((a, b), c)) WITH CLUSTERING ORDER BY (c DESC);
    CREATE TABLE hits (page text, day int, n counter, total counter static, PRIMARY KEY (page, day));
    CREATE TABLE emptied (k int PRIMARY KEY, v text);
    CREATE TABLE "Dropped" (k int PRIMARY KEY, v text);
    CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE other.plain (k int PRIMARY KEY, v text)`);
  const write = async (n: number) => {
    await db.execute(
      `INSERT INTO all_kinds (a, b, c, s, p, f, l, e, m, gone, v) VALUES (?, 'b', 8e14e760-7fa8-11eb-bc66-00000000000${n}, 'static', {name: 'x', at: (1, 2)}, {name: 'y'}, [1, 2], {'z'}, {'m': [3]}, 'gone', [0.5, 1.5])`,
      [n % 2],
    );
    await db.execute(
      "UPDATE all_kinds SET l = l + [3], m['n'] = [], e = e - {'z'} WHERE a = 1 AND b = 'b' AND c = 8e14e760-7fa8-11eb-bc66-000000000001",
    );
    await db.execute("UPDATE hits SET n = n + ?, total = total + 1 WHERE page = 'p' AND day = ?", [n, n % 3]);
    await db.execute('INSERT INTO other.plain (k, v) VALUES (?, ?)', [n, `plain ${n}`]);
    await db.execute('INSERT INTO emptied (k, v) VALUES (?, ?)', [n, 'before']);
  };
  for (const n of [1, 2, 3]) await write(n);
  await db.execute('INSERT INTO "Dropped" (k, v) VALUES (1, \'of nobody\')');
  await db.flush();
  for (const n of [4, 5]) await write(n);
  await db.execute('TRUNCATE emptied');
  await db.execute('DROP TABLE "Dropped"');
  await db.execute('ALTER TABLE all_kinds DROP gone');
  await db.execute('ALTER TABLE all_kinds ADD later int');
  await db.execute('ALTER TYPE place ADD note text');
  await db.execute('INSERT INTO emptied (k, v) VALUES (7, ?)', ['after']);
  await db.execute(
    "UPDATE all_kinds SET later = 7, p = {name: 'n', note: 'told'} WHERE a = 1 AND b = 'b' AND c = 8e14e760-7fa8-11eb-bc66-000000000003",
  );
}

test('whatever a schema has is got without the catalog: from log and SSTables, from the log alone, and from SSTables with an idle log', async () => {
  const lives: readonly ((db: Database) => Promise<void>)[] = [
    fillAll,
    async (db) => {
      const flush = db.flush.bind(db);
      db.flush = async () => undefined;
      await fillAll(db);
      db.flush = flush;
    },
    async (db) => {
      await fillAll(db);
      await db.flush();
    },
  ];
  for (const live of lives) {
    let described = '';
    const { storage, rows } = await made(async (db) => {
      await live(db);
      described = db.describe();
    });
    const lost = new FaultyStorage({ random: seededRandom(1) });
    for (const name of storage.names) lost.place(name, storage.contentOf(name));
    const target = await openDatabase({ storage: new MemoryStorage(), ...options, durability: Durability.Disabled });
    await lost.acquire();
    const report = await salvage(lost, target.engine);
    expect(report).toMatchObject({ hasCatalog: false, describedBy: expect.stringMatching(/^wal-/), tablesRebuilt: [] });
    expect(report.sstables.flatMap((one) => one.lost)).toEqual([]);
    expect(await contentOf(target)).toEqual(rows);
    expect(target.describe()).toBe(described);
    await lost.close();
    await target.close();
  }
});

test('a description of the store that is damaged costs the names that came with it, and no mutation of the tables before', async () => {
  const { storage, rows } = await made(async (db) => {
    await db.execute('CREATE TABLE t (k int PRIMARY KEY, v text)');
    await db.execute("INSERT INTO t (k, v) VALUES (1, 'x')");
    await db.execute('CREATE TABLE u (k int PRIMARY KEY, v text)');
    await db.execute("INSERT INTO u (k, v) VALUES (1, 'y')");
  });
  const file = storage.names.find((name) => name.startsWith('wal-') && storage.contentOf(name).length > 200)!;
  const content = Buffer.from(storage.contentOf(file));
  const lost = new FaultyStorage({ random: seededRandom(1) });
  const at = content.lastIndexOf('"truncated"');
  content[at] ^= 1;
  lost.place(file, content);
  const found = await salvaged(lost);
  expect(found.report).toMatchObject({ describedBy: file, mutations: 1, segments: [{ mutationsSkipped: 1 }] });
  expect(found.rows).toEqual(rows.filter((row) => row.startsWith('t: ')));
});

test('what a recovery set aside of a segment without its salt is got from the checksums of its records', async () => {
  const store = new SmallStore();
  await store.open();
  for (let c = 1; c <= 5; c++) await store.write(1, c);
  store.crash();
  const file = 'wal-0000000001.log';
  // The salt is lost with the header, and the second record as well.
  const second = store.storage.contentOf(file).length - 4 * (RECORD_HEADER_SIZE + store.mutation(1, 2).length);
  store.storage.flipBit(file, 13, 3);
  store.storage.flipBit(file, second + RECORD_HEADER_SIZE + 5, 3);
  await store.open();
  expect(store.rows()).toEqual([]);
  const report = await salvage(store.engine.storage, store.engine, { what: 'aside' });
  expect(store.rows()).toEqual(['1/1=1', '1/3=3', '1/4=4', '1/5=5']);
  expect(report).toMatchObject({ hasCatalog: true, mutations: 4, segments: [{ file: `aside-${file}-0`, mutations: 4 }] });
  expect(report.segments[0].lost.map(({ from }) => from)).toContain(second);
  // It is durable, and salvaging again changes nothing.
  store.crash();
  await store.open();
  await salvage(store.engine.storage, store.engine, { what: 'aside' });
  expect(store.rows()).toEqual(['1/1=1', '1/3=3', '1/4=4', '1/5=5']);
});

test('damage anywhere in a WAL never makes a row, and costs the record at most', async () => {
  const { storage, rows } = await made(async (db) => {
    await db.execute('CREATE TABLE t (k int PRIMARY KEY, v text)');
    for (let k = 0; k < 8; k++) await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, `value ${k}`]);
  });
  const [file] = storage.names.filter((name) => name.startsWith('wal-') && storage.contentOf(name).length > 100);
  const original = storage.contentOf(file);
  for (let at = 0; at < original.length; at += at < SEGMENT_HEADER_SIZE + 2 * RECORD_HEADER_SIZE ? 1 : 7) {
    const damaged = original.slice();
    damaged[at] ^= 1 << (at & 7);
    storage.place(file, damaged);
    const found = await salvaged(storage);
    expect(isSubset(found.rows, rows), `at ${at}`).toBe(true);
    expect(found.rows.length, `at ${at}`).toBeGreaterThanOrEqual(rows.length - 1);
    if (at < SEGMENT_HEADER_SIZE) expect(found.rows, `at ${at}`).toEqual(rows);
  }
});

test('a damaged SSTable that was set aside is got back into the store itself', async () => {
  const { storage, rows } = await made(fill);
  const data = storage.names.find((name) => name.endsWith('-Data.db') && storage.contentOf(name).length > 10_000)!;
  const index = data.replace('Data.db', 'Index.db');
  storage.flipBit(index, 20, 2);
  const db = await openDatabase({ storage, ...options });
  expect(db.recovery.sstablesSetAside).toMatchObject([{ table: 'ks.wide' }]);
  expect((await contentOf(db)).length).toBeLessThan(rows.length);
  await salvage(db.engine.storage, db.engine, { what: 'aside' });
  expect(await contentOf(db)).toEqual(rows);
  await db.close();
});
