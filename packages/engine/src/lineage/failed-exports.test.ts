import { StorageError } from '@cassette/storage';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../database/index.ts';
import { exportFiles, loadExports } from '../testing/load-exports.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';

const SCHEMA = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
  CREATE TABLE k.t (a int PRIMARY KEY, v int)`;
const clock = { nowMicros: () => 1_700_000_000_000_000 };

/** An export of which the file of that number can't be taken, or, past all files, the end. False where there was nothing that failed. */
async function failsAt(db: Database, step: number, since: string): Promise<boolean> {
  let files = 0;
  let hasFailed = false;
  const fail = () => {
    hasFailed = true;
    throw new StorageError('STORAGE_IO', 'it broke');
  };
  const add = async (_name: string, _size: number, content: Iterable<Uint8Array>) => {
    if (files++ === step) fail();
    for (const _ of content);
  };
  const finish = async () => (files === step ? fail() : 0);
  await db.exportTo({ since, compact: step % 2 === 0 }, { add, finish } as never).catch((error: unknown) => {
    if (!hasFailed) throw error;
  });
  return hasFailed;
}

test('an export that fails at any of its files has nothing: no later one leaves out what it had, after compactions and restarts too', async () => {
  const storage = new FaultyStorage({ random: seededRandom(1) });
  const options = { storage, clock, scheduler: new TestScheduler(), config: { compaction: { enabled: false } } };
  let db = await openDatabase({ ...options, schema: SCHEMA });
  const write = async (a: number) => {
    await db.execute('INSERT INTO k.t (a, v) VALUES (?, ?)', [a, a]);
    await db.flush();
  };
  await write(0);
  const first = await exportFiles(db);
  let written = 1;
  for (let step = 0; ; step++) {
    await write(written++);
    if (!(await failsAt(db, step, first.report.id))) break;
    expect(db.exports().map(({ id }) => id)).toEqual([first.report.id]);
    // What is merged may have been in it.
    if (step % 3 === 1) await db.compact('k.t');
    if (step % 4 === 2) {
      await db.close();
      db = await openDatabase(options);
    }
  }
  expect(written).toBeGreaterThan(10);
  // What fails last: that it was made can't be recorded.
  storage.failOn('commit', 1);
  await expect(exportFiles(db, { since: first.report.id })).rejects.toMatchObject({ code: 'STORAGE_IO' });
  const second = await exportFiles(db, { since: first.report.id });
  const cluster = await loadExports(db.schema, [second.files, first.files], clock);
  const rows = (await cluster.execute('SELECT a FROM k.t')).rows.map(({ a }) => a as number).sort((x, y) => x - y);
  expect(rows).toEqual(Array.from({ length: written }, (_, a) => a));
  await cluster.close();
  await db.close();
});
