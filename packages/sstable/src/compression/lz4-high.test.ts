import { crc32 } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressorOf, lz4Compress, lz4CompressBound, lz4Decompress, lz4HighCompress } from './index.ts';

function compressed(source: Uint8Array, level: number): Uint8Array {
  const target = new Uint8Array(lz4CompressBound(source.length));
  return target.subarray(0, lz4HighCompress(source, 0, source.length, target, 0, level));
}

function decompressed(block: Uint8Array, length: number): Uint8Array {
  const target = new Uint8Array(length);
  expect(lz4Decompress(block, 0, block.length, target, 0, length)).toBe(length);
  return target;
}

/** Words of a small vocabulary with runs of one byte and repetitions from far back between them, the same everywhere. */
function mixed(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = 1;
  const next = () => {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    return x >>> 16;
  };
  for (let i = 0; i < length; ) {
    const kind = next() & 15;
    const word = next() & 31;
    const count = kind === 0 ? next() & 1023 : kind < 4 ? next() & 63 : word & 7;
    const back = i === 0 ? 0 : 1 + (next() % i);
    for (let j = 0; j <= count && i < length; j++, i++) {
      bytes[i] = kind === 0 ? 48 + (word & 3) : kind < 4 && back > 0 ? bytes[i - back] : 97 + ((word * 7 + j * 3) % 26);
    }
  }
  return bytes;
}

// By bytes and level: length and CRC32 of what liblz4 1.10 (the native instance of lz4-java, which Cassandra uses) makes of it.
const expected: Readonly<Record<number, readonly (readonly [level: number, length: number, crc: number])[]>> = {
  13: [
    [1, 14, 0x2409484f],
    [2, 14, 0x2409484f],
    [3, 14, 0x2409484f],
  ],
  1000: [
    [1, 218, 0xaa3dc564],
    [2, 218, 0xaa3dc564],
    [3, 206, 0xcbc9bbd1],
    [4, 204, 0x8f70020e],
    [5, 204, 0x8f70020e],
    [6, 203, 0x730b6dda],
    [7, 201, 0x2d662018],
    [8, 201, 0x2d662018],
    [9, 201, 0x2d662018],
    [10, 201, 0x2d662018],
    [11, 201, 0x2d662018],
    [12, 201, 0x2d662018],
  ],
  16384: [
    [1, 1370, 0x6251ba4b],
    [2, 1370, 0x6251ba4b],
    [3, 1216, 0x4b0f249e],
    [4, 1200, 0x3a3ff3fa],
    [5, 1194, 0x2b2168ce],
    [6, 1187, 0x28cb209c],
    [7, 1174, 0xaf3709d5],
    [8, 1168, 0x745f2864],
    [9, 1162, 0x22deee31],
    [10, 1174, 0x999fc7b3],
    [11, 1174, 0x999fc7b3],
    [12, 1157, 0xf95e1e72],
  ],
  200000: [
    [1, 14239, 0xfdbb9ff9],
    [2, 14239, 0xfdbb9ff9],
    [9, 10675, 0x56abfa7a],
    [10, 10694, 0xaf2feaee],
    [11, 10561, 0xaaedf68b],
    [12, 10482, 0xe28b14bd],
  ],
};

test.each(Object.entries(expected).flatMap(([length, levels]) => levels.map((one) => [Number(length), ...one] as const)))(
  '%d bytes become the bytes of liblz4 at level %d',
  (length, level, expectedLength, crc) => {
    const source = mixed(length);
    const block = compressed(source, level);
    expect([block.length, crc32(block)]).toEqual([expectedLength, crc]);
    expect(Buffer.from(decompressed(block, length)).equals(source)).toBe(true);
  },
);

test('level 0 is the default, 9; above 12 nothing is better', () => {
  const source = mixed(20_000);
  expect(compressed(source, 0)).toEqual(compressed(source, 9));
  expect(compressed(source, 17)).toEqual(compressed(source, 12));
});

test('a block of the default level is smaller than one of the fast kind', () => {
  const source = mixed(65_536);
  const fast = new Uint8Array(lz4CompressBound(source.length));
  expect(compressed(source, 9).length).toBeLessThan(lz4Compress(source, 0, source.length, fast, 0) * 0.9);
});

test('whatever is compressed comes back at every level, also from the middle of arrays', () => {
  const parts = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 60 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 12 }), (runs, level) => {
      const source = Uint8Array.from(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()));
      const held = new Uint8Array(source.length + 14).fill(7);
      held.set(source, 7);
      const target = new Uint8Array(lz4CompressBound(source.length) + 10).fill(0xee);
      const end = lz4HighCompress(held, 7, 7 + source.length, target, 5, level);
      expect(end - 5).toBeLessThanOrEqual(lz4CompressBound(source.length));
      expect(target.subarray(0, 5).every((byte) => byte === 0xee) && target.subarray(end).every((byte) => byte === 0xee)).toBe(
        true,
      );
      const back = new Uint8Array(source.length);
      expect(lz4Decompress(target, 5, end, back, 0, back.length)).toBe(source.length);
      expect(Buffer.from(back).equals(source)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('the options of a table choose type and level', () => {
  const source = mixed(16_384);
  const length = (...options: [string, string][]) => {
    const compressor = compressorOf('org.apache.cassandra.io.compress.LZ4Compressor', options);
    return compressor.compress(source, 0, source.length, new Uint8Array(compressor.maxPayloadLength(source.length)), 0);
  };
  const fast = 4 + lz4Compress(source, 0, source.length, new Uint8Array(20_000), 0);
  expect(length()).toBe(fast);
  expect(length(['lz4_compressor_type', 'fast'], ['lz4_high_compressor_level', '12'])).toBe(fast);
  expect(length(['lz4_compressor_type', 'high'])).toBe(4 + compressed(source, 9).length);
  expect(length(['lz4_compressor_type', 'high'], ['lz4_high_compressor_level', '4'])).toBe(4 + compressed(source, 4).length);
});
