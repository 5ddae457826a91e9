import { expect, test } from 'vitest';
import { median, orderOf, percentile } from './statistics.ts';

test('the median is the middle, or between the two middle ones', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(median([4])).toBe(4);
  expect(median([])).toBeNaN();
});

test('a percentile lies between neighbours in proportion', () => {
  const values = Array.from({ length: 101 }, (_, i) => 100 - i);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile([0, 10], 0.25)).toBe(2.5);
  expect(percentile([0, 10], 1)).toBe(10);
});

test('who begins and who comes after whom changes from round to round', () => {
  expect([0, 1, 2, 3, 4, 5].map((round) => orderOf(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'acb',
    'bca',
    'bac',
    'cab',
    'cba',
  ]);
});
