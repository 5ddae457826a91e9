import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

/** Of which SSTables there are files. */
function generationsOf({ names }: FaultyStorage): readonly string[] {
  return [...new Set(names.flatMap((name) => /-nb-(\d+)-big-/.exec(name)?.[1] ?? []))].sort();
}

// Found by the simulation, life 1,100,080 of a long run: half of what a compaction had read was there still.
test('a store that is closed while what a compaction has read is being removed leaves none of it', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const config = { compaction: { enabled: false } };
  const options = { storage, clock, keyspace: 'ks', config, scheduler: new TestScheduler() };
  const db = await openDatabase(options);
  await db.execute('CREATE TABLE t (k int PRIMARY KEY, v text)');
  for (let k = 0; k < 3; k++) {
    await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'x']);
    await db.flush();
  }
  const remove = storage.remove.bind(storage);
  storage.remove = async (name) => {
    await new Promise((resolve) => setImmediate(resolve));
    await remove(name);
  };
  await db.compact();
  await db.close();
  expect(generationsOf(storage)).toEqual(['4']);
});

test('nobody waits for a reader that never ends: what he reads stays until the next start', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const clock = { nowMicros: () => 1_700_000_000_000_000 };
  const config = { compaction: { enabled: false } };
  const options = { storage, clock, keyspace: 'ks', config, scheduler: new TestScheduler() };
  const db = await openDatabase(options);
  await db.execute('CREATE TABLE t (k int PRIMARY KEY, v text)');
  for (let k = 0; k < 3; k++) {
    await db.execute('INSERT INTO t (k, v) VALUES (?, ?)', [k, 'x']);
    await db.flush();
  }
  await db.engine.snapshot();
  await db.compact();
  await db.close();
  expect(generationsOf(storage)).toEqual(['1', '2', '3', '4']);
});
