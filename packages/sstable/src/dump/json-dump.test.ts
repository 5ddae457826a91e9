import { ByteWriter, highWord, lowWord } from '@cassette/bytes';
import { ListType, nativeTypes, TupleType } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import { microsText, secondsText } from './dump-times.ts';
import { typeText } from './type-text.ts';

describe('times', () => {
  const micros = (value: bigint) => microsText(highWord(value), lowWord(value), false);

  test('are dates as Java prints an Instant', () => {
    expect(micros(1700000000000000n)).toBe('2023-11-14T22:13:20Z');
    expect(micros(1700000000123000n)).toBe('2023-11-14T22:13:20.123Z');
    expect(micros(1700000000123456n)).toBe('2023-11-14T22:13:20.123456Z');
    expect(micros(0n)).toBe('1970-01-01T00:00:00Z');
    expect(secondsText(1709164800, false)).toBe('2024-02-29T00:00:00Z');
    expect(secondsText(951782399, false)).toBe('2000-02-28T23:59:59Z');
  });

  test('are wrong where sstabledump is: negative fractions, and those beyond the years 1677 and 2262', () => {
    expect(micros(253402300800000000n)).toBe('+10000-01-01T00:00:00.854775807Z');
    expect(micros(-62167219200000000n)).toBe('0000-01-01T00:00:00.145224192Z');
    expect(micros(-62167219201000000n)).toBe('-0001-12-31T23:59:59.145224192Z');
    expect(micros(-1n)).toBe('1970-01-01T00:00:00.999999Z');
    expect(micros(2n ** 63n - 1n)).toBe('+294247-01-10T04:00:54.854775807Z');
  });

  test('are numbers when asked for raw', () => {
    expect(microsText(-1, -7, true)).toBe('-7');
    expect(secondsText(4294967293, true)).toBe('4294967293');
  });
});

describe('keys and paths', () => {
  const shown = (type: Parameters<typeof typeText>[0], value: unknown) => {
    const out = new ByteWriter();
    type.encode(value, out);
    return typeText(type, out.toBytes(), 0, out.length);
  };

  test('are plain text', () => {
    expect(shown(nativeTypes.text, 'a "b"')).toBe('a "b"');
    expect(shown(nativeTypes.int, -5)).toBe('-5');
    expect(shown(nativeTypes.blob, Uint8Array.of(0xca, 0xfe))).toBe('cafe');
    expect(shown(nativeTypes.timestamp, new Date(0))).toBe('1970-01-01T00:00:00.000Z');
    expect(shown(nativeTypes.double, Number.NaN)).toBe('NaN');
    expect(shown(new TupleType([nativeTypes.int, nativeTypes.text, nativeTypes.text]), [1, 'a:b@c', null])).toBe('1:a\\:b\\@c:@');
    expect(shown(new ListType(nativeTypes.int, true), [1])).toBe('000000010000000400000001');
  });
});
