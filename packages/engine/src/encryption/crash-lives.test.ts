import { EncryptedStorage } from '@cassette/storage/encrypted';
import { FaultyStorage, SimulatedCrash, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

const KEY = { key: new Uint8Array(32).fill(3) };
/** More of them by hand: CASSETTE_CRASHES=5000. */
const CRASHES = Number(process.env['CASSETTE_CRASHES'] ?? 120);
const config = {
  memtableFlushThreshold: 6000,
  memtableHardLimit: 60_000,
  walSegmentSizeMax: 6000,
  sliceMilliseconds: 0,
};

/** A row and what became of its writes: the numbers that it may have. */
type Row = { sure: number; maybe: number[] };

test('an encrypted store that loses its power again and again keeps all that it acknowledged, and takes no crash for damage', async () => {
  const seen = { crashes: 0, replayed: 0, torn: 0, flushes: 0, whileOpening: 0 };
  for (let seed = 1; seen.crashes < CRASHES; seed++) await live(seed, seen);
  expect(seen.replayed).toBeGreaterThan(100);
  expect(seen.torn).toBeGreaterThan(0);
  expect(seen.flushes).toBeGreaterThan(10);
  expect(seen.whileOpening).toBeGreaterThan(0);
}, 3_600_000);

async function live(seed: number, seen: Record<string, number>): Promise<void> {
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  let disk = new FaultyStorage({ random });
  const rows = new Map<string, Row>();
  let number = 0;
  for (let life = 0; life < 6; life++) {
    const scheduler = new TestScheduler();
    scheduler.step = 1;
    disk.crashAfter(below(life === 0 ? 40 : 90));
    let database: Database | null = null;
    try {
      database = await openDatabase({
        storage: new EncryptedStorage(disk, KEY),
        config,
        scheduler,
        random,
        clock: { nowMicros: () => 1_000_000 },
        schema: 'CREATE TABLE t (k int, c int, v int, pad text, PRIMARY KEY (k, c))',
      });
      const { recovery } = database;
      expect(recovery.corruption, `seed ${seed}, life ${life}`).toEqual([]);
      seen['replayed'] += recovery.mutationsReplayed;
      seen['torn'] += recovery.tornTails.length;
      await check(database, rows, `seed ${seed}, life ${life}`);
      for (;;) {
        const writes: Promise<unknown>[] = [];
        for (let n = 1 + below(4); n > 0; n--) {
          const key = `${below(4)}/${below(20)}`;
          const [k, c] = key.split('/').map(Number);
          const value = ++number;
          const row = rows.get(key) ?? { sure: 0, maybe: [] };
          rows.set(key, row);
          row.maybe.push(value);
          const pad = 'x'.repeat(below(600));
          writes.push(
            database.execute('INSERT INTO t (k, c, v, pad) VALUES (?, ?, ?, ?)', [k, c, value, pad]).then(() => {
              row.sure = Math.max(row.sure, value);
            }),
          );
        }
        if (random() < 0.05) writes.push(database.flush());
        if (random() < 0.02) writes.push(database.compact());
        for (const outcome of await Promise.allSettled(writes)) if (outcome.status === 'rejected') throw outcome.reason;
      }
    } catch (error) {
      if (!isPowerCut(error)) throw error;
      if (database === null) seen['whileOpening']++;
      else seen['flushes'] += database.stats().counters.flushes;
    }
    const next = disk.crash();
    for (let turn = 0; turn < 30; turn++) await Promise.resolve();
    disk = next;
    seen['crashes']++;
  }
}

async function check(database: Database, rows: Map<string, Row>, when: string): Promise<void> {
  const found = new Map<string, number>();
  const result = await database.execute('SELECT k, c, v FROM t');
  for (const row of result.rows) found.set(`${row['k']}/${row['c']}`, row['v'] as number);
  for (const [key, row] of rows) {
    const value = found.get(key) ?? 0;
    expect(value >= row.sure && (value === 0 || row.maybe.includes(value)), `${when}: ${key} is ${value}`).toBe(true);
    // What is there now is there for good.
    row.sure = value;
  }
  for (const key of found.keys()) expect(rows.has(key), `${when}: ${key} was never written`).toBe(true);
}

/** Whether an error is the power that went, at first hand or as the cause of another. */
function isPowerCut(error: unknown): boolean {
  return error instanceof SimulatedCrash || (error instanceof Error && error.cause !== undefined && isPowerCut(error.cause));
}
