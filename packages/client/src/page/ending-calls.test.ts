import { expect, test } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { inTab } from '../tabs/testing/in-tab.ts';

installErrorTransfer();

const schema = 'CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))';
const insert = 'INSERT INTO t (k, c, v) VALUES (?, ?, 0)';
const rows = Array.from({ length: 3000 }, (_, n) => [n % 3, n]);

interface Failure {
  readonly name: string;
  readonly code: string;
  readonly cause: unknown;
  readonly data: object;
}
const failureOf = (call: Promise<unknown>): Promise<Failure | 'done'> =>
  call.then(
    () => 'done',
    ({ name, code, cause, data }) => ({ name, code, cause, data }),
  );
const aborted = (cause: unknown, data = {}) => ({ name: 'AbortedError', code: 'ABORTED', cause, data });

test('a call that waits in its tab ends at once, and is not sent; the others of its message are', async () => {
  const found = await inTab(schema, async (database) => {
    const abort = new AbortController();
    const ended = failureOf(database.execute('INSERT INTO t (k, c, v) VALUES (7, 7, 7)', [], { signal: abort.signal }));
    const other = database.execute('INSERT INTO t (k, c, v) VALUES (8, 8, 8)');
    abort.abort('changed my mind');
    const failure = await ended;
    await other;
    const late = { signal: AbortSignal.abort('too late') };
    return {
      failure,
      keys: (await database.execute('SELECT k FROM t')).rows.map(({ k }) => k),
      late: [
        await failureOf(database.execute('SELECT * FROM t', [], late)),
        await failureOf(database.executeMany(insert, [[1, 1]], late)),
        await failureOf(database.selectMany('SELECT * FROM t WHERE k = ?', [[1]], late)),
        await failureOf(database.batch(['DELETE FROM t WHERE k = 8'], late)),
        await failureOf(database.stream('SELECT * FROM t', [], late).next()),
        await failureOf(database.compact('t', late)),
        await failureOf(database.subscribe('SELECT * FROM t', [], late, () => undefined).ready),
      ],
      after: (await database.execute('SELECT k FROM t')).rowLength,
    };
  });
  expect(found.failure).toEqual(aborted('changed my mind'));
  expect(found.keys).toEqual([8]);
  expect(found.late).toEqual(found.late.map((_, n) => aborted('too late', n === 1 ? { rowsWritten: 0 } : {})));
  expect(found.after).toBe(1);
});

test('a SELECT that the worker has is ended there, with the reason of its caller', async () => {
  const found = await inTab(schema, async (database) => {
    await database.executeMany(insert, rows);
    const abort = new AbortController();
    // The first page has come: the next one is on its way, or has come as well.
    const stream = database.stream('SELECT * FROM t', [], { fetchSize: 100, signal: abort.signal });
    await stream.next();
    abort.abort('seen enough');
    const ended = await failureOf(stream.next());
    const sent = new AbortController();
    const slow = failureOf(
      database.execute(`SELECT count(*) FROM t WHERE v = 1 ALLOW FILTERING`, [], { signal: sent.signal, tracing: true }),
    );
    // Sent by now, in the turn of the call.
    for (let i = 0; i < 10; i++) await null;
    sent.abort('no more');
    return { ended, slow: await slow, count: (await database.execute('SELECT count(*) FROM t')).first()?.get(0) };
  });
  expect(found.ended).toEqual(aborted('seen enough'));
  expect(found.slow).toMatchObject({ name: 'AbortedError', code: 'ABORTED', cause: 'no more' });
  expect(found.count).toBe(3000n);
});

test('a write that was sent settles as it does, and an abort after the end changes nothing', async () => {
  const found = await inTab(schema, async (database) => {
    const abort = new AbortController();
    const { signal } = abort;
    const write = failureOf(database.execute('INSERT INTO t (k, c, v) VALUES (7, 7, 7)', [], { signal }));
    for (let i = 0; i < 10; i++) await null;
    abort.abort();
    abort.abort();
    const later = new AbortController();
    const answer = await database.execute('SELECT k FROM t', [], { signal: later.signal });
    later.abort();
    return { write: await write, keys: answer.rows.map(({ k }) => k) };
  });
  expect(found).toEqual({ write: 'done', keys: [7] });
});

test('what is no signal is refused by its name', async () => {
  const found = await inTab(schema, async (database) => {
    const wrong = { signal: 7 as unknown as AbortSignal };
    return [await failureOf(database.execute('SELECT * FROM t', [], wrong)), await failureOf(database.compact('t', wrong))];
  });
  expect(found).toEqual([0, 1].map(() => expect.objectContaining({ code: 'INVALID_OPTION', data: { option: 'signal' } })));
});
