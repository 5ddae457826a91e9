import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

// Of rows that are purged nothing is written, so bytes don't tell how long a step is: each of these would be one.

const ROWS = 6000;
const schema = `
  CREATE KEYSPACE i WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE i.t (k int, c int, v int, PRIMARY KEY (k, c)) WITH gc_grace_seconds = 0
    AND compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2, 'max_threshold': 2};`;
const numbers = Array.from({ length: ROWS }, (_, i) => i);

/** `sets`: what is written into an SSTable each; `left`: rows that there are in the end. The clock moves on with each look. */
async function isCompactedInSlices(
  sets: readonly (readonly (readonly [string, readonly (readonly number[])[]])[])[],
  left: number,
) {
  const scheduler = new TestScheduler();
  const clock = { micros: 1_700_000_000_000_000, nowMicros: () => clock.micros };
  const config = { compaction: { enabled: false } };
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const database = await openDatabase({ storage, clock, config, scheduler, schema, random: seededRandom(3) });
  for (const set of sets) {
    for (const [query, params] of set) await database.executeMany(query, params);
    await database.flush();
  }
  clock.micros += 1_000_000_000;
  scheduler.step = 1;
  let steps = 1;
  while ((await database.maintenanceStep(1)).hasMore) steps++;
  scheduler.step = 0;
  expect(database.stats().compaction.history).toHaveLength(1);
  expect(steps).toBeGreaterThan(ROWS / 600);
  const { rows } = await database.execute('SELECT k FROM i.t');
  expect(rows).toHaveLength(left);
  await database.close();
}

const other = ['INSERT INTO i.t (k, c, v) VALUES (-1, ?, 1)', [[1]]] as const;
const insert = 'INSERT INTO i.t (k, c, v) VALUES (1, ?, 1) USING TIMESTAMP 5';

test('rows whose deletions are purged', () =>
  isCompactedInSlices([[other, ['DELETE FROM i.t WHERE k = 1 AND c = ?', numbers.map((c) => [c])]], [other]], 1));

test('partitions that come to nothing', () =>
  isCompactedInSlices([[other, ['DELETE FROM i.t WHERE k = ?', numbers.map((k) => [k + 5])]], [other]], 1));

test('rows that a deletion in another SSTable takes', () =>
  isCompactedInSlices(
    [[[insert, numbers.map((c) => [c])]], [['DELETE FROM i.t USING TIMESTAMP 6 WHERE k = 1 AND c >= ?', [[0]]], other]],
    1,
  ));
