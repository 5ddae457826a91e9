import type { LatencyStats } from '@cassette/client';

const buckets = 256;

/** Counts latencies as the engine does: in buckets, eight to each doubling, of microseconds. */
export class PageLatency {
  readonly #counts = new Array<number>(buckets).fill(0);
  #count = 0;
  #total = 0;
  #max = 0;

  /** One more. Milliseconds. */
  add(milliseconds: number): void {
    const micros = Math.max(0, Math.min(0x7fff_ffff, milliseconds * 1000));
    this.#counts[bucketOf(micros)]++;
    this.#count++;
    this.#total += micros;
    this.#max = Math.max(this.#max, micros);
  }

  /** So far: to be compared by the client's `latencyBetween`, which makes the percentiles. */
  stats(): LatencyStats {
    const none = { p50: 0, p75: 0, p95: 0, p98: 0, p99: 0, p999: 0 };
    const mean = this.#count === 0 ? 0 : this.#total / this.#count;
    return { count: this.#count, total: this.#total, mean, max: this.#max, ...none, buckets: [...this.#counts] };
  }
}

/** As the engine's own: whole microseconds, eight buckets to each doubling. */
function bucketOf(micros: number): number {
  const value = micros | 0;
  if (value < 8) return value;
  const shift = 28 - Math.clz32(value);
  return (shift << 3) + (value >>> shift);
}
