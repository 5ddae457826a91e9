import { expect, test } from 'vitest';
import { type AllRuns, aimsOf, isMet } from './aims.ts';
import { printDevtoolsRun } from './devtools-report.ts';

const run = {
  firstPaint: [400, 500, 450],
  ready: [350, 250, 290],
  longestTask: [80, 120, 130],
  rowsPerSecond: [40_000, 50_000, 45_000],
};

test('what the page costs is a table of milliseconds', () => {
  expect(printDevtoolsRun(run)).toBe(`The devtools page, in a browser that was just started; rows a second meanwhile: 45,000
                                                                ms  min–max
until something is painted                                     450  400–500
until the worker has opened its store                          290  250–350
the longest task of the page while the engine writes flat out  120   80–130`);
});

test('its budgets are aims', () => {
  const nothing: AllRuns = { browser: null, life: null, stall: [], engine: null, primitives: null, pairs: null, devtools: run };
  const measured = aimsOf(nothing).filter((aim) => aim.measured !== null);
  expect(measured.map((aim) => [aim.what, isMet(aim)])).toEqual([
    ['the devtools page: first paint', true],
    ['the devtools page: worker ready, from the start of the page', true],
    ['the devtools page: longest task while the engine writes flat out', false],
  ]);
});
