import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32, crc32Combine, crc32c } from './crc32.ts';
import { fromHex, toHex } from './hex.ts';
import { murmur2 } from './murmur2.ts';
import { hash128, murmur3, token, tokenBigInt, tokenWords } from './murmur3.ts';
import { hashes } from './testing/vectors.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const word = (at: number) => (BigInt(hash128[at]) << 32n) | BigInt(hash128[at + 1] >>> 0);

test('CRC-32 and CRC-32C of the check string are those of their definitions', () => {
  expect([crc32(ascii('123456789')), crc32c(ascii('123456789'))]).toEqual([0xcbf43926, 0xe3069283]);
  expect([crc32(ascii('')), crc32c(ascii(''))]).toEqual([0, 0]);
  // RFC 3720, B.4
  expect([crc32c(new Uint8Array(32)), crc32c(new Uint8Array(32).fill(0xff))]).toEqual([0x8a9136aa, 0x62a8ab43]);
});

test('a checksum goes on where another ended, at any cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      for (const crc of [crc32, crc32c]) {
        expect(crc(bytes, cut, bytes.length, crc(bytes, 0, cut))).toBe(crc(bytes));
      }
    }),
  );
});

test('the checksums of two parts make that of the whole, at any cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat(3000), (bytes, at) => {
      const cut = Math.min(at, bytes.length);
      expect(crc32Combine(crc32(bytes, 0, cut), crc32(bytes, cut), bytes.length - cut)).toBe(crc32(bytes));
    }),
  );
  const long = new Uint8Array(200_000).map((_, i) => i * 7);
  expect(crc32Combine(crc32(long, 0, 3), crc32(long, 3), long.length - 3)).toBe(crc32(long));
});

test('tokens and hashes are those of Cassandra', () => {
  const found = hashes.map(([key]) => {
    const bytes = fromHex(key)!;
    const value = tokenBigInt(bytes);
    murmur3(bytes);
    const result = [key, String(value), String(word(0)), String(word(2)), String(BigInt.asIntN(64, murmur2(bytes)))];
    return bytes.length === 0 ? null : result;
  });
  expect(found.filter((row) => row !== null)).toEqual(hashes.filter(([key]) => key !== ''));
});

test('the empty key has the least token', () => {
  token(new Uint8Array(0));
  expect([...tokenWords]).toEqual([-0x80000000, 0]);
  expect([...hash128]).toEqual([0, 0, 0, 0]);
});

test('a hash looks at its range alone', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 9 }), (key, around) => {
      const framed = new Uint8Array([...around, ...key, ...around]);
      murmur3(key);
      const alone = [...hash128];
      murmur3(framed, around.length, around.length + key.length);
      expect([...hash128]).toEqual(alone);
      expect(murmur2(framed, around.length, around.length + key.length)).toBe(murmur2(key));
    }),
  );
});

test('hexadecimal digits come back, and what is none is null', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }),
  );
  expect([fromHex('CAfe'), fromHex('abc'), fromHex('zz'), toHex(Uint8Array.of(0, 1, 0xff), 1)]).toEqual([
    Uint8Array.of(0xca, 0xfe),
    null,
    null,
    '01ff',
  ]);
});
