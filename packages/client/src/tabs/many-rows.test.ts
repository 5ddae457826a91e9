import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expect, test } from 'vitest';
import { CallQueue, type QueueLink } from '../page/call-queue.ts';
import { CallKind, type CallMessage, type SettledCalls } from '../wire/calls.ts';
import { CallRunner } from '../worker/call-runner.ts';

const MICROS = 1_700_000_000_000_000;
const schema = 'CREATE TABLE t (k int PRIMARY KEY, v text)';
const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
/** Two rows of it are more than a record of the log. */
const large = 'x'.repeat(700_000);

/** A queue that gives its calls times from `stamp` on, and the messages that it sent to whoever is the owner. */
function queueTo(owner: { runner: CallRunner }, stamp: number) {
  const messages: CallMessage[] = [];
  const host = {
    submit(message: CallMessage): Promise<SettledCalls> {
      messages.push(message);
      return owner.runner.submit(message);
    },
    rest: (id: number) => owner.runner.rest(id),
  };
  let next = stamp;
  const link = {
    current: { calls: host },
    ownerClock: 0,
    used: undefined,
    over: (_: unknown, call: () => unknown) => call(),
    mayHaveRun: () => true,
    stamps: (counts: readonly number[]) =>
      counts.map((count) => {
        next += count;
        return next - count;
      }),
  };
  return { queue: new CallQueue(link as unknown as QueueLink), messages };
}

async function store(storage = new MemoryStorage()) {
  const clock = { now: MICROS };
  const database = await openDatabase({
    storage,
    schema: `${schema.replace('TABLE', 'TABLE IF NOT EXISTS')}`,
    clock: { nowMicros: () => clock.now },
  });
  const times = async () => {
    const { rows } = await database.execute('SELECT k, writetime(v) AS at FROM t');
    return Object.fromEntries(rows.map(({ k, at }) => [k, Number(at) - MICROS]));
  };
  return { database, clock, times, runner: new CallRunner(database) };
}

test('many rows have the times that a second try would give them, where nothing later was given out', async () => {
  const owner = await store();
  const { queue, messages } = queueTo(owner, MICROS + 50);
  await queue.call(
    CallKind.EXECUTE_MANY,
    insert,
    [
      [1, large],
      [2, large],
      [3, 'c'],
    ],
    undefined,
  );
  expect(messages).toHaveLength(1);
  expect(await owner.times()).toEqual({ 1: 50, 2: 51, 3: 52 });
  await owner.database.execute(insert, [4, 'later']);
  expect((await owner.times())[4]).toBe(53);
  await owner.database.close();
});

test('rows that others were quicker than are later than what those wrote: at once where they fit into one record', async () => {
  const owner = await store();
  owner.clock.now += 1000;
  await owner.database.execute(insert, [1, 'of another tab']);
  const { queue, messages } = queueTo(owner, MICROS + 10);
  await queue.call(
    CallKind.EXECUTE_MANY,
    insert,
    [
      [1, 'a'],
      [2, 'b'],
    ],
    undefined,
  );
  expect(messages).toHaveLength(1);
  expect(await owner.times()).toEqual({ 1: 1001, 2: 1002 });
  await owner.database.close();
});

test('where they don’t, nothing is written before their tab knows their times; what others write meanwhile is later', async () => {
  const owner = await store();
  owner.clock.now += 1000;
  await owner.database.execute(insert, [1, 'of another tab']);
  const { queue, messages } = queueTo(owner, MICROS + 10);
  const done = queue.call(
    CallKind.EXECUTE_MANY,
    insert,
    [
      [1, large],
      [2, large],
      [1, 'last'],
      [3, 'c'],
    ],
    undefined,
  );
  const beside = queue.call(CallKind.EXECUTE, insert, [3, 'made after it'], undefined);
  await Promise.all([done, beside]);
  expect(messages.map(({ calls }) => calls.map(({ first }) => first ?? null))).toEqual([
    [{ timestamp: MICROS + 10, count: 4, isReserved: false }, null],
    [{ timestamp: MICROS + 1001, count: 4, isReserved: true }],
  ]);
  const { rows } = await owner.database.execute('SELECT k, v FROM t');
  expect(rows.map(({ k, v }) => [k, (v as string).slice(0, 15)]).sort()).toEqual([
    [1, 'last'],
    [2, 'x'.repeat(15)],
    [3, 'made after it'],
  ]);
  expect(await owner.times()).toEqual({ 1: 1003, 2: 1002, 3: 1005 });
  await owner.database.close();
});

test('of a key that many rows name twice the later row stays, when the owner goes between them and another carries the rows out again', async () => {
  const storage = new MemoryStorage();
  const first = await store(storage);
  first.clock.now += 1000;
  await first.database.execute(insert, [9, 'of another tab']);
  const rows = [
    [1, large],
    [2, large],
    [1, 'last'],
  ];
  const owner = { runner: first.runner };
  const { queue, messages } = queueTo(owner, MICROS + 10);
  const { runner } = first;
  const submit = runner.submit.bind(runner);
  let second: Awaited<ReturnType<typeof store>> | null = null;
  // The owner that has told the rows' times makes the first of their records durable, and is gone.
  runner.submit = async (message) => {
    const { first: stamped } = message.calls[0];
    if (stamped?.isReserved !== true) return submit(message);
    await first.database.executeMany(insert, rows.slice(0, 2), { firstTimestamp: stamped.timestamp });
    await first.database.close();
    second = await store(storage);
    owner.runner = second.runner;
    throw new Error('the owner is gone');
  };
  await queue.call(CallKind.EXECUTE_MANY, insert, rows, undefined);
  expect(messages).toHaveLength(3);
  expect(messages[2].calls[0].retry?.timestamp).toBe(MICROS + 1001);
  const next = second as unknown as Awaited<ReturnType<typeof store>>;
  const found = await next.database.execute('SELECT v FROM t WHERE k = 1');
  expect(found.rows[0]['v']).toBe('last');
  expect(await next.times()).toEqual({ 1: 1003, 2: 1002, 9: 1000 });
  await next.database.close();
});

test('what is asked for behind many rows finds them written, though their tab was to send them again', async () => {
  const owner = await store();
  owner.clock.now += 1000;
  await owner.database.execute(insert, [1, 'of another tab']);
  const { runner, database } = owner;
  const { queue, messages } = queueTo(owner, MICROS + 10);
  const rows = [
    [1, large],
    [2, large],
    [3, 'last'],
  ];
  const done = queue.call(CallKind.EXECUTE_MANY, insert, rows, undefined);
  queue.send();
  const found = runner.written().then(() => database.execute('SELECT k FROM t'));
  expect((await found).rows).toHaveLength(3);
  await done;
  expect(messages).toHaveLength(2);
  // A tab that is gone keeps nobody waiting.
  const [{ calls, ...message }] = messages;
  const first = { timestamp: MICROS + 20, count: 3, isReserved: false };
  const { outcomes } = await runner.submit({ ...message, calls: [{ ...calls[0], first }] });
  expect(outcomes).toEqual([[0, { restamp: MICROS + 1004 }]]);
  const after = runner.written();
  runner.leave();
  await after;
  await database.close();
});
