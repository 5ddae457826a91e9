import { rareCompressors } from '@cassette/sstable';
import { MemoryStorage, StorageFullError } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { unzipSync } from 'fflate';
import { afterEach, describe, expect, test } from 'vitest';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions } from './export-options.ts';

const schema = 'CREATE TABLE t (a int PRIMARY KEY, v text); CREATE TABLE u (a int PRIMARY KEY, v text)';

/** A closed store with two SSTables in each of two tables. */
async function storeOfTwoTables(): Promise<FaultyStorage> {
  const storage = new FaultyStorage({ random: seededRandom(3) });
  const db = await openDatabase({ storage, schema });
  for (const a of [1, 2]) {
    for (const table of ['t', 'u']) await db.execute(`INSERT INTO ${table} (a, v) VALUES (${a}, 'value')`);
    await db.flush();
  }
  await db.close();
  return storage;
}

function fileOf(storage: FaultyStorage, db: Database, table: string, component: string): string {
  const id = db
    .stats()
    .tables.find((one) => one.table === table)!
    .id.replaceAll('-', '');
  return storage.names.find((name) => name.startsWith(id) && name.endsWith(component))!;
}

async function exported(db: Database, options: ExportOptions = {}) {
  const chunks: Uint8Array[] = [];
  const report = await db.export(options, { write: (chunk) => void chunks.push(chunk) });
  const zip = Buffer.concat(chunks);
  return { report, zip, names: Object.keys(unzipSync(zip)) };
}

/** The rows of table t in a store that those zips were loaded into. */
async function loaded(...zips: readonly Uint8Array[]): Promise<unknown[]> {
  const db = await openDatabase({ storage: new MemoryStorage() });
  for (const zip of zips) await db.import(zip);
  const { rows } = await db.execute('SELECT a, v FROM t');
  await db.close();
  return rows.map(({ a, v }) => `${a} ${v}`).sort();
}

test('an export tells which SSTables it lacks because they were set aside', async () => {
  const storage = await storeOfTwoTables();
  const before = await openDatabase({ storage });
  const file = fileOf(storage, before, 't', '-Statistics.db');
  await before.close();
  storage.flipBit(file, 50, 1);
  const db = await openDatabase({ storage });
  const lacking = { keyspace: 'cassette', table: 't', generation: 1, file };
  expect((await exported(db)).report).toMatchObject({
    incomplete: [lacking],
    sstables: [
      { table: 't', partitions: 1 },
      { table: 'u', partitions: 2 },
    ],
  });
  expect((await exported(db, { tables: ['cassette.u'] })).report.incomplete).toEqual([]);
  // What is truncated lacks nothing.
  await db.execute('TRUNCATE t');
  expect((await exported(db)).report.incomplete).toEqual([]);
  await db.close();
  const again = await openDatabase({ storage });
  expect(again.recovery.sstablesSetAside).toEqual([]);
  await again.close();
});

test('an export of damaged data fails, names table, file and place, and says that the other tables can go', async () => {
  const storage = await storeOfTwoTables();
  const before = await openDatabase({ storage });
  const file = fileOf(storage, before, 't', '-Data.db');
  await before.close();
  storage.flipBit(file, 10, 1);
  const db = await openDatabase({ storage });
  for (const compact of [true, false]) {
    await expect(exported(db, { compact })).rejects.toMatchObject({
      code: 'CORRUPTION',
      file,
      data: { file, table: 'cassette.t' },
      message: expect.stringMatching(/^Table cassette\.t is damaged .*the option 'tables' \(.*-Data\.db at \d+\)$/),
    });
  }
  expect((await exported(db, { tables: ['cassette.u'] })).report.sstables).toMatchObject([{ table: 'u', merged: true }]);
  await db.close();
});

test('an export from a full device gives out SSTables as they lie where there is no room to merge them', async () => {
  const storage = await storeOfTwoTables();
  const db = await openDatabase({ storage });
  const { names } = storage;
  storage.quotaBytes = (await storage.estimate()).usage! + 100;
  const told: number[] = [];
  const { report, names: files } = await exported(db);
  await db.export({}, { write: () => undefined }, { onProgress: ({ bytesDone }) => told.push(bytesDone) });
  expect(report.sstables.map(({ table, merged, partitions }) => [table, merged, partitions])).toEqual([
    ['t', false, 1],
    ['t', false, 1],
    ['u', false, 1],
    ['u', false, 1],
  ]);
  expect(files.filter((name) => name.endsWith('-Data.db'))).toEqual(report.sstables.map(({ data }) => data));
  expect(told).toEqual([...told].sort((a, b) => a - b));
  // Another format can't be had without room.
  await expect(exported(db, { format: 'da' })).rejects.toBeInstanceOf(StorageFullError);
  expect(storage.names).toEqual(names);
  storage.quotaBytes = Number.POSITIVE_INFINITY;
  expect((await exported(db)).report.sstables.map(({ merged }) => merged)).toEqual([true, true]);
  await db.close();
});

test('an SSTable that is compressed as its flush was, fast, comes as it lies where there is no room to write it anew', async () => {
  const storage = new FaultyStorage({ random: seededRandom(4) });
  const table = "CREATE TABLE t (a int PRIMARY KEY, v text) WITH compression = {'class': 'ZstdCompressor'}";
  const db = await openDatabase({ storage, schema: table });
  await db.execute("INSERT INTO t (a, v) VALUES (1, 'value')");
  await db.flush();
  const flushed = fileOf(storage, db, 't', '-Data.db');
  storage.quotaBytes = (await storage.estimate()).usage! + 100;
  const { report } = await exported(db, { ids: 'generation' });
  expect(report.sstables).toMatchObject([{ table: 't', merged: true, partitions: 1 }]);
  expect(report.sstables[0].data.split('/').at(-1)).toBe(flushed.slice(flushed.indexOf('nb-')));
  storage.quotaBytes = Number.POSITIVE_INFINITY;
  const anew = (await exported(db, { ids: 'generation' })).report.sstables;
  expect(anew).toMatchObject([{ table: 't', merged: true, partitions: 1 }]);
  expect(anew[0].data).not.toBe(report.sstables[0].data);
  await db.close();
});

test('an export from a device without room for one more record is whole and says that it is not remembered', async () => {
  const storage = await storeOfTwoTables();
  const db = await openDatabase({ storage });
  await db.flush();
  storage.quotaBytes = (await storage.estimate()).usage!;
  const { report } = await exported(db, { compact: false });
  expect(report).toMatchObject({ remembered: false, sstables: [{}, {}, {}, {}] });
  expect(db.exports()).toEqual([]);
  await expect(exported(db, { since: report.id })).rejects.toMatchObject({ code: 'UNKNOWN_EXPORT' });
  storage.quotaBytes = Number.POSITIVE_INFINITY;
  const { report: next } = await exported(db);
  expect(next).toMatchObject({ remembered: true });
  await db.close();
  const again = await openDatabase({ storage: storage.crash('lose') });
  expect(again.exports().map(({ id }) => id)).toEqual([next.id]);
  expect((await exported(again, { since: next.id })).report.sstables).toEqual([]);
  await again.close();
});

test('an export from a device without room for a flush has what memory holds, and a later one since an earlier one too', async () => {
  const storage = await storeOfTwoTables();
  const db = await openDatabase({ storage });
  const first = await exported(db);
  await db.execute("INSERT INTO t (a, v) VALUES (3, 'in memory')");
  await db.execute('DELETE FROM t WHERE a = 1');
  const { names } = storage;
  storage.quotaBytes = (await storage.estimate()).usage!;
  const rows = ['2 value', '3 in memory'];

  const whole = await exported(db, { compact: false });
  expect(whole.report).toMatchObject({ remembered: false, incomplete: [] });
  expect(whole.report.sstables.map(({ table }) => table)).toEqual(['t', 't', 't', 'u', 'u']);
  expect(await loaded(whole.zip)).toEqual(rows);
  const merged = await exported(db);
  expect(await loaded(merged.zip)).toEqual(rows);
  const since = await exported(db, { since: first.report.id });
  expect(since.report.sstables.map(({ table, partitions }) => [table, partitions])).toEqual([['t', 2]]);
  expect(await loaded(first.zip, since.zip)).toEqual(rows);
  expect(await loaded((await exported(db, { since: first.report.id, tables: ['cassette.u'] })).zip, first.zip)).toHaveLength(2);
  expect(storage.names).toEqual(names);

  // Nothing of it counts as exported: the next one has it again.
  storage.quotaBytes = Number.POSITIVE_INFINITY;
  const next = await exported(db, { since: first.report.id });
  expect(next.report).toMatchObject({ remembered: true, sstables: [{ table: 't', partitions: 2 }] });
  expect(await loaded(first.zip, next.zip)).toEqual(rows);
  expect((await exported(db, { since: next.report.id })).report.sstables).toEqual([]);
  await db.close();
});

test('what is written while an export of a full device lasts is not in it', async () => {
  const storage = await storeOfTwoTables();
  const db = await openDatabase({ storage, config: { durability: Durability.Disabled } });
  await db.execute("INSERT INTO t (a, v) VALUES (3, 'before')");
  storage.quotaBytes = (await storage.estimate()).usage!;
  const chunks: Uint8Array[] = [];
  let late: Promise<unknown> | null = null;
  await db.export(
    { compact: false },
    {
      write(chunk) {
        late ??= db.execute("INSERT INTO t (a, v) VALUES (3, 'late')");
        chunks.push(chunk);
      },
    },
  );
  await late;
  expect(await loaded(Buffer.concat(chunks))).toEqual(['1 value', '2 value', '3 before']);
  expect((await db.execute('SELECT v FROM t WHERE a = 3')).rows.map(({ v }) => v)).toEqual(['late']);
  storage.quotaBytes = Number.POSITIVE_INFINITY;
  await db.close();
});

describe('where compressors are loaded when they are first needed, as in pages', () => {
  /** As in a page that has met none yet, and takes them from `importing`. */
  function unloaded(importing: () => Promise<unknown>): void {
    Object.assign(rareCompressors, { loaded: null, underWay: null, importing });
  }

  const { module } = rareCompressors;
  afterEach(() => rareCompressors.provide(module));

  /** A store that takes no flush, with a row in a table of that compressor that is in no SSTable. */
  async function fullStore(compression: string) {
    const storage = new FaultyStorage({ random: seededRandom(3) });
    const db = await openDatabase({
      storage,
      schema: `CREATE TABLE t (a int PRIMARY KEY, v text) WITH compression = ${compression}`,
    });
    await db.execute("INSERT INTO t (a, v) VALUES (1, 'flushed')");
    await db.flush();
    await db.close();
    const again = await openDatabase({ storage });
    await again.execute("INSERT INTO t (a, v) VALUES (3, 'not flushed')");
    storage.quotaBytes = (await storage.estimate()).usage!;
    return { storage, db: again };
  }

  test.each([
    "{'class': 'ZstdCompressor'}",
    "{'class': 'DeflateCompressor'}",
    "{'class': 'LZ4Compressor', 'lz4_compressor_type': 'high'}",
  ])('an export from a full device compresses as a flush would, fast, and loads nothing: %s', async (compression) => {
    const { storage, db } = await fullStore(compression);
    unloaded(() => Promise.reject(new TypeError('Failed to fetch')));
    const { report, zip } = await exported(db, { compact: false });
    expect(report.sstables).toHaveLength(2);
    rareCompressors.provide(module);
    expect(await loaded(zip)).toEqual(['1 flushed', '3 not flushed']);
    storage.quotaBytes = Number.POSITIVE_INFINITY;
    await db.close();
  });

  test('an export from a full device loads what a table needs, and says where it can not why that was needed', async () => {
    const { storage, db } = await fullStore("{'class': 'SnappyCompressor'}");
    let isOnline = false;
    unloaded(async () => {
      if (!isOnline) throw new TypeError('Failed to fetch');
      return module;
    });
    const reason = await exported(db, { compact: false }).catch((error: unknown) => error);
    expect(reason).toMatchObject({
      code: 'PART_UNAVAILABLE',
      part: 'compressors',
      message: expect.stringContaining('Failed to fetch'),
    });
    const { errors } = (reason as { cause: AggregateError }).cause;
    expect(errors).toEqual([new TypeError('Failed to fetch'), expect.any(StorageFullError)]);
    expect((reason as Error).message).toContain(errors[1].message);
    isOnline = true;
    const { report, zip } = await exported(db, { compact: false });
    expect(report.sstables).toHaveLength(2);
    expect(await loaded(zip)).toEqual(['1 flushed', '3 not flushed']);
    storage.quotaBytes = Number.POSITIVE_INFINITY;
    await db.close();
  });
});

test('an export of a store that is closed meanwhile rejects with ClosedError, between two files and within one', async () => {
  const storage = await storeOfTwoTables();
  const filler = await openDatabase({ storage, keyspace: 'k' });
  const random = seededRandom(5);
  const bytes = Uint8Array.from({ length: 600_000 }, () => Math.floor(random() * 256));
  await filler.execute("CREATE TABLE large (a int PRIMARY KEY, v blob) WITH compression = {'enabled': 'false'}");
  for (const a of [1, 2, 3]) await filler.execute('INSERT INTO large (a, v) VALUES (?, ?)', [a, bytes]);
  await filler.close();
  const codes = new Set<string>();
  let hasEnded = false;
  for (let last = 1; !hasEnded; last++) {
    const db = await openDatabase({ storage, keyspace: 'k' });
    let chunks = 0;
    const sink = new WritableStream<Uint8Array>({
      async write() {
        if (++chunks === last) await db.close();
      },
    });
    await db.export({}, sink).catch((error) => codes.add(error.code));
    hasEnded = chunks < last;
    await db.close();
  }
  expect([...codes]).toEqual(['CLOSED']);
});
