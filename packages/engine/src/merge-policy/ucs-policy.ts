import type { CompactionPlan } from './compaction-plan.ts';
import { totalBytes } from './levels.ts';
import type { CompactionOptions, MergePolicy, PolicyContext, SSTableFacts, SSTableGroup } from './merge-policy.ts';
import { bucketsOfSets, oldestWithin, overlapSets } from './overlap-sets.ts';
import { generationsOf } from './stcs-policy.ts';
import { compareTokens, spanOf } from './token-span.ts';
import { UcsOptions } from './ucs-options.ts';

/** Shares of the ring that say nothing: an SSTable of one partition, say. */
const MIN_SPAN = 2 ** -48;

/** SSTables of about the same density. */
interface UcsLevel {
  readonly index: number;
  readonly sstables: SSTableFacts[];
}

/** A compaction that a level asks for. */
interface Pick {
  readonly sstables: readonly SSTableFacts[];
  /** How many SSTables a read of one row had to look into. */
  readonly overlap: number;
  /** Compactions that the level asks for in all. */
  readonly tasks: number;
}

/**
 * Levels by density, which is size by the share of the ring; each is compacted when so many of its SSTables overlap as
 * `scaling_parameters` says: tiered (T), leveled (L) or between (N). Outputs are split by parts of the ring, more the denser they are.
 * Cassandra: UnifiedCompactionStrategy.
 */
export class UCSPolicy implements MergePolicy {
  private readonly options: UcsOptions;
  private lastExpiredCheck: number | null = null;

  constructor(options: CompactionOptions) {
    this.options = new UcsOptions(options);
  }

  next(candidates: readonly SSTableFacts[], context: PolicyContext): CompactionPlan | null {
    this.options.measured(context.meanFlush);
    const expired = this.expired(candidates, context);
    const rest = candidates.filter((sstable) => !expired.includes(sstable));
    let selected: Pick | null = null;
    let most = -1;
    for (const level of this.levelsOf(rest)) {
      // The most overlaps first, and of equals the lower level: it covers more of the ring.
      const { overlap, pick } = this.pickOf(level);
      if (overlap > most) {
        most = overlap;
        selected = pick;
      }
    }
    if (selected === null) return expired.length === 0 ? null : { kind: 'expired', inputs: generationsOf(expired), level: 0 };
    return this.planOf('policy', [...selected.sstables, ...expired], selected.sstables);
  }

  /** SSTables that overlap, each such group for itself. */
  maximal(candidates: readonly SSTableFacts[], context: PolicyContext): readonly CompactionPlan[] {
    const groups: Set<SSTableFacts>[] = [];
    for (const set of overlapSets(candidates)) {
      const last = groups.at(-1);
      if (last !== undefined && [...set].some((one) => last.has(one))) for (const one of set) last.add(one);
      else groups.push(new Set(set));
    }
    return groups.map((group) => {
      const inputs = [...group];
      const expired = context.fullyExpired(inputs);
      return this.planOf(
        'major',
        inputs,
        inputs.filter((one) => !expired.includes(one)),
      );
    });
  }

  groups(candidates: readonly SSTableFacts[], meanFlush?: number): readonly SSTableGroup[] {
    this.options.measured(meanFlush);
    return this.levelsOf(candidates).map(({ index, sstables }) => ({
      kind: 'level',
      number: index,
      generations: generationsOf(sstables),
    }));
  }

  pending(candidates: readonly SSTableFacts[], { meanFlush }: { readonly meanFlush?: number } = {}): number {
    this.options.measured(meanFlush);
    return this.levelsOf(candidates).reduce((sum, level) => sum + (this.pickOf(level).pick?.tasks ?? 0), 0);
  }

  private planOf(
    kind: CompactionPlan['kind'],
    inputs: readonly SSTableFacts[],
    written: readonly SSTableFacts[],
  ): CompactionPlan {
    const shards = this.options.shards(combinedDensity(written));
    return { kind, inputs: generationsOf(inputs), level: 0, outputShards: shards };
  }

  private expired(candidates: readonly SSTableFacts[], context: PolicyContext): readonly SSTableFacts[] {
    // Not at once: a store that was just opened has other things to do.
    this.lastExpiredCheck ??= context.nowInSeconds;
    if (context.nowInSeconds - this.lastExpiredCheck <= this.options.expiredCheckSeconds) return [];
    this.lastExpiredCheck = context.nowInSeconds;
    return context.fullyExpired(candidates);
  }

  private levelsOf(sstables: readonly SSTableFacts[]): UcsLevel[] {
    const { options } = this;
    const levels: UcsLevel[] = [];
    let max = options.baseDensity;
    let level: UcsLevel = { index: 0, sstables: [] };
    for (const sstable of [...sstables].sort((a, b) => densityOf(a) - densityOf(b))) {
      while (densityOf(sstable) >= max) {
        levels.push(level);
        level = { index: level.index + 1, sstables: [] };
        max = options.maxDensity(level.index, max);
      }
      level.sstables.push(sstable);
    }
    levels.push(level);
    return levels.filter((one) => one.sstables.length > 0);
  }

  private pickOf({ index, sstables }: UcsLevel): { overlap: number; pick: Pick | null } {
    const { options } = this;
    const sets = overlapSets(sstables);
    const overlap = Math.max(...sets.map(({ size }) => size));
    const threshold = options.threshold(index);
    if (overlap < threshold) return { overlap, pick: null };
    const buckets = bucketsOfSets(sets, threshold, options.overlapInclusion);
    const overlapOf = (bucket: readonly Set<SSTableFacts>[]) => Math.max(...bucket.map(({ size }) => size));
    const tasks = buckets.reduce((sum, bucket) => sum + Math.floor(overlapOf(bucket) / threshold), 0);
    // Cassandra draws one of those that overlap most; the first of them will do.
    const bucket = buckets.find((one) => overlapOf(one) === overlap)!;
    const oldestFirst = [...new Set(bucket.flatMap((set) => [...set]))].sort((a, b) =>
      a.maxTimestamp < b.maxTimestamp ? -1 : a.maxTimestamp > b.maxTimestamp ? 1 : 0,
    );
    const limit = this.pickSize(index, overlap);
    return {
      overlap,
      pick: { sstables: limit === overlap ? oldestFirst : oldestWithin(oldestFirst, bucket, limit), overlap, tasks },
    };
  }

  /** How many overlapping SSTables to take: all, unless compaction is late. Cassandra: Bucket#constructPick. */
  private pickSize(index: number, overlap: number): number {
    const { options } = this;
    const fanout = options.fanout(index);
    const most = Math.max(fanout, options.maxSSTables);
    if (overlap <= fanout) return overlap;
    if (overlap <= fanout * options.fanout(index + 1) || most === fanout) return Math.min(overlap, most);
    // Very late: as many as make an SSTable of the highest level they reach.
    const limit = Math.min(most, overlap);
    let size = fanout;
    let next = fanout;
    for (let level = index; next <= limit; ) {
      size = next;
      next *= options.fanout(++level);
    }
    return options.scalingParameter(index) < 0 ? size * Math.floor(limit / size) : size;
  }
}

/** Bytes of Data.db by the share of the ring that an SSTable covers. Cassandra: ShardManager#density. */
export function densityOf(sstable: SSTableFacts): number {
  const { tokenSpaceCoverage, firstToken, lastToken, dataBytes } = sstable;
  const span = tokenSpaceCoverage !== undefined && tokenSpaceCoverage > 0 ? tokenSpaceCoverage : spanOf(firstToken, lastToken);
  return dataBytes / (span >= MIN_SPAN ? span : 1);
}

/** The density of SSTables together. Cassandra: ShardManager#calculateCombinedDensity. */
function combinedDensity(sstables: readonly SSTableFacts[]): number {
  if (sstables.length === 0) return 0;
  const first = sstables.reduce((a, b) => (compareTokens(b.firstToken, a.firstToken) < 0 ? b : a)).firstToken;
  const last = sstables.reduce((a, b) => (compareTokens(b.lastToken, a.lastToken) > 0 ? b : a)).lastToken;
  const span = spanOf(first, last);
  return span >= MIN_SPAN ? totalBytes(sstables) / span : totalBytes(sstables);
}
