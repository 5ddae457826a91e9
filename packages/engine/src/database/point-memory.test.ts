import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { UnfilteredCursor } from '@cassette/sstable';
import { expect, test } from 'vitest';
import { testDatabase } from './testing/test-database.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of buffers that are in use. */
function inUse(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

test('what a large row took in memory is not kept by the statements that read it', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v blob)');
  await db.execute('INSERT INTO t (k, v) VALUES (1, ?)', [new Uint8Array(4_000_000)]);
  await db.flush();
  const select = (n: number) => `SELECT v AS v${n} FROM t WHERE k = ?`;
  expect((await db.execute(select(0), [1])).value(0, 0)).toHaveLength(4_000_000);
  const before = inUse();
  for (let n = 1; n <= 12; n++) {
    expect((await db.execute(select(n), [1])).rowLength).toBe(1);
    expect(await db.selectMany(select(n), [[1], [2]])).toHaveLength(2);
  }
  expect(inUse() - before).toBeLessThan(12_000_000);
  await db.close();
});

test('a statement that read an SSTable does not keep it when it is removed', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v int)');
  await db.execute('INSERT INTO t (k, v) VALUES (1, 1)');
  await db.flush();
  const engine = db.engine as unknown as { readPoint: (...given: unknown[]) => UnfilteredCursor };
  const { readPoint } = engine;
  const cursors: WeakRef<UnfilteredCursor>[] = [];
  engine.readPoint = (...given) => {
    const cursor = readPoint.apply(engine, given);
    cursors.push(new WeakRef(cursor));
    return cursor;
  };
  expect((await db.execute('SELECT v FROM t WHERE k = ?', [1])).rowLength).toBe(1);
  engine.readPoint = readPoint;
  await db.execute('INSERT INTO t (k, v) VALUES (2, 2)');
  await db.flush();
  await db.compact('t');
  expect(cursors).toHaveLength(1);
  // What is there stays until the end of the turn in which it is asked for.
  const isGone = () => {
    collect();
    return cursors[0].deref() === undefined;
  };
  await expect.poll(isGone).toBe(true);
  await db.close();
});
