import { expect, test } from 'vitest';
import { lineOf } from './progress-line.ts';

test('a line tells what is done of all, how fast, and about how long it takes still', () => {
  expect(lineOf('loading', 5e6, 2e7, 2500)).toBe('loading ██████░░░░░░░░░░░░░░░░░░ 25 %, 5.0 MB of 20 MB, 2.0 MB/s, 8 s left');
  expect(lineOf('loading', 2e7, 2e7, 10_000)).toBe('loading ████████████████████████ 100 %, 20 MB of 20 MB, 2.0 MB/s, 0 s left');
});

test('where all is not known, or nothing has been measured, it tells the rest', () => {
  expect(lineOf('loading', 5e6, null, 1000)).toBe('loading: 5.0 MB, 5.0 MB/s');
  expect(lineOf('loading', 0, 2e7, 0)).toBe('loading ░░░░░░░░░░░░░░░░░░░░░░░░ 0 %, 0.0 MB of 20 MB');
});
