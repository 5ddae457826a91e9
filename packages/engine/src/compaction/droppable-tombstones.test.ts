import { expect, test } from 'vitest';
import { StandingStore } from '../goldens/testing/standing-store.ts';
import { sumUntil } from './droppable-tombstones.ts';

const START = 1_700_000_000;
const DAY = 86_400;

/** A store whose SSTable has 30 rows and 70 deletions of rows, with gc_grace_seconds of 10; `older`: beside one that has older rows. */
async function worn(compaction: string, older = false): Promise<StandingStore> {
  const store = await StandingStore.open(
    `CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; USE i;
     CREATE TABLE t (k int PRIMARY KEY, v int) WITH gc_grace_seconds = 10 AND compaction = ${compaction}`,
    START,
  );
  const { database } = store;
  await database.execute('USE i');
  const insert = async (timestamp: number) => {
    for (let k = 0; k < 100; k++) await database.execute('INSERT INTO t (k, v) VALUES (?, 1) USING TIMESTAMP ?', [k, timestamp]);
  };
  if (older) {
    await insert(1);
    await database.flush();
  }
  for (let k = 0; k < 70; k++) await database.execute('DELETE v FROM t USING TIMESTAMP 5 WHERE k = ?', [k]);
  for (let k = 70; k < 100; k++) await database.execute('UPDATE t USING TIMESTAMP 5 SET v = 2 WHERE k = ?', [k]);
  await database.flush();
  return store;
}

async function compactedAt(store: StandingStore, seconds: number): Promise<string[]> {
  store.clock.seconds = seconds;
  const { compactions } = await store.database.maintenanceStep(1000);
  return compactions.map(({ kind, inputs, partitionsWritten }) => `${kind} ${inputs}: ${partitionsWritten}`);
}

const sizeTiered = (more = '') => `{'class': 'SizeTieredCompactionStrategy'${more}}`;

test('an SSTable with many tombstones is compacted alone, a day after it was written', async () => {
  const store = await worn(sizeTiered());
  expect(await compactedAt(store, START + DAY - 1)).toEqual([]);
  expect(await compactedAt(store, START + DAY)).toEqual(['tombstones 1: 30']);
  expect(await compactedAt(store, START + 3 * DAY)).toEqual([]);
});

test('the table says how long, and how many', async () => {
  const early = await worn(sizeTiered(", 'tombstone_compaction_interval': 60"));
  expect(await compactedAt(early, START + 60)).toEqual(['tombstones 1: 30']);
  const many = await worn(sizeTiered(", 'tombstone_compaction_interval': 60, 'tombstone_threshold': 0.9"));
  expect(await compactedAt(many, START + 60)).toEqual([]);
});

test('not where gc_grace_seconds are not over', async () => {
  const store = await worn(sizeTiered(", 'tombstone_compaction_interval': 1"));
  expect(await compactedAt(store, START + 9)).toEqual([]);
});

test('not where they cover what is elsewhere, unless the table wants it unchecked: then they stay', async () => {
  const checked = await worn(sizeTiered(", 'tombstone_compaction_interval': 60"), true);
  expect(await compactedAt(checked, START + DAY)).toEqual([]);
  const unchecked = await worn(
    sizeTiered(", 'tombstone_compaction_interval': 60, 'unchecked_tombstone_compaction': 'true'"),
    true,
  );
  // Written anew it is young again.
  expect(await compactedAt(unchecked, START + DAY)).toEqual(['tombstones 2: 100']);
});

test('a histogram’s count grows evenly between two of its times', () => {
  const histogram = { times: Float64Array.of(10, 20, 30), counts: Float64Array.of(4, 8, 6) };
  expect([5, 10, 20, 30, 99].map((bound) => sumUntil(histogram, bound))).toEqual([0, 2, 8, 18, 18]);
  expect(sumUntil(histogram, 15)).toBeCloseTo(2 + (4 + 6) / 4);
});
