import { expect, test } from 'vitest';
import { printNumber, printSmall, printTable } from './table.ts';

test('columns are as wide as their widest text; numbers stand on the right', () => {
  const columns = [
    { title: 'peer', align: 'left' },
    { title: 'rows/s', align: 'right' },
    { title: 'note', align: 'left' },
  ] as const;
  const rows = [
    ['Cassette', '1,234,567', ''],
    ['raw', '9', 'slow'],
  ];
  expect(printTable(columns, rows)).toBe(
    ['peer         rows/s  note', 'Cassette  1,234,567', 'raw               9  slow'].join('\n'),
  );
});

test('numbers are printed with as many digits as say something', () => {
  expect([0.25, 12.34, 99.96, 1234.5, 1_234_567].map(printNumber)).toEqual(['0.3', '12.3', '100', '1,235', '1,234,567']);
  expect([0.123, 1.5, 12.34, 123.4, 1234.5].map(printSmall)).toEqual(['0.12', '1.50', '12.3', '123', '1,235']);
});
