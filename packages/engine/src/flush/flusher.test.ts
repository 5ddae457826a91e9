import { BloomFilter } from '@cassette/sstable';
import { StorageError } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { StandingStore } from '../goldens/testing/standing-store.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

test('the bloom filter of a flush has room for partitions that statements named and left nothing in, each once', async () => {
  const keyspace = "CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";
  const store = await StandingStore.open(
    `${keyspace} CREATE TABLE k.t (a int PRIMARY KEY, s set<int>) WITH bloom_filter_fp_chance = 0.001;`,
  );
  const named = (a: number) => ({ cql: `UPDATE k.t SET s = s - {} WHERE a = ${a}` });
  const written = (a: number) => ({ cql: `INSERT INTO k.t (a) VALUES (${a})` });
  await store.run([named(1), named(1), written(1), written(2), named(2), ...[3, 4, 5, 6, 7, 8].map(named)]);
  const sstables = await store.sstables();
  const filter = sstables.get('k.t')?.get(1)?.get('Filter.db');
  expect(filter?.length).toBe(8 + BloomFilter.create(8, 0.001).bits.length);
  expect(filter?.length).not.toBe(8 + BloomFilter.create(2, 0.001).bits.length);
});

test('SSTables of a flush that an ALTER crossed, and that can not be read as the table is now, are closed, removed and made again', async () => {
  const scheduler = new TestScheduler();
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int PRIMARY KEY, b text); CREATE TABLE k.u (a int PRIMARY KEY);`;
  const database = await openDatabase({ storage, clock, schema, random: seededRandom(3), scheduler });
  for (const table of ['t', 'u']) await database.execute(`INSERT INTO k.${table} (a) VALUES (1)`);
  const filesOpen = new Set<unknown>();
  const open = storage.open.bind(storage);
  let altered: Promise<unknown> | null = null;
  let isArmed = true;
  storage.open = async (name, options) => {
    const isRead = options?.create !== true;
    if (isRead && isArmed && altered !== null && name.endsWith('Statistics.db')) {
      isArmed = false;
      throw new StorageError('STORAGE_IO', 'no');
    }
    const file = await open(name, options);
    if (isRead) filesOpen.add(file);
    const close = file.close.bind(file);
    file.close = () => {
      filesOpen.delete(file);
      close();
    };
    return file;
  };
  const sync = storage.sync.bind(storage);
  storage.sync = async () => {
    // Both SSTables are open in the form of the table that they were written in.
    if (filesOpen.size === 4 && altered === null) {
      altered = database.execute('ALTER TABLE k.t ADD c int');
      await altered;
    }
    return sync();
  };
  await expect(database.flush()).rejects.toMatchObject({ code: 'STORAGE_IO' });
  expect([...filesOpen]).toEqual([]);
  expect(storage.names.filter((name) => name.includes('-nb-'))).toEqual([]);
  await database.flush();
  expect(filesOpen.size).toBe(4);
  expect(await database.execute('SELECT a, c FROM k.t').then(({ rows }) => rows)).toEqual([{ a: 1, c: null }]);
  await database.close();
});
