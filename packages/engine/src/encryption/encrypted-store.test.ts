import { MemoryStorage, type Storage } from '@cassette/storage';
import { EncryptedStorage } from '@cassette/storage/encrypted';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { salvage } from '../salvage/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

const KEY = { key: new Uint8Array(32).fill(3) };
const MARKER = 'zanzibar-marker';
const SCHEMA = `CREATE TABLE t (k text, c int, v text, PRIMARY KEY (k, c))
  WITH compression = {'class': 'LZ4Compressor', 'chunk_length_in_kb': 4} AND comment = '${MARKER}' AND cdc = true`;

function disk(): FaultyStorage {
  return new FaultyStorage({ random: seededRandom(1) });
}

function openOn(storage: Storage, encryption: typeof KEY | null = KEY): Promise<Database> {
  return openDatabase({
    storage,
    ...(encryption !== null && { encryption }),
    clock: { nowMicros: () => 1_700_000_000_000_000 },
    scheduler: new TestScheduler(),
    random: seededRandom(5),
    config: { compaction: { enabled: false } },
  });
}

async function rowsOf(database: Database): Promise<string[]> {
  return (await database.execute('SELECT k, c FROM t')).rows.map((row) => `${row['k']}/${row['c']}`).sort();
}

/** A store with an SSTable of 300 rows, and 20 in its log; its rows. */
async function filled(storage: Storage, encryption: typeof KEY | null = KEY): Promise<string[]> {
  const database = await openOn(storage, encryption);
  await database.applySchema(SCHEMA);
  const random = seededRandom(9);
  for (let c = 0; c < 300; c++) {
    const noise = Array.from({ length: 12 }, () => random().toString(36).slice(2)).join('');
    await database.execute('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', [MARKER, c, MARKER + noise]);
  }
  await database.flush();
  for (let c = 0; c < 20; c++) await database.execute('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', [`log ${MARKER}`, c, MARKER]);
  return rowsOf(database);
}

/** A store as a crash leaves it after that. */
async function crashed(): Promise<{ storage: FaultyStorage; rows: string[] }> {
  const before = disk();
  const rows = await filled(before);
  return { storage: before.crash('lose'), rows };
}

test('everything is there again with the key, and nothing can be found without it', async () => {
  const { storage, rows } = await crashed();
  expect(rows).toHaveLength(320);
  await storage.acquire();
  const catalog = JSON.stringify([...(await storage.catalog.load())]);
  await storage.close();
  for (const text of ['zanzibar', 'log ', 'lowestWalSegment', 'cassette.t', '"schema"']) expect(catalog).not.toContain(text);
  for (const name of storage.names) {
    const content = Buffer.from(storage.contentOf(name)).toString('latin1');
    expect(content, name).not.toContain('zanzibar');
    expect(content, name).not.toContain('CWAL');
  }
  const database = await openOn(storage);
  expect(database.recovery).toMatchObject({ mutationsReplayed: 20, corruption: [], tornTails: [] });
  expect(await rowsOf(database)).toEqual(rows);
  await database.compact();
  expect(await rowsOf(database)).toEqual(rows);
  await database.close();
});

test('without its key an encrypted store is not opened, nor a plain one with a key, and both stay as they are', async () => {
  const { storage } = await crashed();
  const content = () => storage.names.map((name) => [name, Buffer.from(storage.contentOf(name)).toString('hex')]);
  const before = content();
  await expect(openOn(storage, null)).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_MISSING' });
  await expect(openOn(storage, { key: new Uint8Array(32) })).rejects.toMatchObject({ code: 'ENCRYPTION_KEY_WRONG' });
  expect(content()).toEqual(before);
  await (await openOn(storage)).close();
  const plain = new MemoryStorage();
  await (await openDatabase({ storage: plain })).close();
  await expect(openOn(plain)).rejects.toMatchObject({ code: 'ENCRYPTION_STORE_PLAIN' });
  await (await openDatabase({ storage: plain })).close();
});

test('an export of an encrypted store is what one of a plain store is, byte by byte', async () => {
  const zips: Buffer[] = [];
  for (const storage of [new MemoryStorage(), new EncryptedStorage(disk(), KEY)]) {
    const database = await openDatabase({
      storage,
      clock: { nowMicros: () => 1_700_000_000_000_000 },
      scheduler: new TestScheduler(),
      random: seededRandom(5),
    });
    await database.applySchema(SCHEMA);
    // What is random of a table is its id.
    for (let c = 0; c < 500; c++) {
      await database.execute('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', [`k${c % 7}`, c, `${MARKER} ${c}`]);
      if (c === 200) await database.flush();
    }
    const chunks: Uint8Array[] = [];
    await database.export({ ids: 'generation' }, { write: (chunk) => void chunks.push(chunk.slice()) });
    zips.push(Buffer.concat(chunks));
    await database.close();
  }
  expect(zips[0].length).toBeGreaterThan(1000);
  expect(zips[1].equals(zips[0])).toBe(true);
});

test('a flipped bit of an SSTable is told with file and place, as in a plain store, and no row is wrong', async () => {
  const { storage, rows } = await crashed();
  const database = await openOn(storage);
  await database.flush();
  await database.close();
  const data = storage.names.filter((name) => name.endsWith('-Data.db'))[0];
  storage.flipBit(data, Math.floor(storage.contentOf(data).length * 0.7), 3);
  const again = await openOn(storage);
  await expect(rowsOf(again)).rejects.toMatchObject({ code: 'CORRUPTION', data: { file: data, offset: expect.any(Number) } });
  const others = await again.execute('SELECT c FROM t WHERE k = ?', [`log ${MARKER}`]);
  expect(others.rows).toHaveLength(20);
  await again.close();
  // What the tags vouch for is salvaged, and what lies in damaged chunks is found in the log that is kept for changes().
  const source = new EncryptedStorage(storage, KEY);
  await source.acquire();
  const target = await openDatabase({ storage: new MemoryStorage() });
  const report = await salvage(source, target.engine);
  expect(report.sstables.some(({ lost }) => lost.length > 0)).toBe(true);
  const salvaged = await rowsOf(target);
  expect(salvaged.sort()).toEqual([...rows].sort());
  await source.close();
  await target.close();
});

test('components that can be made again are, where a bit of them is flipped', async () => {
  const { storage, rows } = await crashed();
  const filter = storage.names.filter((name) => name.endsWith('-Filter.db'))[0];
  storage.flipBit(filter, storage.contentOf(filter).length - 5, 3);
  const database = await openOn(storage);
  expect(database.recovery.corruption).toMatchObject([{ file: filter, message: expect.stringContaining('rebuilt') }]);
  expect(await rowsOf(database)).toEqual(rows);
  await database.close();
});

test('a flipped bit of the log costs the writes of one commit, is told, and is kept aside, encrypted', async () => {
  const { storage, rows } = await crashed();
  const log = storage.names.filter((name) => name.startsWith('wal-')).at(-1)!;
  const at = Math.floor(storage.contentOf(log).length * 0.75);
  storage.flipBit(log, at, 3);
  const damaged = Buffer.from(storage.contentOf(log));
  const database = await openOn(storage);
  expect(database.recovery.mutationsReplayed).toBe(19);
  expect(database.recovery.corruption).toMatchObject([{ file: log, setAside: expect.stringMatching(/^aside-wal-/) }]);
  const left = await rowsOf(database);
  expect(left).toHaveLength(319);
  expect(left.every((row) => rows.includes(row))).toBe(true);
  await database.flush();
  await database.close();
  const [aside, sealed, ...others] = storage.names.filter((name) => name.startsWith('aside-'));
  expect([sealed, others]).toEqual([`${aside}-sealed`, []]);
  expect(Buffer.from(storage.contentOf(aside).subarray(0, 8)).toString()).toBe('CASSENCR');
  const again = await openOn(storage);
  expect(again.recovery.filesAside.map(({ file }) => file)).toEqual([aside, sealed]);
  await again.close();
  // The segment is gone: what is left of the commit is its ciphertext, with the headers that say which key it was under.
  expect(storage.names).not.toContain(log);
  const opened = new EncryptedStorage(storage, KEY);
  await opened.acquire();
  const file = await opened.open(sealed);
  const kept = Buffer.alloc(file.size);
  file.read(kept, 0);
  expect(kept.subarray(0, 128).equals(damaged.subarray(0, 128))).toBe(true);
  expect(kept.includes(damaged.subarray(at - 20, at + 20))).toBe(true);
  expect(kept.length).toBeLessThan(damaged.length / 2);
  await opened.close();
});

test('segments that are kept for a feed are renamed, and read under their new names', async () => {
  const { storage } = await crashed();
  const database = await openOn(storage);
  await database.flush();
  await database.flush();
  await database.close();
  expect(storage.names.some((name) => name.startsWith('cdc-wal-'))).toBe(true);
  const again = await openOn(storage);
  const found: string[] = [];
  for await (const change of again.changes({ follow: false })) {
    found.push(JSON.stringify(change, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
    if (found.length === 320) break;
  }
  expect(found).toHaveLength(320);
  await again.close();
});

test('what another store exported is imported, from a stream too, and lies there encrypted', async () => {
  const plain = new MemoryStorage();
  const rows = await filled(plain, null);
  await plain.close();
  const source = await openOn(plain, null);
  const chunks: Uint8Array[] = [];
  await source.export({}, { write: (chunk) => void chunks.push(chunk.slice()) });
  await source.close();
  const storage = disk();
  const database = await openOn(storage);
  async function* stream() {
    for (const chunk of chunks) for (let at = 0; at < chunk.length; at += 1000) yield chunk.subarray(at, at + 1000);
  }
  await database.import(stream());
  expect(await rowsOf(database)).toEqual(rows);
  await database.close();
  for (const name of storage.names) {
    expect(Buffer.from(storage.contentOf(name)).toString('latin1'), name).not.toContain('zanzibar');
  }
  const again = await openOn(storage);
  expect(await rowsOf(again)).toEqual(rows);
  await again.close();
});

test('a lost catalog does not send the owner to read encrypted SSTables, but to salvage', async () => {
  const { storage } = await crashed();
  await storage.acquire();
  await storage.catalog.commit({ delete: [...(await storage.catalog.load()).keys()] });
  await storage.close();
  const told = await openOn(storage).then(
    () => null,
    (error) => error,
  );
  expect([told?.code, told?.message.includes('cassette salvage'), told?.message.includes('cassette dump')]).toEqual([
    'CATALOG_MISSING',
    true,
    false,
  ]);
});
