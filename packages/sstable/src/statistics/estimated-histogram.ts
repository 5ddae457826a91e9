import { assert, type ByteReader, type ByteWriter } from '@cassette/bytes';

// EstimatedHistogram:
//   size     i32                       offsets + 1
//   entries  (i64 offset, i64 count) × size    the first offset stands twice: entry i has offset max(0, i - 1)
//
// Cassandra: utils.EstimatedHistogram.EstimatedHistogramSerializer

/** Counts of values in buckets that grow by a fifth; the last bucket takes what is too great. Cassandra: EstimatedHistogram. */
export class EstimatedHistogram {
  /** Upper bound (inclusive) of each bucket but the last. */
  readonly offsets: Float64Array;
  /** One more than `offsets`. */
  readonly counts: Float64Array;

  constructor(offsets: Float64Array, counts: Float64Array) {
    assert(counts.length === offsets.length + 1 && offsets.length > 0, 'a histogram has one bucket more than offsets');
    this.offsets = offsets;
    this.counts = counts;
  }

  /** Empty, with the offsets that Cassandra uses: 1, 2, 3, … 10, 12, 14, 17, 20, … */
  static create(bucketCount: number): EstimatedHistogram {
    const offsets = new Float64Array(bucketCount);
    let last = 1;
    offsets[0] = last;
    for (let i = 1; i < bucketCount; i++) {
      const next = Math.round(last * 1.2);
      last = next === last ? next + 1 : next;
      offsets[i] = last;
    }
    return new EstimatedHistogram(offsets, new Float64Array(bucketCount + 1));
  }

  /** For bytes of partitions: up to 3.5 TB. */
  static ofPartitionSizes(): EstimatedHistogram {
    return EstimatedHistogram.create(155);
  }

  /** For cells of partitions: up to 4 billion. */
  static ofCellCounts(): EstimatedHistogram {
    return EstimatedHistogram.create(118);
  }

  /** Counts a value in the first bucket whose offset is not less. */
  add(value: number): void {
    const { offsets } = this;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle] < value) low = middle + 1;
      else high = middle;
    }
    this.counts[low]++;
  }

  /** Values counted. */
  get count(): number {
    let sum = 0;
    for (const count of this.counts) sum += count;
    return sum;
  }
}

/** Appends a histogram. */
export function encodeEstimatedHistogram(out: ByteWriter, { offsets, counts }: EstimatedHistogram): void {
  out.i32(counts.length);
  for (let i = 0; i < counts.length; i++) {
    out.i64Number(offsets[Math.max(0, i - 1)]);
    out.i64Number(counts[i]);
  }
}

/** Reads a histogram. Throws CorruptionError. */
export function decodeEstimatedHistogram(input: ByteReader, field: string): EstimatedHistogram {
  const at = input.position;
  const size = input.i32(field);
  if (size < 2 || size * 16 > input.remaining) throw input.corrupt(`${field} can't have ${size} buckets`, at);
  const offsets = new Float64Array(size - 1);
  const counts = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const offsetAt = input.position;
    const offset = input.i64Number(field);
    const slot = Math.max(0, i - 1);
    if (i === 1 ? offset !== offsets[0] : i > 1 && offset <= offsets[slot - 1]) {
      throw input.corrupt(`${field} has its buckets out of order`, offsetAt);
    }
    offsets[slot] = offset;
    counts[i] = input.i64Number(field);
  }
  return new EstimatedHistogram(offsets, counts);
}
