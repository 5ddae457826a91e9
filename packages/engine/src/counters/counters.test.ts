import { MemoryStorage } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { plainRows, testDatabase } from '../database/testing/test-database.ts';
import { draftMutation } from '../mutation/index.ts';

const SCHEMA = `
  CREATE TABLE hits (page text PRIMARY KEY, n counter, m counter);
  CREATE TABLE visits (site text, day int, total counter static, n counter, PRIMARY KEY (site, day));
  CREATE TABLE plain (k int PRIMARY KEY, v int);`;

async function counted() {
  const { db, clock, storage } = await testDatabase(SCHEMA, { random: seededRandom(1) });
  const rows = async (query: string) => plainRows(await db.execute(query));
  return { db, clock, storage, rows };
}

test('counters begin at nothing, and go up and down', async () => {
  const { db, rows } = await counted();
  await db.execute("UPDATE hits SET n = n + 5 WHERE page = 'a'");
  await db.execute("UPDATE hits SET n = n - 7, m += 1 WHERE page = 'a'");
  await db.execute("UPDATE hits SET n = n + 1, n = n + 2 WHERE page = 'a'");
  await db.execute("UPDATE hits SET n = n + ? WHERE page = 'b'", [2n ** 62n]);
  await db.execute("UPDATE hits SET n = n -3 WHERE page IN ('b', 'c')");
  expect(byKey(await rows('SELECT page, n, m FROM hits'))).toEqual({ a: [1n, 1n], b: [2n ** 62n - 3n, null], c: [-3n, null] });
});

function byKey(rows: readonly (readonly unknown[])[]): Record<string, unknown> {
  return Object.fromEntries(rows.map(([key, ...values]) => [key, values]));
}

test('static counters count for the partition, once for each row', async () => {
  const { db, rows } = await counted();
  await db.execute("UPDATE visits SET total = total + 1, n = n + 1 WHERE site = 's' AND day = 1");
  await db.execute("UPDATE visits SET total = total + 1, n = n + 1 WHERE site = 's' AND day IN (1, 2)");
  await db.execute("UPDATE visits SET total = total + 1, n = n + 1 WHERE site = 's' AND day IN ()");
  await db.execute("UPDATE visits SET total = total + 10 WHERE site = 't'");
  expect(await rows("SELECT day, total, n FROM visits WHERE site = 's'")).toEqual([
    [1, 3n, 2n],
    [2, 3n, 1n],
  ]);
  expect(await rows("SELECT * FROM visits WHERE site = 't'")).toEqual([['t', null, 10n, null]]);
});

test('increments in flight at once do not lose one another', async () => {
  const { db, rows } = await counted();
  const increments = Array.from({ length: 64 }, (_, i) => db.execute("UPDATE hits SET n = n + ? WHERE page = 'a'", [i]));
  const others = Array.from({ length: 64 }, () => db.execute("UPDATE hits SET m = m + 1 WHERE page IN ('a', 'b')"));
  await Promise.all([...increments, ...others]);
  expect(byKey(await rows('SELECT page, n, m FROM hits'))).toEqual({ a: [2016n, 64n], b: [null, 64n] });
  expect(db.stats().counters.walCommits).toBeLessThan(5);
});

test('a database that is closed has counted what it was given before', async () => {
  const { db, storage } = await counted();
  const increments = Array.from({ length: 10 }, () => db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'"));
  await db.close();
  await Promise.all(increments);
  await expect(db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'")).rejects.toThrow(/closed/);
  const again = await openDatabase({ storage, keyspace: 'ks' });
  expect(plainRows(await again.execute('SELECT n FROM hits'))).toEqual([[10n]]);
});

test('batches of counters, as text and as a list, and their rules', async () => {
  const { db, rows } = await counted();
  const update = "UPDATE hits SET n = n + 1 WHERE page = 'a'";
  await db.execute(
    `BEGIN COUNTER BATCH ${update}; ${update}; UPDATE visits SET n = n - 1 WHERE site = 's' AND day = 1; APPLY BATCH`,
  );
  await db.execute(`BEGIN UNLOGGED BATCH ${update}; ${update}; APPLY BATCH`);
  await db.batch([update, { query: "UPDATE hits SET n = n + ? WHERE page = 'a'", params: [10] }], { counter: true });
  await db.batch([update], { logged: false });
  expect(await rows('SELECT page, n FROM hits')).toEqual([['a', 16n]]);
  expect(await rows('SELECT n FROM visits')).toEqual([[-1n]]);

  const plain = 'INSERT INTO plain (k, v) VALUES (1, 1)';
  await expect(db.execute(`BEGIN BATCH ${update}; APPLY BATCH`)).rejects.toThrow(/counter statement in a logged batch/);
  await expect(db.batch([update])).rejects.toThrow(/counter statement in a logged batch/);
  await expect(db.execute(`BEGIN COUNTER BATCH ${plain}; APPLY BATCH`)).rejects.toThrow(
    /non-counter statement in a counter batch/,
  );
  await expect(db.batch([plain, update], { counter: true })).rejects.toThrow(/non-counter statement in a counter batch/);
  await expect(db.execute(`BEGIN UNLOGGED BATCH ${plain}; ${update}; APPLY BATCH`)).rejects.toThrow(
    /can\w* ?not exist in the same batch/,
  );
  await expect(db.execute(`BEGIN COUNTER BATCH USING TIMESTAMP 5 ${update}; APPLY BATCH`)).rejects.toThrow(
    /timestamp for counter BATCH/,
  );
  await expect(db.execute(`BEGIN UNLOGGED BATCH USING TIMESTAMP 5 ${update}; APPLY BATCH`)).rejects.toThrow(
    /containing counters/,
  );
  expect(await rows('SELECT n FROM hits')).toEqual([[16n]]);
});

test.each([
  ["INSERT INTO hits (page, n) VALUES ('a', 1)", /INSERT statements are not allowed on counter tables/],
  ['INSERT INTO hits JSON \'{"page": "a"}\'', /INSERT statements are not allowed on counter tables/],
  ["UPDATE hits SET n = 1 WHERE page = 'a'", /Cannot set the value of counter column n/],
  ["UPDATE hits SET n = m + 1 WHERE page = 'a'", /./],
  ["UPDATE hits SET n = 1 + n WHERE page = 'a'", /Invalid operation/],
  ["UPDATE hits SET n = n + null WHERE page = 'a'", /Invalid null value for counter increment/],
  ["UPDATE hits SET n = n + 'x' WHERE page = 'a'", /./],
  ["UPDATE hits SET n = n + 9223372036854775808 WHERE page = 'a'", /./],
  ["UPDATE hits SET n = n - -9223372036854775808 WHERE page = 'a'", /negation/],
  ["UPDATE hits USING TTL 5 SET n = n + 1 WHERE page = 'a'", /TTL for counter updates/],
  ["UPDATE hits USING TIMESTAMP 5 SET n = n + 1 WHERE page = 'a'", /timestamp for counter updates/],
  ["DELETE FROM hits USING TIMESTAMP 5 WHERE page = 'a'", /timestamp for counter updates/],
  ["UPDATE hits SET n = n + 1 WHERE page = 'a' IF EXISTS", /Conditional updates are not supported on counter tables/],
  ["UPDATE hits SET n = n + 1 WHERE page = 'a' IF n = 1", /Conditional updates are not supported on counter tables/],
  ["DELETE FROM hits WHERE page = 'a' IF EXISTS", /Conditional updates are not supported on counter tables/],
  ['UPDATE plain SET v = v + 1 WHERE k = 1', /non counter column v/],
  ['CREATE TABLE x (k int PRIMARY KEY, n counter, v int)', /Cannot mix counter and non counter columns/],
  ['CREATE TABLE x (k int PRIMARY KEY, n set<counter>)', /Counters are not allowed inside collections/],
  ['CREATE TABLE x (k int PRIMARY KEY, n counter) WITH default_time_to_live = 5', /default_time_to_live/],
  ['ALTER TABLE hits WITH default_time_to_live = 5', /default_time_to_live/],
  ['ALTER TABLE hits ADD v int', /non counter column \("v"\) in a counter table/],
  ['ALTER TABLE plain ADD n counter', /counter column \("n"\) in a non counter table/],
])('%s is refused', async (statement, why) => {
  const { db } = await counted();
  await expect(db.execute(statement)).rejects.toThrow(why);
});

test('null and unset as increments', async () => {
  const { db, rows } = await counted();
  const query = "UPDATE hits SET n = n + ? WHERE page = 'a'";
  await expect(db.execute(query, [null])).rejects.toThrow(/Invalid null value for counter increment/);
  await expect(db.execute(query, [1.5])).rejects.toThrow(/counter/);
  await db.execute(query, [undefined]);
  expect(await rows('SELECT * FROM hits')).toEqual([]);
});

test('counters that were dropped do not come back, and the table counts on', async () => {
  const { db, rows } = await counted();
  await db.execute("UPDATE hits SET n = n + 1, m = m + 1 WHERE page = 'a'");
  await db.execute('ALTER TABLE hits DROP n');
  await db.execute('ALTER TABLE hits DROP m');
  await expect(db.execute('ALTER TABLE hits ADD n counter')).rejects.toThrow(/Cannot re-add previously dropped counter column n/);
  await expect(db.execute('ALTER TABLE hits ADD v int')).rejects.toThrow(/in a counter table/);
  await db.execute('ALTER TABLE hits ADD o counter');
  await db.execute("UPDATE hits SET o = o + 1 WHERE page = 'a'");
  expect(await rows('SELECT * FROM hits')).toEqual([['a', 1n]]);
});

test('rows, ranges and partitions that were deleted count from nothing; deleted cells stay deleted', async () => {
  const { db, clock, rows } = await counted();
  const visit = (day: number) => db.execute('UPDATE visits SET n = n + 5 WHERE site = ? AND day = ?', ['s', day]);
  await Promise.all([visit(1), visit(2), visit(3)]);
  clock.advance(1);
  await db.execute("DELETE FROM visits WHERE site = 's' AND day = 1");
  await db.execute("DELETE n FROM visits WHERE site = 's' AND day = 2");
  await db.execute("DELETE FROM visits WHERE site = 's' AND day > 2");
  expect(await rows('SELECT day, n FROM visits')).toEqual([]);
  clock.advance(1);
  for (const flushed of [false, true, false]) {
    if (flushed) await db.flush();
    await Promise.all([visit(1), visit(2), visit(3)]);
  }
  const twice = [
    [1, 15n],
    [3, 15n],
  ];
  expect(await rows('SELECT day, n FROM visits')).toEqual(twice);
  await db.compact();
  expect(await rows('SELECT day, n FROM visits')).toEqual(twice);
  // Deletions and increments that nobody waits for take effect in the order they were given.
  const one = db.execute("DELETE FROM visits WHERE site = 's'");
  await Promise.all([visit(1), one, visit(1), visit(3), db.execute("DELETE FROM visits WHERE site = 's' AND day = 3")]);
  expect(await rows('SELECT day, n FROM visits')).toEqual([[1, 10n]]);
});

test('counters answer the same before and after flush, compaction and restart', async () => {
  const random = seededRandom(7);
  const storage = new MemoryStorage();
  let { db } = await testDatabase(SCHEMA, { random, storage });
  const expected = new Map<number, bigint>();
  for (let step = 0; step < 300; step++) {
    const day = Math.floor(random() * 5);
    const by = BigInt(Math.floor(random() * 100) - 50);
    await db.execute('UPDATE visits SET n = n + ?, total = total + ? WHERE site = ? AND day = ?', [by, by, 's', day]);
    expected.set(day, (expected.get(day) ?? 0n) + by);
    const dice = random();
    if (dice < 0.05) await db.flush();
    else if (dice < 0.07) await db.compact();
    else if (dice < 0.09) {
      await db.close();
      ({ db } = await testDatabase(SCHEMA, { random, storage }));
    }
  }
  const total = [...expected.values()].reduce((sum, n) => sum + n, 0n);
  const wanted = [...expected].sort(([a], [b]) => a - b).map(([day, n]) => [day, n, total]);
  const rows = async () => plainRows(await db.execute('SELECT day, n, total FROM visits'));
  expect(await rows()).toEqual(wanted);
  await db.compact();
  expect(await rows()).toEqual(wanted);
});

test('what was acknowledged is counted exactly once after a crash', async () => {
  const random = seededRandom(11);
  let storage = new FaultyStorage({ random });
  let acknowledged = 0;
  let given = 0;
  for (let life = 0; life < 60; life++) {
    const { db } = await testDatabase(SCHEMA, { storage, random, config: { memtableFlushThreshold: 20_000 } });
    const [[found = 0n] = []] = plainRows(await db.execute("SELECT n FROM hits WHERE page = 'a'"));
    expect(Number(found)).toBeGreaterThanOrEqual(acknowledged);
    expect(Number(found)).toBeLessThanOrEqual(given);
    acknowledged = Number(found);
    given = acknowledged;
    const disk = storage;
    disk.crashAfter(Math.floor(random() * 60) + 5);
    const clients = Array.from({ length: 8 }, async () => {
      for (let i = 0; i < 20 && !disk.crashed; i++) {
        given++;
        await db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'").then(
          () => acknowledged++,
          () => undefined,
        );
        if (random() < 0.05) await db.flush().catch(() => undefined);
      }
    });
    await Promise.all(clients);
    storage = disk.crash();
  }
  expect(acknowledged).toBeGreaterThan(1000);
});

test('increments before a TRUNCATE are gone with it, those behind it count from nothing', async () => {
  const { db, rows } = await counted();
  const add = () => db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'");
  await Promise.all([add(), add(), db.execute('TRUNCATE hits'), add(), add(), add()]);
  expect(await rows('SELECT page, n FROM hits')).toEqual([['a', 3n]]);
});

test('functions take counters as the numbers they are', async () => {
  const { db, rows } = await counted();
  for (const [page, n] of Object.entries({ a: 3, b: -1, c: 10 })) {
    await db.execute('UPDATE hits SET n = n + ? WHERE page = ?', [n, page]);
  }
  expect(await rows('SELECT sum(n), avg(n), min(n), max(n), count(n), count(m) FROM hits')).toEqual([
    [12n, 4n, -1n, 10n, 3n, 0n],
  ]);
  expect(await rows("SELECT JSON page, n, m FROM hits WHERE page = 'a'")).toEqual([['{"page": "a", "n": 3, "m": null}']]);
  expect(await rows("SELECT CAST(n AS int), n + 1, counterAsBlob(n), abs(n), toJson(n) FROM hits WHERE page = 'b'")).toEqual([
    [-1, 0n, new Uint8Array(8).fill(0xff), 1n, '-1'],
  ]);
  expect(await rows('SELECT page FROM hits WHERE n = 10 ALLOW FILTERING')).toEqual([['c']]);
  expect(await rows("SELECT writetime(n), ttl(n), writetime(m) FROM hits WHERE page = 'a'")).toEqual([
    [expect.any(BigInt), null, null],
  ]);
});

test('mutations that write counters past CQL are refused', async () => {
  const { db } = await counted();
  const table = db.schema.table('ks', 'hits');
  const mutation = draftMutation(table!, ['a'], { timestamp: 1n, nowInSeconds: 1 })
    .update([], [{ column: 'n', value: 1n }])
    .build();
  await expect(db.write(mutation.bytes)).rejects.toThrow(/column n is a counter: it is written by UPDATE alone/);
});

test('executeMany counts each row', async () => {
  const { db, rows } = await counted();
  await db.executeMany(
    'UPDATE hits SET n = n + ? WHERE page = ?',
    Array.from({ length: 100 }, (_, i) => [i, i % 2 ? 'a' : 'b']),
  );
  expect(Object.fromEntries(await rows('SELECT page, n FROM hits'))).toEqual({ a: 2500n, b: 2450n });
});

test('a store that lost its id takes another one, and counts on', async () => {
  const { db, storage } = await counted();
  await db.execute("UPDATE hits SET n = n + 5 WHERE page = 'a'");
  const id = await db.engine.counterId();
  await db.close();
  await storage.acquire();
  await storage.catalog.commit({ put: new Map(), delete: ['counter-id'] });
  await storage.close();
  const again = await openDatabase({ storage, keyspace: 'ks', random: seededRandom(2) });
  await again.execute("UPDATE hits SET n = n + 2 WHERE page = 'a'");
  expect(await again.engine.counterId()).not.toEqual(id);
  expect(plainRows(await again.execute('SELECT n FROM hits'))).toEqual([[7n]]);
  await again.compact();
  await again.execute("UPDATE hits SET n = n - 1 WHERE page = 'a'");
  expect(plainRows(await again.execute('SELECT n FROM hits'))).toEqual([[6n]]);
});

test('a counter that can not be written is not counted, and its writer is told', async () => {
  const storage = new FaultyStorage({ random: seededRandom(3) });
  const { db } = await testDatabase(SCHEMA, { storage, random: seededRandom(3) });
  const add = () => db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'");
  await add();
  storage.failOn('write', 1, 'full');
  const refused = await Promise.allSettled([add(), add(), add()]);
  expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  storage.clearFaults();
  await Promise.all([add(), add()]);
  expect(plainRows(await db.execute('SELECT n FROM hits'))).toEqual([[3n]]);
});

test('a store counts under one id, made when it first counts', async () => {
  const { db, storage } = await counted();
  expect((await storage.catalog.load()).has('counter-id')).toBe(false);
  await db.execute("UPDATE hits SET n = n + 1 WHERE page = 'a'");
  const id = await db.engine.counterId();
  await db.close();
  const again = await openDatabase({ storage, keyspace: 'ks' });
  expect(await again.engine.counterId()).toEqual(id);
});
