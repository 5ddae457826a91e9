import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { SharedStorage, WorkerInThread } from '../maintenance/testing/worker-in-thread.ts';
import { flushShardsOf } from '../merge-policy/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

// Flushes of tables with the unified strategy are split where the ring is.

const schema = `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE i.t (k int PRIMARY KEY, v blob) WITH compaction =
    {'class': 'UnifiedCompactionStrategy', 'min_sstable_size': '0B', 'base_shard_count': 4, 'enabled': 'false'};
  CREATE TABLE i.other (k int PRIMARY KEY) WITH compaction = {'class': 'UnifiedCompactionStrategy', 'enabled': 'false'};`;

function open(storage: FaultyStorage): Promise<Database> {
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  return openDatabase({ storage, clock, schema, random: seededRandom(3), scheduler: new TestScheduler() });
}

const sstablesOf = (database: Database, name = 't') => database.stats().tables.find(({ table }) => table === name)!.sstables;

async function keysOf(database: Database): Promise<unknown[]> {
  return [...(await database.execute('SELECT k FROM i.t'))].map((row) => row['k']);
}

const rows = (count: number) => Array.from({ length: count }, (_, k) => [k, Uint8Array.of(k)]);

describe('a flush', () => {
  test('is split where tokens pass into another part, and each has what is there', async () => {
    const storage = new FaultyStorage({ random: seededRandom(1) });
    const database = await open(storage);
    await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows(100));
    await database.execute('INSERT INTO i.other (k) VALUES (1)');
    const before = await keysOf(database);
    await database.flush();
    expect(sstablesOf(database).map(({ generation, partitions }) => [generation, partitions])).toEqual([
      [1, 23],
      [2, 29],
      [3, 25],
      [4, 23],
    ]);
    expect(sstablesOf(database, 'other')).toHaveLength(1);
    expect(await keysOf(database)).toEqual(before);
    await database.close();
    const again = await open(storage);
    expect(sstablesOf(again)).toHaveLength(4);
    expect(await keysOf(again)).toEqual(before);
    await again.close();
  });

  test('that has nothing in a part has no SSTable there, and gives no number away for it', async () => {
    const database = await open(new FaultyStorage({ random: seededRandom(1) }));
    await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows(2));
    await database.flush();
    await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows(1));
    await database.flush();
    expect(sstablesOf(database).map(({ generation, partitions }) => [generation, partitions])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    await database.close();
  });

  test('is there whole or not at all, whenever the power goes, and nothing is lost', async () => {
    const disk = new FaultyStorage({ random: seededRandom(1) });
    const first = await open(disk);
    await first.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', rows(100));
    const keys = await keysOf(first);
    await first.close();
    const seen = new Set<number>();
    for (let changes = 0, isOver = false; !isOver; changes += 3) {
      for (const temper of ['lose', 'keep', 'chaos'] as const) {
        const storage = disk.image({ random: seededRandom(changes + 9) });
        const database = await open(storage);
        storage.crashAfter(changes);
        isOver = await database.flush().then(
          () => true,
          () => false,
        );
        const again = await open(storage.crash(temper));
        seen.add(sstablesOf(again).length);
        expect(await keysOf(again)).toEqual(keys);
        await again.close();
      }
    }
    expect([...seen].sort()).toEqual([0, 4]);
  });

  test('is split in the worker for maintenance as here, byte by byte', async () => {
    const contents: Record<string, string>[] = [];
    for (const inWorker of [false, true]) {
      const storage = new SharedStorage();
      const worker = new WorkerInThread(async () => storage.workbench());
      const clock = { nowMicros: () => 1_700_000_000_000_000 };
      const database = await openDatabase({
        storage,
        clock,
        schema,
        random: seededRandom(3),
        ...(inWorker && { maintenance: worker.start }),
      });
      const large = rows(50).map(([k]) => [k, new Uint8Array(10_000).fill(Number(k))]);
      await database.executeMany('INSERT INTO i.t (k, v) VALUES (?, ?)', large);
      await database.flush();
      const found: Record<string, string> = {};
      for (const name of await storage.list()) {
        const match = /^[0-9a-f]{32}-(nb-.*)$/.exec(name);
        if (match === null) continue;
        const file = await storage.workbench().open(name);
        const bytes = new Uint8Array(file.size);
        file.read(bytes, 0);
        file.close();
        found[match[1]] = Buffer.from(bytes).toString('latin1');
      }
      contents.push(found);
      expect(sstablesOf(database)).toHaveLength(4);
      if (inWorker) expect(database.stats().maintenance).toMatchObject({ flushesInWorker: 1, failures: 0 });
      await database.close();
    }
    expect(contents[1]).toEqual(contents[0]);
  });
});

test('how many parts there are is told by what flushes measured, of the unified strategy alone', () => {
  const unified = { class: 'org.apache.cassandra.db.compaction.UnifiedCompactionStrategy', min_sstable_size: '1MiB' };
  const mebibytes = [undefined, 0.5, 1.9, 2, 3.9, 4, 4000];
  expect(mebibytes.map((mib) => flushShardsOf(unified, mib === undefined ? mib : mib * 2 ** 20))).toEqual([1, 1, 1, 2, 2, 4, 4]);
  expect(flushShardsOf({ class: 'SizeTieredCompactionStrategy' }, 2 ** 40)).toBe(1);
});
