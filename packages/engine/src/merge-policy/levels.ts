import type { SSTableFacts } from './merge-policy.ts';
import { compareTokens } from './token-span.ts';

/** The highest level that there is. Cassandra: LeveledGenerations.MAX_LEVEL_COUNT, which counts level 0 too. */
export const MAX_LEVEL = 8;

/**
 * SSTables by level; those above level 0 in the order of their tokens, without overlaps: one that overlaps another of its level counts as
 * level 0, and is to get that level. Cassandra: LeveledGenerations.
 */
export class Levels {
  /** SSTables that can't be in the level they have, as they are; they are of level 0 in {@link of}. */
  readonly misplaced: SSTableFacts[] = [];
  private readonly levels: SSTableFacts[][] = Array.from({ length: MAX_LEVEL + 1 }, () => []);

  constructor(sstables: readonly SSTableFacts[]) {
    for (const sstable of [...sstables].sort((a, b) => a.generation - b.generation)) this.add(sstable);
  }

  /** The SSTables of a level. */
  of(level: number): readonly SSTableFacts[] {
    return this.levels[level];
  }

  private add(sstable: SSTableFacts): void {
    const level = this.levels[Math.min(sstable.level, MAX_LEVEL)];
    if (sstable.level === 0) {
      level.push(sstable);
      return;
    }
    let at = level.findIndex(({ firstToken }) => compareTokens(firstToken, sstable.firstToken) >= 0);
    if (at < 0) at = level.length;
    const overlapsBefore = at > 0 && compareTokens(level[at - 1].lastToken, sstable.firstToken) >= 0;
    const overlapsAfter = at < level.length && compareTokens(level[at].firstToken, sstable.lastToken) <= 0;
    if (overlapsBefore || overlapsAfter) {
      this.misplaced.push(sstable);
      this.levels[0].push({ ...sstable, level: 0 });
    } else level.splice(at, 0, sstable);
  }
}

/** Bytes of Data.db of SSTables together. */
export function totalBytes(sstables: readonly SSTableFacts[]): number {
  return sstables.reduce((sum, { dataBytes }) => sum + dataBytes, 0);
}
