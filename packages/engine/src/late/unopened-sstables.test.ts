import { btiFormat, rareCompressors } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { afterEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';

// In a page compressors but LZ4, and the BTI format, are loaded with the first SSTable that has one: here from `importing`.

const parts = { compressors: rareCompressors, format: btiFormat };
const modules = { compressors: rareCompressors.module, format: btiFormat.module };
let asked = 0;

const offline = () => Promise.reject(new TypeError('Failed to fetch'));

/** As in a page that has just been opened. */
function unloaded(importing: () => Promise<unknown> = offline): void {
  asked = 0;
  for (const part of Object.values(parts)) {
    const counting = () => {
      asked++;
      return importing();
    };
    Object.assign(part, { loaded: null, underWay: null, importing: counting });
  }
}

function online(): void {
  for (const [name, part] of Object.entries(parts)) {
    Object.assign(part, { importing: () => Promise.resolve(modules[name as keyof typeof modules]) });
  }
}

afterEach(() => {
  rareCompressors.provide(modules.compressors);
  btiFormat.provide(modules.format);
});

const schema = `CREATE TABLE plain (k int PRIMARY KEY, v text);
  CREATE TABLE packed (k int PRIMARY KEY, v text, l list<int>) WITH compression = {'class': 'ZstdCompressor'};
  CREATE TABLE counts (k int PRIMARY KEY, n counter) WITH compression = {'class': 'DeflateCompressor'};
  CREATE TABLE clustered (k int, c int, v text, PRIMARY KEY (k, c))`;

/** The same zip of `clustered` each time, in SSTables of the BTI format. */
async function trieZip(): Promise<Uint8Array> {
  const db = await openDatabase({ storage: new MemoryStorage(), schema });
  await db.execute("INSERT INTO clustered (k, c, v) VALUES (1, 1, 'imported')");
  const chunks: Uint8Array[] = [];
  await db.export({ format: 'da', tables: ['cassette.clustered'] }, { write: (chunk) => void chunks.push(chunk) });
  await db.close();
  return Buffer.concat(chunks);
}

const open = (storage: FaultyStorage) => openDatabase({ storage, config: { compaction: { enabled: false } } });

/** A closed store with an SSTable in each table, and a second one, of LZ4, in `packed`; then the code of all but LZ4 and BIG is gone. */
async function store(): Promise<FaultyStorage> {
  const storage = new FaultyStorage({ random: seededRandom(5) });
  const db = await openDatabase({ storage, schema, config: { compaction: { enabled: false } } });
  for (const k of [1, 2]) {
    await db.execute(`INSERT INTO plain (k, v) VALUES (${k}, 'plain')`);
    await db.execute(`INSERT INTO packed (k, v, l) VALUES (${k}, 'packed', [1, 2])`);
    await db.execute(`UPDATE counts SET n = n + 5 WHERE k = ${k}`);
    await db.flush();
  }
  await db.compact();
  await db.execute("INSERT INTO packed (k, v) VALUES (3, 'fast')");
  await db.flush();
  await db.import(await trieZip());
  await db.close();
  unloaded();
  return storage;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'done',
    (error: { code: string; data?: { needed?: string } }) => [error.code, error.data?.needed],
  );
}

async function rowsOf(db: Database, query: string): Promise<string[]> {
  const { rows } = await db.execute(query);
  return rows
    .map((row) =>
      Object.keys(row)
        .map((name) => String(row[name]))
        .join(' '),
    )
    .sort();
}

const packedIs = ['PART_UNAVAILABLE', 'SSTables of cassette.packed'];
const countsIs = ['PART_UNAVAILABLE', 'SSTables of cassette.counts'];

/** Bytes of all files of a store. */
function sizeOf(storage: FaultyStorage): number {
  return storage.names.reduce((sum, name) => sum + storage.contentOf(name).length, 0);
}

test('a store opens where code for some of its SSTables can not be loaded, tells of them, and asks for the code once', async () => {
  const storage = await store();
  const db = await open(storage);
  expect(asked).toBe(2);
  const { sstablesUnopened, sstablesSetAside, corruption } = db.recovery;
  expect({ sstablesUnopened, sstablesSetAside, corruption }).toEqual({
    sstablesUnopened: expect.arrayContaining([
      { table: 'cassette.packed', generation: 3, part: 'compressors' },
      { table: 'cassette.counts', generation: 3, part: 'compressors' },
      { table: 'cassette.clustered', generation: 1, part: 'the BTI format' },
    ]),
    sstablesSetAside: [],
    corruption: [],
  });
  const { tables, diskBytes } = db.stats();
  const told = tables.map(({ table, sstables, unopened }) => [table, sstables.length, unopened.map(({ part }) => part)]);
  expect(told).toEqual([
    ['plain', 1, []],
    ['packed', 1, ['compressors']],
    ['counts', 0, ['compressors']],
    ['clustered', 0, ['the BTI format']],
  ]);
  expect(diskBytes).toBe(sizeOf(storage));
  online();
  expect(await rowsOf(db, 'SELECT k, c, v FROM clustered')).toEqual(['1 1 imported']);
  await db.close();
});

test('whatever reads such a table rejects and asks again, writes to it go on, others are as ever; once the code comes all is there', async () => {
  const storage = await store();
  const db = await open(storage);
  const failed: unknown[] = [];
  const reading: Record<string, () => Promise<unknown>> = {
    select: () => db.execute('SELECT * FROM packed'),
    point: () => db.execute('SELECT v FROM packed WHERE k = ?', [1]),
    many: () => db.selectMany('SELECT v FROM packed WHERE k = ?', [[1], [2]]),
    traced: () => db.execute('SELECT v FROM packed WHERE k = 1', null, { tracing: true }),
    streamed: async () => {
      for await (const row of db.stream('SELECT * FROM packed')) failed.push(row);
    },
    subscribed: () => db.subscribe('SELECT k FROM packed', () => undefined).ready,
    conditional: () => db.execute("UPDATE packed SET v = 'other' WHERE k = 1 IF v = 'packed'"),
    list: () => db.execute('UPDATE packed SET l[0] = 9 WHERE k = 1'),
    inBatch: () => db.batch(['UPDATE packed SET l[0] = 9 WHERE k = 1']),
    batchText: () => db.execute('BEGIN BATCH DELETE l[0] FROM packed WHERE k = 1; APPLY BATCH'),
  };
  for (const [name, work] of Object.entries(reading)) expect([name, await codeOf(work())]).toEqual([name, packedIs]);
  expect(failed).toEqual([]);
  expect(await codeOf(db.execute('UPDATE counts SET n = n + 1 WHERE k = 1'))).toEqual(countsIs);
  expect(await codeOf(db.executeMany('UPDATE counts SET n = n + 1 WHERE k = ?', [[1]]))).toEqual(countsIs);
  const askedSoFar = asked;
  expect(await codeOf(db.execute('SELECT * FROM packed'))).toEqual(packedIs);
  expect(asked).toBeGreaterThan(askedSoFar);

  await db.execute("UPDATE packed SET v = 'newer' WHERE k = 1");
  await db.execute('DELETE FROM packed WHERE k = 2');
  await db.executeMany('INSERT INTO packed (k, v) VALUES (?, ?)', [[4, 'many']]);
  await db.flush();
  await db.execute("UPDATE packed SET v = 'in memory' WHERE k = 4");
  expect(await rowsOf(db, 'SELECT k, v FROM plain')).toEqual(['1 plain', '2 plain']);

  online();
  expect(await rowsOf(db, 'SELECT k, v FROM packed')).toEqual(['1 newer', '3 fast', '4 in memory']);
  expect(await rowsOf(db, 'SELECT l FROM packed WHERE k = 1')).toEqual(['1,2']);
  await db.execute('UPDATE counts SET n = n + 1 WHERE k = 1');
  expect(await rowsOf(db, 'SELECT k, n FROM counts')).toEqual(['1 6', '2 5']);
  expect(db.stats().tables.map(({ unopened }) => unopened.length)).toEqual([0, 0, 0, 1]);
  expect(db.stats().diskBytes).toBe(sizeOf(storage));
  await db.close();
  const again = await open(storage);
  expect(await rowsOf(again, 'SELECT k, v FROM packed')).toEqual(['1 newer', '3 fast', '4 in memory']);
  await again.close();
});

test('nobody waits behind a SELECT that waits for the code of its table: no reads of others, no writes, no flush', async () => {
  const storage = await store();
  const db = await open(storage);
  let fail: (error: Error) => void = () => undefined;
  const hanging = new Promise<never>((_, reject) => {
    fail = reject;
  });
  unloaded(() => hanging);
  const waiting = codeOf(db.execute('SELECT * FROM packed'));
  expect(await rowsOf(db, 'SELECT k FROM plain')).toEqual(['1', '2']);
  await db.execute("INSERT INTO packed (k, v) VALUES (9, 'x')");
  await db.flush();
  fail(new Error('gave up'));
  expect(await waiting).toEqual(packedIs);
  await db.close();
});

test('what waits for the code of its table is read as the table is by then, and waits no longer than its signal', async () => {
  const storage = await store();
  const db = await open(storage);
  let come: () => void = () => undefined;
  const coming = new Promise<unknown>((resolve) => {
    come = () => resolve(modules.compressors);
  });
  unloaded(() => coming);
  const all = rowsOf(db, 'SELECT * FROM packed WHERE k = 1');
  const many = db.selectMany('SELECT * FROM packed WHERE k = ?', [[1], [3]]);
  const gone = codeOf(db.execute('SELECT n FROM counts WHERE k = ?', [1]));
  const seen: string[] = [];
  const live = db.subscribe(
    'SELECT * FROM packed WHERE k = 1',
    (rows) => void seen.push(...rows.map((row) => Object.keys(row).join())),
  );
  const ended = new AbortController();
  const aborted = codeOf(db.execute('SELECT * FROM packed', null, { signal: ended.signal }));
  // What is loaded to plan a subscription has its turn before the schema changes.
  await new Promise((resolve) => setTimeout(resolve));
  ended.abort();
  expect(await aborted).toEqual(['ABORTED', undefined]);
  await db.execute('ALTER TABLE packed ADD a int');
  await db.execute('ALTER TABLE packed DROP l');
  await db.execute('UPDATE packed SET a = 7 WHERE k = 1');
  await db.execute('DROP TABLE counts');
  await db.execute("CREATE KEYSPACE other WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute('USE other');
  come();
  expect(await all).toEqual(['1 7 packed']);
  expect((await many).flatMap(({ rows }) => rows.map((row) => Object.entries(row).join(' ')))).toEqual([
    'k,1 a,7 v,packed',
    'k,3 a, v,fast',
  ]);
  expect(await gone).toEqual(['INVALID_REQUEST', undefined]);
  await live.ready;
  expect(seen).toEqual(['k,a,v']);
  live.close();
  await db.close();
});

test('a store closes while code is on its way, and what comes then opens nothing', async () => {
  const storage = await store();
  const db = await open(storage);
  let come: (module: unknown) => void = () => undefined;
  unloaded(
    () =>
      new Promise((resolve) => {
        come = resolve;
      }),
  );
  const waiting = codeOf(db.execute('SELECT * FROM packed'));
  await db.close();
  come(modules.compressors);
  expect(await waiting).toEqual(['CLOSED', undefined]);
  online();
  const again = await open(storage);
  expect(await rowsOf(again, 'SELECT k FROM packed')).toEqual(['1', '2', '3']);
  await again.close();
});

test('compactions leave such a table alone, by hand too, and take the others', async () => {
  const storage = await store();
  const db = await openDatabase({ storage, config: { compaction: { enabled: false } } });
  for (const k of [7, 8]) {
    await db.execute(`INSERT INTO plain (k, v) VALUES (${k}, 'plain')`);
    for (let n = 0; n < 2; n++) {
      await db.execute(`INSERT INTO packed (k, v) VALUES (${k}, 'packed ${n}')`);
      await db.flush();
    }
  }
  const generations = () =>
    db.stats().tables.map(({ table, sstables }) => `${table} ${sstables.map(({ generation }) => generation)}`);
  const before = generations();
  expect(await codeOf(db.compact('packed'))).toEqual(packedIs);
  expect(generations()).toEqual(before);
  expect(await codeOf(db.compact())).toEqual(packedIs);
  expect(generations()).toEqual(['plain 6', ...before.slice(1)]);
  online();
  expect(await db.compact('packed')).toMatchObject([{ table: 'packed', kind: 'major' }]);
  expect(await rowsOf(db, 'SELECT k, v FROM packed')).toEqual(['1 packed', '2 packed', '3 fast', '7 packed 1', '8 packed 1']);
  await db.close();
});

test('exports are refused that would lack such a table, others are made, and the next one has all that was not in them', async () => {
  const storage = await store();
  const db = await open(storage);
  const sink = { write: () => undefined };
  const first = await db.export({ tables: ['cassette.plain'] }, sink);
  expect(await codeOf(db.export({}, sink))).toEqual(packedIs);
  expect(await codeOf(db.export({ tables: ['cassette.packed'], since: first.id }, sink))).toEqual(packedIs);
  expect(db.exports().map(({ id }) => id)).toEqual([first.id]);
  online();
  const next = await db.export({ since: first.id, compact: false }, sink);
  expect(next.sstables.map(({ table, partitions }) => `${table} ${partitions}`).sort()).toEqual([
    'clustered 1',
    'counts 2',
    'packed 1',
    'packed 2',
  ]);
  await db.close();

  unloaded();
  const again = await open(storage);
  expect(await codeOf(again.confirmExported(next.id, { drop: true }))).toEqual(packedIs);
  await again.confirmExported(next.id);
  online();
  const { dropped } = await again.confirmExported(next.id, { drop: true });
  expect(dropped.map(({ table }) => table).sort()).toEqual(['clustered', 'packed', 'packed', 'plain']);
  await again.close();
});

test('TRUNCATE, DROP and ALTER work on such tables, files go at once, and an import waits for the code', async () => {
  const storage = await store();
  online();
  const zip = await trieZip();
  unloaded();
  const db = await open(storage);
  expect(await codeOf(db.import(zip))).toEqual(['PART_UNAVAILABLE', undefined]);
  await db.execute('ALTER TABLE packed ADD w int');
  await db.execute('ALTER TABLE clustered RENAME c TO d');
  await db.execute('UPDATE packed SET w = 1 WHERE k = 1');
  await db.execute('TRUNCATE counts');
  const filesOf = (id: string) => storage.names.filter((name) => name.startsWith(id));
  const ids = new Map(db.stats().tables.map(({ table, id }) => [table, id.replaceAll('-', '')]));
  await db.execute('DROP TABLE clustered');
  online();
  expect(await rowsOf(db, 'SELECT k, w FROM packed')).toEqual(['1 1', '2 null', '3 null']);
  expect(await rowsOf(db, 'SELECT k FROM counts')).toEqual([]);
  await db.close();
  for (const table of ['counts', 'clustered']) expect([table, filesOf(ids.get(table)!)]).toEqual([table, []]);
  const again = await open(storage);
  expect(again.recovery).toMatchObject({ litterSwept: [], sstablesUnopened: [] });
  expect(again.stats().diskBytes).toBe(sizeOf(storage));
  await again.close();
});

test('an SSTable that turns out to be damaged when its code has come is set aside, and the rest of the table is read', async () => {
  const storage = await store();
  const db = await open(storage);
  const packed = db.stats().tables.find(({ table }) => table === 'packed')!.id;
  const file = `${packed.replaceAll('-', '')}-nb-3-big-Statistics.db`;
  storage.flipBit(file, 50, 1);
  const told: string[] = [];
  db.events.subscribe((event) => {
    if (event.type === 'corruption') told.push(event.file);
  });
  online();
  expect(await rowsOf(db, 'SELECT k, v FROM packed')).toEqual(['3 fast']);
  expect(told).toEqual([file]);
  expect(db.stats().diskBytes).toBe(sizeOf(storage));
  await db.close();
});

test('a live query on such a table begins once the code is there, and goes on', async () => {
  const storage = await store();
  const db = await open(storage);
  const refused = db.subscribe('SELECT k FROM packed', () => undefined);
  expect(await codeOf(refused.ready)).toEqual(packedIs);
  online();
  const rows: number[] = [];
  const live = db.subscribe('SELECT k, v FROM packed WHERE k = 1', (all) => void rows.push(all.length));
  await live.ready;
  expect(rows).toEqual([1]);
  live.close();
  await db.close();
});

test('a table whose compressor can not be loaded is flushed with LZ4 and holds up no compaction of others; it gets its own once the code is there', async () => {
  const storage = new FaultyStorage({ random: seededRandom(5) });
  const compaction = "compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2}";
  const db = await openDatabase({
    storage,
    schema: `CREATE TABLE snappy (k int PRIMARY KEY) WITH compression = {'class': 'SnappyCompressor'} AND ${compaction};
      CREATE TABLE plain (k int PRIMARY KEY) WITH ${compaction}`,
  });
  unloaded();
  /** As the class is named at the beginning of CompressionInfo.db, behind its length. */
  const compressorIn = (file: string) => String.fromCharCode(...storage.contentOf(file).subarray(2, 5));
  const compressors = () =>
    db.stats().tables.map(({ table, sstables }) => {
      const files = sstables.map(({ components }) => components.find(({ name }) => name === 'CompressionInfo.db')!.file);
      return [table, files.map(compressorIn)];
    });
  for (const k of [1, 2]) {
    await db.execute(`INSERT INTO snappy (k) VALUES (${k})`);
    await db.execute(`INSERT INTO plain (k) VALUES (${k})`);
    await db.flush();
  }
  await expect.poll(compressors, { timeout: 600_000 }).toEqual([
    ['snappy', ['LZ4', 'LZ4']],
    ['plain', ['LZ4']],
  ]);
  online();
  await db.compact('snappy');
  expect(compressors()[0]).toEqual(['snappy', ['Sna']]);
  await db.close();
});
