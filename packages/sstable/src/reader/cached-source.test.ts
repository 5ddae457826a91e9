import { CorruptionError } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { sourceOf } from '../testing/memory-files.ts';
import { WatchedSource } from '../testing/watched-source.ts';
import { ChunkCachePool } from './cached-source.ts';

const content = Uint8Array.from({ length: 1050 }, (_, i) => i * 7);

function readOf(source: { read(target: Uint8Array, position: number): number }, from: number, length: number): number[] {
  const target = new Uint8Array(length);
  return [...target.subarray(0, source.read(target, from))];
}

test('gives what the source gives, any place and length', () => {
  const cached = new ChunkCachePool(400).over(sourceOf(content), 100);
  for (let from = 0; from <= content.length; from += 37) {
    for (const length of [0, 1, 99, 100, 101, 350]) {
      expect(readOf(cached, from, length)).toEqual([...content.subarray(from, from + length)]);
    }
  }
});

test('reads a chunk once while it is used, and holds no more than its bytes', () => {
  const pool = new ChunkCachePool(300);
  const source = new WatchedSource(sourceOf(content));
  const cached = pool.over(source, 100);
  for (let time = 0; time < 5; time++) readOf(cached, 210, 20);
  expect([source.bytesRead, pool.bytesHeld, pool.hits, pool.misses]).toEqual([100, 100, 4, 1]);
  // Chunk 2 is used between the others, which push one another out.
  for (const chunk of [0, 1, 3, 4, 5]) {
    readOf(cached, chunk * 100, 100);
    readOf(cached, 200, 1);
    expect(pool.bytesHeld).toBeLessThanOrEqual(300);
  }
  expect(source.bytesRead).toBe(600);
});

test('sources do not meet, and one whose chunks are too large is left as it is', () => {
  const pool = new ChunkCachePool(1000);
  const other = content.map((byte) => byte ^ 255);
  const [a, b] = [pool.over(sourceOf(content), 100), pool.over(sourceOf(other), 100)];
  for (let time = 0; time < 2; time++) {
    expect(readOf(a, 500, 50)).toEqual([...content.subarray(500, 550)]);
    expect(readOf(b, 500, 50)).toEqual([...other.subarray(500, 550)]);
  }
  const source = sourceOf(content);
  expect(pool.over(source, 501)).toBe(source);
});

test('a chunk that can not be read is none the next time', () => {
  const pool = new ChunkCachePool(1000);
  let isBroken = true;
  const source = sourceOf(content);
  const cached = pool.over(
    {
      ...source,
      read(target, position) {
        if (isBroken) throw new CorruptionError('broken', 'a', position);
        return source.read(target, position);
      },
    },
    100,
  );
  expect(() => readOf(cached, 5, 5)).toThrow('broken');
  expect(pool.bytesHeld).toBe(0);
  isBroken = false;
  expect(readOf(cached, 5, 5)).toEqual([...content.subarray(5, 10)]);
});
