import { crc32, fromHex, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lz4Compress, lz4CompressBound, lz4Decompress } from './index.ts';

function compressed(source: Uint8Array): Uint8Array {
  const target = new Uint8Array(lz4CompressBound(source.length));
  return target.subarray(0, lz4Compress(source, 0, source.length, target, 0));
}

function decompressed(block: Uint8Array, length: number): Uint8Array | number {
  const target = new Uint8Array(length);
  const made = lz4Decompress(block, 0, block.length, target, 0, length);
  return made < 0 ? made : target.subarray(0, made);
}

/** Words of a small vocabulary, the same everywhere. */
function text(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let x = 1;
  for (let i = 0; i < length; ) {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    const word = (x >>> 16) & 31;
    for (let j = 0; j <= (word & 7) && i < length; j++) bytes[i++] = 97 + ((word * 7 + j * 3) % 26);
  }
  return bytes;
}

// Length, length and CRC32 of what liblz4 (the native instance of lz4-java, which Cassandra uses) makes of it.
test.each([
  [0, 1, 0xd202ef8d],
  [1, 2, 0x2c194104],
  [12, 13, 0x98fa44e4],
  [13, 14, 0xad441fd4],
  [100, 84, 0xd0b8137f],
  [4096, 2216, 0x19d3f845],
  [16384, 8251, 0xb96d88],
  [65546, 32347, 0x6517a94e],
  [65547, 29273, 0x2e4beb33],
  [200000, 87798, 0x543e70e7],
])('%d bytes of text become the bytes of liblz4', (length, expectedLength, crc) => {
  const source = text(length);
  const block = compressed(source);
  expect([block.length, crc32(block)]).toEqual([expectedLength, crc]);
  expect(Buffer.from(decompressed(block, length) as Uint8Array).equals(source)).toBe(true);
});

test('a long run is one match that overlaps itself', () => {
  const block = compressed(new Uint8Array(1000));
  expect(toHex(block)).toBe('1f000100ffffffd2500000000000');
  expect(decompressed(block, 1000)).toEqual(new Uint8Array(1000));
});

test('whatever is compressed comes back, also from the middle of arrays', () => {
  const parts = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 30 })), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(parts, (runs) => {
      const source = Uint8Array.from(runs.flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()));
      const held = new Uint8Array(source.length + 7);
      held.set(source, 7);
      const target = new Uint8Array(lz4CompressBound(source.length) + 5);
      const end = lz4Compress(held, 7, held.length, target, 5);
      expect(end - 5).toBeLessThanOrEqual(lz4CompressBound(source.length));
      const back = new Uint8Array(source.length + 3);
      expect(lz4Decompress(target, 5, end, back, 3, back.length)).toBe(source.length);
      expect(toHex(back, 3)).toBe(toHex(source));
    }),
  );
});

test('a cut block is refused where it ends, and too little room is never overrun', () => {
  const source = text(400);
  const block = compressed(source);
  for (let cut = 0; cut < block.length; cut++) {
    const back = new Uint8Array(410);
    const made = lz4Decompress(block, 0, cut, back, 0, 400);
    // A cut behind literals is the end of a shorter block.
    expect(made < 400).toBe(true);
  }
  const small = new Uint8Array(400).fill(0xee);
  expect(lz4Decompress(block, 0, block.length, small, 0, 200)).toBeLessThan(0);
  expect(small.subarray(200).every((byte) => byte === 0xee)).toBe(true);
});

test.each([
  ['', -1],
  ['f0', -2],
  ['10', -2],
  // Offset 0, and an offset before the beginning.
  ['1061000000', -3],
  ['1061020000', -3],
  // A match length, and a literal length, that never end.
  ['1f610100ffffffff', -9],
  ['f0ffffffff', -6],
])('the block %j is malformed', (hex, made) => {
  expect(decompressed(fromHex(hex)!, 1000)).toBe(made);
});

test('any bytes decompress to something or are refused, and nothing outside is touched', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (block) => {
      const target = new Uint8Array(120).fill(0xee);
      const made = lz4Decompress(block, 0, block.length, target, 10, 100);
      expect(made <= 90).toBe(true);
      expect(target.subarray(0, 10).every((b) => b === 0xee) && target.subarray(100).every((b) => b === 0xee)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
