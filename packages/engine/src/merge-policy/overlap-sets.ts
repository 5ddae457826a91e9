import type { SSTableFacts } from './merge-policy.ts';
import { compareTokens, startsAfter } from './token-span.ts';

/** How far a compaction reaches out: to what overlaps what was chosen, and to what overlaps that. Cassandra: Overlaps.InclusionMethod. */
export type InclusionMethod = 'NONE' | 'SINGLE' | 'TRANSITIVE';

/**
 * The fewest sets such that where some SSTables overlap, a set has them all, and none has two that don't overlap; along the ring.
 * Cassandra: utils.Overlaps#constructOverlapSets.
 */
export function overlapSets(sstables: readonly SSTableFacts[]): Set<SSTableFacts>[] {
  const sets: Set<SSTableFacts>[] = [];
  let active: SSTableFacts[] = [];
  for (const sstable of [...sstables].sort((a, b) => compareTokens(a.firstToken, b.firstToken))) {
    const still = active.filter((one) => !startsAfter(sstable, one));
    if (still.length < active.length) sets.push(new Set(active));
    active = [...still, sstable];
  }
  if (active.length > 0) sets.push(new Set(active));
  return sets;
}

/**
 * Runs of overlap sets around each that has at least `threshold` SSTables, with those beside it that share some of them.
 * Cassandra: utils.Overlaps#assignOverlapsIntoBuckets.
 */
export function bucketsOfSets(
  sets: readonly Set<SSTableFacts>[],
  threshold: number,
  method: InclusionMethod,
): Set<SSTableFacts>[][] {
  const buckets: Set<SSTableFacts>[][] = [];
  let lastEnd = -1;
  for (let i = 0; i < sets.length; i++) {
    if (sets[i].size < threshold) continue;
    let from = i;
    let to = i + 1;
    if (method !== 'NONE') {
      const all = new Set(sets[i]);
      const target = method === 'TRANSITIVE' ? all : sets[i];
      const takes = (index: number) => {
        if (![...sets[index]].some((one) => target.has(one))) return false;
        for (const one of sets[index]) all.add(one);
        return true;
      };
      while (from - 1 > lastEnd && takes(from - 1)) from--;
      while (to < sets.length && takes(to)) to++;
      i = to - 1;
    }
    buckets.push(sets.slice(from, to));
    lastEnd = i;
  }
  return buckets;
}

/**
 * The oldest SSTables such that no set has more than `limit` of them. `oldestFirst`: all SSTables of the sets.
 * Cassandra: utils.Overlaps#pullLastWithOverlapLimit.
 */
export function oldestWithin(
  oldestFirst: readonly SSTableFacts[],
  sets: readonly Set<SSTableFacts>[],
  limit: number,
): readonly SSTableFacts[] {
  const taken = sets.map(() => 0);
  for (let n = 0; n < oldestFirst.length; n++) {
    for (let i = 0; i < sets.length; i++) {
      if (sets[i].has(oldestFirst[n]) && ++taken[i] > limit) return oldestFirst.slice(0, n);
    }
  }
  return oldestFirst;
}
