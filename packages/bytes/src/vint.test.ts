import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { highWord, lowWord, toBigInt } from './compare.ts';
import { toHex } from './hex.ts';
import { signedVInts, unsignedVInts } from './testing/vectors.ts';
import { unsignedVIntSize, vintLength } from './vint.ts';

function unsigned(value: bigint): Uint8Array {
  const out = new ByteWriter(1);
  out.unsignedVInt(highWord(value), lowWord(value));
  return out.toBytes();
}

function signed(value: bigint): Uint8Array {
  const out = new ByteWriter(1);
  out.signedVInt(highWord(value), lowWord(value));
  return out.toBytes();
}

describe('vints', () => {
  test('are those of Cassandra', () => {
    expect(unsignedVInts.map(([value]) => [value, toHex(unsigned(BigInt(value)))])).toEqual(unsignedVInts);
    expect(signedVInts.map(([value]) => [value, toHex(signed(BigInt(value)))])).toEqual(signedVInts);
  });

  test('change size where the bits of a byte are used up', () => {
    const sizes: [bigint, number][] = [];
    for (let size = 1; size < 9; size++) {
      sizes.push([2n ** BigInt(7 * size) - 1n, size], [2n ** BigInt(7 * size), size + 1]);
    }
    sizes.push([2n ** 64n - 1n, 9]);
    for (const [value, size] of sizes) {
      const bytes = unsigned(value);
      expect([value, bytes.length, vintLength(bytes[0])]).toEqual([value, size, size]);
      expect(unsignedVIntSize(highWord(value), lowWord(value))).toBe(size);
    }
  });

  test('come back, unsigned, signed, as numbers and as vint32', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 0, max: 63 }), (any, shift) => {
        const value = any >> BigInt(shift);
        const reader = new ByteReader(unsigned(value));
        reader.unsignedVInt('x');
        expect([BigInt.asUintN(64, toBigInt(reader.hi, reader.lo)), reader.remaining]).toEqual([value, 0]);
        const half = BigInt.asIntN(64, value);
        reader.reset(signed(half));
        reader.signedVInt('x');
        expect([toBigInt(reader.hi, reader.lo), reader.remaining]).toEqual([half, 0]);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeInteger(), fc.integer(), (length, delta, int) => {
        const out = new ByteWriter(1);
        out.unsignedVIntNumber(length);
        out.signedVIntNumber(delta);
        out.unsignedVInt32(int);
        const reader = new ByteReader(out.toBytes());
        expect([reader.unsignedVIntNumber('a'), reader.signedVIntNumber('b'), reader.unsignedVInt32('c')]).toEqual([
          length,
          delta,
          int,
        ]);
        expect(reader.remaining).toBe(0);
      }),
    );
  });

  test('that are cut or out of range are refused with field, file and offset', () => {
    const cut = unsigned(2n ** 40n).subarray(0, 3);
    expect(() => new ByteReader(cut, 'a-Data.db', 100).unsignedVInt('length')).toThrow(
      'length needs 6 bytes, 3 are left (a-Data.db at 100)',
    );
    expect(() => new ByteReader(new Uint8Array(0), 'f').unsignedVInt('x')).toThrow('x needs 1 bytes, 0 are left (f at 0)');
    expect(() => new ByteReader(unsigned(2n ** 53n)).unsignedVIntNumber('x')).toThrow('x is out of range');
    expect(() => new ByteReader(unsigned(2n ** 64n - 1n)).unsignedVIntNumber('x')).toThrow('x is out of range');
    expect(() => new ByteReader(signed(2n ** 53n)).signedVIntNumber('x')).toThrow('x is out of range');
    expect(() => new ByteReader(unsigned(2n ** 31n)).unsignedVInt32('x')).toThrow('x does not fit 32 bits');
    expect(() => new ByteReader(Uint8Array.of(3, 1, 2)).length('x')).toThrow('x is 3, 2 bytes are left (bytes at 0)');
  });
});
