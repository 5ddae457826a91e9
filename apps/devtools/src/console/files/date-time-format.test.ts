import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateTimeReader, dateTimeWriter } from './date-time-format.ts';

test('points of time are read as they are written', () => {
  expect(dateTimeReader('%d.%m.%Y %H:%M')('3.2.2024 4:05')).toBe('2024-02-03 04:05:00.000+0000');
  expect(dateTimeReader('%y/%m/%d %T%z')('69/12/31 23:59:58+01:30')).toBe('1969-12-31 23:59:58.000+01:30');
  expect(dateTimeReader('%FT%T.%f%%Z')('2024-02-03T04:05:06.123456%Z')).toBe('2024-02-03 04:05:06.123+0000');
  expect(dateTimeReader('%Y-%m-%d')('yesterday')).toBe(null);
  expect(dateTimeReader('(%Y) [%m]')('(2024) [2]')).toBe('2024-02-01 00:00:00.000+0000');
});

test('what is written is read again, to the millisecond', () => {
  const format = '%Y-%m-%d %H:%M:%S.%f%z';
  const write = dateTimeWriter(format);
  const read = dateTimeReader(format);
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
      (date) => {
        expect(new Date(read(write(date.getTime()))!.replace(' ', 'T').replace('+0000', 'Z')).getTime()).toBe(date.getTime());
      },
    ),
  );
});

test('years that Python has no date for are milliseconds, as cqlsh writes them', () => {
  expect(dateTimeWriter('%Y')(Date.UTC(10_000, 0))).toBe('253402300800000');
});
