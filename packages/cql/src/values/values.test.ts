import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { civilFromDays, daysFromCivil } from './civil-date.ts';
import { Decimal } from './decimal.ts';
import { Duration } from './duration.ts';
import { InetAddress } from './inet-address.ts';
import { LocalDate } from './local-date.ts';
import { LocalTime } from './local-time.ts';
import { TimeUuid, TimeUuidGenerator } from './time-uuid.ts';
import { Uuid } from './uuid.ts';

describe('Decimal', () => {
  test('is printed as Java prints it', () => {
    const printed = ['0', '-0.00', '1.10', '1e3', '1e-10', '0.000001', '0.0000001', '-123.45e-2', '12e5', '.5', '5.'];
    expect(printed.map((text) => Decimal.parse(text).toString())).toEqual([
      ...['0', '0.00', '1.10', '1E+3', '1E-10', '0.000001', '1E-7', '-1.2345', '1.2E+6', '0.5', '5'],
    ]);
  });

  test('is ordered by value, whatever the scales', () => {
    const order = (a: string, b: string) => Decimal.parse(a).compareTo(Decimal.parse(b));
    expect([
      order('1.0', '1.00'),
      order('1e2000000000', '-5'),
      order('-1e9', '-1e-9'),
      order('0e5', '0'),
      order('9.9', '10'),
    ]).toEqual([...[0, 1, -1, 0, -1]]);
  });

  test('agrees with numbers', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        (a, b) => {
          expect(Decimal.fromNumber(a).toNumber() + 0).toBe(a + 0);
          expect(Decimal.fromNumber(a).compareTo(Decimal.fromNumber(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
        },
      ),
    );
  });

  test('refuses what is no number', () => {
    for (const text of ['', '.', 'e5', '1e99999999999', 'NaN', ' 1', '0x10'])
      expect(() => Decimal.parse(text)).toThrow('is not a decimal');
  });
});

describe('Duration', () => {
  test('is read in all of its notations', () => {
    const texts = ['1y2mo3w4d5h6m7s8ms9us10ns', '1Y2MO', 'P1Y2M3DT4H5M6S', '-P3W', 'P0001-02-03T04:05:06', '7µs', '0s', '-1ns'];
    expect(texts.map((text) => Duration.parse(text).toString())).toEqual([
      ...['1y2mo25d5h6m7s8ms9us10ns', '1y2mo', '1y2mo3d4h5m6s', '-21d', '1y2mo3d4h5m6s', '7us', '', '-1ns'],
    ]);
  });

  test('refuses units in disorder, twice, too large, of mixed signs, and other text', () => {
    expect(() => Duration.parse('1d1mo')).toThrow('Invalid duration. The days should be after months');
    expect(() => Duration.parse('1d1d')).toThrow('Invalid duration. The days are specified multiple times');
    expect(() => Duration.parse('178956971y')).toThrow('The total number of months must be less or equal to 2147483647');
    expect(() => new Duration(1, -1, 0n)).toThrow('must all have the same sign');
    for (const text of ['', 'P', '1', 'd', '1d x', '--1d']) {
      if (text !== 'P') expect(() => Duration.parse(text), text).toThrow('Unable to convert');
    }
  });
});

test('the calendar agrees with Date and goes far beyond it', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000_000, max: 100_000_000 }), (days) => {
      const date = new Date(days * 86400000);
      const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      expect(civilFromDays(days)).toEqual(civil);
      expect(daysFromCivil(civil.year, civil.month, civil.day)).toBe(days);
    }),
  );
  expect([LocalDate.fromDays(0x7fffffff).toString(), LocalDate.fromDays(-0x80000000).toString()]).toEqual([
    '+5881580-07-11',
    '-5877641-06-23',
  ]);
});

test('dates and times come back from their text, and impossible ones are refused', () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeNat(), (days, nanos) => {
      const date = LocalDate.fromDays(days);
      expect(LocalDate.parse(date.toString()).equals(date)).toBe(true);
      const time = new LocalTime(nanos % 86400e9);
      expect(LocalTime.parse(time.toString()).equals(time)).toBe(true);
    }),
  );
  for (const text of ['2011-2-3', '2011-02-29', '2011-13-01', '+2011-01-01', '10000-01-01']) {
    expect(() => LocalDate.parse(text), text).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
  }
  for (const text of ['24:00:00', '1:60:00', '1:1', '1:1:1.', '1:1:1.1234567890']) {
    expect(() => LocalTime.parse(text), text).toThrow(expect.objectContaining({ code: 'INVALID_TIME' }));
  }
});

test('addresses are printed short, and long as Java does', () => {
  const forms = [
    '::',
    '::1',
    '1::',
    '2001:db8:0:0:1:0:0:1',
    '1:2:3:4:5:6:7:8',
    '0:0:3:4:5:6:7:0',
    '64:ff9b::1.2.3.4',
    '::ffff:1.2.3.4',
    '10.0.0.1',
  ];
  expect(forms.map((text) => [InetAddress.parse(text).toString(), InetAddress.parse(text).toHostAddress()])).toEqual([
    ['::', '0:0:0:0:0:0:0:0'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['2001:db8::1:0:0:1', '2001:db8:0:0:1:0:0:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::3:4:5:6:7:0', '0:0:3:4:5:6:7:0'],
    ['64:ff9b::102:304', '64:ff9b:0:0:0:0:102:304'],
    ['1.2.3.4', '1.2.3.4'],
    ['10.0.0.1', '10.0.0.1'],
  ]);
  for (const text of [
    '',
    '1.2.3.4.5',
    '1.256.3',
    '1.2.65536',
    '1.',
    'a',
    '1:2',
    ':1:2',
    '1::2::3',
    '12345::',
    '1:2:3:4:5:6:7:8:9',
    '::1.2.3',
    'fe80::1%eth0',
  ]) {
    expect(() => InetAddress.parse(text), text).toThrow(expect.objectContaining({ code: 'INVALID_INET' }));
  }
});

describe('TimeUuid', () => {
  test('holds its time; min and max enclose all of a millisecond', () => {
    const id = TimeUuid.of(1700000000123, 5, 0x1234, Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect([id.milliseconds, id.version, id.toString()]).toEqual([1700000000123, 1, '04c284b5-833b-11ee-9234-010203040506']);
    expect(TimeUuid.min(0).toString()).toBe('13814000-1dd2-11b2-8080-808080808080');
    expect(TimeUuid.max(0).toString()).toBe('1381670f-1dd2-11b2-7f7f-7f7f7f7f7f7f');
    expect(() => TimeUuid.parse('00000000-0000-4000-8000-000000000000')).toThrow('version 1');
  });

  test('a generator only grows, also when the clock stands still or goes back', () => {
    const times = [10, 10, 10, 5, 11];
    const generator = new TimeUuidGenerator({
      nowMillis: () => times.shift() ?? 11,
      randomBytes: (count) => new Uint8Array(count).fill(7),
    });
    const steps = Array.from({ length: 20_010 }, () => generator.next().steps);
    expect(steps.every((s, i) => i === 0 || s > steps[i - 1])).toBe(true);
  });
});

test('a Uuid is 16 bytes and their text', () => {
  const text = '6d5ac9a0-bd6d-11ee-a506-0242ac120002';
  expect([Uuid.parse(text.toUpperCase()).toString(), JSON.stringify(Uuid.parse(text)), Uuid.parse(text).version]).toEqual([
    text,
    `"${text}"`,
    1,
  ]);
  for (const wrong of ['', 'x', `${text}0`, text.replaceAll('-', '')]) expect(() => Uuid.parse(wrong)).toThrow('is not a UUID');
});
