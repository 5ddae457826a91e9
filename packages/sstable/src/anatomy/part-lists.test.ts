import { CorruptionError } from '@cassette/bytes';
import { assert as check, integer, nat, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leaf, type Part } from './part.ts';
import { evenParts, HeldParts, PlacedParts, partsBefore, SteppedParts } from './part-lists.ts';

/** Parts that get longer, whose measurements are counted; at `damagedAt` there is none. */
function stepped(to: number, damagedAt = -1): { readonly list: SteppedParts; readonly measured: () => number } {
  let count = 0;
  const measure = (position: number): number => {
    count++;
    if (position === damagedAt) throw new CorruptionError('it is damaged', 'the file', position);
    return Math.min(to, position + 1 + (position % 5));
  };
  const list = new SteppedParts(0, to, measure, (from, end, index) => leaf(from, end, ['value', String(index)]));
  return { list, measured: () => count };
}

describe('parts that tell where the next one begins', () => {
  test('are found by number and by place, in any order, as if they were gone through', () => {
    const { list } = stepped(10_000);
    const all: Part[] = [];
    for (let i = 0; list.at(i) !== null; i++) all.push(list.at(i)!);
    expect(list.count).toBe(all.length);
    check(
      property(nat(all.length - 1), nat(9999), integer({ min: -3, max: all.length + 3 }), (index, offset, any) => {
        const fresh = stepped(10_000).list;
        expect(fresh.at(index)).toEqual(all[index]);
        expect(fresh.indexOf(offset)).toBe(all.findIndex(({ from, to }) => from <= offset && offset < to));
        expect(fresh.at(any)).toEqual(all[any] ?? null);
      }),
      { numRuns: 50 },
    );
  });

  test('are measured once where somebody was already, and then at most 64 times for each search', () => {
    const { list, measured } = stepped(100_000);
    list.indexOf(99_999);
    for (let i = 0; i < 100; i++) {
      const before = measured();
      list.indexOf((i * 7919) % 100_000);
      expect(measured() - before).toBeLessThanOrEqual(65);
    }
  });

  test('end where one can’t be measured, with damage', () => {
    const { list } = stepped(10_000, 103);
    const index = list.indexOf(9999);
    expect(list.at(index)).toMatchObject({ from: 103, to: 10_000, words: ['damage', 'damage', expect.any(String)] });
    expect([list.count, list.at(index + 1)]).toEqual([index + 1, null]);
  });
});

test('parts whose places are known are looked up, and one that can’t be made is damage', () => {
  const list = new PlacedParts(
    3,
    (i) => [0, 10, 25, 40][i],
    (from, to, index) => {
      if (index === 1) throw new CorruptionError('it is damaged', 'the file', from);
      return leaf(from, to, ['value', String(index)]);
    },
  );
  expect([0, 9, 10, 24, 25, 39].map((offset) => list.indexOf(offset))).toEqual([0, 0, 1, 1, 2, 2]);
  expect([0, 1, 2, 3].map((i) => list.at(i)?.words[0])).toEqual(['value', 'damage', 'value', undefined]);
});

test('even parts end with the rest, and lists stand behind one another', () => {
  const words = (index: number) => ['raw', String(index)] as const;
  const even = evenParts(5, 26, 8, (from, to, index) => leaf(from, to, words(index)));
  expect([even.count, even.at(2), even.indexOf(25)]).toEqual([3, leaf(21, 26, words(2)), 2]);
  const both = partsBefore([leaf(0, 2, words(7)), leaf(2, 5, words(8))], even);
  expect([both.count, both.indexOf(1), both.indexOf(4), both.indexOf(5), both.indexOf(13)]).toEqual([5, 0, 1, 2, 3]);
  expect([both.at(1), both.at(2), both.at(5)]).toEqual([leaf(2, 5, words(8)), leaf(5, 13, words(0)), null]);
  expect(new HeldParts([]).at(0)).toBe(null);
});
