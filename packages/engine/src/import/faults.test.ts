// An import over a storage that fails and loses what was not flushed, at every step: all of it is there afterwards, or nothing.

import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { beforeAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { NOTES, rowsOf, surveyStore, zipOf } from './testing/imports.ts';

const SCHEMA = `CREATE KEYSPACE s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE s.notes (id int PRIMARY KEY, body text);`;
const READ_ALL = 'SELECT sensor, at, site, v FROM s.readings';

let zip: Uint8Array<ArrayBuffer>;
let notes: string[];
let readings: string[];

beforeAll(async () => {
  const source = await surveyStore();
  zip = await zipOf(source, { tables: ['s.readings', 's.notes'] });
  notes = await rowsOf(source, NOTES);
  readings = await rowsOf(source, READ_ALL);
  await source.close();
});

function open(storage: FaultyStorage): Promise<Database> {
  let micros = 1_700_000_000_000_000;
  return openDatabase({
    storage,
    schema: SCHEMA,
    clock: { nowMicros: () => micros++ },
    config: { compaction: { enabled: false } },
  });
}

/** What is there: everything, nothing, or something in between. */
async function stateOf(db: Database): Promise<'all' | 'nothing' | 'torn'> {
  const found = await rowsOf(db, NOTES);
  const hasReadings = db.schema.table('s', 'readings') !== undefined;
  if (!hasReadings && found.length === 1) return 'nothing';
  const all = hasReadings && found.length === notes.length + 1 && (await rowsOf(db, READ_ALL)).join() === readings.join();
  return all ? 'all' : 'torn';
}

async function prepared(seed: number): Promise<{ storage: FaultyStorage; db: Database }> {
  const storage = new FaultyStorage({ random: seededRandom(seed) });
  const db = await open(storage);
  await db.execute("INSERT INTO s.notes (id, body) VALUES (1000, 'mine') USING TIMESTAMP 1");
  return { storage, db };
}

function imported(db: Database): Promise<unknown> {
  return db.import(new Blob([zip])).then(
    () => 'done',
    (error: unknown) => error,
  );
}

test.each(['lose', 'chaos'] as const)(
  'the power goes at any change of the disk, and what was not flushed is gone (%s)',
  async (temper) => {
    let ended = false;
    const seen = new Set<string>();
    for (let changes = 0; !ended; changes++) {
      const { storage, db } = await prepared(changes);
      storage.crashAfter(changes);
      const outcome = await imported(db);
      ended = outcome === 'done';
      const disk = storage.crash(temper);
      const again = await open(disk);
      const state = await stateOf(again);
      expect(state, `after ${changes} changes`).not.toBe('torn');
      if (ended) expect(state).toBe('all');
      seen.add(state);
      if (state === 'nothing') {
        expect(await imported(again)).toBe('done');
        expect(await stateOf(again)).toBe('all');
      }
      await again.close();
      // Recovery has swept: what is there now is what the catalog names.
      const third = await open(disk);
      expect(third.recovery.litterSwept).toEqual([]);
      expect(third.recovery.sstablesSetAside).toEqual([]);
      expect(await stateOf(third)).toBe('all');
      await third.close();
    }
    expect(seen).toContain('nothing');
  },
);

test.each([
  ['create', 'io'],
  ['open', 'io'],
  ['read', 'io'],
  ['write', 'full'],
  ['flush', 'io'],
  ['sync', 'io'],
  ['commit', 'io'],
  ['commit', 'full'],
] as const)('a %s that fails (%s) ends it with nothing changed, and it can be done again', async (kind, error) => {
  let ended = false;
  for (let nth = 1; !ended; nth++) {
    const { storage, db } = await prepared(nth);
    storage.failOn(kind, nth, error);
    const outcome = await imported(db);
    storage.clearFaults();
    ended = outcome === 'done';
    if (!ended) {
      // The disk failed; what is imported is whole.
      expect(outcome, `${kind} ${nth}`).toMatchObject({ code: error === 'full' ? 'STORAGE_FULL' : 'STORAGE_IO' });
      expect(await stateOf(db), `${kind} ${nth}`).toBe('nothing');
      await db.execute("INSERT INTO s.notes (id, body) VALUES (1000, 'mine still') USING TIMESTAMP 2");
      expect(await imported(db)).toBe('done');
    }
    expect(await stateOf(db)).toBe('all');
    await db.close();
    const again = await open(storage);
    expect(again.recovery.litterSwept).toEqual([]);
    expect(await stateOf(again)).toBe('all');
    await again.close();
  }
});

test('a commit that fails, and whatever follows it: the files are not there when the catalog does not name them', async () => {
  const { storage, db } = await prepared(1);
  storage.failOn('commit', 1, 'io', 2);
  expect(await imported(db)).toMatchObject({ code: 'STORAGE_IO' });
  expect(await stateOf(db)).toBe('nothing');
  await db.execute('DROP TABLE s.notes');
  const again = await openDatabase({ storage: storage.crash('lose') });
  expect(again.recovery.corruption).toEqual([]);
  expect(again.schema.table('s', 'notes')).toBeUndefined();
  await again.close();
});

test('a stream that is spooled leaves no file, also when the power goes', async () => {
  for (let changes = 0; changes < 30; changes++) {
    const { storage, db } = await prepared(changes);
    storage.crashAfter(changes);
    await db.import(new Blob([zip]).stream()).catch((error: unknown) => error);
    const disk = storage.crash('lose');
    const again = await open(disk);
    expect((await disk.list()).filter((name) => name.endsWith('.spool'))).toEqual([]);
    await again.close();
  }
});
