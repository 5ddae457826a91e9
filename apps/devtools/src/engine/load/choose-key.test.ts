import { expect, test } from 'vitest';
import { KeyChooser } from './choose-key.ts';

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 0x7fffffff;
    return state / 0x7fffffff;
  };
}

test('writers have keys of their own, whatever the choice', () => {
  for (const choice of ['uniform', 'zipf', 'series'] as const) {
    for (let writer = 0; writer < 3; writer++) {
      const chooser = new KeyChooser(choice, 1000, writer, 3, 0, randomOf(7));
      for (let n = 0; n < 500; n++) {
        const key = n % 3 === 0 ? chooser.again() : chooser.fresh();
        expect(key % 3).toBe(writer);
        expect(key).toBeLessThan(choice === 'series' ? 1500 : 1000);
      }
    }
  }
});

test('a series goes on behind what there is; zipf has few keys that come often', () => {
  const series = new KeyChooser('series', 10, 1, 2, 7, randomOf(1));
  expect([series.fresh(), series.fresh(), series.fresh()]).toEqual([9, 11, 13]);
  const zipf = new KeyChooser('zipf', 10_000, 0, 1, 0, randomOf(3));
  const counts = new Map<number, number>();
  for (let n = 0; n < 10_000; n++) {
    const key = zipf.fresh();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = [...counts.values()].sort((a, b) => b - a);
  expect(most[0]).toBeGreaterThan(500);
  expect(most[1]).toBeGreaterThan(300);
  expect(most[0]).toBeGreaterThan(most[1]);
});
