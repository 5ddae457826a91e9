import { expect, test } from 'vitest';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

/** Counts turns given, and does something in each of them, but in those that this gives in turn. */
class CountingScheduler extends TestScheduler {
  turns = 0;
  private isInTurn = false;
  inTurn: ((turn: number) => Promise<unknown> | undefined) | null = null;

  override async yield(): Promise<void> {
    if (this.isInTurn || this.inTurn === null) return super.yield();
    this.isInTurn = true;
    try {
      await this.inTurn(this.turns++);
    } finally {
      this.isInTurn = false;
    }
  }

  /** From now on the clock moves a millisecond with each look at it, and `inTurn` is called in each turn that is given. */
  begin(inTurn: (turn: number) => Promise<unknown> | undefined = () => undefined): void {
    this.step = 1;
    this.turns = 0;
    this.inTurn = inTurn;
  }
}

const ROWS = 4000;

async function onePartition(options: { readonly flushed?: boolean } = {}) {
  const scheduler = new CountingScheduler();
  const { db } = await testDatabase('CREATE TABLE t (k int, c int, v int, s int static, PRIMARY KEY (k, c))', { scheduler });
  await db.executeMany(
    'INSERT INTO t (k, c, v) VALUES (1, ?, 0)',
    Array.from({ length: ROWS }, (_, c) => [c]),
  );
  await db.execute('INSERT INTO t (k, s) VALUES (1, 0)');
  if (options.flushed) await db.flush();
  return { db, scheduler };
}

test.each([
  'SELECT max(c) FROM t WHERE k = 1',
  'SELECT max(c) FROM t WHERE k = 1 GROUP BY k',
  'SELECT c FROM t WHERE k = 1 AND v = 5 ALLOW FILTERING',
  'SELECT max(c) FROM t',
  'SELECT max(c) FROM t WHERE k IN (1, 2)',
])('a read of one large partition gives others their turn: %s', async (query) => {
  const { db, scheduler } = await onePartition();
  // Rows that are not alive take time as well.
  await db.execute('DELETE FROM t WHERE k = 1 AND c < 10');
  scheduler.begin();
  const answer = plainRows(await db.execute(query));
  expect(answer).toEqual(query.includes('max') ? [[ROWS - 1]] : []);
  // The clock is looked at every 32 rows, and a slice is a few milliseconds.
  expect(scheduler.turns).toBeGreaterThan(10);
});

test('so does one that finds nothing but tombstones', async () => {
  const { db, scheduler } = await onePartition();
  for (let c = 0; c < ROWS; c++) await db.execute('DELETE FROM t WHERE k = 1 AND c = ?', [c]);
  scheduler.begin();
  expect(plainRows(await db.execute('SELECT max(c) FROM t WHERE k = 1'))).toEqual([[null]]);
  expect(scheduler.turns).toBeGreaterThan(10);
});

test.each([
  ['rows read forward', 'DELETE FROM t WHERE k = 1 AND c < 3990', 'SELECT c FROM t WHERE k = 1', [3990, 3999, 5000]],
  ['rows read backwards', 'DELETE FROM t WHERE k = 1 AND c > 9', 'SELECT c FROM t WHERE k = 1 ORDER BY c DESC', [5000, 9, 0]],
  ['a partition of a table', 'DELETE FROM t WHERE k = 1', 'SELECT c FROM t', [5000]],
])('so does one that passes over a long stretch that was deleted: %s', async (_, deletion, query, expected) => {
  const { db, scheduler } = await onePartition({ flushed: true });
  await db.execute(deletion);
  await db.execute('INSERT INTO t (k, c, v) VALUES (1, 5000, 7)');
  scheduler.begin();
  // Each look at the clock is too late.
  scheduler.step = 100;
  const rows = plainRows(await db.execute(query)).map(([c]) => c as number);
  expect(expected.map((c) => rows.includes(c))).toEqual(expected.map(() => true));
  expect(rows.length).toBe(expected.length === 1 ? 1 : 11);
  // The merge passes over it, and stops every 256 rows.
  expect(scheduler.turns).toBeGreaterThan(12);
});

test.each([false, true])(
  'a partition is seen as it was, whatever is done in the turns between (flushed: %s)',
  async (flushed) => {
    const { db, scheduler } = await onePartition({ flushed });
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 0, 0)');
    const rest = 'AND c >= 0 ALLOW FILTERING';
    scheduler.begin((turn) => {
      switch (turn) {
        case 0:
          return db.execute(
            `BEGIN BATCH UPDATE t SET s = 1 WHERE k = 1; UPDATE t SET v = 1 WHERE k = 1 AND c = 1;
           UPDATE t SET v = 1 WHERE k = 1 AND c = ${ROWS - 1}; INSERT INTO t (k, c, v) VALUES (1, ${ROWS}, 1) APPLY BATCH`,
          );
        case 1:
          return db.execute(`DELETE FROM t WHERE k = 1 AND c > ${ROWS - 1000}`);
        case 2:
          return db.flush();
        case 3:
          return db.compact();
        case 4:
          return db.execute('DELETE FROM t WHERE k = 1');
        case 5:
          return db.execute('ALTER TABLE t ADD w int');
        default:
          return undefined;
      }
    });
    const seen = plainRows(await db.execute(`SELECT c, v, s FROM t WHERE k = 1 ${rest}`));
    expect(scheduler.turns).toBeGreaterThan(6);
    expect(seen).toEqual(Array.from({ length: ROWS }, (_, c) => [c, 0, 0]));
    expect(plainRows(await db.execute(`SELECT c, v, s FROM t WHERE k = 1 ${rest}`))).toEqual([]);
  },
);

test('read backwards and in slices too', async () => {
  const { db, scheduler } = await onePartition();
  scheduler.begin((turn) =>
    turn < 5 ? db.execute('UPDATE t SET v = ? WHERE k = 1 AND c IN (2, 1000, 1500, 2500, 3999)', [turn]) : undefined,
  );
  const seen = plainRows(await db.execute('SELECT c, v FROM t WHERE k = 1 AND c < 3000 ORDER BY c DESC'));
  expect(seen).toEqual(Array.from({ length: 3000 }, (_, n) => [2999 - n, 0]));
});

test('a store that is closed in such a turn answers ClosedError', async () => {
  const { db, scheduler } = await onePartition({ flushed: true });
  scheduler.begin((turn) => (turn === 1 ? db.close() : undefined));
  await expect(db.execute('SELECT max(c) FROM t WHERE k = 1')).rejects.toMatchObject({ code: 'CLOSED' });
});
