import { ByteWriter } from '@cassette/bytes';
import { type Database, openDatabase, type WriteEngineConfig } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Call, CallKind, type CallMessage, type Outcome } from '../wire/calls.ts';
import { packValue } from '../wire/pack.ts';
import { CallRunner } from './call-runner.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function open(config: Partial<WriteEngineConfig> = {}): Promise<Database> {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    config,
    schema: `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE KEYSPACE volatile WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false;
      CREATE TABLE k.t (p text, c int, v text, s set<int>, PRIMARY KEY (p, c));
      CREATE TABLE k.n (p text PRIMARY KEY, n counter);
      CREATE TABLE volatile.t (p text, c int, v text, PRIMARY KEY (p, c))`,
    clock: { nowMicros: () => 1_700_000_000_000_000 },
  });
  ends.push(() => database.close());
  return database;
}

type Asked = readonly [query: string, params?: unknown, options?: Call['options']];

function messageOf(asked: readonly Asked[]): CallMessage {
  const out = new ByteWriter(256);
  const texts = [...new Set(asked.map(([query]) => query))];
  const calls = asked.map(([query, params, options]): Call => {
    const offset = out.length;
    packValue(params, out);
    return { kind: CallKind.EXECUTE, text: texts.indexOf(query), offset, options };
  });
  return { texts, calls, bytes: out.toBytes() as Uint8Array<ArrayBuffer> };
}

/** Outcomes of calls of one message, by their numbers. */
async function outcomesOf(database: Database, message: CallMessage): Promise<Outcome[]> {
  const runner = new CallRunner(database);
  const outcomes: Outcome[] = [];
  let settled = await runner.submit(message);
  for (;;) {
    for (const [index, outcome] of settled.outcomes) outcomes[index] = outcome;
    if (settled.rest === null) return outcomes;
    settled = await runner.rest(settled.rest);
  }
}

const insert = 'INSERT INTO k.t (p, c, v) VALUES (?, ?, ?)';

async function rowsOf(database: Database, table = 'k.t'): Promise<unknown[][]> {
  const { rows } = await database.execute(`SELECT * FROM ${table}`);
  return rows.map((row) => row.values() as unknown[]);
}

function textOf(outcome: Outcome): string | null {
  return outcome !== null && 'error' in outcome ? outcome.error.message : null;
}

describe('small writes of one message', () => {
  test('are one write of the log and count as many', async () => {
    const database = await open();
    const outcomes = await outcomesOf(database, messageOf(Array.from({ length: 64 }, (_, i) => [insert, ['a', i, `v${i}`]])));
    expect(outcomes).toEqual(Array.from({ length: 64 }, () => null));
    const { counters, writeLatency } = database.stats();
    expect([counters.writes, counters.mutations, writeLatency.count, counters.walFlushes]).toEqual([64, 64, 64, 1]);
    expect((await rowsOf(database)).length).toBe(64);
  });

  test('have a timestamp each, so that of two about one cell the later stays', async () => {
    const database = await open();
    await outcomesOf(
      database,
      messageOf([
        [insert, ['a', 1, 'z']],
        [insert, ['a', 1, 'y']],
        ["UPDATE k.t SET v = 'a', s = {1} WHERE p = ? AND c = 1", ['a']],
        ['UPDATE k.t SET s = s + {2} WHERE p = ? AND c = 1', ['a']],
      ]),
    );
    const { rows } = await database.execute('SELECT v, s FROM k.t');
    expect(rows.map(({ v, s }) => [v, s])).toEqual([['a', new Set([1, 2])]]);
  });

  test('are refused alone, with the words that they are refused with by themselves', async () => {
    const database = await open();
    const asked: Asked[] = [
      [insert, ['a', 1, 'x']],
      [insert, ['a', 'no number', 'x']],
      [insert, ['a', 2]],
      ['INSERT INTO k.none (p) VALUES (?)', ['a']],
      ['INSRT INTO k.t', []],
      [insert, ['', null, 'x']],
      ['UPDATE k.t USING TIMESTAMP ? SET v = ? WHERE p = ? AND c = ?', [-(2n ** 63n), 'x', 'a', 3]],
      ['INSERT INTO k.t (p, c, v) VALUES (?, ?, ?) USING TTL ?', ['a', 4, 'x', 700_000_000]],
      [insert, ['a', 5, 'y']],
    ];
    const together = (await outcomesOf(database, messageOf(asked))).map(textOf);
    const other = await open();
    const alone: (string | null)[] = [];
    for (const [query, params] of asked) {
      alone.push(
        await other.execute(query, params as unknown[]).then(
          () => null,
          (error: Error) => error.message,
        ),
      );
    }
    expect(together).toEqual(alone);
    expect(together.map((text) => text === null)).toEqual([true, false, false, false, false, false, false, false, true]);
    expect(await rowsOf(database)).toEqual(await rowsOf(other));
  });

  test('leave of a TRUNCATE among them what calls leave that are made side by side', async () => {
    const asked: Asked[] = [[insert, ['a', 1, 'x']], [insert, ['a', 2, 'x']], ['TRUNCATE k.t'], [insert, ['a', 3, 'y']]];
    const [database, other] = [await open(), await open()];
    await outcomesOf(database, messageOf(asked));
    await Promise.all(asked.map(([query, params]) => other.execute(query, params as unknown[])));
    expect(await rowsOf(database)).toEqual(await rowsOf(other));
    await outcomesOf(database, messageOf([[insert, ['a', 1, 'x']], ['TRUNCATE k.t']]));
    expect(await rowsOf(database)).toEqual([]);
  });

  test('do not mix with those that the log does not have, nor with counters and conditions', async () => {
    const database = await open();
    const outcomes = await outcomesOf(
      database,
      messageOf([
        [insert, ['a', 1, 'x']],
        ['INSERT INTO volatile.t (p, c, v) VALUES (?, ?, ?)', ['a', 1, 'x']],
        ['UPDATE k.n SET n = n + 2 WHERE p = ?', ['a']],
        ['INSERT INTO k.t (p, c, v) VALUES (?, ?, ?) IF NOT EXISTS', ['a', 2, 'x']],
        [insert, ['a', 3, 'x'], { timestamp: 5 }],
        [insert, ['a', 4, 'x'], { tracing: true }],
      ]),
    );
    expect(outcomes.map((outcome) => (outcome !== null && 'error' in outcome ? outcome.error : true))).toEqual(
      Array(6).fill(true),
    );
    expect((await rowsOf(database)).map(([, c]) => c)).toEqual([1, 2, 3, 4]);
    expect(await rowsOf(database, 'volatile.t')).toEqual([['a', 1, 'x']]);
    expect(await rowsOf(database, 'k.n')).toEqual([['a', 2n]]);
  });

  test('that are many or large are written in parts', async () => {
    const database = await open();
    const large = 'x'.repeat(40_000);
    const outcomes = await outcomesOf(database, messageOf(Array.from({ length: 5 }, (_, i) => [insert, ['a', i, large]])));
    expect(outcomes).toEqual([null, null, null, null, null]);
    expect((await rowsOf(database)).map(([, , , v]) => (v as string).length)).toEqual(Array(5).fill(40_000));
  });

  test('that are together larger than a write may be are written in parts too, and before a TRUNCATE behind them', async () => {
    const database = await open({ mutationSizeMax: 1024 });
    const half = 'x'.repeat(600);
    const inserts = Array.from({ length: 4 }, (_, i): Asked => [insert, ['a', i, half]]);
    expect(await outcomesOf(database, messageOf([...inserts, ['TRUNCATE k.t']]))).toEqual(Array(5).fill(null));
    expect(await rowsOf(database)).toEqual([]);
    // Refused for what they are together they would count as failures.
    const { writes, writesFailed } = database.stats().counters;
    expect([writes, writesFailed]).toEqual([4, 0]);
  });

  test('are tried one by one where the engine refuses them together', async () => {
    const database = await open();
    const apply = vi.spyOn(database.engine, 'apply');
    const message = messageOf([
      [insert, ['a', 1, 'x']],
      [insert, ['b', 1, 'y']],
    ]);
    const { InvalidRequestError } = await import('@cassette/cql');
    apply.mockRejectedValueOnce(new InvalidRequestError('There is no table of that id (any more)'));
    expect(await outcomesOf(database, message)).toEqual([null, null]);
    expect(apply).toHaveBeenCalledTimes(3);
    apply.mockRejectedValueOnce(new Error('the disk is gone'));
    expect((await outcomesOf(database, message)).map(textOf)).toEqual(['the disk is gone', 'the disk is gone']);
    expect(apply).toHaveBeenCalledTimes(4);
  });
});
