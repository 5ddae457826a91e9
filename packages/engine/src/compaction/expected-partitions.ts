import { HyperLogLogPlus, type SSTableReader } from '@cassette/sstable';
import { shardOf } from '../merge/splitting-cursor.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import type { TokenWords } from '../merge-policy/merge-policy.ts';

/** Where outputs end. */
type OutputShape = Pick<CompactionPlan, 'outputBytes' | 'outputShards' | 'levelFanout'>;

/** What is asked of an SSTable that is compacted. */
export interface ExpectedInput {
  readonly reader: SSTableReader;
  /** As its record says. */
  readonly partitions: number;
  readonly dataBytes: number;
}

/**
 * About how many partitions each SSTable that comes of a compaction will have: its bloom filter is made for so many. Estimated as Cassandra
 * does, so that the filters are the same. Cassandra: CompactionAwareWriter#sstableKeyCount and those that override it.
 */
export class ExpectedPartitions {
  private readonly plan: OutputShape;
  private readonly inputs: readonly ExpectedInput[];
  /** Different ones in all inputs together, and the sum of what each has. */
  private readonly different: number;
  private readonly sum: number;

  constructor(plan: OutputShape, inputs: readonly ExpectedInput[]) {
    this.plan = plan;
    this.inputs = inputs;
    const sketches = inputs.map(({ reader }) => reader.statistics.compaction.cardinality);
    this.different = HyperLogLogPlus.union(sketches).cardinality();
    this.sum = inputs.reduce((sum, input) => sum + estimated(input), 0);
  }

  /** Of the output that begins with a partition of such a token (its high word); at least 1. */
  of(tokenHi: number): number {
    const { outputBytes, outputShards = 1, levelFanout } = this.plan;
    if (outputShards > 1) return Math.max(1, this.inShard(shardOf(tokenHi, outputShards), outputShards));
    if (outputBytes === undefined) return Math.max(1, this.different);
    const bytes = this.inputs.reduce((sum, { dataBytes }) => sum + dataBytes, 0);
    // Filling levels it does not reckon with what overlaps.
    const written = levelFanout !== undefined ? bytes : Math.round((this.different / Math.max(1, this.sum)) * bytes);
    return Math.max(1, Math.floor(this.different / Math.max(1, Math.floor(written / outputBytes))));
  }

  // Cassandra: ShardTracker#shardAdjustedKeyCount.
  private inShard(shard: number, shards: number): number {
    let partitions = 0;
    for (const input of this.inputs) {
      const { firstToken, lastToken } = input.reader;
      partitions = Math.trunc(partitions + estimated(input) * shareOf(placeOf(firstToken), placeOf(lastToken), shard, shards));
    }
    return this.sum === 0 ? 0 : Math.round(partitions * (this.different / this.sum));
  }
}

// Cassandra: SSTableReader#estimatedKeys, of BIG what its summary tells.
function estimated({ reader: { summary }, partitions }: ExpectedInput): number {
  return summary === null ? partitions : (summary.sizeAtFullSampling + 1) * summary.minIndexInterval;
}

/** Where on the ring a token is, from 0 to 1. */
function placeOf({ hi, lo }: TokenWords): number {
  return ((hi ^ 0x80000000) >>> 0) / 2 ** 32 + (lo >>> 0) / 2 ** 64;
}

/** Which share of what lies between two places is in a shard. Cassandra: ShardTracker#fractionInShard. */
function shareOf(first: number, last: number, shard: number, shards: number): number {
  const start = shard / shards;
  const end = (shard + 1) / shards;
  if (last < start || first >= end) return 0;
  if (first >= start && last < end) return 1;
  return (Math.min(end, last) - Math.max(start, first)) / (last - first);
}
