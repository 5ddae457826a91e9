import { describe, expect, test } from 'vitest';
import { LCSPolicy } from './lcs-policy.ts';
import { generationsOf } from './stcs-policy.ts';
import { context, MIB, sstable } from './testing/facts.ts';

const options = { sstable_size_in_mb: '10' };
const outputBytes = 10 * MIB;

describe('leveled', () => {
  test('leaves one SSTable of level 0 alone, and makes two small ones one of level 0', () => {
    const policy = new LCSPolicy(options);
    const [a, b] = [sstable({ mib: 1 }), sstable({ mib: 1 })];
    expect(policy.next([a], context())).toBeNull();
    expect(policy.next([a, b], context())).toMatchObject({ kind: 'policy', inputs: generationsOf([a, b]), level: 0 });
  });

  test('brings level 0 to level 1 with what it overlaps there, once it makes a whole SSTable', () => {
    const policy = new LCSPolicy(options);
    const l0 = [sstable({ mib: 6, from: 0, to: 400 }), sstable({ mib: 6, from: 100, to: 300 })];
    const [near, far] = [sstable({ mib: 10, level: 1, from: 350, to: 500 }), sstable({ mib: 10, level: 1, from: 600, to: 900 })];
    const plan = policy.next([...l0, near, far], context())!;
    expect(plan).toMatchObject({ level: 1, outputBytes, mayShrink: generationsOf(l0) });
    expect([...plan.inputs].sort()).toEqual(generationsOf([...l0, near]).sort());
  });

  test('a level that is too full gives the SSTable after the last compacted one to the next', () => {
    const policy = new LCSPolicy(options);
    // Level 1 may have 100 MiB.
    const l1 = Array.from({ length: 11 }, (_, i) => sstable({ mib: 10, level: 1, from: i * 90, to: i * 90 + 80 }));
    const l2 = [sstable({ mib: 10, level: 2, from: 0, to: 200 }), sstable({ mib: 10, level: 2, from: 300, to: 450 })];
    // The newest SSTable of level 2 tells where level 1 was compacted last: up to 450.
    const first = policy.next([...l1, ...l2], context())!;
    expect(first).toMatchObject({ inputs: [l1[6].generation], level: 2 });
    policy.compacted([l1[6]], [sstable({ mib: 10, level: 2, from: 540, to: 620 })]);
    expect(policy.next([...l1, ...l2], context())?.inputs).toEqual([l1[7].generation]);
    policy.compacted([l1[10]], [sstable({ mib: 10, level: 2, from: 900, to: 980 })]);
    expect(policy.next([...l1, ...l2], context())?.inputs).toEqual(generationsOf([l1[0], l2[0]]));
  });

  test('with single_sstable_uplevel one that overlaps nothing in the next level only takes its number', () => {
    const policy = new LCSPolicy({ ...options, single_sstable_uplevel: 'True' });
    const l1 = Array.from({ length: 11 }, (_, i) => sstable({ mib: 10, level: 1, from: i * 90, to: i * 90 + 80 }));
    const plan = policy.next(l1, context())!;
    expect(plan).toMatchObject({ inputs: [l1[0].generation], level: 2, inPlace: true });
    policy.compacted([l1[0]], [{ ...l1[0], level: 2 }]);
    expect(policy.next(l1, context())).toMatchObject({ inputs: [l1[1].generation], inPlace: true });
    const below = sstable({ mib: 10, level: 2, from: 120, to: 150 });
    expect(policy.next([...l1, below], context())).not.toHaveProperty('inPlace');
    expect(new LCSPolicy(options).next(l1, context())).not.toHaveProperty('inPlace');
  });

  test('many SSTables of level 0 are compacted by size before higher levels are', () => {
    const policy = new LCSPolicy(options);
    const l0 = Array.from({ length: 33 }, () => sstable({ mib: 1 }));
    const l1 = Array.from({ length: 11 }, (_, i) => sstable({ mib: 10, level: 1, from: i * 90, to: i * 90 + 80 }));
    const plan = policy.next([...l0, ...l1], context())!;
    expect(plan).toEqual({ kind: 'policy', inputs: generationsOf(l0).slice(0, 32), level: 0 });
  });

  test('an SSTable that overlaps another of its level gets level 0, in its place', () => {
    const policy = new LCSPolicy(options);
    const [a, b] = [sstable({ mib: 1, level: 1, from: 0, to: 500 }), sstable({ mib: 1, level: 1, from: 400, to: 900 })];
    const c = sstable({ mib: 1 });
    expect(policy.next([a, b, c], context())).toEqual({ kind: 'policy', inputs: [b.generation], level: 0, inPlace: true });
    expect(policy.next([a, { ...b, level: 0 }, c], context())?.inputs).toEqual(generationsOf([b, c]));
  });

  test('brings a starved high level down', () => {
    const policy = new LCSPolicy(options);
    const l1 = Array.from({ length: 11 }, (_, i) => sstable({ mib: 10, level: 1, from: i * 90, to: i * 90 + 80 }));
    const starved = sstable({ mib: 1, level: 4, from: 10, to: 60 });
    const all = [...l1, starved];
    for (let round = 0; round < 25; round++) expect(policy.next(all, context())?.inputs).toEqual([l1[0].generation]);
    expect(policy.next(all, context())?.inputs).toEqual(generationsOf([l1[0], starved]));
    // One of a single partition it leaves where it is, as Cassandra does.
    const single = sstable({ mib: 1, level: 4, from: 10, to: 10 });
    expect(policy.next([...l1, single], context())?.inputs).toEqual([l1[0].generation]);
  });

  test('compacts one with droppable tombstones in its level, the highest level first', () => {
    const policy = new LCSPolicy(options);
    const [low, high] = [sstable({ mib: 9, level: 1, from: 0, to: 100 }), sstable({ mib: 9, level: 3, from: 0, to: 100 })];
    const worn = context({ droppableRatio: () => 0.5, isWorthDroppingTombstones: () => true });
    expect(policy.next([low, high], worn)).toMatchObject({
      kind: 'tombstones',
      inputs: [high.generation],
      level: 3,
      outputBytes,
    });
  });

  test('by hand fills the levels from the first', () => {
    const all = [sstable({ mib: 10 }), sstable({ mib: 10, level: 2 })];
    const plan = new LCSPolicy({ ...options, fanout_size: '4' }).maximal(all);
    expect(plan).toEqual([{ kind: 'major', inputs: generationsOf(all), level: 1, outputBytes, levelFanout: 4 }]);
  });
});
