import { LazyPart } from '@cassette/bytes';
import { Decimal, Duration, InetAddress, LocalDate, LocalTime, TimeUuid, Uuid } from '@cassette/cql';
import { type Database, openDatabase, ResultSet } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expose, type Remote, wrap } from 'comlink';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { Connection } from '../tabs/connection.ts';
import { StoreLink } from '../tabs/store-link.ts';
import { CallKind, type CallMessage, type CallTarget, type SettledCalls } from '../wire/calls.ts';
import { CallRunner } from '../worker/call-runner.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { CallQueue, type QueueLink } from './call-queue.ts';

installErrorTransfer();

/** What has to be ended after a test. */
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** What a fake database has of a store. */
const nameless = {
  keyspace: 'k',
  engine: { clock: { lastTimestamp: 0 } } as Database['engine'],
  inOrder: <T>(work: () => Promise<T>) => work(),
  // Each call is to reach it by itself.
  gather: () => ({ add: () => false }) as never,
};

/** A queue whose calls cross a real message channel to a runner on `database`, and the messages that were sent. */
function connect(database: Pick<Database, 'execute' | 'executeMany' | 'batch' | 'inOrder' | 'gather' | 'keyspace' | 'engine'>) {
  const runner = new CallRunner(database as Database);
  const messages: CallMessage[] = [];
  const rests: number[] = [];
  const target: CallTarget = {
    submit(message: CallMessage): Promise<SettledCalls> {
      messages.push(message);
      return runner.submit(message);
    },
    rest(id: number): Promise<SettledCalls> {
      rests.push(id);
      return runner.rest(id);
    },
  };
  const channel = new MessageChannel();
  expose(target, channel.port1);
  ends.push(() => {
    channel.port1.close();
    channel.port2.close();
  });
  return { queue: new CallQueue(linkTo(wrap<WorkerHost>(channel.port2))), messages, rests };
}

/** The way of a page that is alone to its worker. */
function linkTo(host: Remote<WorkerHost>): StoreLink {
  const link = new StoreLink({
    name: 'test',
    platform: null,
    canOwn: true,
    waitsForOwner: false,
    join: {},
    startOwner: async ({ onEnd }) => new Connection('owner', host, () => undefined, onEnd),
  });
  link.begin();
  return link;
}

async function realDatabase(): Promise<Database> {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE k.t (p text, c int, v text, PRIMARY KEY (p, c))`,
  });
  ends.push(() => database.close());
  return database;
}

const insert = 'INSERT INTO k.t (p, c, v) VALUES (?, ?, ?)';

describe('calls of one turn', () => {
  test('are one message, in which equal texts travel once', async () => {
    const { queue, messages } = connect(await realDatabase());
    await Promise.all(Array.from({ length: 100 }, (_, i) => queue.call(CallKind.EXECUTE, insert, ['a', i, `v${i}`], undefined)));
    expect(messages.length).toBe(1);
    expect([messages[0].calls.length, messages[0].texts]).toEqual([100, [insert]]);
  });

  test('are alone unless the tab waits for others already', async () => {
    const { queue, messages } = connect(await realDatabase());
    const write = (c: number) => queue.call(CallKind.EXECUTE, insert, ['a', c, 'v'], undefined);
    const first = Promise.all([write(1), write(2)]);
    queue.send();
    await Promise.all([first, write(3)]);
    await write(4);
    expect(messages.map(({ calls, isAlone }) => [calls.length, isAlone])).toEqual([
      [2, true],
      [1, false],
      [1, true],
    ]);
  });

  test('each get their own answer, rows, nothing or an error', async () => {
    const { queue } = connect(await realDatabase());
    await queue.call(
      CallKind.EXECUTE_MANY,
      insert,
      [
        ['a', 1, 'x'],
        ['a', 2, null],
      ],
      undefined,
    );
    const [rows, nothing, wrong, batch] = await Promise.allSettled([
      queue.call(CallKind.EXECUTE, "SELECT * FROM k.t WHERE p = 'a'", null, undefined),
      queue.call(CallKind.EXECUTE, insert, ['b', 1, 'y'], undefined),
      queue.call(CallKind.EXECUTE, 'SELECT * FORM k.t', null, undefined),
      queue.call(CallKind.BATCH, null, [{ query: insert, params: ['c', 1, 'z'] }], undefined),
    ]);
    expect(rows.status === 'fulfilled' && rows.value.rows.map((row) => row.values())).toEqual([
      ['a', 1, 'x'],
      ['a', 2, null],
    ]);
    expect(nothing).toMatchObject({ status: 'fulfilled', value: { columns: null } });
    expect(wrong).toMatchObject({ status: 'rejected', reason: { name: 'CqlSyntaxError', code: 'SYNTAX_ERROR' } });
    expect(batch.status).toBe('fulfilled');
    const all = await queue.call(CallKind.EXECUTE, 'SELECT p, c FROM k.t', null, { fetchSize: 2 });
    expect([all.rowLength, all.pageState !== null]).toEqual([2, true]);
    const last = await queue.call(CallKind.EXECUTE, 'SELECT p, c FROM k.t', null, { fetchSize: 5, pageState: all.pageState! });
    expect([last.rowLength, last.pageState]).toEqual([2, null]);
  });

  test('whose parameters can not travel reject alone', async () => {
    const { queue, messages } = connect(await realDatabase());
    const outcomes = await Promise.allSettled([
      queue.call(CallKind.EXECUTE, insert, ['a', 1, 'x'], undefined),
      queue.call(CallKind.EXECUTE, insert, ['a', 2, () => 'x'], undefined),
      queue.call(CallKind.EXECUTE, insert, ['a', 3, 'x'], undefined),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(messages[0].calls.length).toBe(2);
    expect((await queue.call(CallKind.EXECUTE, 'SELECT * FROM k.t', null, undefined)).rowLength).toBe(2);
  });

  test('do not wait for a slow one among them', async () => {
    let finish: () => void = () => undefined;
    const slow = new Promise<ResultSet>((resolve) => {
      finish = () => resolve(ResultSet.empty());
    });
    const nothing = async () => ResultSet.empty();
    const execute = (query: string) => (query === 'slow' ? slow : nothing());
    const { queue, rests } = connect({ execute, executeMany: nothing, batch: nothing, ...nameless });
    const first = queue.call(CallKind.EXECUTE, 'slow', null, undefined);
    let settled = false;
    void first.then(() => {
      settled = true;
    });
    await queue.call(CallKind.EXECUTE, 'quick', null, undefined);
    expect(settled).toBe(false);
    finish();
    await first;
    expect(rests.length).toBe(1);
  });

  test('that are not sent yet go before what is sent another way', async () => {
    const { queue, messages } = connect(await realDatabase());
    const call = queue.call(CallKind.EXECUTE, insert, ['a', 1, 'x'], undefined);
    expect(messages.length).toBe(0);
    queue.send();
    queue.send();
    await call;
    expect(messages.length).toBe(1);
  });

  test('with options that are wrong reject alone, and the known options alone travel', async () => {
    const { queue, messages } = connect(await realDatabase());
    const options = { fetchSize: 1, consistency: 6, foo: () => 1, keyspace: null };
    const outcomes = await Promise.allSettled([
      queue.call(CallKind.EXECUTE, insert, ['a', 1, 'x'], options),
      queue.call(CallKind.EXECUTE, insert, ['a', 2, 'x'], { fetchSize: () => 1 }),
      queue.call(CallKind.EXECUTE, insert, ['a', 3, 'x'], 'fast'),
    ]);
    expect(
      outcomes.map((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code, outcome.reason.message] : null)),
    ).toEqual([
      null,
      ['INVALID_OPTION', 'fetchSize has to be a number of rows, not a function'],
      ['INVALID_OPTION', 'options has to be an object, not "fast"'],
    ]);
    expect(messages.map(({ calls }) => calls.map((call) => call.options))).toEqual([[{ fetchSize: 1 }]]);
  });

  test('without parameters, or with null for them, are told how many are missing', async () => {
    const { queue } = connect(await realDatabase());
    for (const none of [undefined, null]) {
      await expect(queue.call(CallKind.EXECUTE, insert, none, undefined)).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
        message: expect.stringContaining('the statement has 3 bind markers, 0 values were given'),
      });
    }
  });

  test('all reject when the message itself fails', async () => {
    const broken = {
      submit: () => Promise.reject(new TypeError('the channel is gone')),
      rest: () => Promise.reject(new TypeError('the channel is gone')),
    } as unknown as Remote<WorkerHost>;
    const queue = new CallQueue(linkTo(broken));
    const outcomes = await Promise.allSettled([
      queue.call(CallKind.EXECUTE, 'a', null, undefined),
      queue.call(CallKind.EXECUTE, 'b', null, undefined),
    ]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message)).toEqual([
      'the channel is gone',
      'the channel is gone',
    ]);
  });
});

test('rows that are sent again, for nobody knows whether they were written, have timestamps of their own, in their order', async () => {
  const database = await realDatabase();
  const runner = new CallRunner(database);
  const messages: CallMessage[] = [];
  const host = {
    async submit(message: CallMessage): Promise<SettledCalls> {
      messages.push(message);
      const settled = await runner.submit(message);
      if (messages.length === 1) throw new Error('the owner is gone');
      return settled;
    },
  };
  const stamps: (readonly number[])[] = [];
  const link = {
    current: { calls: host },
    ownerClock: 0,
    used: undefined,
    over: (_: unknown, call: () => unknown) => call(),
    mayHaveRun: () => true,
    stamps(counts: readonly number[]) {
      stamps.push(counts);
      return [1000, 1001, 1004];
    },
  };
  const queue = new CallQueue(link as unknown as QueueLink);
  const rows = [
    ['a', 1, 'z'],
    ['a', 2, 'y'],
    ['a', 1, 'x'],
  ];
  const before = await Promise.all([
    queue.call(CallKind.EXECUTE, insert, ['b', 1, 'v'], undefined),
    queue.call(CallKind.EXECUTE_MANY, insert, rows, undefined),
    queue.call(CallKind.EXECUTE, insert, ['b', 2, 'w'], undefined),
  ]);
  expect([before.length, stamps]).toEqual([3, [[1, 3, 1]]]);
  expect(messages.map(({ calls }) => calls.map(({ retry }) => retry?.timestamp))).toEqual([
    [undefined, undefined, undefined],
    [1000, 1001, 1004],
  ]);
  const select = 'SELECT c, v, writetime(v) AS at FROM k.t WHERE p = ?';
  const written = await queue.call(CallKind.EXECUTE, select, ['a'], undefined);
  expect(written.rows.map(({ c, v }) => [c, v])).toEqual([
    [1, 'x'],
    [2, 'y'],
  ]);
  // What the first try wrote has the time of its writing, and stays.
  expect(written.rows.every(({ at }) => (at as bigint) > 1_000_000n)).toBe(true);
  const fresh = await realDatabase();
  await new CallRunner(fresh).submit(messages[1]);
  const again = await fresh.execute(select, ['a']);
  expect(again.rows.map((row) => row.values())).toEqual([
    [1, 'x', 1003n],
    [2, 'y', 1002n],
  ]);
});

test('values of every class arrive as the type of their column takes them', async () => {
  const database = await realDatabase();
  await database.execute(
    'CREATE TABLE k.v (k int PRIMARY KEY, a uuid, b timeuuid, c inet, d duration, e date, f time, g decimal, h varint, i timestamp, j blob, l list<uuid>)',
  );
  const { queue } = connect(database);
  const given = [
    Uuid.parse('00000000-0000-4000-8000-00000000000a'),
    TimeUuid.parse('8e14e760-7fa8-11eb-bc66-000000000001'),
    InetAddress.parse('::1'),
    Duration.parse('1mo2d3ns'),
    LocalDate.parse('2024-02-29'),
    LocalTime.parse('10:11:12.000000013'),
    Decimal.parse('-1.50'),
    10n ** 30n,
    new Date(0),
    Uint8Array.of(1, 2),
    [Uuid.parse('00000000-0000-4000-8000-00000000000b')],
  ];
  await queue.call(
    CallKind.EXECUTE,
    'INSERT INTO k.v (k, a, b, c, d, e, f, g, h, i, j, l) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    given,
    undefined,
  );
  const result = await queue.call(CallKind.EXECUTE, 'SELECT a, b, c, d, e, f, g, h, i, j, l FROM k.v', null, undefined);
  expect(result.first()?.values().map(String)).toEqual(given.map(String));
});

test('encoded mutations wait behind a call that waits for code that is not loaded yet', async () => {
  const database = await realDatabase();
  const done: string[] = [];
  const part = new LazyPart('tests', async () => ({ answer: 42 }));
  vi.spyOn(database, 'write').mockImplementation(async () => {
    done.push('write');
  });
  const waiting = database.inOrder(() => Promise.resolve(done.push(`execute ${part.module.answer}`)));
  const writing = new CallRunner(database).write(new Uint8Array(1));
  expect(done).toEqual([]);
  await Promise.all([waiting, writing]);
  expect(done).toEqual(['execute 42', 'write']);
});
