// Latencies as counts in buckets that grow with the value, eight to each doubling: a value is told to within an eighth of itself, from a
// microsecond to half an hour, in two kilobytes. Cassandra: metrics.DecayingEstimatedHistogramReservoir and utils.EstimatedHistogram,
// whose buckets grow by a fifth; here nothing decays, as who wants the last minute subtracts what was a minute ago (latencyBetween).

const SUB_BITS = 3;
const SUB_BUCKETS = 1 << SUB_BITS;
/** Values are whole microseconds below 2^31. */
const MICROS_MAX = 0x7fffffff;
/** Buckets of a histogram of latencies. */
export const LATENCY_BUCKETS = (31 - SUB_BITS) * SUB_BUCKETS + SUB_BUCKETS;

/** The bucket that a number of microseconds is counted in. */
export function latencyBucketOf(micros: number): number {
  const value = micros >= MICROS_MAX ? MICROS_MAX : micros > 0 ? micros | 0 : 0;
  if (value < SUB_BUCKETS) return value;
  const shift = 31 - Math.clz32(value) - SUB_BITS;
  return (shift << SUB_BITS) + (value >>> shift);
}

/** The least number of microseconds of a bucket; the next bucket's is the first that is not in it. */
export function latencyBucketStart(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = (bucket >> SUB_BITS) - 1;
  return (bucket - (shift << SUB_BITS)) * 2 ** shift;
}

/** Latencies in microseconds: how many, and how they are spread. A percentile is the middle of its bucket: within a sixteenth of it. */
export interface LatencyStats {
  readonly count: number;
  /** Of all of them together. */
  readonly total: number;
  readonly mean: number;
  readonly max: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
  readonly p98: number;
  readonly p99: number;
  readonly p999: number;
  /** How many fell into each bucket, see {@link latencyBucketStart}; without the empty ones at the end. */
  readonly buckets: readonly number[];
}

/** Counts latencies; an addition and a store each, no object. */
export class LatencyHistogram {
  private readonly counts = new Float64Array(LATENCY_BUCKETS);
  private count = 0;
  private total = 0;
  private max = 0;

  /** Counts one, given in milliseconds as schedulers tell them. */
  add(milliseconds: number): void {
    const micros = milliseconds > 0 ? milliseconds * 1000 : 0;
    this.counts[latencyBucketOf(micros)]++;
    this.count++;
    this.total += micros;
    if (micros > this.max) this.max = micros;
  }

  /** What was counted so far. */
  stats(): LatencyStats {
    return statsOfBuckets(Array.from(this.counts), this.count, this.total, this.max);
  }
}

/**
 * What was counted between two moments, of which the earlier is given first: for plots of percentiles over time. `max` is then that of the
 * greatest bucket.
 */
export function latencyBetween(earlier: LatencyStats, later: LatencyStats): LatencyStats {
  const buckets = later.buckets.map((count, bucket) => count - (earlier.buckets[bucket] ?? 0));
  const last = buckets.findLastIndex((count) => count > 0);
  const max = last < 0 ? 0 : Math.min(later.max, latencyBucketStart(last + 1));
  return statsOfBuckets(buckets, later.count - earlier.count, later.total - earlier.total, max);
}

function statsOfBuckets(counts: readonly number[], count: number, total: number, max: number): LatencyStats {
  const buckets = counts.slice(0, counts.findLastIndex((one) => one > 0) + 1);
  const at = (share: number) => Math.min(max, percentile(buckets, count, share));
  return {
    count,
    total,
    mean: count === 0 ? 0 : total / count,
    max,
    p50: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    p98: at(0.98),
    p99: at(0.99),
    p999: at(0.999),
    buckets,
  };
}

function percentile(buckets: readonly number[], count: number, share: number): number {
  let left = Math.ceil(count * share);
  if (left === 0) return 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    left -= buckets[bucket];
    if (left > 0) continue;
    // Buckets of one value have no middle.
    if (bucket < SUB_BUCKETS * 2) return latencyBucketStart(bucket);
    return (latencyBucketStart(bucket) + latencyBucketStart(bucket + 1)) / 2;
  }
  return 0;
}
