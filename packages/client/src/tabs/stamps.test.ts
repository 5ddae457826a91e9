import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import { expect, test } from 'vitest';
import { CallQueue, type QueueLink } from '../page/call-queue.ts';
import { CallKind, type CallMessage, type SettledCalls } from '../wire/calls.ts';
import { CallRunner } from '../worker/call-runner.ts';
import type { TabPlatform } from './platform.ts';
import { StoreLink } from './store-link.ts';

const NOW = 1_700_000_000_000;

function linkAt(clock: { now: number }): StoreLink {
  return new StoreLink({
    name: 'test',
    platform: { newId: () => 'tab', now: () => clock.now } as unknown as TabPlatform,
    canOwn: true,
    waitsForOwner: false,
    join: {},
    startOwner: () => Promise.reject(new Error('never asked')),
  });
}

test('calls without rows have times one after the other, later than what was acknowledged', () => {
  const clock = { now: NOW };
  const link = linkAt(clock);
  expect(link.stamps([1, 1, 1])).toEqual([NOW * 1000, NOW * 1000 + 1, NOW * 1000 + 2]);
  expect(link.stamps([1])).toEqual([NOW * 1000 + 3]);
  clock.now -= 10;
  expect(link.stamps([1])).toEqual([NOW * 1000 + 4]);
  link.ownerClock = NOW * 1000 + 700;
  expect(link.stamps([1, 1])).toEqual([NOW * 1000 + 701, NOW * 1000 + 702]);
  clock.now += 20;
  expect(link.stamps([1])).toEqual([(NOW + 10) * 1000]);
});

test('a call behind a few rows has a time after theirs, and behind many, one that is near its own', () => {
  const link = linkAt({ now: NOW });
  const offsets = link.stamps([1, 3, 1, 1000, 2, 10_000, 10_000, 1, 1]).map((stamp) => stamp - NOW * 1000);
  expect(offsets).toEqual([0, 1, 4, 5, 1005, 1007, 5000, 5001, 5002]);
  const burst = linkAt({ now: NOW });
  for (let i = 0; i < 100; i++) burst.stamps([10_000]);
  const [behind] = burst.stamps([1]);
  expect(behind).toBe(NOW * 1000 + 5099);
});

test('what is written after a call was sent again is later than it, whichever tab writes it, and wherever its clock is', async () => {
  const micros = NOW * 1000;
  const schema = 'CREATE TABLE t (k int PRIMARY KEY, v text)';
  const clock = { nowMicros: () => micros };
  const database = await openDatabase({ storage: new MemoryStorage(), schema, clock });
  const runner = new CallRunner(database);
  const messages: CallMessage[] = [];
  const host = {
    submit(message: CallMessage): Promise<SettledCalls> {
      messages.push(message);
      return messages.length === 1 ? Promise.reject(new Error('the owner is gone')) : runner.submit(message);
    },
  };
  const timed = linkAt({ now: NOW });
  const link = {
    current: { calls: host },
    ownerClock: 0,
    used: undefined,
    over: (_: unknown, call: () => unknown) => call(),
    mayHaveRun: () => true,
    stamps: (counts: readonly number[]) => timed.stamps(counts),
  };
  const queue = new CallQueue(link as unknown as QueueLink);
  const insert = 'INSERT INTO t (k, v) VALUES (?, ?)';
  const rows = Array.from({ length: 20 }, (_, k) => [k % 10, k < 10 ? 'z' : 'y']);
  await queue.call(CallKind.EXECUTE_MANY, insert, rows, undefined);
  expect(messages[1].calls[0].retry).toEqual({ timestamp: micros, count: 20, nowInSeconds: NOW / 1000 });
  expect(link.ownerClock).toBe(micros + 19);
  await database.execute(insert, [9, 'a']);
  const { rows: read } = await database.execute('SELECT v, writetime(v) AS at FROM t WHERE k IN (8, 9)');
  expect(read.map(({ v, at }) => [v, at])).toEqual([
    ['y', BigInt(micros + 18)],
    ['a', BigInt(micros + 20)],
  ]);
  await database.close();
});
