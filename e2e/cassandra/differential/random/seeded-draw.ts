import fc from 'fast-check';
import { Draw } from '../../arbitrary/draw.ts';

/** Random choices by a seed: the same ones for the same seed, and much quicker than through an arbitrary. */
export function seededDraw(seed: number): Draw {
  const next = generator(seed);
  const int = ({ min, max }: { min: number; max: number }): number => min + Math.floor(next() * (max - min + 1));
  const bigint = ({ min, max }: { min: bigint; max: bigint }): bigint => {
    switch (Math.floor(next() * 10)) {
      case 0:
        return min;
      case 1:
        return max;
      case 2:
      case 3:
      case 4:
      case 5:
        return clamped(BigInt(Math.floor(next() * 10) - 3), min, max);
      default: {
        const words = Array.from({ length: 5 }, () => BigInt(Math.floor(next() * 0x100000000)));
        const big = words.reduce((all, word) => (all << 32n) | word, 0n);
        return min + (big % (max - min + 1n));
      }
    }
  };
  // Draw asks for whole numbers of both kinds and nothing else.
  const generate = (arbitrary: unknown, range: never): unknown => (arbitrary === fc.bigInt ? bigint(range) : int(range));
  return new Draw(generate as unknown as fc.GeneratorValue);
}

function clamped(value: bigint, min: bigint, max: bigint): bigint {
  if (value < min) return min;
  return value > max ? max : value;
}

/** Numbers from 0 up to but without 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000;
  };
}
