import { ByteWriter } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { LocalTime } from '../values/local-time.ts';
import { nativeTypes } from './native-types.ts';
import { parseTimestamp } from './temporal-text.ts';

const at = (iso: string) => BigInt(Date.parse(iso));

test.each([
  ['2011-02-03', at('2011-02-03T00:00:00Z')],
  ['2011-02-31', at('2011-02-28T00:00:00Z')],
  ['2011-2-3 4:5', at('2011-02-03T04:05:00Z')],
  ['2011-02-03 24:00', at('2011-02-04T00:00:00Z')],
  ['2011-02-03 24:00:00.0005', at('2011-02-04T00:00:00Z')],
  ['2011-02-03T04:05:06.', at('2011-02-03T04:05:06Z')],
  ['2011-02-03T04:05:06.7899', at('2011-02-03T04:05:06.789Z')],
  ['2011-02-03 04:05 +01', at('2011-02-03T03:05:00Z')],
  ['2011-02-03 04:05 GMT-02:30', at('2011-02-03T06:35:00Z')],
  ['2011-02-03 04:05 UT', at('2011-02-03T04:05:00Z')],
  ['2011-02-03z', at('2011-02-03T00:00:00Z')],
  ['2011-02-03+05:30:15', at('2011-02-02T18:29:45Z')],
  ['+10000-01-01', at('+010000-01-01T00:00:00Z')],
  ['10000-1-1 0:0', at('+010000-01-01T00:00:00Z')],
  ['-0001-01-01', at('-000001-01-01T00:00:00Z')],
  ['-5', -5n],
])('%j is a timestamp', (text, millis) => {
  expect(parseTimestamp(text)).toBe(millis);
});

test.each([
  ...[
    '2011-2-3',
    '11-02-03',
    '10000-01-01',
    '99999-01-01',
    '+2011-02-03',
    '-0000-01-01',
    '2011-02-03 ',
    '2011-02-32',
    '2011-13-01',
  ],
  ...['0000-01-01+0100', '0-1-1 4:5', '2011-02-03 24:01', '2011-02-03 23:59:60', '2011-02-03 04:05.7', '2011-02-03 04'],
  ...[
    '2011-02-03 04:05z',
    '2011-02-03 04:05UTC',
    '2011-02-03 04:05 utc',
    '2011-02-03 04:05+1',
    '2011-02-03 04:05+18:01',
    '20110203 4:5',
  ],
])('%j is none', (text) => {
  expect(parseTimestamp(text)).toBe(null);
});

test.each([
  ['2011-02-03 04:05 PST', /a date and time whose zone is an offset like \+01:00 or UTC/],
  ['now', /'now' is one where it stands in a statement's own text/],
  ['yesterday', /expected a date and time like 2011-02-03 04:05, got string 'yesterday'/],
])('the error of %j tells what to write', (text, said) => {
  expect(() => nativeTypes.timestamp.encode(text, new ByteWriter())).toThrow(said);
});

test.each([
  ['001:+2:-0', 3_720_000_000_000],
  ['\t1:2:3.5 ', 3_723_500_000_000],
])('%j is a time', (text, nanoseconds) => {
  expect(LocalTime.parse(text).totalNanoseconds).toBe(nanoseconds);
});
