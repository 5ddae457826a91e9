import { expect, test } from 'vitest';
import { type KeptRuns, nothingRun, withRun } from './kept-runs.ts';

function after(statements: number): KeptRuns {
  let kept = nothingRun;
  for (let id = 1; id <= statements; id++) {
    kept = withRun(kept, { id, text: `statement ${id}`, outcome: { kind: 'done', trace: null }, milliseconds: 1 });
  }
  return kept;
}

test('a script of two hundred statements is kept whole, numbered from one', () => {
  const { runs, count } = after(200);
  expect(count).toBe(200);
  expect(runs.map(({ number }) => number)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
});

test('of a longer one the first hundred and the last hundred are kept, so that its end and its error are seen', () => {
  const { runs, count } = after(1000);
  expect(count).toBe(1000);
  const hundredFrom = (first: number) => Array.from({ length: 100 }, (_, i) => first + i);
  expect(runs.map(({ number }) => number)).toEqual([...hundredFrom(1), ...hundredFrom(901)]);
  expect(runs.at(-1)?.text).toBe('statement 1000');
});
