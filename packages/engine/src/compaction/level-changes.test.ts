import { Component, decodeStatistics, nb } from '@cassette/sstable';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

const schema = `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE i.t (k int PRIMARY KEY, v blob) WITH compression = {'enabled': false} AND
    compaction = {'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1, 'fanout_size': 2, 'single_sstable_uplevel': 'true'};`;

function open(storage: FaultyStorage): Promise<Database> {
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const config = { compaction: { enabled: false } };
  return openDatabase({ storage, clock, config, schema, random: seededRandom(3), scheduler: new TestScheduler() });
}

function levelsOf(database: Database): number[] {
  return database
    .stats()
    .tables.find(({ table }) => table === 't')!
    .sstables.map(({ level }) => level);
}

async function keysOf(database: Database): Promise<unknown[]> {
  return [...(await database.execute('SELECT k FROM i.t'))].map((row) => row['k']);
}

/** Levels as the files have them, by generation. */
function writtenLevels(storage: FaultyStorage): number[] {
  const names = storage.names.filter((name) => name.endsWith(Component.STATISTICS));
  return names.map((name) => decodeStatistics(storage.contentOf(name), name, nb).stats.level);
}

describe('an SSTable that overlaps nothing in the next level gets its number there', () => {
  /** Four SSTables one after the other: two make the first level too full. */
  let disk: FaultyStorage;
  let keys: unknown[];

  beforeAll(async () => {
    disk = new FaultyStorage({ random: seededRandom(1) });
    const database = await open(disk);
    const rows = Array.from({ length: 800 }, (_, k) => [k, new Uint8Array(4000).fill(k)]);
    await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows);
    await database.compact('i.t');
    expect(levelsOf(database)).toEqual([1, 1, 2, 2]);
    keys = await keysOf(database);
    await database.close();
  });

  test('and nothing but its Statistics.db is written', async () => {
    const storage = disk.image({ random: seededRandom(2) });
    const database = await open(storage);
    const before = new Map(storage.names.map((name) => [name, storage.contentOf(name)]));
    const { compactions } = await database.maintenanceStep(60_000);
    expect(compactions[0]).toMatchObject({ kind: 'policy', level: 2, rowsMerged: 0, partitionsWritten: 0 });
    expect(compactions[0].outputs).toEqual(compactions[0].inputs);
    expect(levelsOf(database)).toEqual([2, 1, 2, 2]);
    expect(await keysOf(database)).toEqual(keys);
    const changed = [...before.keys()].filter(
      (name) => /-\d+-big-/.test(name) && String(before.get(name)) !== String(storage.contentOf(name)),
    );
    expect(changed.map((name) => name.replace(/^.*-nb-/, 'nb-'))).toEqual([`nb-${compactions[0].inputs[0]}-big-Statistics.db`]);
    const statistics = (bytes: Uint8Array) => decodeStatistics(bytes, '', nb);
    const old = statistics(before.get(changed[0])!);
    expect(statistics(storage.contentOf(changed[0]))).toEqual({ ...old, stats: { ...old.stats, level: 2 } });
    await database.close();
    const again = await open(storage);
    expect(levelsOf(again)).toEqual([2, 1, 2, 2]);
    expect(await keysOf(again)).toEqual(keys);
    await again.close();
  });

  test('and whenever the power goes, it has its old level or the new one, in the catalog as in the file', async () => {
    const seen = new Set<string>();
    for (let changes = 0; ; changes++) {
      let isOver = false;
      for (const temper of ['lose', 'keep', 'chaos'] as const) {
        const storage = disk.image({ random: seededRandom(100 + changes) });
        const database = await open(storage);
        storage.crashAfter(changes);
        isOver = await database.maintenanceStep(60_000).then(
          () => true,
          () => false,
        );
        const left = storage.crash(temper);
        const again = await open(left);
        const levels = levelsOf(again);
        seen.add(levels.join());
        expect(again.recovery.sstablesSetAside).toEqual([]);
        expect(writtenLevels(left)).toEqual(levels);
        expect(left.names.filter((name) => name.endsWith('.new'))).toEqual([]);
        expect(await keysOf(again)).toEqual(keys);
        await again.close();
      }
      if (isOver) break;
    }
    expect([...seen].sort()).toEqual(['1,1,2,2', '2,1,2,2']);
  });

  test.each(['create', 'write', 'flush', 'sync', 'commit', 'rename'] as const)(
    'a %s that fails is told, and it is tried again',
    async (kind) => {
      const storage = disk.image({ random: seededRandom(5) });
      const database = await open(storage);
      storage.failOn(kind, 1);
      await expect(database.maintenanceStep(60_000)).rejects.toMatchObject({ code: 'STORAGE_IO' });
      expect(await keysOf(database)).toEqual(keys);
      await database.maintenanceStep(60_000);
      expect(levelsOf(database)).toEqual([2, 1, 2, 2]);
      await database.close();
      const again = await open(storage);
      expect(levelsOf(again)).toEqual([2, 1, 2, 2]);
      expect(writtenLevels(storage)).toEqual([2, 1, 2, 2]);
      expect(storage.names.filter((name) => name.endsWith('.new'))).toEqual([]);
      await again.close();
    },
  );
});
