import { expect, test } from 'vitest';
import { bytes, count, milliseconds, plural, timestamp } from './numbers.ts';

test('sizes, counts and spans are short and keep what matters', () => {
  expect([0, 999, 1000, 1450, 23_400, 999_999, 4_000_000, 12e9].map(bytes)).toEqual([
    '0 B',
    '999 B',
    '1.0 KB',
    '1.4 KB',
    '23 KB',
    '1.0 MB',
    '4.0 MB',
    '12 GB',
  ]);
  expect([plural(1, 'row'), plural(0, 'row'), plural(12_345, 'flush', 'flushes')]).toEqual(['1 row', '0 rows', '12,345 flushes']);
  expect([0.04, 9.96, 12.4, 999, 3100].map(milliseconds)).toEqual(['0.0 ms', '10.0 ms', '12 ms', '999 ms', '3.1 s']);
  expect(count(1_234_567)).toBe('1,234,567');
});

test('a timestamp is a UTC time, or its number where no date can hold it', () => {
  expect(timestamp(1_763_822_400_123_456n)).toBe('2025-11-22 14:40:00.123');
  expect(timestamp(2n ** 63n - 1n)).toBe('9223372036854775807 µs');
});
