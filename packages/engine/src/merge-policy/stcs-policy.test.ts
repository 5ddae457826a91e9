import { describe, expect, test } from 'vitest';
import type { SSTableFacts } from './merge-policy.ts';
import { bucketsOf, generationsOf, mostInterestingBucket, STCSPolicy, sizeTieredOptions } from './stcs-policy.ts';
import { context, sstable } from './testing/facts.ts';

/** Sizes in their buckets, both in order. */
function buckets(sizes: readonly number[], minSSTableSize: number): number[][] {
  const options = { ...sizeTieredOptions({}), minSSTableSize };
  return bucketsOf(
    sizes.map((bytes) => sstable({ bytes })),
    options,
  )
    .map((bucket) => bucket.map(({ dataBytes }) => dataBytes))
    .sort((a, b) => a[0] - b[0]);
}

describe('buckets of sizes, as Cassandra’s own tests have them', () => {
  test('alike are together', () => {
    expect(buckets([1, 4, 8, 8, 4, 1], 2)).toEqual([
      [1, 1],
      [4, 4],
      [8, 8],
    ]);
  });

  test('half as much more than the mean is not alike', () => {
    expect(buckets([3, 8, 3, 8, 8, 3], 2)).toEqual([
      [3, 3, 3],
      [8, 8, 8],
    ]);
  });

  test('all that is small is alike', () => {
    expect(buckets([3, 8, 3, 8, 8, 3], 10)).toEqual([[3, 3, 3, 8, 8, 8]]);
  });

  test('a bucket takes what is within bounds of the mean it has by then', () => {
    expect(buckets([100, 140, 170, 210, 1000], 2)).toEqual([[100, 140, 170], [210], [1000]]);
    expect(buckets([100, 149, 150], 2)).toEqual([[100, 149, 150]]);
    expect(buckets([100, 150], 2)).toEqual([[100], [150]]);
  });
});

describe('the bucket to compact', () => {
  const of = (...sizes: number[]) => sizes.map((bytes) => sstable({ bytes }));
  const sizesOf = (bucket: readonly SSTableFacts[]) => bucket.map(({ dataBytes }) => dataBytes);

  test('has min_threshold SSTables, and no more than max_threshold are taken', () => {
    expect(mostInterestingBucket([of(1, 1, 1)], 4, 32)).toEqual([]);
    expect(sizesOf(mostInterestingBucket([of(1, 2, 3, 4, 5, 6)], 4, 5))).toEqual([1, 2, 3, 4, 5]);
  });

  test('is of two full ones that with the larger mean', () => {
    expect(sizesOf(mostInterestingBucket([of(1, 1, 1, 1), of(9, 9, 9, 9)], 4, 32))).toEqual([9, 9, 9, 9]);
  });
});

describe('size-tiered', () => {
  test('compacts four of a size, and nothing before', () => {
    const policy = new STCSPolicy({});
    const three = [sstable({ mib: 60 }), sstable({ mib: 61 }), sstable({ mib: 62 })];
    const other = sstable({ mib: 300 });
    expect(policy.next([...three, other], context())).toBeNull();
    expect(policy.pending([...three, other])).toBe(0);
    const four = [...three, sstable({ mib: 63 })];
    expect(policy.next([...four, other], context())).toEqual({ kind: 'policy', inputs: generationsOf(four), level: 0 });
    expect(policy.pending([...four, other])).toBe(1);
  });

  test('takes the options of the table', () => {
    const two = [sstable({ mib: 60 }), sstable({ mib: 100 })];
    expect(new STCSPolicy({ min_threshold: '2' }).next(two, context())).toBeNull();
    const wide = new STCSPolicy({ min_threshold: '2', bucket_high: '2' });
    expect(wide.next(two, context())?.inputs).toEqual(generationsOf(two));
    const small = new STCSPolicy({ min_threshold: '2', min_sstable_size: String(200 * 1024 * 1024) });
    expect(small.next(two, context())?.inputs).toEqual(generationsOf(two));
  });

  test('compacts the largest of those worth it alone, where no bucket is full', () => {
    const [a, b, c] = [sstable({ mib: 60 }), sstable({ mib: 90 }), sstable({ mib: 200 })];
    const worn = context({ isWorthDroppingTombstones: (one) => one !== c });
    expect(new STCSPolicy({}).next([a, b, c], worn)).toEqual({ kind: 'tombstones', inputs: [b.generation], level: 0 });
  });

  test('by hand compacts all to one', () => {
    const all = [sstable({ mib: 1 }), sstable({ mib: 1000 })];
    expect(new STCSPolicy({}).maximal(all)).toEqual([{ kind: 'major', inputs: generationsOf(all), level: 0 }]);
    expect(new STCSPolicy({}).maximal([])).toEqual([]);
  });
});
