import { CorruptionError } from '@cassette/bytes';
import { array, assert as check, integer, nat, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ByteSource } from './byte-source.ts';
import { bytesSource } from './bytes-source.ts';
import { ReadAheadSource } from './read-ahead.ts';

const content = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 0xff);

/** A source that notes its reads, and is damaged at a place. */
function noted(damagedAt = Number.POSITIVE_INFINITY): { source: ByteSource; reads: [position: number, length: number][] } {
  const reads: [number, number][] = [];
  const inner = bytesSource(content, 'Data.db');
  return {
    reads,
    source: {
      name: inner.name,
      size: inner.size,
      read(target, position) {
        reads.push([position, target.length]);
        if (position <= damagedAt && damagedAt < position + target.length)
          throw new CorruptionError('damaged', 'Data.db', damagedAt);
        return inner.read(target, position);
      },
    },
  };
}

function read(source: ByteSource, position: number, length: number): Uint8Array {
  const target = new Uint8Array(length);
  return target.subarray(0, source.read(target, position));
}

describe('a source that is read ahead', () => {
  test('gives what the source has, wherever it is read', () => {
    const places = array(record({ position: nat(1100), length: integer({ min: 0, max: 300 }) }), { maxLength: 30 });
    check(
      property(places, integer({ min: 1, max: 200 }), (asked, bytes) => {
        const ahead = new ReadAheadSource(noted().source, bytes);
        for (const { position, length } of asked) {
          expect(read(ahead, position, length)).toEqual(content.subarray(position, position + length));
        }
      }),
    );
  });

  test('is read a stretch at a time', () => {
    const { source, reads } = noted();
    const ahead = new ReadAheadSource(source, 256);
    for (let at = 0; at < 1000; at += 10) read(ahead, at, 10);
    expect(reads).toEqual([
      [0, 256],
      [256, 256],
      [512, 256],
      [768, 256],
    ]);
  });

  test('what is as long as a stretch goes past it', () => {
    const { source, reads } = noted();
    read(new ReadAheadSource(source, 256), 3, 300);
    expect(reads).toEqual([[3, 300]]);
  });

  test('damage is told where it is asked for, and not before', () => {
    const ahead = new ReadAheadSource(noted(600).source, 256);
    for (let at = 0; at < 600; at += 10) expect(read(ahead, at, 10)).toEqual(content.subarray(at, at + 10));
    expect(() => read(ahead, 600, 10)).toThrow(CorruptionError);
    expect(read(ahead, 610, 10)).toEqual(content.subarray(610, 620));
  });
});
