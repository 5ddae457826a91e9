import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LATENCY_BUCKETS, LatencyHistogram, latencyBetween, latencyBucketOf, latencyBucketStart } from './latency.ts';

test('each bucket begins where the one before it ends, an eighth of its value later at most', () => {
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
    const start = latencyBucketStart(bucket);
    expect(latencyBucketOf(start)).toBe(bucket);
    if (bucket > 0) expect(latencyBucketOf(start - 1)).toBe(bucket - 1);
    if (bucket > 16) expect((latencyBucketStart(bucket + 1) - start) / start).toBeLessThanOrEqual(1 / 8);
  }
  expect([latencyBucketOf(-5), latencyBucketOf(0.9), latencyBucketOf(1e15)]).toEqual([0, 0, LATENCY_BUCKETS - 1]);
});

test('percentiles are within a sixteenth of those of the values', () => {
  const values = fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, (micros) => {
      const histogram = new LatencyHistogram();
      for (const one of micros) histogram.add(one / 1000);
      const sorted = micros.toSorted((a, b) => a - b);
      const stats = histogram.stats();
      expect(stats.count).toBe(micros.length);
      expect(stats.max).toBeCloseTo(sorted[sorted.length - 1], 3);
      expect(stats.total).toBeCloseTo(
        micros.reduce((sum, one) => sum + one, 0),
        1,
      );
      for (const [share, found] of [
        [0.5, stats.p50],
        [0.99, stats.p99],
      ]) {
        const exact = sorted[Math.ceil(sorted.length * share) - 1];
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 16 + 1);
      }
    }),
  );
});

test('what came between two moments is the difference of their histograms', () => {
  const histogram = new LatencyHistogram();
  for (let i = 0; i < 100; i++) histogram.add(5);
  const before = histogram.stats();
  histogram.add(0.012);
  histogram.add(0.014);
  const between = latencyBetween(before, histogram.stats());
  expect(between).toMatchObject({ count: 2, p50: 12, p99: 14 });
  expect(latencyBetween(before, before)).toEqual({
    count: 0,
    total: 0,
    mean: 0,
    max: 0,
    p50: 0,
    p75: 0,
    p95: 0,
    p98: 0,
    p99: 0,
    p999: 0,
    buckets: [],
  });
});
