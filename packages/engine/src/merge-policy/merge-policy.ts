import type { CompactionPlan } from './compaction-plan.ts';

/** A token as two words, the high one signed. */
export interface TokenWords {
  readonly hi: number;
  readonly lo: number;
}

/** What a policy knows of an SSTable. */
export interface SSTableFacts {
  readonly generation: number;
  readonly level: number;
  /** Of Data.db, as it is stored. */
  readonly dataBytes: number;
  /** Of all components. */
  readonly bytes: number;
  /** Microseconds. */
  readonly maxTimestamp: bigint;
  readonly firstToken: TokenWords;
  readonly lastToken: TokenWords;
  /** The share of the ring that Cassandra's unified strategy noted in it, from oa on; NaN or absent where none did. */
  readonly tokenSpaceCoverage?: number;
}

/** SSTables that a policy looks at together. */
export interface SSTableGroup {
  /** A `tier` of about the same size, a `level` (of LCS, or by density of UCS), or a `window` of time. */
  readonly kind: 'tier' | 'level' | 'window';
  /** The tier's place, from the smallest; the level; or when the window begins, in milliseconds since 1970. */
  readonly number: number;
  readonly generations: readonly number[];
}

/** What a policy may ask about the SSTables at the time it decides. */
export interface PolicyContext {
  readonly nowInSeconds: number;
  /** Bytes of Data.db that a flush of the table makes, an average since the store was opened; absent: there was none. */
  readonly meanFlush?: number;
  /** Whether an SSTable has so many tombstones that may go, that it is worth compacting alone. */
  isWorthDroppingTombstones(sstable: SSTableFacts): boolean;
  /** The share of an SSTable's cells that are tombstones or expired, and may go by their time; an estimate. */
  droppableRatio(sstable: SSTableFacts): number;
  /** Those of the candidates that have nothing left and cover nothing elsewhere. */
  fullyExpired(candidates: readonly SSTableFacts[]): readonly SSTableFacts[];
}

/**
 * Decides which SSTables of a table to compact; nothing is done by it. One object serves one table and its options, and may remember
 * what it decided. Cassandra: db.compaction.AbstractCompactionStrategy.
 */
export interface MergePolicy {
  /** The next compaction in the background; null where all is as it should be. */
  next(candidates: readonly SSTableFacts[], context: PolicyContext): CompactionPlan | null;
  /** Compactions of all there is: what somebody asks for by hand. */
  maximal(candidates: readonly SSTableFacts[], context: PolicyContext): readonly CompactionPlan[];
  /** A compaction that it chose, or one by hand, has come to its end. */
  compacted?(inputs: readonly SSTableFacts[], outputs: readonly SSTableFacts[]): void;
  /** The SSTables as it looks at them, by level, tier or window; asking changes nothing. `meanFlush`: as in {@link PolicyContext}. */
  groups(candidates: readonly SSTableFacts[], meanFlush?: number): readonly SSTableGroup[];
  /** How many compactions are due, about; asking changes nothing. */
  pending(candidates: readonly SSTableFacts[], context: PolicyContext): number;
}

/** `compaction = {…}` of a table: `class` and options, as text. */
export type CompactionOptions = Readonly<Record<string, string>>;
