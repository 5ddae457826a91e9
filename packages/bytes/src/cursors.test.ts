import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { compareBytes, compareInt64, highWord, lowWord, toBigInt } from './compare.ts';
import { AssertionError, assert, assertNever, CassetteError, CorruptionError } from './errors.ts';
import { toHex } from './hex.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('every kind of field is laid out as it says', () => {
  const out = new ByteWriter(1);
  out.u8(0xfe);
  out.u16(0x1234);
  out.i32(-2);
  out.i32LE(0x01020304);
  out.i64(-1, 5);
  out.bigint64(-(2n ** 63n));
  out.i64Number(-1);
  out.i64Number(Number.MAX_SAFE_INTEGER);
  out.i64NumberLE(2 ** 32 + 1);
  out.f32(1.5);
  out.f64(-0);
  out.vintBytes(Uint8Array.of(1));
  out.shortBytes(Uint8Array.of(2));
  out.intBytes(Uint8Array.of(3));
  out.utf8('é€😀');
  out.javaUtf('é');
  expect(toHex(out.written())).toBe(
    'fe' +
      '1234' +
      'fffffffe' +
      '04030201' +
      'ffffffff00000005' +
      '8000000000000000' +
      'ffffffffffffffff' +
      '001fffffffffffff' +
      '0100000001000000' +
      '3fc00000' +
      '8000000000000000' +
      '0101' +
      '000102' +
      '0000000103' +
      'c3a9e282acf09f9880' +
      '0002c3a9',
  );
  const input = new ByteReader(out.toBytes());
  expect([input.u8('a'), input.u16('b'), input.i32('c'), input.i32LE('d')]).toEqual([0xfe, 0x1234, -2, 0x01020304]);
  input.i64('e');
  expect([input.hi, input.lo, input.bigint64('f')]).toEqual([-1, 5, -(2n ** 63n)]);
  expect(() => input.i64Number('g')).toThrow('g is out of range (bytes at 27)');
  expect([input.i64Number('h'), input.i64NumberLE('i')]).toEqual([Number.MAX_SAFE_INTEGER, 2 ** 32 + 1]);
  expect([input.f32('j'), input.f64('k')]).toEqual([1.5, -0]);
  expect([input.vintBytes('l')[0], input.shortBytes('m')[0], input.intBytes('n')[0]]).toEqual([1, 2, 3]);
  expect([input.utf8(9, 'o'), input.javaUtf('p'), input.remaining]).toEqual(['é€😀', 'é', 0]);
});

test('numbers come back from 64 bits', () => {
  fc.assert(
    fc.property(int64, fc.maxSafeInteger(), (value, number) => {
      const out = new ByteWriter(1);
      out.i64(highWord(value), lowWord(value));
      out.i64Number(number);
      const input = new ByteReader(out.toBytes());
      input.i64('a');
      expect(toBigInt(input.hi, input.lo)).toBe(value);
      expect(input.bigint64('b')).toBe(BigInt(number));
    }),
  );
});

test('bytes copied by range are those of the range, short or long', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), fc.nat(200), (bytes, a, b) => {
      const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
      const out = new ByteWriter(1);
      out.bytesOf(bytes, from, to);
      out.bytes(bytes.subarray(from, to));
      expect(out.toBytes()).toEqual(new Uint8Array([...bytes.subarray(from, to), ...bytes.subarray(from, to)]));
    }),
  );
});

test('a writer is used again and patched', () => {
  const out = new ByteWriter(2);
  out.i32(0);
  out.patchI32(0, 7);
  const first = out.toBytes();
  out.clear();
  out.u8(9);
  expect([first, out.toBytes()]).toEqual([Uint8Array.of(0, 0, 0, 7), Uint8Array.of(9)]);
  expect(() => out.patchI32(0, 1)).toThrow(AssertionError);
  expect(() => out.shortBytes(new Uint8Array(0x10000))).toThrow('65536 bytes do not fit a u16 length');
});

test('a reader stays within its end, and says field, file and offset', () => {
  const input = new ByteReader(Uint8Array.of(1, 2, 3, 4, 0xff), 'nb-1-big-Index.db', 1000);
  expect(input.u8('a')).toBe(1);
  expect(() => input.bigint64('position')).toThrow('position needs 8 bytes, 4 are left (nb-1-big-Index.db at 1001)');
  expect(() => input.take(-1, 'x')).toThrow(CorruptionError);
  input.reset(input.bytes, 1, 3, 1000);
  expect([input.filePosition, input.u16('b'), input.remaining]).toEqual([1001, 0x0203, 0]);
  expect(() => input.u8('c')).toThrow('c needs 1 bytes, 0 are left (nb-1-big-Index.db at 1003)');
  input.reset(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  expect(() => input.intBytes('d')).toThrow('d needs -1 bytes');
  input.reset(Uint8Array.of(0xff));
  expect(() => input.utf8(1, 'name')).toThrow(expect.objectContaining({ code: 'CORRUPTION', offset: 0 }));
});

test('bytes are ordered unsigned and shorter first, 64-bit words signed', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const [x, y] = [toHex(a), toHex(b)];
      expect(Math.sign(compareBytes(a, 0, a.length, b, 0, b.length))).toBe(x < y ? -1 : x > y ? 1 : 0);
    }),
  );
  fc.assert(
    fc.property(int64, int64, (a, b) => {
      const order = compareInt64(highWord(a), lowWord(a), highWord(b), lowWord(b));
      expect(order).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(compareInt64(highWord(a), lowWord(a), highWord(a), lowWord(a))).toBe(0);
    }),
  );
});

test('a byte order mark is text like any other', () => {
  const out = new ByteWriter();
  out.utf8('\ufeffa');
  expect(new ByteReader(out.toBytes()).utf8(4, 'name')).toBe('\ufeffa');
});

test('errors carry a code, facts and their cause', () => {
  const cause = new Error('why');
  const error = new CorruptionError('bad flags', 'a-Data.db', 7, { flags: 255 }, cause);
  expect(error).toBeInstanceOf(CassetteError);
  expect([error.name, error.code, error.message, error.data, error.cause]).toEqual([
    'CorruptionError',
    'CORRUPTION',
    'bad flags (a-Data.db at 7)',
    { flags: 255, file: 'a-Data.db', offset: 7 },
    cause,
  ]);
  expect(() => assert(false, 'x')).toThrow('Cassette has a bug: x');
  expect(() => assertNever('x' as never)).toThrow('unexpected value: "x"');
});
