import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import type { Storage } from '@cassette/storage';
import { MemoryStorage } from '@cassette/storage';
import { copyStore } from '@cassette/storage/encrypted';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import type { WriteEngineConfig } from '../config/index.ts';
import { Durability } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { TestClock } from '../database/testing/test-database.ts';
import { changeFromTransfer } from './change-transfer.ts';
import type { Change } from './describe-change.ts';

const SCHEMA = `
  CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c)) WITH cdc = true;
  CREATE TABLE quiet (k int PRIMARY KEY, v int);`;

function opened(storage: Storage, config: Partial<WriteEngineConfig> = {}, schema = SCHEMA): Promise<Database> {
  return openDatabase({
    storage,
    keyspace: 'ks',
    schema,
    clock: new TestClock(),
    random: seededRandom(7),
    config: { compaction: { enabled: false }, ...config },
  });
}

async function all(db: Database, since?: string, tables?: string[]): Promise<Change[]> {
  const found: Change[] = [];
  const options = { follow: false, ...(since !== undefined && { since }), ...(tables !== undefined && { tables }) };
  for await (const change of db.changes(options)) found.push(change);
  return found;
}

const written = (changes: readonly Change[]) => changes.flatMap(({ rows }) => rows.map(({ clustering }) => clustering?.c));
const insert = (c: number) => `INSERT INTO t (k, c, v) VALUES (1, ${c}, ${c})`;

describe('changes', () => {
  test('tell in full what was written: rows, elements, deletions, times to live', async () => {
    const storage = new MemoryStorage();
    const db = await opened(
      storage,
      {},
      `CREATE TYPE place (x int, y int);
       CREATE TABLE all_kinds (a int, b text, c int, s text STATIC, v int, m map<text, int>, st set<int>, l list<int>, p place,
         f frozen<list<int>>, PRIMARY KEY ((a, b), c)) WITH cdc = true;
       CREATE TABLE counted (k int PRIMARY KEY, n counter) WITH cdc = true;`,
    );
    const at = { timestamp: 5, nowInSeconds: 100 };
    await db.execute(
      "INSERT INTO all_kinds (a, b, c, s, v, m, st, f) VALUES (1, 'x', 2, 'st', 3, {'q': 4}, {5}, [6]) USING TTL 10",
      null,
      at,
    );
    await db.execute(
      "UPDATE all_kinds SET v = null, m['z'] = 1, st = st - {5}, p.y = 9 WHERE a = 1 AND b = 'x' AND c = 2",
      null,
      at,
    );
    await db.execute("DELETE FROM all_kinds WHERE a = 1 AND b = 'x' AND c > 1 AND c <= 3", null, at);
    await db.execute("DELETE FROM all_kinds WHERE a = 1 AND b = 'x' AND c = 2", null, at);
    await db.execute("DELETE FROM all_kinds WHERE a = 1 AND b = 'x'", null, at);
    await db.execute('UPDATE counted SET n = n + 2 WHERE k = 1');
    const changes = await all(db);
    const life = { ttl: 10, expires: 110 };
    const deleted = { timestamp: 5n, localDeletionTime: 100 };
    const plain = changes.slice(0, 5).map(({ position: _, keyspace, table, partitionKey, ...rest }) => {
      expect([keyspace, table, partitionKey]).toEqual(['ks', 'all_kinds', { a: 1, b: 'x' }]);
      return rest;
    });
    const cell = { kind: 'set', timestamp: 5n };
    expect(plain).toEqual([
      {
        deletion: null,
        deletedRanges: [],
        rows: [
          { clustering: null, insert: null, deletion: null, cells: [{ column: 's', ...cell, value: 'st', ...life }] },
          {
            clustering: { c: 2 },
            insert: { timestamp: 5n, ...life },
            deletion: null,
            cells: [
              { column: 'f', ...cell, value: [6], ...life },
              { column: 'v', ...cell, value: 3, ...life },
              { column: 'm', kind: 'delete elements', timestamp: 4n },
              { column: 'm', ...cell, element: 'q', value: 4, ...life },
              { column: 'st', kind: 'delete elements', timestamp: 4n },
              { column: 'st', ...cell, element: 5, value: 5, ...life },
            ],
          },
        ],
      },
      {
        deletion: null,
        deletedRanges: [],
        rows: [
          {
            clustering: { c: 2 },
            insert: null,
            deletion: null,
            cells: [
              { column: 'v', kind: 'delete', timestamp: 5n },
              { column: 'm', ...cell, element: 'z', value: 1 },
              { column: 'p', ...cell, element: 'y', value: 9 },
              { column: 'st', kind: 'delete', timestamp: 5n, element: 5 },
            ],
          },
        ],
      },
      {
        deletion: null,
        deletedRanges: [
          { ...deleted, from: { clustering: { c: 1 }, inclusive: false }, to: { clustering: { c: 3 }, inclusive: true } },
        ],
        rows: [],
      },
      { deletion: null, deletedRanges: [], rows: [{ clustering: { c: 2 }, insert: null, deletion: deleted, cells: [] }] },
      { deletion: deleted, deletedRanges: [], rows: [] },
    ]);
    expect(changes[5].rows[0].cells[0]).toMatchObject({ column: 'n', kind: 'set', value: expect.any(Uint8Array) });
    await db.close();
  });

  test('are of tables with cdc alone, and of those that are asked for', async () => {
    const db = await opened(new MemoryStorage());
    await db.execute('CREATE TABLE more (k int PRIMARY KEY) WITH cdc = true');
    await db.batch([insert(1), 'INSERT INTO quiet (k, v) VALUES (1, 1)', 'INSERT INTO more (k) VALUES (1)']);
    expect((await all(db)).map(({ table }) => table).sort()).toEqual(['more', 't']);
    expect((await all(db, undefined, ['ks.more'])).map(({ table }) => table)).toEqual(['more']);
    await expect(all(db, undefined, ['nope'])).rejects.toThrow(InvalidRequestError);
    await expect(all(db, 'nope')).rejects.toThrow(InvalidRequestError);
    await db.close();
    const without = await opened(new MemoryStorage(), {}, 'CREATE TABLE quiet (k int PRIMARY KEY)');
    await expect(all(without)).rejects.toThrow(/cdc = true/);
    await without.close();
  });

  test('go on behind a position, over flushes and restarts', async () => {
    const storage = new MemoryStorage();
    let db = await opened(storage);
    for (let c = 0; c < 3; c++) await db.execute(insert(c));
    const [first, second] = await all(db);
    expect(first.position < second.position).toBe(true);
    await db.flush();
    await db.execute(insert(3));
    await db.batch([insert(4), 'INSERT INTO t (k, c, v) VALUES (2, 5, 5)']);
    expect(written(await all(db, second.position))).toEqual([2, 3, 4, 5]);
    await db.close();
    db = await opened(storage);
    await db.execute(insert(6));
    await db.flush();
    await db.close();
    db = await opened(storage);
    const rest = await all(db, second.position);
    expect(written(rest)).toEqual([2, 3, 4, 5, 6]);
    // Within a batch too.
    const four = rest.find(({ rows }) => rows[0].clustering?.c === 4) as Change;
    expect(written(await all(db, four.position))).toEqual([5, 6]);
    expect(written(await all(db))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await db.close();
  });

  test('are waited for at the end of the log, until somebody ends that', async () => {
    const db = await opened(new MemoryStorage());
    await db.execute(insert(0));
    const abort = new AbortController();
    const seen: unknown[] = [];
    const following = (async () => {
      for await (const change of db.changes({ since: 'now', signal: abort.signal })) seen.push(...written([change]));
    })();
    const until = async (length: number) => {
      while (seen.length < length) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await db.execute(insert(1));
    await until(1);
    await db.flush();
    await db.execute(insert(2));
    await until(2);
    abort.abort();
    await following;
    expect(seen).toEqual([1, 2]);
    const closing = toItsEnd(db);
    await db.close();
    await expect(closing).rejects.toMatchObject({ code: 'CLOSED' });
  });

  test('that are not kept any more are an error with the oldest position; what is kept is bounded and counted', async () => {
    const storage = new MemoryStorage();
    const db = await opened(storage, { cdcTotalSpace: 12_000 });
    await db.execute(insert(0));
    const [first] = await all(db);
    for (let c = 1; c < 10; c++) {
      await db.execute(insert(c));
      await db.flush();
    }
    const failure = await all(db, first.position).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CassetteError);
    expect(failure).toMatchObject({
      code: 'CHANGES_TRUNCATED',
      data: { oldest: expect.stringMatching(/^\d{10}-0{10}-0{6}-[0-9a-f]{12}-[0-9a-f]{8}$/) },
    });
    const { oldest } = (failure as CassetteError).data as { oldest: string };
    const kept = written(await all(db, oldest));
    expect(kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(-kept.length));
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.length).toBeLessThan(9);
    let bytes = 0;
    for (const name of await storage.list()) {
      const file = await storage.open(name).catch(() => null);
      if (name.startsWith('cdc-') && file !== null) bytes += file.size;
      file?.close();
    }
    expect(bytes).toBeLessThanOrEqual(12_000);
    expect(db.engine.stats().diskBytes).toBeGreaterThanOrEqual(bytes);
    // Those of tables that have it no more can still be read, those of tables that are gone can't.
    await db.execute('ALTER TABLE t WITH cdc = false');
    await db.execute(insert(10));
    await db.flush();
    expect(written(await all(db))).not.toContain(10);
    expect(written(await all(db))).toContain(9);
    await db.execute('DROP TABLE t');
    await db.execute('INSERT INTO quiet (k, v) VALUES (1, 1)');
    await db.flush();
    expect((await storage.list()).filter((name) => name.startsWith('cdc-'))).toEqual([]);
    await db.close();
  });

  test('are those that were written while the table had cdc, whenever they are read', async () => {
    const storage = new MemoryStorage();
    let db = await opened(storage);
    const followed: unknown[] = [];
    const abort = new AbortController();
    const following = (async () => {
      for await (const change of db.changes({ signal: abort.signal })) followed.push(...written([change]));
    })();
    await db.execute(insert(1));
    await db.execute('ALTER TABLE t WITH cdc = false');
    await db.execute(insert(2));
    expect(written(await all(db))).toEqual([1]);
    await db.execute('ALTER TABLE t WITH cdc = true');
    await db.execute(insert(3));
    await db.execute('ALTER TABLE quiet WITH cdc = true');
    while (followed.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    abort.abort();
    await following;
    expect(followed).toEqual([1, 3]);
    expect(written(await all(db))).toEqual([1, 3]);
    await db.execute('ALTER TABLE t WITH cdc = false');
    await db.execute(insert(4));
    await db.close();
    db = await opened(storage);
    expect(written(await all(db))).toEqual([1, 3]);
    await db.execute(insert(5));
    await db.flush();
    await db.execute('ALTER TABLE t WITH cdc = true');
    await db.execute(insert(6));
    await db.close();
    db = await opened(storage);
    expect(written(await all(db))).toEqual([1, 3, 6]);
    await db.close();
  });

  test('switched on where no log is written to begin with what is written then, after a restart too', async () => {
    const storage = new MemoryStorage();
    const config = { durability: Durability.Disabled };
    const logged = { durability: Durability.SyncEachWrite };
    let db = await opened(storage, config, 'CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))');
    await db.execute(insert(1), null, logged);
    await db.execute('ALTER TABLE t WITH cdc = true');
    await db.close();
    db = await opened(storage, config, '');
    await db.execute(insert(2), null, logged);
    expect(written(await all(db))).toEqual([2]);
    await db.close();
  });

  test('from a position of another store of that name, or ahead of the log, are refused', async () => {
    const unknown = { code: 'CHANGES_UNKNOWN_POSITION', message: expect.stringContaining('Begin anew') };
    const first = await opened(new MemoryStorage(), {}, SCHEMA);
    for (let c = 0; c < 3; c++) {
      await first.execute(insert(c));
      await first.flush();
    }
    const positions = (await all(first)).map(({ position }) => position);
    await first.close();
    // Made anew, after the browser removed it.
    const storage = new MemoryStorage();
    const random = seededRandom(8);
    const again = await openDatabase({ storage, keyspace: 'ks', schema: SCHEMA, clock: new TestClock(), random });
    await again.execute(insert(7));
    for (const position of positions) await expect(all(again, position)).rejects.toMatchObject(unknown);
    const [{ position }] = await all(again);
    const ahead = [
      position.replace(/^\d{10}/, '0000000009'),
      position.replace(/-\d{10}-/, '-0000100000-'),
      position.slice(0, -9),
      position.slice(0, -22),
    ];
    for (const other of ahead) {
      await expect(all(again, other)).rejects.toMatchObject(unknown);
      // One that waits is refused as one that does not.
      await expect(again.changes({ since: other }).next()).rejects.toMatchObject(unknown);
    }
    await again.execute(insert(8));
    expect(written(await all(again, position))).toEqual([8]);
    await again.close();
  });

  test('from a position that was given after a copy of the store was made are refused by the copy, however far it has gone on', async () => {
    const unknown = { code: 'CHANGES_UNKNOWN_POSITION', message: expect.stringContaining('Begin anew') };
    for (const flushes of [false, true]) {
      const storages = [new MemoryStorage(), new MemoryStorage()];
      const reopened = (which: number, seed: number) =>
        openDatabase({ storage: storages[which], keyspace: 'ks', clock: new TestClock(), random: seededRandom(seed) });
      const first = await opened(storages[0], {}, SCHEMA);
      for (let c = 0; c < 3; c++) await first.execute(insert(c));
      if (flushes) await first.flush();
      const before = (await all(first)).map(({ position }) => position);
      await first.close();
      await copyStore(storages[0], storages[1]);

      // The store goes on: in the end this is what its copy does not have.
      let store = await reopened(0, 11);
      await store.execute(insert(100));
      const after = (await all(store)).at(-1)?.position as string;
      const feed = store.changeFeed({ since: after });
      expect(await feed.next()).toEqual([]);
      const { reached } = feed;
      feed.close();
      expect(reached > after).toBe(true);
      await store.close();

      const copy = await reopened(1, 12);
      await copy.execute(insert(200));
      await copy.execute(insert(201));
      for (let life = 0; life < 2; life++) {
        for (const position of [after, reached]) {
          await expect(all(copy, position)).rejects.toMatchObject(unknown);
          await expect(copy.changes({ since: position }).next()).rejects.toMatchObject(unknown);
        }
        // What was given before the copy was made both have.
        expect(written(await all(copy, before[1]))).toEqual([2, 200, 201]);
        expect(written(await all(copy, before[2]))).toEqual([200, 201]);
        // And when the segment is one that is kept for those who read changes.
        await copy.flush();
      }
      const ofCopy = (await all(copy)).map(({ position }) => position);
      expect(ofCopy).toEqual([...ofCopy].sort());
      await copy.close();

      store = await reopened(0, 13);
      expect(written(await all(store, before[2]))).toEqual([100]);
      expect(await all(store, after)).toEqual([]);
      expect(await all(store, reached)).toEqual([]);
      await expect(all(store, ofCopy.at(-1))).rejects.toMatchObject(unknown);
      await store.close();
    }
  });

  test('go on from where a feed was, whatever became of the segment that it was in', async () => {
    const storage = new MemoryStorage();
    let db = await opened(storage);
    const feed = db.changeFeed({});
    const places: string[] = [];
    const seen: Change[] = [];
    const read = async () => {
      for (let found = await feed.next(); found.length > 0; found = await feed.next()) {
        seen.push(...found);
        places.push(feed.reached);
      }
      places.push(feed.reached);
    };
    for (let c = 0; c < 3; c++) {
      await db.execute(insert(c));
      await read();
      await db.flush();
      await read();
    }
    feed.close();
    expect(written(seen.map(changeFromTransfer))).toEqual([0, 1, 2]);
    expect(places).toEqual([...places].sort());
    await db.execute(insert(3));
    for (let life = 0; life < 2; life++) {
      const rest: number[] = [];
      for (const place of places) rest.push(written(await all(db, place)).length);
      expect(rest).toEqual([...rest].sort((a, b) => b - a));
      expect(rest.at(-1)).toBe(1);
      expect(rest[0]).toBe(3);
      await db.close();
      db = await opened(storage);
    }
    await db.close();
  });

  test('are read by many at once, while segments are kept and go', async () => {
    const storage = new MemoryStorage();
    const db = await opened(storage);
    for (let c = 0; c < 4; c++) {
      await db.execute(insert(c));
      await db.flush();
    }
    const [{ position }] = await all(db);
    const writes = async () => {
      for (let c = 4; c < 8; c++) {
        await db.execute(insert(c));
        await db.flush();
      }
    };
    const reads = [all(db), all(db), all(db, position), all(db, position), all(db)];
    const [, ...found] = await Promise.all([writes(), ...reads]);
    for (const [at, changes] of found.entries()) {
      const first = at === 2 || at === 3 ? 1 : 0;
      expect(written(changes).slice(0, 4 - first)).toEqual([0, 1, 2, 3].slice(first));
    }
    expect(written(await all(db))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    await db.close();
  });

  test('of a table without cdc are refused, and not waited for', async () => {
    const db = await opened(new MemoryStorage());
    const refused = { code: 'INVALID_REQUEST', message: expect.stringContaining('ALTER TABLE ks.quiet WITH cdc = true') };
    await expect(db.changes({ tables: ['quiet'] }).next()).rejects.toMatchObject(refused);
    await expect(db.changes({ tables: ['t', 'quiet'] }).next()).rejects.toMatchObject(refused);
    await db.close();
  });

  test('that the log was asked to leave out are not in it', async () => {
    const db = await opened(new MemoryStorage());
    await db.execute(insert(1), null, { durability: Durability.Disabled });
    await db.execute(insert(2));
    expect(written(await all(db))).toEqual([2]);
    await db.close();
  });
});

/** All changes, and those that follow. */
async function toItsEnd(db: Database): Promise<void> {
  for await (const _ of db.changes()) {
    // Only its end is looked at.
  }
}

test('after crashes at any moment there is each acknowledged mutation, once and in its order, behind the position that was reached', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = seededRandom(seed);
    let storage = new FaultyStorage({ random });
    let next = 0;
    let position: string | undefined;
    const taken: unknown[] = [];
    const acknowledged: number[] = [];
    for (let life = 0; life < 5; life++) {
      const db = await opened(storage, { flushOnClose: false });
      for (let n = Math.floor(random() * 12); n > 0; n--) {
        const c = next++;
        await db.execute(insert(c));
        acknowledged.push(c);
        if (random() < 0.3) await db.flush();
        if (random() < 0.3) {
          for (const change of await all(db, position)) {
            taken.push(...written([change]));
            position = change.position;
          }
        }
      }
      const dying = random() < 0.5 ? [db.flush(), db.execute(insert(next++))] : [];
      storage = storage.crash();
      await Promise.allSettled(dying);
    }
    const db = await opened(storage);
    taken.push(...written(await all(db, position)));
    const known = new Set(acknowledged);
    expect(taken.filter((c) => known.has(c as number))).toEqual(acknowledged);
    expect(new Set(taken).size).toBe(taken.length);
    await db.close();
  }
});
