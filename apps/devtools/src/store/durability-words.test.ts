import { Durability, type KeyspaceInfo } from '@cassette/client';
import { expect, test } from 'vitest';
import { appliedWords, durabilityWords } from './durability-words.ts';

const keyspaces: readonly KeyspaceInfo[] = [
  { name: 'kept', durableWrites: true, tables: [], types: [] },
  { name: 'Loose One', durableWrites: false, tables: [], types: [] },
];
const store = (durability: Durability, persistent = true) => ({ durability, persistent });
const sync = store(Durability.SyncEachWrite);

test('the header tells what the store was opened with, and which keyspaces are otherwise', () => {
  expect(durabilityWords(sync, keyspaces.slice(0, 1)).words).toBe('each write synced');
  expect(durabilityWords(sync, keyspaces)).toEqual({
    words: 'each write synced, mostly',
    explanation:
      'Durability.SyncEachWrite: a promise resolves when the log was synced; writes in flight share one sync. Keyspaces with durable_writes = false, by flushes alone: Loose One',
    isWeak: false,
  });
  expect(durabilityWords(store(Durability.Periodic(1500)), []).words).toBe('synced each 1.5 s');
  expect(durabilityWords(store(Durability.Disabled), [])).toMatchObject({ words: 'by flushes alone', isWeak: true });
  expect(durabilityWords(store(Durability.SyncEachWrite, false), [])).toMatchObject({
    words: 'not beyond its tabs',
    isWeak: true,
  });
});

test.each([
  ['INSERT INTO kept.t (k) VALUES (1)', sync, 'Applied and durable in 2.0 ms.'],
  ['INSERT INTO t (k) VALUES (1)', sync, 'Applied and durable in 2.0 ms.'],
  [
    'UPDATE "Loose One".t SET v = 1 WHERE k = 1',
    sync,
    'Applied in 2.0 ms, and in no log: a crash takes it until the next flush.',
  ],
  [
    'BEGIN BATCH INSERT INTO kept.t (k) VALUES (1); DELETE FROM "Loose One" . t WHERE k = 1 APPLY BATCH',
    sync,
    'Applied in 2.0 ms, and in no log: a crash takes it until the next flush.',
  ],
  [
    'DELETE FROM kept.t WHERE k = 1',
    store(Durability.Disabled),
    'Applied in 2.0 ms, and in no log: a crash takes it until the next flush.',
  ],
  [
    'DELETE FROM kept.t WHERE k = 1',
    store(Durability.Periodic(10)),
    'Applied in 2.0 ms; in the log, which is synced within 10 ms.',
  ],
  ['CREATE TABLE "Loose One".t (k int PRIMARY KEY)', store(Durability.Disabled), 'Applied and durable in 2.0 ms.'],
  [
    'CREATE TABLE t (k int PRIMARY KEY)',
    store(Durability.SyncEachWrite, false),
    'Applied in 2.0 ms, in memory: gone with the last tab of this store.',
  ],
] as const)('%s', (text, keeping, said) => {
  expect(appliedWords(text, keeping, keyspaces, null, 2)).toBe(said);
});

test('names without a keyspace are in the one that USE said', () => {
  expect(appliedWords('INSERT INTO t (k) VALUES (1)', sync, keyspaces, 'Loose One', 2)).toMatch(/in no log/);
});
