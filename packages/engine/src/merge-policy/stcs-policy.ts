import type { CompactionPlan } from './compaction-plan.ts';
import { JavaLongMap } from './java-long-map.ts';
import type { CompactionOptions, MergePolicy, PolicyContext, SSTableFacts, SSTableGroup } from './merge-policy.ts';

/** How SSTables are put into buckets by size. */
export interface SizeTieredOptions {
  readonly minThreshold: number;
  readonly maxThreshold: number;
  /** Bytes of Data.db under which all are alike. */
  readonly minSSTableSize: number;
  /** What is larger than so much of a bucket's mean, and … */
  readonly bucketLow: number;
  /** … smaller than so much of it, belongs to it. */
  readonly bucketHigh: number;
}

/** The options of a table, with Cassandra's defaults. */
export function sizeTieredOptions(options: CompactionOptions): SizeTieredOptions {
  return {
    minThreshold: Number(options['min_threshold'] ?? 4),
    maxThreshold: Number(options['max_threshold'] ?? 32),
    minSSTableSize: Number(options['min_sstable_size'] ?? 50 * 1024 * 1024),
    bucketLow: Number(options['bucket_low'] ?? 0.5),
    bucketHigh: Number(options['bucket_high'] ?? 1.5),
  };
}

/**
 * SSTables of about the same size belong to a bucket; a bucket of `min_threshold` is compacted. Where none is full, one SSTable with many
 * droppable tombstones is. Of several full buckets Cassandra takes the one that is read most; here nobody counts reads, as a
 * node's meter does over hours which no page lives, and what decides between buckets that are read alike decides always: the
 * larger mean size. Cassandra: db.compaction.SizeTieredCompactionStrategy.
 */
export class STCSPolicy implements MergePolicy {
  private readonly options: SizeTieredOptions;

  constructor(options: CompactionOptions) {
    this.options = sizeTieredOptions(options);
  }

  next(candidates: readonly SSTableFacts[], context: PolicyContext): CompactionPlan | null {
    const { minThreshold, maxThreshold } = this.options;
    const bucket = mostInterestingBucket(bucketsOf(candidates, this.options), minThreshold, maxThreshold);
    if (bucket.length > 0) return { kind: 'policy', inputs: generationsOf(bucket), level: 0 };
    const worn = largest(candidates.filter((sstable) => context.isWorthDroppingTombstones(sstable)));
    return worn === null ? null : { kind: 'tombstones', inputs: [worn.generation], level: 0 };
  }

  maximal(candidates: readonly SSTableFacts[]): readonly CompactionPlan[] {
    return candidates.length === 0 ? [] : [{ kind: 'major', inputs: generationsOf(candidates), level: 0 }];
  }

  groups(candidates: readonly SSTableFacts[]): readonly SSTableGroup[] {
    const bySize = bucketsOf(candidates, this.options).sort(([a], [b]) => a.dataBytes - b.dataBytes);
    return bySize.map((bucket, number) => ({ kind: 'tier', number, generations: generationsOf(bucket) }));
  }

  pending(candidates: readonly SSTableFacts[]): number {
    return pendingOf(bucketsOf(candidates, this.options), this.options);
  }
}

/** Generations of SSTables. */
export function generationsOf(sstables: readonly SSTableFacts[]): number[] {
  return sstables.map(({ generation }) => generation);
}

/** The SSTable with the largest Data.db, the first of equals; null of none. */
export function largest(sstables: readonly SSTableFacts[]): SSTableFacts | null {
  return sstables.reduce<SSTableFacts | null>(
    (best, one) => (best === null || one.dataBytes > best.dataBytes ? one : best),
    null,
  );
}

/** SSTables by size. Cassandra: SizeTieredCompactionStrategy#getBuckets. */
export function bucketsOf(sstables: readonly SSTableFacts[], options: SizeTieredOptions): SSTableFacts[][] {
  const { minSSTableSize, bucketLow, bucketHigh } = options;
  const buckets = new JavaLongMap<SSTableFacts[]>();
  for (const sstable of [...sstables].sort((a, b) => a.dataBytes - b.dataBytes)) {
    const size = sstable.dataBytes;
    const found = buckets.entries().find(({ key: mean }) => {
      const isNear = size > mean * bucketLow && size < mean * bucketHigh;
      return isNear || (size < minSSTableSize && mean < minSSTableSize);
    });
    if (found === undefined) {
      buckets.put(size, [sstable]);
      continue;
    }
    const { key: mean, value: bucket } = found;
    buckets.delete(mean);
    const total = bucket.length * mean + size;
    bucket.push(sstable);
    buckets.put(Math.floor(total / bucket.length), bucket);
  }
  return buckets.entries().map(({ value }) => value);
}

/** The bucket to compact, cut to `maxThreshold`; empty where none has `minThreshold`. */
export function mostInterestingBucket(
  buckets: readonly (readonly SSTableFacts[])[],
  minThreshold: number,
  maxThreshold: number,
): readonly SSTableFacts[] {
  let best: readonly SSTableFacts[] = [];
  let bestMean = -1;
  for (const bucket of buckets) {
    const cut = bucket.slice(0, maxThreshold);
    if (cut.length < minThreshold) continue;
    const mean = Math.floor(cut.reduce((sum, { bytes }) => sum + bytes, 0) / cut.length);
    if (mean <= bestMean) continue;
    best = cut;
    bestMean = mean;
  }
  return best;
}

/** Compactions that full buckets ask for. Cassandra: #getEstimatedCompactionsByTasks. */
export function pendingOf(
  buckets: readonly (readonly SSTableFacts[])[],
  { minThreshold, maxThreshold }: SizeTieredOptions,
): number {
  return buckets.reduce((sum, { length }) => (length >= minThreshold ? sum + Math.ceil(length / maxThreshold) : sum), 0);
}
