import type { CompactionPlan } from './compaction-plan.ts';
import { Levels, MAX_LEVEL, totalBytes } from './levels.ts';
import type { CompactionOptions, MergePolicy, PolicyContext, SSTableFacts, SSTableGroup, TokenWords } from './merge-policy.ts';
import { bucketsOf, generationsOf, mostInterestingBucket, type SizeTieredOptions, sizeTieredOptions } from './stcs-policy.ts';
import { compareTokens, overlapping } from './token-span.ts';

/** SSTables of level 0 past which those are compacted by size first: reads must not wait until the levels have caught up. */
const MAX_COMPACTING_L0 = 32;

/** Compactions after which a level that had none gives an SSTable to those below it. */
const NO_COMPACTION_LIMIT = 25;

/**
 * Levels of SSTables of `sstable_size_in_mb` that don't overlap, each level `fanout_size` times larger than the one below; what is flushed is
 * level 0. A level that is too full gives an SSTable to the next, from where the last compaction stopped. A read finds a row in few
 * SSTables, for more writing. With `single_sstable_uplevel` an SSTable that overlaps nothing in the next level is not written again for it.
 * Cassandra: LeveledCompactionStrategy, LeveledManifest.
 */
export class LCSPolicy implements MergePolicy {
  private readonly sstableBytes: number;
  private readonly fanout: number;
  private readonly tiered: SizeTieredOptions;
  private readonly movesSingles: boolean;
  /** By level: where its last compaction was. */
  private lastCompacted: ({ readonly first: TokenWords; readonly last: TokenWords } | undefined)[] | null = null;
  /** By level: compactions of other levels since it had one. */
  private readonly rounds = new Array<number>(MAX_LEVEL + 1).fill(0);

  constructor(options: CompactionOptions) {
    this.sstableBytes = Number(options['sstable_size_in_mb'] ?? 160) * 1024 * 1024;
    this.fanout = Number(options['fanout_size'] ?? 10);
    this.tiered = sizeTieredOptions(options);
    this.movesSingles = options['single_sstable_uplevel']?.toLowerCase() === 'true';
  }

  next(candidates: readonly SSTableFacts[], context: PolicyContext): CompactionPlan | null {
    const levels = new Levels(candidates);
    this.lastCompacted ??= lastCompactedOf(levels);
    const [misplaced] = levels.misplaced;
    if (misplaced !== undefined) return { kind: 'policy', inputs: [misplaced.generation], level: 0, inPlace: true };
    const plan = this.candidatesOf(levels);
    if (plan !== null) return plan;
    const worn = this.worn(levels, context);
    return worn === null
      ? null
      : { kind: 'tombstones', inputs: [worn.generation], level: worn.level, outputBytes: this.sstableBytes, mayShrink: false };
  }

  maximal(candidates: readonly SSTableFacts[]): readonly CompactionPlan[] {
    if (candidates.length === 0) return [];
    // As it is now, for afterwards what came before can't be told.
    this.lastCompacted ??= lastCompactedOf(new Levels(candidates));
    const { sstableBytes: outputBytes, fanout: levelFanout } = this;
    return [{ kind: 'major', inputs: generationsOf(candidates), level: 1, outputBytes, levelFanout }];
  }

  groups(candidates: readonly SSTableFacts[]): readonly SSTableGroup[] {
    const levels = new Levels(candidates);
    const all = Array.from({ length: MAX_LEVEL + 1 }, (_, number) => ({
      kind: 'level' as const,
      number,
      generations: generationsOf(levels.of(number)),
    }));
    return all.filter(({ generations }) => generations.length > 0);
  }

  pending(candidates: readonly SSTableFacts[]): number {
    const levels = new Levels(candidates);
    let tasks = 0;
    for (let level = 0; level <= MAX_LEVEL; level++) {
      const over = totalBytes(levels.of(level)) - Math.floor(this.maxBytes(level) * 1.001);
      tasks += Math.ceil(Math.max(0, over) / this.sstableBytes);
    }
    const { length } = levels.of(0);
    return length > this.tiered.maxThreshold ? tasks + Math.floor(length / this.tiered.maxThreshold) : tasks;
  }

  compacted(inputs: readonly SSTableFacts[], outputs: readonly SSTableFacts[]): void {
    if (outputs.length === 0 || this.lastCompacted === null) return;
    const level = Math.min(...inputs.map((sstable) => sstable.level));
    const last = outputs.reduce((a, b) => (compareTokens(b.firstToken, a.firstToken) > 0 ? b : a));
    this.lastCompacted[level] = { first: last.firstToken, last: last.lastToken };
  }

  /** Bytes of Data.db that a level should not pass. */
  private maxBytes(level: number): number {
    return level === 0 ? 4 * this.sstableBytes : this.fanout ** level * this.sstableBytes;
  }

  /** Higher levels first, for what they give makes room for what comes. Cassandra: LeveledManifest#getCompactionCandidates. */
  private candidatesOf(levels: Levels): CompactionPlan | null {
    const byTiers = this.tieredInL0(levels);
    // The highest level has none to give to.
    for (let level = MAX_LEVEL - 1; level > 0; level--) {
      if (totalBytes(levels.of(level)) / this.maxBytes(level) <= 1.001) continue;
      if (byTiers !== null) return byTiers;
      const chosen = this.fromLevel(levels, level);
      if (chosen.length === 0) continue;
      const target = this.nextLevel(chosen);
      const all = this.withStarved(levels, target, chosen);
      return { ...this.planOf(all, target), mayShrink: false, ...(this.movesSingles && all.length === 1 && { inPlace: true }) };
    }
    const chosen = this.fromL0(levels);
    if (chosen.length === 0) return byTiers;
    // Without one of level 1 the outputs would overlap it. Cassandra: LeveledCompactionTask#reduceScopeForLimitedSpace.
    const mayShrink = generationsOf(chosen.filter(({ level }) => level === 0));
    return { ...this.planOf(chosen, this.nextLevel(chosen)), mayShrink };
  }

  private planOf(sstables: readonly SSTableFacts[], level: number): CompactionPlan {
    return { kind: 'policy', inputs: generationsOf(sstables), level, outputBytes: this.sstableBytes };
  }

  private tieredInL0(levels: Levels): CompactionPlan | null {
    const l0 = levels.of(0);
    if (l0.length <= MAX_COMPACTING_L0) return null;
    const { minThreshold, maxThreshold } = this.tiered;
    const bucket = mostInterestingBucket(bucketsOf(l0, this.tiered), minThreshold, maxThreshold);
    return bucket.length === 0 ? null : { kind: 'policy', inputs: generationsOf(bucket), level: 0 };
  }

  /** The oldest of level 0 with all they overlap, and if that makes an SSTable, what they overlap in level 1. */
  private fromL0(levels: Levels): readonly SSTableFacts[] {
    const remaining = new Set(levels.of(0));
    let chosen: SSTableFacts[] = [];
    for (const sstable of byAge([...remaining])) {
      if (chosen.includes(sstable)) continue;
      for (const one of new Set([sstable, ...overlapping([sstable], [...remaining])])) {
        if (!chosen.includes(one)) chosen.push(one);
        remaining.delete(one);
      }
      if (chosen.length > this.tiered.maxThreshold) {
        chosen = byAge(chosen).slice(0, this.tiered.maxThreshold);
        break;
      }
    }
    if (totalBytes(chosen) > this.sstableBytes) chosen.push(...overlapping(chosen, levels.of(1)));
    return chosen.length < 2 ? [] : chosen;
  }

  /** One SSTable of a level, after the one that was compacted last, with what it overlaps in the next. */
  private fromLevel(levels: Levels, level: number): readonly SSTableFacts[] {
    const sstables = levels.of(level);
    const last = this.lastCompacted?.[level];
    const pivot =
      last === undefined
        ? 0
        : Math.max(
            0,
            sstables.findIndex((one) => compareTokens(one.firstToken, last.last) > 0),
          );
    const sstable = sstables[pivot];
    return [sstable, ...overlapping([sstable], levels.of(level + 1))];
  }

  /**
   * Adds one SSTable of the highest level, if that level has long had no compaction and the SSTable lies within what is compacted.
   * Cassandra: LeveledManifest#getOverlappingStarvedSSTables.
   */
  private withStarved(levels: Levels, target: number, chosen: readonly SSTableFacts[]): readonly SSTableFacts[] {
    const { rounds } = this;
    for (let level = MAX_LEVEL; level > 0; level--) rounds[level]++;
    rounds[target] = 0;
    for (let level = MAX_LEVEL; level > 0; level--) {
      if (levels.of(level).length === 0) continue;
      if (rounds[level] <= NO_COMPACTION_LIMIT) return chosen;
      const first = chosen.reduce((a, b) => (compareTokens(b.firstToken, a.firstToken) < 0 ? b : a)).firstToken;
      const last = chosen.reduce((a, b) => (compareTokens(b.lastToken, a.lastToken) > 0 ? b : a)).lastToken;
      if (compareTokens(first, last) === 0) return chosen;
      const inside = levels.of(level).find((one) => isWithin(one, first, last) && !chosen.includes(one));
      return inside === undefined ? chosen : [...chosen, inside];
    }
    return chosen;
  }

  private nextLevel(sstables: readonly SSTableFacts[]): number {
    const all = sstables.map(({ level }) => level);
    const least = Math.min(...all);
    const greatest = Math.max(...all);
    if (greatest === 0 && totalBytes(sstables) < this.sstableBytes) return 0;
    return least === greatest ? greatest + 1 : greatest;
  }

  /** From the highest level down, the one with most droppable tombstones. Cassandra: #findDroppableSSTable. */
  private worn(levels: Levels, context: PolicyContext): SSTableFacts | null {
    for (let level = MAX_LEVEL; level >= 0; level--) {
      const ratios = new Map(levels.of(level).map((sstable) => [sstable, context.droppableRatio(sstable)]));
      const found = [...ratios.keys()]
        .sort((a, b) => ratios.get(b)! - ratios.get(a)!)
        .find((sstable) => context.isWorthDroppingTombstones(sstable));
      if (found !== undefined) return found;
    }
    return null;
  }
}

/** Whether an SSTable of more than one partition lies between two tokens: of one alone Cassandra's ranges make the whole ring. */
function isWithin({ firstToken, lastToken }: SSTableFacts, first: TokenWords, last: TokenWords): boolean {
  return (
    compareTokens(firstToken, first) >= 0 && compareTokens(lastToken, last) <= 0 && compareTokens(firstToken, lastToken) !== 0
  );
}

function byAge(sstables: readonly SSTableFacts[]): SSTableFacts[] {
  return [...sstables].sort((a, b) => (a.maxTimestamp < b.maxTimestamp ? -1 : a.maxTimestamp > b.maxTimestamp ? 1 : 0));
}

/** Where compactions of each level were last, told by the newest SSTable of the level above. */
function lastCompactedOf(levels: Levels): ({ readonly first: TokenWords; readonly last: TokenWords } | undefined)[] {
  return Array.from({ length: MAX_LEVEL }, (_, level) => {
    const above = levels.of(level + 1);
    if (above.length === 0) return undefined;
    const newest = above.reduce((a, b) => (b.generation > a.generation ? b : a));
    return { first: newest.firstToken, last: newest.lastToken };
  });
}
