import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import { LiveMirror, liveDatabase, plainPatch, settled } from './testing/live-mirror.ts';

const SCHEMA = `
  CREATE TABLE t (k int, c int, s int STATIC, v int, w int, PRIMARY KEY (k, c));
  CREATE TABLE other (k int PRIMARY KEY, v int);`;

async function filled() {
  const made = await liveDatabase(SCHEMA);
  for (const [k, c, v] of [
    [1, 1, 11],
    [1, 3, 13],
    [2, 1, 21],
  ]) {
    await made.db.execute('INSERT INTO t (k, c, v) VALUES (?, ?, ?)', [k, c, v]);
  }
  return made;
}

describe('a subscription', () => {
  test('gives the rows, and then patches of what was inserted, updated and deleted', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT c, v FROM t WHERE k = ?', [1]);
    await mirror.subscription.ready;
    expect(mirror.values).toEqual([
      [1, 11],
      [3, 13],
    ]);
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 2, 12)');
    await settled();
    await db.execute('UPDATE t SET v = 0 WHERE k = 1 AND c = 3');
    await settled();
    await db.execute('DELETE FROM t WHERE k = 1 AND c = 1');
    await settled();
    expect(mirror.patches.map(plainPatch)).toEqual([
      null,
      { deleted: [], inserted: [[1, 2, 12]], updated: [] },
      { deleted: [], inserted: [], updated: [[2, [3, 13], [3, 0]]] },
      { deleted: [[0, 1, 11]], inserted: [], updated: [] },
    ]);
    expect(mirror.subscription.rows).toEqual(mirror.rows);
  });

  test('is quiet about other tables, partitions and clusterings, and about writes that change none of its values', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT c, v FROM t WHERE k = 1 AND c > 1');
    await mirror.subscription.ready;
    const reads = db.stats().counters.reads;
    await db.execute('INSERT INTO other (k, v) VALUES (1, 1)');
    await db.execute('INSERT INTO t (k, c, v) VALUES (2, 5, 1)');
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 1, 1)');
    await db.execute('DELETE FROM t WHERE k = 1 AND c < 1');
    await settled();
    expect(db.stats().counters.reads).toBe(reads);
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 3, 13)');
    await db.execute('UPDATE t SET w = 7 WHERE k = 1 AND c = 3');
    await settled();
    expect(db.stats().counters.reads).toBeGreaterThan(reads);
    expect(mirror.patches).toEqual([null]);
  });

  test('gives the writes of one turn, and of one batch, as one patch', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT k, c FROM t');
    await mirror.subscription.ready;
    await Promise.all([1, 2, 3].map((c) => db.execute('INSERT INTO t (k, c, v) VALUES (7, ?, 0)', [c])));
    await settled();
    await db.batch(['DELETE FROM t WHERE k = 7', 'DELETE FROM t WHERE k = 2']);
    await settled();
    expect(mirror.patches.map((patch) => patch?.inserted.length)).toEqual([undefined, 3, 0]);
    expect(mirror.patches[2]?.deleted.length).toBe(4);
  });

  test('gives what happens while its listener is busy as one patch', async () => {
    const { db } = await filled();
    const seen: number[] = [];
    let goOn: () => void = () => undefined;
    db.subscribe('SELECT c FROM t WHERE k = 1', (rows) => {
      seen.push(rows.length);
      return new Promise<void>((resolve) => {
        goOn = resolve;
      });
    });
    await settled();
    for (let c = 10; c < 15; c++) await db.execute('INSERT INTO t (k, c) VALUES (1, ?)', [c]);
    await settled();
    expect(seen).toEqual([2]);
    goOn();
    await settled();
    expect(seen).toEqual([2, 7]);
  });

  test('keeps rows that did not change the same objects', async () => {
    const { db } = await filled();
    const subscription = db.subscribe('SELECT c, v FROM t WHERE k = 1', () => undefined);
    await subscription.ready;
    const before = subscription.rows;
    await db.execute('UPDATE t SET v = 0 WHERE k = 1 AND c = 1');
    await settled();
    expect(subscription.rows[1]).toBe(before[1]);
    expect(subscription.rows[0]).not.toBe(before[0]);
    expect(before[0].v).toBe(11);
  });

  test('learns of what expires, selected, filtered by or by the default of the table', async () => {
    const { db, clock, scheduler } = await liveDatabase(
      `${SCHEMA} CREATE TABLE d (k int PRIMARY KEY, v int) WITH default_time_to_live = 30;`,
    );
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 1, 1) USING TTL 10');
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 2, 1)');
    await db.execute('UPDATE t USING TTL 20 SET w = 5 WHERE k = 1 AND c = 2');
    await db.execute('INSERT INTO d (k, v) VALUES (1, 1)');
    const mirrors = [
      'SELECT c FROM t WHERE k = 1',
      'SELECT c FROM t WHERE w = 5 ALLOW FILTERING',
      'SELECT k FROM d',
      'SELECT count(*) FROM d',
    ].map((query) => new LiveMirror(db, query));
    await settled();
    const pass = async (seconds: number) => {
      clock.advance(seconds);
      scheduler.runTimers();
      await settled();
      return mirrors.map(({ values }) => values);
    };
    expect(await pass(5)).toEqual([[[1], [2]], [[2]], [[1]], [[1n]]]);
    expect(await pass(5)).toEqual([[[2]], [[2]], [[1]], [[1n]]]);
    expect(await pass(10)).toEqual([[[2]], [], [[1]], [[1n]]]);
    expect(await pass(10)).toEqual([[[2]], [], [], [[0n]]]);
    expect(mirrors.map(({ patches }) => patches.length)).toEqual([2, 2, 2, 2]);
  });

  test('follows aggregates, groups, DISTINCT, limits and orders', async () => {
    const { db } = await filled();
    const queries = [
      'SELECT count(*), max(v) FROM t',
      'SELECT k, sum(v) FROM t GROUP BY k',
      'SELECT DISTINCT k, s FROM t',
      'SELECT c, v FROM t WHERE k = 1 ORDER BY c DESC LIMIT 2',
      'SELECT k, c FROM t WHERE k IN (1, 2) ORDER BY c DESC',
      'SELECT k, c FROM t PER PARTITION LIMIT 1',
      'SELECT JSON c, v FROM t WHERE k = 1',
    ];
    const mirrors = queries.map((query) => new LiveMirror(db, query));
    for (const write of [
      'INSERT INTO t (k, c, v) VALUES (1, 0, 100)',
      'UPDATE t SET s = 5 WHERE k = 2',
      'DELETE FROM t WHERE k = 1 AND c = 3',
      'INSERT INTO t (k, c, v) VALUES (3, 9, 1)',
      'DELETE FROM t WHERE k = 2',
    ]) {
      await db.execute(write);
      await settled();
      for (const [i, query] of queries.entries()) {
        expect(mirrors[i].values).toEqual((await db.execute(query)).rows.map((row) => row.values()));
      }
    }
    expect(mirrors.map(({ patches }) => patches.filter((patch) => patch === null).length)).toEqual(queries.map(() => 1));
  });

  test('goes through TRUNCATE, ALTER and DROP', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT * FROM t WHERE k = 1');
    await mirror.subscription.ready;
    await db.execute('TRUNCATE t');
    await settled();
    expect(plainPatch(mirror.patches[1])).toEqual({
      deleted: [
        [0, 1, 1, null, 11, null],
        [1, 1, 3, null, 13, null],
      ],
      inserted: [],
      updated: [],
    });
    await db.execute('INSERT INTO t (k, c, v) VALUES (1, 1, 1)');
    await db.execute('ALTER TABLE t ADD x int');
    await settled();
    expect(mirror.patches.at(-1)).toBe(null);
    expect(mirror.values).toEqual([[1, 1, null, 1, null, null]]);
    expect(mirror.rows[0].keys()).toEqual(['k', 'c', 's', 'v', 'w', 'x']);
    await db.execute('DROP TABLE t');
    await settled();
    expect(mirror.errors).toEqual([expect.any(InvalidRequestError)]);
    expect(mirror.subscription.closed).toBe(true);
  });

  test('is told of rows that a flush and a compaction moved only where they changed', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT * FROM t');
    await mirror.subscription.ready;
    await db.flush();
    await db.compact();
    await settled();
    expect(mirror.patches).toEqual([null]);
    await db.execute('DELETE FROM t WHERE k = 2');
    await settled();
    expect(mirror.values.length).toBe(2);
  });

  test('ends with close, and with the database', async () => {
    const { db } = await filled();
    const one = new LiveMirror(db, 'SELECT * FROM t');
    const two = new LiveMirror(db, 'SELECT * FROM t');
    await settled();
    one.subscription.close();
    await db.execute('DELETE FROM t WHERE k = 2');
    await settled();
    expect([one.patches.length, two.patches.length]).toEqual([1, 2]);
    await db.close();
    await settled();
    expect(two.errors).toEqual([]);
  });

  test('says what is wrong with its SELECT', async () => {
    const { db } = await filled();
    const ready = (query: string) => new LiveMirror(db, query).subscription.ready;
    await expect(ready('SELECT * FROM nope')).rejects.toThrow(/nope/);
    await expect(ready('SELECT * FROM t WHERE v = 1')).rejects.toThrow(/ALLOW FILTERING/);
    await expect(ready('INSERT INTO other (k) VALUES (1)')).rejects.toThrow(/takes a SELECT/);
    await expect(ready('SELECT * FROM t WHERE k = ?')).rejects.toThrow(/bind variables/);
    expect(() => db.subscribe('SELECT * FROM t', 5 as never)).toThrow(InvalidRequestError);
    expect(() => new LiveMirror(db, 'SELECT * FROM t', null, { maxRows: 0 })).toThrow(/maxRows/);
  });

  test('ends when it has too many rows', async () => {
    const { db } = await filled();
    const mirror = new LiveMirror(db, 'SELECT * FROM t', null, { maxRows: 3 });
    await mirror.subscription.ready;
    await db.execute('INSERT INTO t (k, c) VALUES (9, 9)');
    await settled();
    expect(mirror.errors).toEqual([expect.objectContaining({ code: 'SUBSCRIPTION_TOO_LARGE', data: { limit: 3 } })]);
    expect(mirror.errors[0]).toBeInstanceOf(CassetteError);
    expect(mirror.subscription.closed).toBe(true);
    const tooLarge = new LiveMirror(db, 'SELECT * FROM t', null, { maxRows: 3 });
    await expect(tooLarge.subscription.ready).rejects.toThrow(/more than 3 rows/);
  });

  test('tells what its listener throws, and goes on', async () => {
    const { db } = await filled();
    const errors: unknown[] = [];
    let calls = 0;
    db.subscribe('SELECT * FROM t', null, { onError: (error) => errors.push(error) }, () => {
      calls++;
      throw new Error('listener');
    });
    await settled();
    await db.execute('DELETE FROM t WHERE k = 2');
    await settled();
    expect([calls, errors.length]).toEqual([2, 2]);
  });
});
