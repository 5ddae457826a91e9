import { type ByteSource, bytesSource, parseFileName, SSTableReader, type SSTableSources } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { unzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import type { ExportOptions } from './export-options.ts';
import { sstableIdOf } from './sstable-names.ts';

let db: Database;

beforeEach(async () => {
  db = await openDatabase({ storage: new MemoryStorage() });
  await db.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await db.execute('CREATE TABLE k.t (a int, b int, s text static, v text, PRIMARY KEY (a, b))');
  await db.execute('CREATE TABLE k.empty (a int PRIMARY KEY)');
});

afterEach(() => db.close());

async function exported(options: ExportOptions = {}) {
  const chunks: Uint8Array[] = [];
  const report = await db.export(options, { write: (chunk) => void chunks.push(chunk) });
  const zip = Buffer.concat(chunks);
  return { report, zip, files: unzipSync(zip) };
}

/** Partition keys and rows of an exported SSTable, opened as anyone would. */
function counts(files: Record<string, Uint8Array>, data: string): { partitions: number; rows: number; columns: string[] } {
  const folder = data.slice(0, data.lastIndexOf('/') + 1);
  const sources: Record<string, ByteSource> = {};
  const { descriptor } = parseFileName(data.slice(folder.length));
  for (const [name, bytes] of Object.entries(files)) {
    if (!name.startsWith(folder) || !name.includes(`-${descriptor.id}-`)) continue;
    sources[parseFileName(name.slice(folder.length)).component] = bytesSource(bytes, name);
  }
  const reader = SSTableReader.open(descriptor, sources as SSTableSources);
  const cursor = reader.cursor({ partitions: { range: {} } });
  let partitions = 0;
  let rows = 0;
  while (cursor.nextPartition()) {
    partitions++;
    while (cursor.next() !== 0) rows++;
  }
  return { partitions, rows, columns: reader.header.regularColumns.map(({ name }) => name) };
}

const components = [
  'CompressionInfo.db',
  'Data.db',
  'Digest.crc32',
  'Filter.db',
  'Index.db',
  'Statistics.db',
  'Summary.db',
  'TOC.txt',
];

test('each table is one SSTable with all its components, beside the schema of its keyspace', async () => {
  await db.execute("INSERT INTO k.t (a, b, s, v) VALUES (1, 1, 'static', 'x')");
  await db.flush();
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'newer')");
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (2, 1, 'y')");
  await db.flush();
  await db.execute('DELETE FROM k.t WHERE a = 3');
  const { report, zip, files } = await exported();
  expect(Object.keys(files).sort()).toEqual([
    'README.md',
    'SHA256SUMS',
    'k/schema.cql',
    ...components.map((component) => `k/t/nb-${/nb-(\d+)/.exec(report.sstables[0].data)![1]}-big-${component}`),
    'load.sh',
    'manifest.json',
  ]);
  expect(report).toMatchObject({ format: 'nb', bytes: zip.length, keyspaces: ['k'] });
  expect(report.sstables).toMatchObject([{ keyspace: 'k', table: 't', partitions: 3, rows: 3 }]);
  expect(counts(files, report.sstables[0].data)).toEqual({ partitions: 3, rows: 2, columns: ['v'] });
  expect(new TextDecoder().decode(files['k/schema.cql'])).toContain('CREATE TABLE IF NOT EXISTS k.empty');
  // What was merged for the export is gone from the store.
  expect(db.stats().tables.find(({ table }) => table === 't')?.sstables.length).toBe(3);
});

test('with compact: false SSTables come as they are', async () => {
  for (let i = 0; i < 3; i++) {
    await db.execute(`INSERT INTO k.t (a, b, v) VALUES (${i}, 1, 'x')`);
    await db.flush();
  }
  const { report } = await exported({ compact: false, ids: 'generation' });
  expect(report.sstables.map(({ data }) => data)).toEqual([1, 2, 3].map((n) => `k/t/nb-${n}-big-Data.db`));
});

test.each([{ compact: true }, { compact: false }])(
  'what was dropped with a column that was added again is not exported: %o',
  async (options) => {
    await db.execute("INSERT INTO k.t (a, b, s, v) VALUES (1, 1, 's', 'gone')");
    await db.flush();
    await db.execute('ALTER TABLE k.t DROP v');
    await db.execute('ALTER TABLE k.t ADD v text');
    await db.execute("INSERT INTO k.t (a, b, v) VALUES (2, 2, 'here')");
    const { zip } = await exported(options);
    const other = await openDatabase({ storage: new MemoryStorage() });
    await other.import(new Blob([zip]));
    expect((await other.execute('SELECT a, b, s, v FROM k.t')).rows.map((row) => row.values())).toEqual([
      [1, 1, 's', null],
      [2, 2, null, 'here'],
    ]);
    await other.close();
  },
);

test('an SSTable with a column that was dropped is written anew, because Cassandra would not open it', async () => {
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'gone')");
  await db.flush();
  await db.execute('ALTER TABLE k.t DROP v');
  const { report, files } = await exported({ compact: false });
  expect(counts(files, report.sstables[0].data)).toEqual({ partitions: 1, rows: 1, columns: [] });
});

test('only the tables that are named are exported, and unknown ones are refused', async () => {
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'x')");
  await db.execute('INSERT INTO k.empty (a) VALUES (1)');
  expect((await exported({ tables: ['k.empty'] })).report.sstables.map(({ table }) => table)).toEqual(['empty']);
  await expect(exported({ tables: ['k.none'] })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(exported({ format: 'xx' as 'nb' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('writes during an export go on and are not in it', async () => {
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'before')");
  let wrote = false;
  const chunks: Uint8Array[] = [];
  const report = await db.export(
    {},
    {
      async write(chunk) {
        chunks.push(chunk);
        if (wrote) return;
        wrote = true;
        await db.execute("INSERT INTO k.t (a, b, v) VALUES (2, 1, 'meanwhile')");
        await db.flush();
      },
    },
  );
  expect(report.sstables).toMatchObject([{ partitions: 1 }]);
  expect((await db.execute('SELECT * FROM k.t')).rowLength).toBe(2);
});

test('an export that is cancelled, or whose sink fails, leaves the store as it was', async () => {
  for (let i = 0; i < 2; i++) {
    await db.execute(`INSERT INTO k.t (a, b, v) VALUES (${i}, 1, 'x')`);
    await db.flush();
  }
  const abort = new AbortController();
  const cancelled = db.export({}, { write: () => undefined }, { signal: abort.signal, onProgress: () => abort.abort() });
  await expect(cancelled).rejects.toMatchObject({ code: 'ABORTED' });
  const failing = db.export(
    {},
    {
      write() {
        throw new Error('the sink is full');
      },
    },
  );
  await expect(failing).rejects.toThrow('the sink is full');
  expect((await exported()).report.sstables).toMatchObject([{ partitions: 2 }]);
});

test('progress never goes back and ends at the whole', async () => {
  for (let i = 0; i < 3; i++) {
    await db.execute(`INSERT INTO k.t (a, b, v) VALUES (${i}, 1, 'x')`);
    await db.flush();
  }
  const told: number[] = [];
  let total = 0;
  await db.export(
    {},
    { write: () => undefined },
    {
      onProgress({ bytesDone, bytesTotal }) {
        told.push(bytesDone);
        total = bytesTotal;
      },
    },
  );
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(total).toBeGreaterThan(0);
  expect(told.at(-1)! / total).toBeGreaterThan(0.95);
});

test.each([
  ['oa', 'big', ['Index.db', 'Summary.db'], /UPGRADING or NONE/],
  ['da', 'bti', ['Partitions.db', 'Rows.db'], /every Apache Cassandra 5.0 node/],
] as const)('in format %s every SSTable is written anew', async (format, kind, index, readableBy) => {
  await db.execute("INSERT INTO k.t (a, b, s, v) VALUES (1, 1, 'static', 'x')");
  await db.execute('DELETE FROM k.t WHERE a = 2');
  await db.flush();
  const { report, files } = await exported({ format });
  const [{ data }] = report.sstables;
  expect(report).toMatchObject({ format, readableBy: expect.stringMatching(readableBy) });
  expect(data).toMatch(new RegExp(`^k/t/${format}-\\d+-${kind}-Data\\.db$`));
  expect(counts(files, data)).toEqual({ partitions: 2, rows: 1, columns: ['v'] });
  const expected = [...components.filter((name) => name !== 'Index.db' && name !== 'Summary.db'), ...index];
  const found = Object.keys(files).filter((name) => name.startsWith('k/t/'));
  expect(found.sort()).toEqual(expected.map((component) => data.replace('Data.db', component)).sort());
  // Nothing of it stays in the store.
  expect((await exported()).report.sstables).toMatchObject([{ data: expect.stringMatching(/nb-/), partitions: 2 }]);
});

test('what a format cannot hold is said, and the store stays as it was', async () => {
  await db.execute('DELETE FROM k.t USING TIMESTAMP -5 WHERE a = 2');
  await db.flush();
  await expect(exported({ format: 'da' })).rejects.toMatchObject({
    code: 'UNWRITABLE_DELETION',
    message: expect.stringMatching(/nb can/),
  });
  expect((await exported()).report.sstables).toMatchObject([{ partitions: 1 }]);
  await expect(exported({ format: 'mc' as 'nb' })).rejects.toThrow(/nb, oa, da/);
});

test('an SSTable that was damaged after it was written is not exported as if it were whole', async () => {
  const storage = new MemoryStorage();
  const damaged = await openDatabase({ storage });
  await damaged.execute('CREATE TABLE t (a int PRIMARY KEY, v text)');
  await damaged.execute("INSERT INTO t (a, v) VALUES (1, 'x')");
  await damaged.flush();
  await damaged.close();
  await storage.acquire();
  const name = (await storage.list()).find((file) => file.endsWith('-Data.db'))!;
  const file = await storage.open(name);
  const byte = new Uint8Array(1);
  file.read(byte, 5);
  file.write(Uint8Array.of(byte[0] ^ 1), 5);
  file.close();
  await storage.close();
  const again = await openDatabase({ storage });
  await expect(again.export({}, { write: () => undefined })).rejects.toMatchObject({ code: 'CORRUPTION', file: name });
  await again.close();
});

test('SSTables are called by numbers that leave a node room, or by time-based UUIDs as Cassandra writes them', async () => {
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'x')");
  await db.flush();
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (2, 1, 'x')");
  const idsOf = async (options: ExportOptions) =>
    (await exported({ compact: false, ...options })).report.sstables.map(({ data }) => data.split('-')[1]);
  for (const id of await idsOf({})) expect(Number(id)).toSatisfy((number: number) => number > 0 && number < 2 ** 30);
  const uuids = [...(await idsOf({ ids: 'uuid' })), ...(await idsOf({ ids: 'uuid' }))];
  for (const id of uuids) expect(id).toMatch(/^3[0-9a-z]{3}_[0-9a-z]{4}_[0-9a-z]{18}$/);
  expect(new Set(uuids).size).toBe(4);
  // What Cassandra 5.0.9 makes of d0b2d660-e6c0-11f1-8080-808080808080.
  const uuid = Uint8Array.from([0xd0, 0xb2, 0xd6, 0x60, 0xe6, 0xc0, 0x11, 0xf1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80]);
  expect(sstableIdOf(uuid)).toBe('3h5q_1pcz_2sg681ycl5qne8c134');
  await expect(exported({ ids: 'names' as 'uuid' })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('tables whose names differ by case alone have folders that differ by more, and such keyspaces go one at a time', async () => {
  await db.execute('CREATE TABLE k."T" (a int PRIMARY KEY)');
  await db.execute('INSERT INTO k."T" (a) VALUES (1)');
  await db.execute("INSERT INTO k.t (a, b, v) VALUES (1, 1, 'x')");
  const { report } = await exported();
  const folders = report.sstables.map(({ table, data }) => [table, data.slice(0, data.lastIndexOf('/'))]);
  expect(folders.sort()).toEqual([
    ['T', expect.stringMatching(/^k\/T-[0-9a-f]{32}$/)],
    ['t', 'k/t'],
  ]);
  await db.execute(`CREATE KEYSPACE "K" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
  await db.execute('CREATE TABLE "K".t (a int PRIMARY KEY)');
  await expect(exported()).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining('case alone') });
  expect((await exported({ tables: ['K.t'] })).report.keyspaces).toEqual(['K']);
});

test.each([
  [{ format: 'xx' }, 'format has to be one of nb, oa, da, not "xx"'],
  [{ ids: 5 }, "ids has to be 'number', 'uuid' or 'generation', not 5"],
  [{ compact: 'no' }, 'compact has to be true or false, not "no"'],
  [{ kit: 1 }, 'kit has to be true or false, not 1'],
  [{ tokenRange: null }, 'tokenRange has to be an object with start and end, not null'],
])('an option that is none is refused by its name: %j', async (options, message) => {
  const refused = exported(options as never);
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
});
