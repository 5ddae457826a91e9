import { CorruptionError } from '@cassette/bytes';
import { Component } from '@cassette/sstable';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

const keyspace = "CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};";
const noise = Array.from({ length: 4000 }, (_, i) => String.fromCharCode(97 + ((i * i * 7 + i) % 26))).join('');

function open(storage: FaultyStorage, table: string, micros = 1_700_000_000_000_000): Promise<Database> {
  const config = { compaction: { enabled: false } };
  const schema = `${keyspace} CREATE TABLE i.t ${table}`;
  const clock = { nowMicros: () => micros };
  return openDatabase({ storage, clock, config, schema, random: seededRandom(3), scheduler: new TestScheduler() });
}

function sstablesOf(database: Database) {
  return database.stats().tables.find(({ table }) => table === 't')!.sstables;
}

function fileOf(storage: FaultyStorage, generation: number, component: Component): string {
  return storage.names.find((name) => name.includes(`-nb-${generation}-`) && name.endsWith(component))!;
}

test('a damaged SSTable beside the inputs is not asked again what it shadows, and what it may hold keeps deletions', async () => {
  const table = `(k int, c int, v text, PRIMARY KEY (k, c)) WITH gc_grace_seconds = 0 AND compression = {'enabled': false}
    AND compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2, 'min_sstable_size': 2000,
    'provide_overlapping_tombstones': 'row'}`;
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const first = await open(storage, table);
  // Too large for the bucket of the others, and with something newer than they have.
  await first.execute('INSERT INTO i.t (k, c, v) VALUES (1, 1, ?) USING TIMESTAMP 1', [noise]);
  await first.execute('DELETE FROM i.t USING TIMESTAMP 40 WHERE k = 1 AND c = 9');
  await first.flush();
  for (const c of [2, 3]) {
    await first.execute('INSERT INTO i.t (k, c, v) VALUES (1, ?, ?) USING TIMESTAMP 20', [c, 'x']);
    await first.execute('DELETE FROM i.t USING TIMESTAMP 30 WHERE k = 1 AND c = 1');
    await first.flush();
  }
  await first.close();
  storage.flipBit(fileOf(storage, 1, Component.DATA), 300, 1);
  const database = await open(storage, table, 1_700_000_100_000_000);
  await expect(database.maintenanceStep(60_000)).rejects.toThrow(CorruptionError);
  const { compactions, hasMore } = await database.maintenanceStep(60_000);
  expect(compactions).toMatchObject([{ inputs: expect.arrayContaining([2, 3]), rowsMerged: 3 }]);
  expect(hasMore).toBe(false);
  // The deletion of the row that it has is still there.
  expect(sstablesOf(database).map(({ maxTimestamp }) => maxTimestamp)).toEqual([40n, 30n]);
  await database.close();
});

test('an SSTable whose level can not be changed, for it is damaged, is left out afterwards', async () => {
  const table = `(k int PRIMARY KEY, v blob) WITH compression = {'enabled': false} AND
    compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2, 'single_sstable_uplevel': 'true'}`;
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const database = await open(storage, table);
  const rows = Array.from({ length: 800 }, (_, k) => [k, new Uint8Array(4000).fill(k)]);
  await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows);
  await database.compact('i.t');
  const levels = () => sstablesOf(database).map(({ level }) => level);
  expect(levels()).toEqual([1, 1, 2, 2]);
  storage.flipBit(fileOf(storage, sstablesOf(database)[0].generation, Component.STATISTICS), 300, 1);
  await expect(database.maintenanceStep(60_000)).rejects.toThrow(CorruptionError);
  await database.maintenanceStep(60_000);
  expect(levels()).toEqual([1, 1, 2, 2]);
  await database.close();
});
