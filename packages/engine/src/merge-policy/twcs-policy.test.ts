import { describe, expect, test } from 'vitest';
import { generationsOf } from './stcs-policy.ts';
import { context, sstable } from './testing/facts.ts';
import { TWCSPolicy, windowStart } from './twcs-policy.ts';

const HOUR = 3_600_000_000n;
const options = { compaction_window_unit: 'HOURS', compaction_window_size: '1' };

/** An SSTable whose newest write was so many hours after the epoch. */
const at = (hours: number, mib = 1) => sstable({ mib, maxTimestamp: BigInt(Math.round(hours * 100)) * (HOUR / 100n) });

test('windows begin at multiples of their size since the epoch', () => {
  const micros = { times: 1n, by: 1000n };
  const start = (seconds: number, window: number) => windowStart(BigInt(seconds) * 1_000_000n, micros, window);
  expect(start(1_451_001_601, 60)).toBe(1_451_001_600_000);
  expect(start(1_451_001_601, 3600)).toBe(1_451_001_600_000);
  expect(start(1_451_002_000, 86_400)).toBe(1_451_001_600_000);
  expect(start(1_451_001_600 + 3599, 7200)).toBe(1_451_001_600_000);
  // Java's remainder has the sign of what is divided.
  expect(start(-61, 60)).toBe(-60_000);
});

describe('time windows', () => {
  test('an older window is compacted from two on, the newest like tiers', () => {
    const policy = new TWCSPolicy(options);
    const newest = [at(10.1), at(10.2), at(10.3)];
    expect(policy.next(newest, context())).toBeNull();
    const old = [at(5.1), at(5.9)];
    expect(policy.next([...newest, ...old], context())).toEqual({ kind: 'policy', inputs: generationsOf(old), level: 0 });
    const full = [...newest, at(10.4)];
    // The newest first.
    expect(policy.next([...full, ...old], context())?.inputs).toEqual(generationsOf(full));
    expect(policy.pending([...full, ...old])).toBe(2);
  });

  test('windows are not mixed, and one SSTable of an older one is left alone', () => {
    const policy = new TWCSPolicy(options);
    expect(policy.next([at(1), at(2), at(3), at(4), at(5)], context())).toBeNull();
  });

  test('of an older window the smallest go first, up to max_threshold', () => {
    const policy = new TWCSPolicy({ ...options, max_threshold: '2', min_threshold: '2' });
    const [a, b, c] = [at(1, 30), at(1.1, 10), at(1.2, 20)];
    expect(policy.next([a, b, c, at(9)], context())?.inputs).toEqual(generationsOf([b, c]));
  });

  test('what has expired as a whole goes along, or by itself, looked for every ten minutes', () => {
    const policy = new TWCSPolicy(options);
    const gone = at(1);
    const expired = context({ fullyExpired: () => [gone] });
    expect(policy.next([gone, at(9)], expired)).toEqual({ kind: 'expired', inputs: [gone.generation], level: 0 });
    expect(policy.next([gone, at(9)], expired)).toBeNull();
    const later = { ...expired, nowInSeconds: expired.nowInSeconds + 601 };
    expect(policy.next([gone, at(9)], later)?.inputs).toEqual([gone.generation]);
  });

  test('tombstones alone are no reason unless the table’s options speak of them', () => {
    const worn = context({ isWorthDroppingTombstones: () => true });
    expect(new TWCSPolicy(options).next([at(1)], worn)).toBeNull();
    const [small, large] = [at(1, 1), at(2, 5)];
    const policy = new TWCSPolicy({ ...options, tombstone_threshold: '0.3' });
    expect(policy.next([large, small], worn)).toEqual({ kind: 'tombstones', inputs: [small.generation], level: 0 });
    const gone = at(0.5);
    const both = context({ ...worn, fullyExpired: () => [gone], nowInSeconds: worn.nowInSeconds + 601 });
    expect(policy.next([large, small, gone], both)?.inputs).toEqual(generationsOf([small, gone]));
  });
});
