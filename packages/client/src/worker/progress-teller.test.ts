import { expect, test } from 'vitest';
import { ProgressTeller } from './progress-teller.ts';

test('many steps at once are few messages, the first and the last among them', async () => {
  const told: number[] = [];
  const teller = new ProgressTeller<number>(async (done) => {
    await Promise.resolve();
    told.push(done);
  }, 'an export');
  for (let done = 0; done <= 1000; done++) teller.tell(done);
  await teller.finish();
  expect([told[0], told.at(-1)]).toEqual([0, 1000]);
  expect(told.length).toBeLessThan(500);
});

test('a listener that fails does not end what it listens to', async () => {
  const teller = new ProgressTeller<number>(() => Promise.reject(new Error('the page is odd')), 'an export');
  const warn = console.warn;
  const warned: unknown[] = [];
  console.warn = (...args) => void warned.push(args[0]);
  try {
    teller.tell(1);
    await teller.finish();
  } finally {
    console.warn = warn;
  }
  expect(warned).toEqual(['Cassette: a listener of an export failed']);
});
