import { parseBytes, parsePercent, parseScalingParameters } from '@cassette/cql';
import type { CompactionOptions } from './merge-policy.ts';
import type { InclusionMethod } from './overlap-sets.ts';

const MAX_SHARD_SHIFT = 20;

/** Options of the unified policy and the arithmetic on them. Cassandra: db.compaction.unified.Controller. */
export class UcsOptions {
  readonly overlapInclusion: InclusionMethod;
  /** SSTables of a compaction that is late. */
  readonly maxSSTables: number;
  readonly expiredCheckSeconds: number;
  private readonly scaling: readonly number[];
  private readonly minSSTableSize: number;
  private readonly targetSSTableSize: number;
  private readonly flushSizeOverride: number;
  /** As it was last measured, in whole mebibytes; 0 before. */
  private flushSize = 0;
  private readonly baseShards: number;
  private readonly growth: number;

  constructor(options: CompactionOptions) {
    this.scaling = parseScalingParameters(options['scaling_parameters'] ?? 'T4');
    this.minSSTableSize = parseBytes(options['min_sstable_size'] ?? '100MiB');
    this.targetSSTableSize = Math.floor(parseBytes(options['target_sstable_size'] ?? '1GiB'));
    this.flushSizeOverride = Math.trunc(parseBytes(options['flush_size_override'] ?? '0MiB'));
    this.baseShards = Number(options['base_shard_count'] ?? 4);
    this.growth = options['sstable_growth'] === undefined ? 0.333 : parsePercent(options['sstable_growth']);
    this.overlapInclusion = (options['overlap_inclusion_method'] ?? 'TRANSITIVE').toUpperCase() as InclusionMethod;
    const max = Number(options['max_sstables_to_compact'] ?? 0);
    this.maxSSTables = max <= 0 ? Number.MAX_SAFE_INTEGER : max;
    this.expiredCheckSeconds = Number(options['expired_sstable_check_frequency_seconds'] ?? 600);
  }

  /** W of a level: negative for leveled, positive for tiered. */
  scalingParameter(level: number): number {
    return this.scaling[Math.min(level, this.scaling.length - 1)];
  }

  /** How many times larger than a level the next one is. */
  fanout(level: number): number {
    return 2 + Math.abs(this.scalingParameter(level));
  }

  /** SSTables that overlap, from which on a level is compacted. */
  threshold(level: number): number {
    return 2 + Math.max(0, this.scalingParameter(level));
  }

  /** Says what flushes measure; what is near what was measured before changes nothing. Cassandra: Controller#getFlushSizeBytes. */
  measured(meanFlush: number | undefined): void {
    if (meanFlush === undefined) return;
    if (this.flushSize !== 0 && Math.abs(1 - this.flushSize / meanFlush) <= 0.5) return;
    this.flushSize = Math.ceil(meanFlush / 2 ** 20) * 2 ** 20;
  }

  /** Density (bytes of Data.db by their share of the ring) up to which SSTables belong to level 0. */
  get baseDensity(): number {
    const flushSize = this.flushSizeOverride > 0 ? this.flushSizeOverride : this.flushSize;
    return this.maxDensity(0, Math.max(2 ** 20, flushSize) * (1 - 0.9 / this.fanout(0)));
  }

  /** The same for a level, by that of the one before it. */
  maxDensity(level: number, least: number): number {
    return Math.floor(least * this.fanout(level));
  }

  /** Into how many equal parts of the ring SSTables of a density are split. Cassandra: Controller#getNumShards. */
  shards(density: number): number {
    const { minSSTableSize, targetSSTableSize, baseShards, growth } = this;
    if (minSSTableSize > 0) {
      const count = density / minSSTableSize;
      if (!(count >= baseShards)) return Math.min(highestBit(Math.floor(count) | 1), baseShards & -baseShards);
    }
    if (growth === 1) return baseShards;
    if (growth === 0) {
      const count = Math.min(density / (targetSSTableSize * Math.sqrt(0.5) * baseShards), 2 ** MAX_SHARD_SHIFT);
      return baseShards * highestBit(Math.floor(count) | 1);
    }
    const power = Math.log2(density / (targetSSTableSize * baseShards)) * (1 - growth) + 0.5;
    if (power >= MAX_SHARD_SHIFT) return baseShards * 2 ** MAX_SHARD_SHIFT;
    return power >= 0 ? baseShards * 2 ** Math.floor(power) : baseShards;
  }
}

function highestBit(value: number): number {
  return 2 ** (31 - Math.clz32(value));
}
