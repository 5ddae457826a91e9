import { describe, expect, test } from 'vitest';
import type { SSTableFacts } from './merge-policy.ts';
import { bucketsOfSets, oldestWithin, overlapSets } from './overlap-sets.ts';
import { generationsOf } from './stcs-policy.ts';
import { context, MIB, sstable } from './testing/facts.ts';
import { UcsOptions } from './ucs-options.ts';
import { densityOf, UCSPolicy } from './ucs-policy.ts';

describe('shards by density', () => {
  const shards = (density: number, options: Record<string, string> = {}) => new UcsOptions(options).shards(density * MIB);

  test('below the base count what is small stays whole', () => {
    expect([0, 99, 199, 200, 399, 400].map((mib) => shards(mib))).toEqual([1, 1, 1, 2, 2, 4]);
  });

  test('without growth SSTables come near the target size', () => {
    const options = { sstable_growth: '0', target_sstable_size: '1GiB', min_sstable_size: '0B', base_shard_count: '1' };
    // From √½ to √2 of the target is one.
    expect([500, 1400, 1500, 2800, 3000, 16384].map((mib) => shards(mib, options))).toEqual([1, 1, 2, 2, 4, 16]);
  });

  test('with growth they grow with the data, and with a growth of 1 there is the base count', () => {
    const tebibyte = 1024 * 1024;
    expect(shards(tebibyte, { base_shard_count: '1' })).toBe(128);
    expect(shards(tebibyte, { base_shard_count: '4', sstable_growth: '0.5' })).toBe(64);
    expect(shards(tebibyte, { base_shard_count: '4', sstable_growth: '100%' })).toBe(4);
  });
});

test('scaling parameters say fan-out and threshold of each level, the last for all above', () => {
  const options = new UcsOptions({ scaling_parameters: 'T4, N, L10, -3' });
  expect([0, 1, 2, 3, 9].map((level) => options.fanout(level))).toEqual([4, 2, 10, 5, 5]);
  expect([0, 1, 2, 3, 9].map((level) => options.threshold(level))).toEqual([4, 2, 2, 2, 2]);
});

describe('overlap sets', () => {
  const [a, b, c, d] = [
    sstable({ from: 0, to: 39 }),
    sstable({ from: 20, to: 79 }),
    sstable({ from: 60, to: 100 }),
    sstable({ from: 10, to: 89 }),
  ];
  const names = new Map([
    [a, 'a'],
    [b, 'b'],
    [c, 'c'],
    [d, 'd'],
  ]);
  const told = (sets: readonly Set<typeof a>[]) =>
    sets.map((set) =>
      [...set]
        .map((one) => names.get(one))
        .sort()
        .join(''),
    );

  test('have all that overlap somewhere, and never two that do not', () => {
    expect(told(overlapSets([a, b, c, d]))).toEqual(['abd', 'bcd']);
    expect(told(overlapSets([a, c]))).toEqual(['a', 'c']);
    expect(overlapSets([])).toEqual([]);
  });

  test('beside a full one are taken along as the inclusion method says', () => {
    const sets = overlapSets([a, b, c]);
    expect(told(sets)).toEqual(['ab', 'bc']);
    const buckets = (method: 'NONE' | 'SINGLE' | 'TRANSITIVE') => bucketsOfSets(sets, 2, method).map(told);
    expect(buckets('NONE')).toEqual([['ab'], ['bc']]);
    expect(buckets('TRANSITIVE')).toEqual([['ab', 'bc']]);
    expect(buckets('SINGLE')).toEqual([['ab', 'bc']]);
  });

  test('a limit keeps to the oldest', () => {
    const sets = overlapSets([a, b, c, d]);
    expect(oldestWithin([a, c, b, d], sets, 2)).toEqual([a, c, b]);
    expect(oldestWithin([b, d, a, c], sets, 2)).toEqual([b, d]);
  });
});

describe('unified', () => {
  test('T4 compacts four that overlap, split into what their density asks for', () => {
    const policy = new UCSPolicy({ scaling_parameters: 'T4' });
    const three = [sstable({ mib: 2 }), sstable({ mib: 2 }), sstable({ mib: 2 })];
    expect(policy.next(three, context())).toBeNull();
    const four = [...three, sstable({ mib: 2 })];
    expect(policy.next(four, context())).toEqual({ kind: 'policy', inputs: generationsOf(four), level: 0, outputShards: 1 });
    expect(policy.pending(four)).toBe(1);
    const large = Array.from({ length: 4 }, () => sstable({ mib: 200 }));
    expect(policy.next(large, context())).toMatchObject({ outputShards: 4 });
  });

  test('four that do not overlap are left alone', () => {
    const policy = new UCSPolicy({});
    const apart = [0, 250, 500, 750].map((from) => sstable({ mib: 2, from, to: from + 200 }));
    expect(policy.next(apart, context())).toBeNull();
    expect(policy.maximal(apart, context())).toHaveLength(4);
  });

  test('levels are told by density, not size', () => {
    const [whole, part] = [sstable({ mib: 100 }), sstable({ mib: 10, from: 0, to: 100 })];
    expect(densityOf(part) / densityOf(whole)).toBeCloseTo(1, 1);
    // Of one partition the share of the ring says nothing.
    expect(densityOf(sstable({ mib: 1, from: 5, to: 5 }))).toBe(MIB);
    const policy = new UCSPolicy({ scaling_parameters: 'L4' });
    expect(policy.next([whole, part], context())?.inputs.toSorted()).toEqual(generationsOf([whole, part]).toSorted());
    expect(policy.next([whole, sstable({ mib: 1 })], context())).toBeNull();
  });

  test('levels begin at what flushes make, which is measured again where it differs by half', () => {
    const policy = new UCSPolicy({ scaling_parameters: 'T2' });
    const some = [2, 3, 5, 9, 17].map((mib) => sstable({ mib }));
    const levels = (meanFlush?: number) => policy.groups(some, meanFlush).map(({ generations }) => generations.length);
    // Of 1 MiB, before anything was measured.
    expect(levels()).toEqual([1, 1, 1, 2]);
    expect(levels(3.5 * MIB)).toEqual([2, 1, 2]);
    expect(levels(5 * MIB)).toEqual([2, 1, 2]);
    expect(levels(9 * MIB)).toEqual([4, 1]);
    const told = new UCSPolicy({ scaling_parameters: 'T2', flush_size_override: '2MiB' });
    expect(told.groups(some, 9 * MIB)).toEqual(told.groups(some));
  });

  test('late, tiered takes as many as make a level', () => {
    const policy = new UCSPolicy({ scaling_parameters: 'T4' });
    const many = Array.from({ length: 55 }, () => sstable({ mib: 1 }));
    expect(policy.next(many, context())?.inputs).toEqual(generationsOf(many).slice(0, 16));
    const leveled = new UCSPolicy({ scaling_parameters: 'L4' });
    expect(leveled.next(many, context())?.inputs).toHaveLength(48);
    const bounded = new UCSPolicy({ scaling_parameters: 'T4', max_sstables_to_compact: '8' });
    expect(bounded.next(many, context())?.inputs).toHaveLength(4);
  });

  test('by hand groups of what overlaps become one each', () => {
    const [a, b, c] = [sstable({ from: 0, to: 300 }), sstable({ from: 200, to: 500 }), sstable({ from: 600, to: 900 })];
    expect(new UCSPolicy({}).maximal([a, b, c], context()).map(({ inputs }) => inputs)).toEqual([
      generationsOf([a, b]),
      [c.generation],
    ]);
  });

  test('what has expired as a whole does not count for how outputs are split', () => {
    const policy = new UCSPolicy({ min_sstable_size: '0B', target_sstable_size: '100MiB', sstable_growth: '0' });
    const [gone, a] = [sstable({ mib: 3000 }), sstable({ mib: 100 })];
    const shards = (fullyExpired: () => SSTableFacts[]) =>
      policy.maximal([gone, a], context({ fullyExpired })).map(({ inputs, outputShards }) => [inputs.length, outputShards]);
    expect(shards(() => [])).toEqual([[2, 32]]);
    expect(shards(() => [gone])).toEqual([[2, 4]]);
  });

  test('an SSTable that says itself how much of the ring it takes is believed', () => {
    const one = sstable({ mib: 8, from: 0, to: 500 });
    expect(densityOf({ ...one, tokenSpaceCoverage: Number.NaN })).toBe(densityOf(one));
    expect(densityOf({ ...one, tokenSpaceCoverage: 0.25 })).toBe(32 * MIB);
    expect(densityOf({ ...one, tokenSpaceCoverage: 2 ** -50 })).toBe(8 * MIB);
  });
});
