import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { surveyStore, zipOf } from '../import/testing/imports.ts';
import { exportFiles, loadExports } from '../testing/load-exports.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { Chance } from './chance.ts';

// What lives of crash points found, each by itself and with the seeds that lived it first.

test('a flush and a change of the schema that are under way when the store is closed are made, or refused as closed (seeds 4 and 12)', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const chance = new Chance(seed);
    const storage = new FaultyStorage({ random: seededRandom(1), pause: () => chance.turns(12) });
    const schema = 'CREATE TABLE t (k int PRIMARY KEY, v int)';
    const db = await openDatabase({ storage, scheduler: new TestScheduler(), schema });
    await db.execute('INSERT INTO t (k, v) VALUES (1, 2)');
    const flushed = db.flush().then(
      () => 'flushed',
      ({ code }) => code as string,
    );
    await chance.turns(100);
    const change = db.execute('CREATE TABLE u (k int PRIMARY KEY)').then(
      () => 'made',
      ({ code }) => code as string,
    );
    await chance.turns(100);
    await db.close();
    expect(['made', 'CLOSED']).toContain(await change);
    seen.add(await flushed);
    const again = await openDatabase({ storage });
    if ((await change) === 'made') expect(again.schema.table('cassette', 'u')).toBeDefined();
    await again.close();
  }
  expect([...seen].sort()).toEqual(['CLOSED', 'flushed']);
});

test('changes do not tell of a write that was refused because the log could not be made durable, after a crash either (seed 114)', async () => {
  for (let seed = 0; seed < 60; seed++) {
    let storage = new FaultyStorage({ random: seededRandom(seed) });
    const options = { scheduler: new TestScheduler(), config: { compaction: { enabled: false } } };
    const schema = 'CREATE TABLE t (k int PRIMARY KEY, v int) WITH cdc = true';
    const db = await openDatabase({ ...options, storage, schema });
    await db.execute('INSERT INTO t (k, v) VALUES (1, 1)');
    storage.failOn('flush', 1);
    await expect(db.execute('INSERT INTO t (k, v) VALUES (2, 2)')).rejects.toMatchObject({ code: 'STORAGE_IO' });
    await db.execute('INSERT INTO t (k, v) VALUES (3, 3)');
    await db.flush();
    storage = storage.crash('chaos');
    const again = await openDatabase({ ...options, storage });
    const told: unknown[] = [];
    for await (const { partitionKey } of again.changes({ follow: false })) told.push(partitionKey['k']);
    expect(told, `seed ${seed}`).toEqual([1, 3]);
    const { rows } = await again.execute('SELECT k FROM t');
    expect(rows.map((row) => row['k'])).toEqual([1, 3]);
    await again.close();
  }
});

test('what a recovery found in the log is durable from then on, though the owner before died without a flush (seed 47)', async () => {
  const first = new FaultyStorage({ random: seededRandom(47) });
  const options = { scheduler: new TestScheduler(), config: { compaction: { enabled: false } } };
  const db = await openDatabase({ ...options, storage: first, schema: 'CREATE TABLE t (k int PRIMARY KEY)' });
  const durability = { kind: 'periodic', milliseconds: 60_000 } as const;
  await db.execute('INSERT INTO t (k) VALUES (1)', [], { durability });
  const keysOf = async (storage: FaultyStorage) => {
    const again = await openDatabase({ ...options, storage });
    const { rows } = await again.execute('SELECT k FROM t');
    // The owner dies, the power does not go: what it wrote is there, flushed or not.
    await storage.close();
    return rows.map((row) => row['k']);
  };
  await first.close();
  expect(await keysOf(first)).toEqual([1]);
  expect(await keysOf(first.crash('lose'))).toEqual([1]);
});

test('a disk that fails while an import is verified is no damage of what is imported (seed 5052)', async () => {
  const donor = await surveyStore();
  const zip = await zipOf(donor, { tables: ['s.notes'] });
  await donor.close();
  for (const verify of ['extended', 'quick'] as const) {
    const storage = new FaultyStorage({ random: seededRandom(1) });
    const db = await openDatabase({ storage, scheduler: new TestScheduler(), config: { compaction: { enabled: false } } });
    let failed = 0;
    for (;;) {
      storage.failOn('read', failed + 1);
      const outcome = await db.import(zip, { verify }).then(
        () => 'done',
        ({ code }: { code: string }) => code,
      );
      storage.clearFaults();
      if (outcome === 'done') break;
      expect(outcome, `${verify}: read ${++failed}`).toBe('STORAGE_IO');
    }
    expect(failed).toBeGreaterThan(3);
    await db.close();
  }
});

test('an export shows a table as it was when it began, whatever it is altered to meanwhile (seed 24 with a worker)', async () => {
  for (const change of ['ADD b int', 'DROP c']) {
    const storage = new FaultyStorage({ random: seededRandom(1) });
    const schema = 'CREATE TABLE t (k int PRIMARY KEY, a int, c int)';
    const db = await openDatabase({
      storage,
      scheduler: new TestScheduler(),
      schema,
      config: { compaction: { enabled: false } },
    });
    for (const k of [1, 2]) {
      await db.execute('INSERT INTO t (k, a, c) VALUES (?, ?, ?)', [k, 10 + k, 20 + k]);
      await db.flush();
    }
    const before = db.schema;
    const alter = async () => void (await db.execute(`ALTER TABLE t ${change}`));
    const { files } = await exportFiles(db, { compact: true }, alter);
    const loaded = await loadExports(before, [files], { nowMicros: () => 1_700_000_000_000_000 });
    const { rows } = await loaded.execute('SELECT k, a, c FROM cassette.t');
    expect(
      rows.map((row) => [row['k'], row['a'], row['c']]),
      change,
    ).toEqual([
      [1, 11, 21],
      [2, 12, 22],
    ]);
    await loaded.close();
    await db.close();
  }
});

test('imports of streams that begin at the same time are both made (tabs, seed 104)', async () => {
  const donor = await surveyStore();
  const zip = await zipOf(donor, { tables: ['s.notes'] });
  const { rows } = await donor.execute('SELECT * FROM s.notes');
  await donor.close();
  for (let seed = 0; seed < 10; seed++) {
    const chance = new Chance(seed);
    const storage = new FaultyStorage({ random: seededRandom(seed), pause: () => chance.turns(12) });
    const db = await openDatabase({ storage, scheduler: new TestScheduler(), config: { compaction: { enabled: false } } });
    const stream = async function* () {
      for (let at = 0; at < zip.length; at += 1000) yield zip.subarray(at, at + 1000);
    };
    // The tables are there then: two imports can't make the same one.
    await db.import(stream());
    await Promise.all([db.import(stream()), db.import(stream()), db.import(stream())]);
    expect((await db.execute('SELECT * FROM s.notes')).rows).toEqual(rows);
    expect(storage.names.filter((name) => name.endsWith('.spool'))).toEqual([]);
    await db.close();
  }
});
