import { expect, test } from 'vitest';
import { BackgroundTurns } from './background-turns.ts';
import type { Scheduler } from './scheduler.ts';

/** A scheduler whose turns come when they are called for. */
class ManualScheduler implements Scheduler {
  time = 0;
  private waiting: (() => void)[] = [];

  yield(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  now(): number {
    return this.time;
  }

  soon(task: () => void): void {
    this.waiting.push(task);
  }

  later(): () => void {
    return () => undefined;
  }

  async turn(): Promise<void> {
    await settled();
    const { waiting } = this;
    this.waiting = [];
    for (const task of waiting) task();
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await null;
}

function setUp() {
  const scheduler = new ManualScheduler();
  const writes = { begun: 0, underWay: 0 };
  const turns = new BackgroundTurns(scheduler, writes);
  const slices: string[] = [];
  const ask = (name: string, ...milliseconds: [number?, number?]) =>
    turns.next(...milliseconds).then((end) => void slices.push(`${name} until ${end}`));
  return { scheduler, writes, slices, ask };
}

test('a turn has one slice, whoever waits for one, in the order in which they asked', async () => {
  const { scheduler, slices, ask } = setUp();
  void ask('flush');
  void ask('compaction');
  expect(slices).toEqual([]);
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2']);
  void ask('flush', 5);
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2', 'compaction until 2']);
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2', 'compaction until 2', 'flush until 5']);
});

test('a slice waits for the commit of the writes that are on their way, but not for ever', async () => {
  const { scheduler, writes, slices, ask } = setUp();
  void ask('flush');
  writes.underWay = 1;
  await scheduler.turn();
  expect(slices).toEqual([]);
  writes.underWay = 0;
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2']);
  void ask('compaction');
  writes.underWay = 1;
  await scheduler.turn();
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2']);
  await scheduler.turn();
  expect(slices).toEqual(['flush until 2', 'compaction until 2']);
});

test('slices are short while somebody writes, and for a while after that', async () => {
  const { scheduler, writes, slices, ask } = setUp();
  const at = async (time: number, ...milliseconds: [number?, number?]) => {
    scheduler.time = time;
    void ask('slice', ...milliseconds);
    await scheduler.turn();
    return slices.at(-1);
  };
  expect(await at(0)).toBe('slice until 2');
  writes.begun++;
  expect(await at(10)).toBe('slice until 11');
  expect(await at(59)).toBe('slice until 60');
  expect(await at(60)).toBe('slice until 62');
  writes.begun++;
  expect(await at(100, 0.5)).toBe('slice until 100.5');
  expect(await at(100, 4, 3)).toBe('slice until 103');
});
