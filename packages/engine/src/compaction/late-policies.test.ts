import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

// In a page the strategies but size-tiered are loaded with the first table that wants one, as here.

const network = vi.hoisted(() => ({ isThere: false, hangs: false, fail: (_: Error): void => undefined }));
vi.mock('../merge-policy/other-policies-part.ts', async () => {
  const { LazyPart } = await import('@cassette/bytes');
  const load = () => {
    if (network.hangs) return new Promise<never>((_, reject) => (network.fail = reject));
    if (!network.isThere) return Promise.reject(new Error('no network'));
    return import('../merge-policy/other-policies.ts');
  };
  return { otherPolicies: new LazyPart('compaction strategies', load) };
});

const schema = `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE i.unified (k int PRIMARY KEY) WITH compaction =
    {'class': 'UnifiedCompactionStrategy', 'scaling_parameters': 'T2', 'min_sstable_size': '0B', 'base_shard_count': 1};
  CREATE TABLE i.tiered (k int PRIMARY KEY) WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2};`;

const sstablesOf = (database: Database, name: string) => database.stats().tables.find(({ table }) => table === name)!;

async function open(isBackground = true): Promise<{ readonly database: Database; readonly scheduler: TestScheduler }> {
  const scheduler = new TestScheduler();
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const config = { compaction: { enabled: isBackground } };
  return { database: await openDatabase({ storage, clock, schema, random: seededRandom(3), scheduler, config }), scheduler };
}

async function twoOfEach(database: Database): Promise<void> {
  for (let n = 0; n < 2; n++) {
    for (const table of ['unified', 'tiered']) await database.execute(`INSERT INTO i.${table} (k) VALUES (1)`);
    await database.flush();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('while the code of a strategy neither comes nor fails, nothing waits for it: no flush, no other table, no close', async () => {
  network.hangs = true;
  const { database } = await open();
  await twoOfEach(database);
  for (let n = 0; n < 10 && sstablesOf(database, 'tiered').sstables.length > 1; n++) await settle();
  expect(sstablesOf(database, 'tiered').sstables).toHaveLength(1);
  const waiting = expect(database.compact('i.unified')).rejects.toMatchObject({ code: 'PART_UNAVAILABLE' });
  expect(await database.compact('i.tiered')).toMatchObject([{ table: 'tiered', kind: 'major' }]);
  await database.close();
  network.hangs = false;
  network.fail(new Error('no network'));
  await waiting;
});

test('maintenance by hand does what it can without the code of a strategy, and rejects when nothing else is left', async () => {
  const { database } = await open(false);
  await twoOfEach(database);
  const { compactions } = await database.maintenanceStep(1000);
  expect(compactions).toMatchObject([{ table: 'tiered' }]);
  await expect(database.maintenanceStep(1000)).rejects.toMatchObject({ code: 'PART_UNAVAILABLE' });
  await database.close();
});

test('without the code of a strategy its tables are flushed, others are compacted, and it is tried again later', async () => {
  const { database, scheduler } = await open();
  await twoOfEach(database);
  await settle();
  for (let n = 0; n < 3; n++) {
    scheduler.runTimers();
    await settle();
  }
  expect(sstablesOf(database, 'tiered').sstables).toHaveLength(1);
  expect(sstablesOf(database, 'unified')).toMatchObject({ sstables: [{ generation: 1 }, { generation: 2 }], groups: [] });
  expect(await database.compact('i.tiered')).toHaveLength(1);
  await expect(database.compact('i.unified')).rejects.toMatchObject({ code: 'PART_UNAVAILABLE' });
  await expect(database.maintenanceStep(1)).rejects.toMatchObject({ code: 'PART_UNAVAILABLE' });
  network.isThere = true;
  scheduler.runTimers();
  for (let n = 0; n < 100 && sstablesOf(database, 'unified').sstables.length > 1; n++) await settle();
  expect(sstablesOf(database, 'unified')).toMatchObject({ sstables: [{ generation: 3 }], groups: [{ kind: 'level' }] });
  await database.close();
});
