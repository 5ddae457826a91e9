import { MemoryStorage } from '@cassette/storage';
import { afterEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../database/index.ts';
import { defaultScheduler, type Scheduler } from './scheduler.ts';

afterEach(() => vi.unstubAllGlobals());

test('a timer that is due runs within a turn or two of a scan', async () => {
  const scheduler = defaultScheduler();
  let now = 0;
  let turns = 0;
  let ranInTurn: number | null = null;
  // With each look at the clock the slice of time has ended.
  const hasty: Scheduler = {
    ...scheduler,
    now: () => (now += 100),
    yield: () => {
      if (turns++ === 0) {
        const due = performance.now() + 2;
        setTimeout(() => (ranInTurn = turns), 1);
        while (performance.now() < due);
      }
      return scheduler.yield();
    },
  };
  const db = await openDatabase({ storage: new MemoryStorage(), scheduler: hasty });
  await db.execute('CREATE TABLE t (k int, c int, v int, PRIMARY KEY (k, c))');
  await db.executeMany(
    'INSERT INTO t (k, c, v) VALUES (1, ?, 0)',
    Array.from({ length: 4000 }, (_, c) => [c]),
  );
  turns = 0;
  await db.execute('SELECT max(v) FROM t');
  await db.close();
  expect(turns).toBeGreaterThan(10);
  expect(ranInTurn).toBeLessThanOrEqual(3);
});

test.each(['setImmediate', 'MessageChannel'])('tasks run in their order and in turns of their own, by %s', async (by) => {
  if (by === 'MessageChannel') vi.stubGlobal('setImmediate', undefined);
  const scheduler = defaultScheduler();
  const done: string[] = [];
  scheduler.soon(() => {
    done.push('first');
    scheduler.soon(() => done.push('queued by the first'));
  });
  scheduler.soon(() => done.push('second'));
  done.push('before them');
  await scheduler.yield();
  done.push('turn');
  await scheduler.yield();
  expect(done).toEqual(['before them', 'first', 'second', 'turn', 'queued by the first']);
});

test.each([2 ** 31, Number.POSITIVE_INFINITY])('what is to run after %d milliseconds does not run at once', (milliseconds) => {
  const asked: number[] = [];
  vi.stubGlobal('setTimeout', (_: () => void, wait: number) => asked.push(wait));
  defaultScheduler().later(() => undefined, milliseconds);
  expect(asked).toEqual([2 ** 31 - 1]);
});
