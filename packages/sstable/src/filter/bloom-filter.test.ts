import { ByteWriter, CorruptionError, fromHex, hash128, murmur3, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tinyFilterHex } from '../testing/tiny-table.ts';
import { BloomFilter, bloomFilterFpChanceMin, bloomSpec, decodeBloomFilter, encodeBloomFilter } from './index.ts';

function encoded(filter: BloomFilter): string {
  const out = new ByteWriter();
  encodeBloomFilter(out, filter);
  return toHex(out.written());
}

function addKey(filter: BloomFilter, key: Uint8Array): void {
  murmur3(key);
  filter.add(hash128[0], hash128[1], hash128[2], hash128[3]);
}

function hasKey(filter: BloomFilter, key: Uint8Array): boolean {
  murmur3(key);
  return filter.mightContain(hash128[0], hash128[1], hash128[2], hash128[3]);
}

function intKey(n: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setInt32(0, n);
  return key;
}

test('the filter of the tiny table is the one that Cassandra wrote', () => {
  const filter = BloomFilter.create(2, 0.01);
  addKey(filter, new TextEncoder().encode('a'));
  addKey(filter, new TextEncoder().encode('b'));
  expect(encoded(filter)).toBe(tinyFilterHex);
});

// Computed by Cassandra 5.0.9: chance, keys 0 to n - 1 as int, Filter.db.
test.each([
  [0.01, 1, '00000005000000010000808800200200'],
  [0.01, 7, '00000005000000021628868040286084002000c842520261'],
  [0.1, 1, '00000003000000010000800000200200'],
  [0.1, 7, '000000030000000116288088403862e5'],
  [0.5, 7, '000000020000000104280080403022e4'],
  [
    0.5,
    1000,
    '0000000200000010faeffdfe7fff9cfdffb763afdff6ff7ffe9dbfefff7fff7dffffffffdebffff6f5fffdff7fbbff6f9fbfff7fffff7fffeffdef67f77efeefdf7effbdfffbfffff7ffbfff1f7e99ffeefdeb7ebfbbdbefdfd7feffe7dffffff6fb49fffdfffbfeffffe1febffffefbfdffed3fffff7ffdfffffed7f6ff7fffff9deaffcff6fbff',
  ],
  [0.393, 1, '00000002000000010000000000200200'],
  [0.2, 7, '000000020000000104280080403022e4'],
  [0.05, 7, '000000030000000216088080002860840020000840100261'],
])('chance %d with %d keys has the bytes of Cassandra', (chance, n, expected) => {
  const filter = BloomFilter.create(n, chance);
  for (let i = 0; i < n; i++) addKey(filter, intKey(i));
  expect(encoded(filter)).toBe(expected);
});

test('the defaults of tables give the sizes of Cassandra', () => {
  expect([0.01, 0.1, 0.001, 0.393, 0.9, bloomFilterFpChanceMin].map(bloomSpec)).toEqual([
    { hashCount: 5, bitsPerKey: 10 },
    { hashCount: 3, bitsPerKey: 5 },
    { hashCount: 7, bitsPerKey: 15 },
    { hashCount: 2, bitsPerKey: 1 },
    { hashCount: 2, bitsPerKey: 1 },
    { hashCount: 14, bitsPerKey: 20 },
  ]);
  for (const chance of [1, 0, 0.00001, Number.NaN, -1]) expect(() => bloomSpec(chance)).toThrow('false positive chance');
});

test('bits are those of 64-bit arithmetic, for every hash and size', () => {
  const int = fc.integer({ min: -0x80000000, max: 0x7fffffff });
  fc.assert(
    fc.property(int, int, int, int, fc.integer({ min: 1, max: 500 }), (a, b, c, d, words) => {
      const filter = new BloomFilter(5, new Uint8Array(words * 8));
      filter.add(a, b, c, d);
      const h1 = (BigInt(a) << 32n) | BigInt(b >>> 0);
      let sum = (BigInt(c) << 32n) | BigInt(d >>> 0);
      const expected = new Uint8Array(words * 8);
      for (let i = 0; i < 5; i++) {
        const rest = Number(sum % BigInt(words * 64));
        const bit = Math.abs(rest);
        expected[bit >> 3] |= 1 << (bit & 7);
        sum = BigInt.asIntN(64, sum + h1);
      }
      expect(toHex(filter.bits)).toBe(toHex(expected));
      expect(filter.mightContain(a, b, c, d)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a filter of more bits than 32-bit numbers count still has the right index', () => {
  // 2^32 + 64 bits: 64 MiB are too much for a unit test to fill, not to index.
  const words = 2 ** 26 + 1;
  const filter = new BloomFilter(1, new Uint8Array(words * 8));
  filter.add(0, 0, 0x7fffffff, -1);
  const bit = Number((2n ** 63n - 1n) % BigInt(words * 64));
  expect(filter.bits[Math.floor(bit / 8)]).toBe(1 << (bit & 7));
});

test('keys that were not added are seldom found', () => {
  const filter = BloomFilter.create(2000, 0.01);
  for (let i = 0; i < 2000; i++) addKey(filter, intKey(i));
  let found = 0;
  for (let i = 0; i < 2000; i++) expect(hasKey(filter, intKey(i))).toBe(true);
  for (let i = 2000; i < 12000; i++) if (hasKey(filter, intKey(i))) found++;
  expect(found).toBeLessThan(200);
});

test('an empty file means that everything may be there; others are checked', () => {
  expect(decodeBloomFilter(new Uint8Array(0), 'f')).toBe(null);
  const bytes = fromHex(tinyFilterHex)!;
  expect(encoded(decodeBloomFilter(bytes, 'f')!)).toBe(tinyFilterHex);
  for (let cut = 1; cut < bytes.length; cut++) {
    expect(() => decodeBloomFilter(bytes.subarray(0, cut), 'f')).toThrow(CorruptionError);
  }
  for (const hex of ['0000000500000000', '00000000000000010400908048002808', '000000057fffffff0400908048002808']) {
    expect(() => decodeBloomFilter(fromHex(hex)!, 'f')).toThrow(CorruptionError);
  }
});
