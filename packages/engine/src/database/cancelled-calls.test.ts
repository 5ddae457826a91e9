import { expect, test } from 'vitest';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

/** Does something in the n-th turn that is given while `watches` is set. */
class WatchedScheduler extends TestScheduler {
  turns = 0;
  watches: ((turn: number) => void) | null = null;

  override yield(): Promise<void> {
    if (this.watches !== null) this.watches(this.turns++);
    return super.yield();
  }
}

const ROWS = 2000;
const SCHEMA = 'CREATE TABLE t (k int, c int, v int, b blob, PRIMARY KEY (k, c))';
const INSERT = 'INSERT INTO t (k, c, v) VALUES (?, ?, 0)';

async function filled() {
  const scheduler = new WatchedScheduler();
  const { db, storage } = await testDatabase(SCHEMA, { scheduler, config: { compaction: { enabled: false } } });
  await db.executeMany(
    INSERT,
    Array.from({ length: ROWS }, (_, n) => [n % 5, n]),
  );
  await db.flush();
  // From now on each look at the clock is a millisecond later.
  scheduler.step = 1;
  const dataFiles = async () => (await storage.list()).filter((name) => name.endsWith('Data.db')).length;
  return { db, scheduler, dataFiles };
}

/** A signal that is aborted in that turn. */
function abortedIn(scheduler: WatchedScheduler, turn: number, reason: unknown = 'enough'): AbortSignal {
  const abort = new AbortController();
  scheduler.turns = 0;
  scheduler.watches = (now) => {
    if (now === turn) abort.abort(reason);
  };
  return abort.signal;
}

const abortedNow = () => AbortSignal.abort('too late');

test.each([
  'SELECT * FROM t WHERE v = 7 ALLOW FILTERING',
  'SELECT * FROM t',
  'SELECT count(*), max(c) FROM t',
  'SELECT k, sum(c) FROM t GROUP BY k',
  'SELECT * FROM t WHERE k IN (0, 1, 2, 3, 4) ORDER BY c DESC',
])('a SELECT under way ends in the turn after the abort, and holds no file any more: %s', async (query) => {
  const { db, scheduler, dataFiles } = await filled();
  const signal = abortedIn(scheduler, 2);
  await expect(db.execute(query, null, { signal })).rejects.toMatchObject({
    name: 'AbortedError',
    code: 'ABORTED',
    cause: 'enough',
    message: 'The statement was cancelled',
  });
  expect(scheduler.turns).toBe(3);
  // A file that somebody reads stays until that has ended.
  await db.execute('INSERT INTO t (k, c, v) VALUES (9, 9, 9)');
  await db.compact();
  expect(await dataFiles()).toBe(1);
  // Once more, with the same signal and without.
  await expect(db.execute(query, null, { signal })).rejects.toMatchObject({ code: 'ABORTED', cause: 'enough' });
});

test('so does a read that passes over a long stretch of deleted rows', async () => {
  const { db, scheduler } = await filled();
  await db.execute('DELETE FROM t WHERE k IN (0, 1, 2, 3, 4)');
  scheduler.step = 100;
  const signal = abortedIn(scheduler, 1);
  await expect(db.execute('SELECT * FROM t', null, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
  expect(scheduler.turns).toBe(2);
});

test('a signal that is aborted before ends a call before it does anything', async () => {
  const { db } = await filled();
  const signal = abortedNow();
  const error = { code: 'ABORTED', cause: 'too late' };
  const insert = 'INSERT INTO t (k, c, v) VALUES (7, 7, 7)';
  await expect(db.execute('SELECT * FROM t WHERE k = 1 AND c = 1', null, { signal })).rejects.toMatchObject(error);
  await expect(db.execute(insert, null, { signal })).rejects.toMatchObject(error);
  await expect(db.execute(`${insert} IF NOT EXISTS`, null, { signal })).rejects.toMatchObject(error);
  await expect(db.execute('TRUNCATE t', null, { signal })).rejects.toMatchObject(error);
  await expect(db.batch([insert], { signal })).rejects.toMatchObject(error);
  await expect(db.executeMany(INSERT, [[7, 7]], { signal })).rejects.toMatchObject({ ...error, data: {} });
  await expect(db.selectMany('SELECT v FROM t WHERE k = ?', [[1]], { signal })).rejects.toMatchObject(error);
  await expect(db.stream('SELECT * FROM t', null, { signal }).next()).rejects.toMatchObject(error);
  await expect(db.compact('t', { signal })).rejects.toMatchObject(error);
  await expect(db.subscribe('SELECT * FROM t', null, { signal }, () => undefined).ready).rejects.toMatchObject(error);
  expect(db.stats().subscriptions).toBe(0);
  expect(plainRows(await db.execute('SELECT count(*) FROM t'))).toEqual([[BigInt(ROWS)]]);
  expect(plainRows(await db.execute('SELECT * FROM t WHERE k = 7'))).toEqual([]);
});

test('what has ended by itself is not touched by an abort after it, and a write that is on its way to the log settles as it does', async () => {
  const { db } = await filled();
  const abort = new AbortController();
  const { signal } = abort;
  const answer = await db.execute('SELECT count(*) FROM t', null, { signal });
  const write = db.execute('INSERT INTO t (k, c, v) VALUES (8, 8, 8)', null, { signal });
  abort.abort();
  abort.abort();
  expect(plainRows(answer)).toEqual([[BigInt(ROWS)]]);
  await expect(write).resolves.toMatchObject({ columns: null });
  expect(plainRows(await db.execute('SELECT v FROM t WHERE k = 8'))).toEqual([[8]]);
});

test('a conditional write that waits for the one before it is not made any more', async () => {
  const { db } = await filled();
  const abort = new AbortController();
  const first = db.execute('UPDATE t SET v = 1 WHERE k = 1 AND c = 1 IF v = 0');
  const second = db.execute('UPDATE t SET v = 2 WHERE k = 1 AND c = 1 IF v = 1', null, { signal: abort.signal });
  abort.abort();
  await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
  expect(plainRows(await first)).toEqual([[true]]);
  expect(plainRows(await db.execute('SELECT v FROM t WHERE k = 1 AND c = 1'))).toEqual([[1]]);
});

test('many rows end between two records of the log, and the error says how many are written', async () => {
  const { db } = await filled();
  const abort = new AbortController();
  const bytes = new Uint8Array(10_000);
  const rows = Array.from({ length: 150 }, (_, n) => [100, n, bytes]);
  const written: number[] = [];
  const onProgress = (count: number) => {
    written.push(count);
    abort.abort(new Error('that will do'));
  };
  const many = db.executeMany('INSERT INTO t (k, c, b) VALUES (?, ?, ?)', rows, { signal: abort.signal, onProgress });
  await expect(many).rejects.toMatchObject({ code: 'ABORTED', data: { rowsWritten: expect.any(Number) } });
  await expect(many).rejects.toHaveProperty('cause.message', 'that will do');
  const data = await many.catch((error: { data: { rowsWritten: number } }) => error.data);
  expect(written).toEqual([(data as { rowsWritten: number }).rowsWritten]);
  expect(written[0]).toBeLessThan(rows.length);
  expect(plainRows(await db.execute('SELECT count(*) FROM t WHERE k = 100'))).toEqual([[BigInt(written[0])]]);
});

test('answers to many values end between two of them', async () => {
  const { db, scheduler } = await filled();
  const values = Array.from({ length: ROWS }, (_, n) => [n % 5, n]);
  const signal = abortedIn(scheduler, 1);
  await expect(db.selectMany('SELECT v FROM t WHERE k = ? AND c = ?', values, { signal })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: 'enough',
  });
  expect(scheduler.turns).toBe(2);
});

test('a stream ends at the next row', async () => {
  const { db } = await filled();
  const abort = new AbortController();
  const seen: unknown[] = [];
  const read = async () => {
    for await (const row of db.stream('SELECT c FROM t', null, { fetchSize: 100, signal: abort.signal })) {
      seen.push(row.c);
      if (seen.length === 150) abort.abort('read enough');
    }
  };
  await expect(read()).rejects.toMatchObject({ code: 'ABORTED', cause: 'read enough' });
  expect(seen.length).toBe(150);
});

test('a subscription ends with its first read, and one that is closed reads no further', async () => {
  const { db, scheduler } = await filled();
  const rows: unknown[] = [];
  const listen = (now: readonly unknown[]) => rows.push(now.length);
  const signal = abortedIn(scheduler, 1, 'gone');
  const ended = db.subscribe('SELECT * FROM t', null, { signal }, listen);
  await expect(ended.ready).rejects.toMatchObject({ code: 'ABORTED', cause: 'gone' });
  expect(scheduler.turns).toBe(2);

  scheduler.turns = 0;
  const closed = db.subscribe('SELECT * FROM t', listen);
  scheduler.watches = (turn) => {
    if (turn === 1) closed.close();
  };
  await closed.ready;
  expect(scheduler.turns).toBe(2);

  // Later it is as if it had been closed.
  scheduler.watches = null;
  const later = new AbortController();
  const lasting = db.subscribe('SELECT * FROM t', null, { signal: later.signal }, listen);
  await lasting.ready;
  later.abort();
  expect([lasting.closed, db.stats().subscriptions, rows]).toEqual([true, 0, [ROWS]]);
});

test('a compaction ends without a trace, whether it runs or waits for its turn', async () => {
  const { db, scheduler, dataFiles } = await filled();
  await db.execute('INSERT INTO t (k, c, v) VALUES (9, 9, 9)');
  await db.flush();
  const before = await dataFiles();
  const running = new AbortController();
  const waiting = new AbortController();
  const interrupted: string[] = [];
  db.events.subscribe(({ type }) => {
    if (type === 'compaction-started') {
      running.abort('not now');
      waiting.abort('nor then');
    }
    if (type.startsWith('compaction-')) interrupted.push(type);
  });
  scheduler.step = 100;
  const [first, second] = await Promise.allSettled([
    db.compact('t', { signal: running.signal }),
    db.compact('t', { signal: waiting.signal }),
  ]);
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED', cause: 'not now' } });
  expect(second).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED', cause: 'nor then' } });
  expect([interrupted, await dataFiles()]).toEqual([['compaction-started', 'compaction-interrupted'], before]);
  expect((await db.compact('t')).map(({ inputs }) => inputs.length)).toEqual([before]);
  expect(plainRows(await db.execute('SELECT count(*) FROM t'))).toEqual([[BigInt(ROWS + 1)]]);
});

test('what is no signal is refused by its name', async () => {
  const { db } = await testDatabase(SCHEMA);
  const wrong = { signal: {} as AbortSignal };
  const error = { code: 'INVALID_OPTION', data: { option: 'signal' } };
  await expect(db.execute('SELECT * FROM t', null, wrong)).rejects.toMatchObject(error);
  await expect(db.compact('t', wrong)).rejects.toMatchObject(error);
  expect(() => db.subscribe('SELECT * FROM t', null, wrong, () => undefined)).toThrow(/signal/);
});
