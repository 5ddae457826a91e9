import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressorOf, zstdCompress, zstdCompressBound, zstdDecompress } from './index.ts';

/** Sentences of a small vocabulary with numbers that grow, the same everywhere. */
function text(length: number): Uint8Array {
  const words = ['station', 'temperature', 'is', 'rising', 'falling', 'at', 'sensor', 'note', 'calm', 'storm', 'the', 'north'];
  let made = '';
  for (let i = 0, x = 7; made.length < length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    made += `${words[(x >>> 16) % words.length]} ${i % 5 === 0 ? (x >>> 20) + i : ''}`;
  }
  return new TextEncoder().encode(made).subarray(0, length);
}

function compressed(source: Uint8Array, level: number): Uint8Array {
  const target = new Uint8Array(zstdCompressBound(source.length));
  return target.subarray(0, zstdCompress(source, 0, source.length, target, 0, level));
}

test('a chunk of a greater level is smaller, and none is larger', () => {
  const source = text(16_384);
  const lengths = [-5, 1, 2, 3, 5, 8, 12, 19, 22].map((level) => compressed(source, level).length);
  expect(lengths).toEqual([...lengths].sort((a, b) => b - a));
  expect(lengths[0]).toBe(lengths[1]);
  expect(lengths[4]).toBeLessThan(lengths[1]);
});

test('what repeats with many kinds of lengths gets tables of its own: less than half of a code for each letter', () => {
  const source = text(65_536);
  expect(compressed(source, 3).length).toBeLessThan(source.length * 0.29);
});

test('whatever is compressed comes back at every level', () => {
  const parts = fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 80 })), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(parts, fc.integer({ min: -3, max: 22 }), (runs, level) => {
      const source = Uint8Array.from(
        [...runs, ...runs.slice(0, 9)].flatMap(([bytes, times]) => Array.from({ length: times }, () => [...bytes]).flat()),
      );
      const frame = compressed(source, level);
      const back = new Uint8Array(source.length);
      expect(zstdDecompress(frame, 0, frame.length, back, 0, back.length)).toBe(source.length);
      expect(Buffer.from(back).equals(source)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('one symbol of each kind needs no table: a block of the same bytes at the same distance', () => {
  const source = new Uint8Array(20_000);
  for (let i = 0; i < source.length; i++) source[i] = i % 40 < 20 ? 65 + (i % 40) : (Math.imul(i, 0x9e3779b1) >>> 24) & 0xff;
  const frame = compressed(source, 5);
  const back = new Uint8Array(source.length);
  expect(zstdDecompress(frame, 0, frame.length, back, 0, back.length)).toBe(source.length);
  expect(Buffer.from(back).equals(source)).toBe(true);
});

test('the option of a table chooses the level', () => {
  const source = text(16_384);
  const length = (...options: [string, string][]) => {
    const compressor = compressorOf('ZstdCompressor', options);
    return compressor.compress(source, 0, source.length, new Uint8Array(compressor.maxPayloadLength(source.length)), 0);
  };
  expect(length()).toBe(compressed(source, 3).length);
  expect(length(['compression_level', '1'])).toBe(compressed(source, 1).length);
  expect(length(['compression_level', '22'])).toBe(compressed(source, 22).length);
});
