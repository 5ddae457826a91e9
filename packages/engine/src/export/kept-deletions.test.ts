import { MemoryStorage } from '@cassette/storage';
import { expect, test } from 'vitest';
import type { WriteEngineConfig } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { EXPORTS_REMEMBERED } from '../lineage/index.ts';
import { exportFiles, loadExports } from '../testing/load-exports.ts';

type Keep = WriteEngineConfig['keepDeletionsUntilConfirmed'];

const clock = { seconds: 1_700_000_000, nowMicros: () => clock.seconds * 1_000_000 };

async function store(keepDeletionsUntilConfirmed: Keep): Promise<Database> {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    clock,
    schema: 'CREATE TABLE t (a int PRIMARY KEY, v int) WITH gc_grace_seconds = 10; CREATE TABLE n (a int PRIMARY KEY, c counter)',
    config: { compaction: { enabled: false }, keepDeletionsUntilConfirmed },
  });
  return database;
}

/** Partitions that are left of `t` after a compaction past gc_grace_seconds. */
async function compacted(database: Database): Promise<number> {
  clock.seconds += 20;
  await database.compact('t');
  return database
    .stats()
    .tables.find(({ table }) => table === 't')!
    .sstables.reduce((sum, { partitions }) => sum + partitions, 0);
}

test.each([
  ['never', [0, 0, 0]],
  ['once-exported', [0, 1, 0]],
  ['always', [1, 2, 0]],
] as const)('deletions stay until the cluster has them: %s', async (keep, [before, exported, confirmed]) => {
  const database = await store(keep);
  await database.execute('DELETE FROM t WHERE a = 1');
  expect(await compacted(database)).toBe(before);
  await exportFiles(database);
  await database.execute('DELETE FROM t WHERE a = 1');
  expect(await compacted(database)).toBe(exported);
  const { report } = await exportFiles(database);
  await database.confirmExported(report.id);
  expect(await compacted(database)).toBe(confirmed);
  await database.close();
});

test('dropping what the cluster has leaves what is needed here: counts, and deletions of what stays', async () => {
  const database = await store('once-exported');
  await database.execute('INSERT INTO t (a, v) VALUES (1, 1)');
  await database.execute('UPDATE n SET c = c + 5 WHERE a = 1');
  await database.flush();
  await database.execute('DELETE FROM t USING TIMESTAMP 100 WHERE a = 2');
  await database.flush();
  const { report } = await exportFiles(database);
  // Older than the deletion that was exported.
  await database.execute('INSERT INTO t (a, v) VALUES (2, 2) USING TIMESTAMP 50');
  const { dropped, kept } = await database.confirmExported(report.id, { drop: true });
  expect(dropped.map(({ table }) => table)).toEqual(['t']);
  expect(kept.map(({ table, why }) => [table, why])).toEqual([
    ['t', 'deletions'],
    ['n', 'counters'],
  ]);
  expect([...(await database.execute('SELECT * FROM t'))]).toEqual([]);
  await database.execute('UPDATE n SET c = c + 1 WHERE a = 1');
  expect((await database.execute('SELECT c FROM n')).first()?.['c']).toBe(6n);
  await expect(database.confirmExported('none')).rejects.toMatchObject({ code: 'UNKNOWN_EXPORT' });
  await database.close();
});

test('dropping brings no older value back: of what is in memory, was imported since, or stays for another reason', async () => {
  const database = await store('once-exported');
  await database.execute('INSERT INTO t (a, v) VALUES (1, 2) USING TIMESTAMP 2000');
  const { report, files } = await exportFiles(database);
  await database.execute('INSERT INTO t (a, v) VALUES (1, 1) USING TIMESTAMP 1000');
  const shown = () => database.execute('SELECT a, v FROM t').then((rows) => [...rows].map(({ a, v }) => [a, v]));
  const kept = [['t', 'newer values']];
  const inMemory = await database.confirmExported(report.id, { drop: true });
  expect([inMemory.dropped, inMemory.kept.map(({ table, why }) => [table, why])]).toEqual([[], kept]);
  expect(await shown()).toEqual([[1, 2]]);
  await database.flush();
  const flushed = await database.confirmExported(report.id, { drop: true });
  expect([flushed.dropped, flushed.kept.map(({ table, why }) => [table, why])]).toEqual([[], kept]);
  expect(await shown()).toEqual([[1, 2]]);
  await database.close();

  // Older rows that came from elsewhere between export and confirmation.
  const other = await store('once-exported');
  await other.execute('INSERT INTO t (a, v) VALUES (1, 3) USING TIMESTAMP 3000');
  const second = await exportFiles(other);
  const imported = [...files].map(([name, bytes]) => ({ name, blob: new Blob([new Uint8Array(bytes)]) }));
  await other.import(imported.filter(({ name }) => !name.endsWith('.cql') || name.includes('/t')));
  const after = await other.confirmExported(second.report.id, { drop: true });
  expect([after.dropped, after.kept.map(({ table, why }) => [table, why])]).toEqual([[], kept]);
  expect([...(await other.execute('SELECT v FROM t'))].map(({ v }) => v)).toEqual([3]);
  await other.close();
});

test('deletions stay however often other tables are exported, and an export since the last one of their table has them', async () => {
  const database = await store('once-exported');
  await database.execute('INSERT INTO t (a, v) VALUES (1, 1)');
  const first = await exportFiles(database, { tables: ['cassette.t'] });
  await database.confirmExported(first.report.id);
  await database.execute('INSERT INTO t (a, v) VALUES (2, 2)');
  const last = await exportFiles(database, { tables: ['cassette.t'] });
  await database.execute('DELETE FROM t WHERE a = 1');
  await database.execute('DELETE FROM t WHERE a = 2');
  for (let n = 0; n < EXPORTS_REMEMBERED + 1; n++) await exportFiles(database, { tables: ['cassette.n'] });
  const known = database.exports().map(({ id }) => id);
  expect(known.length).toBe(EXPORTS_REMEMBERED + 2);
  expect(known.slice(0, 2)).toEqual([first.report.id, last.report.id]);
  expect(await compacted(database)).toBeGreaterThan(0);
  const { report } = await exportFiles(database, { tables: ['cassette.t'], since: last.report.id });
  expect(report.sstables.reduce((sum, { partitions }) => sum + partitions, 0)).toBe(2);
  await database.close();
});

test('an increment has only the SSTables that are newer, compaction notwithstanding, and exports are known after a restart', async () => {
  const storage = new MemoryStorage();
  const open = () => openDatabase({ storage, clock, config: { compaction: { enabled: false } } });
  let database = await open();
  await database.execute("CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  await database.execute('CREATE TABLE k.t (a int PRIMARY KEY, v int)');
  const write = async (from: number, to: number) => {
    for (let a = from; a < to; a++) {
      await database.execute(`INSERT INTO k.t (a, v) VALUES (${a}, ${a})`);
      await database.flush();
    }
  };
  const partitionsOf = async (since?: string) => {
    const { report } = await exportFiles(database, since === undefined ? {} : { since });
    return { id: report.id, partitions: report.sstables.map(({ partitions }) => partitions) };
  };
  await write(0, 5);
  const first = await partitionsOf();
  expect(first.partitions).toEqual([5]);
  await write(5, 8);
  await database.compact();
  await database.close();
  database = await open();
  expect(database.exports().map(({ id }) => id)).toEqual([first.id]);
  const second = await partitionsOf(first.id);
  expect(second.partitions).toEqual([3]);
  expect((await partitionsOf(second.id)).partitions).toEqual([]);
  // What an older export lacks is still found.
  expect((await partitionsOf(first.id)).partitions).toEqual([3]);
  await database.close();
});

test('a whole export after a confirmed one is right for a cluster that has that one, and not for one that missed it', async () => {
  const database = await store('once-exported');
  await database.execute('INSERT INTO t (a, v) VALUES (1, 1)');
  await database.execute('INSERT INTO t (a, v) VALUES (2, 2)');
  const first = await exportFiles(database);
  clock.seconds += 1;
  await database.execute('DELETE FROM t WHERE a = 1');
  const second = await exportFiles(database, { since: first.report.id });
  await database.confirmExported(second.report.id);
  expect(await compacted(database)).toBe(1);
  const whole = await exportFiles(database);
  const shownBy = async (...exports: { files: ReadonlyMap<string, Uint8Array> }[]) => {
    const files = exports.map((one) => one.files);
    const cluster = await loadExports(database.schema, files, clock);
    const rows = [...(await cluster.execute('SELECT a FROM t'))].map(({ a }) => a);
    await cluster.close();
    return rows;
  };
  expect(await shownBy(first, second, whole)).toEqual([2]);
  expect(await shownBy(whole)).toEqual([2]);
  // The deletion is in the second alone: it was purged here because the cluster was said to have it.
  expect(await shownBy(first, whole)).toEqual([1, 2]);
  await database.close();
});
