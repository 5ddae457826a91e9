import { compareInt64, highWord, lowWord, toBigInt } from '@cassette/bytes';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { mayShareTokens } from './expired-sstables.ts';
import type { MergeInput } from './merge-job.ts';
import { keepsAllDeletions } from './overlaps.ts';
import type { PartitionPurge } from './purging-cursor.ts';

/** What else than its inputs a compaction has to think of, as plain data: as things are when it begins. */
export interface OverlapFacts {
  /** False: all deletions stay. */
  readonly mayPurge: boolean;
  /** The least timestamp in memtables of the table, in microseconds; null where they have nothing. */
  readonly memtables: bigint | null;
}

/** SSTables that may hold older data which deletions in the inputs still have to cover. */
export function olderOverlaps(table: TableState, inputs: readonly LiveSSTable[]): readonly LiveSSTable[] {
  const mayBeCovered = ({ record: { minTimestamp } }: LiveSSTable) =>
    inputs.some(({ record }) => minTimestamp <= record.maxTimestamp);
  return table.sstables.filter(
    (one) => !inputs.includes(one) && mayBeCovered(one) && inputs.some((input) => mayShareTokens(one, input)),
  );
}

/** The rest of what {@link SettledOverlaps} has to know. */
export function overlapFactsOf(state: EngineState, table: TableState, inputs: readonly LiveSSTable[]): OverlapFacts {
  let memtables: bigint | null = null;
  for (const set of [...state.sealed, state.active]) {
    const memtable = set.get(table.id);
    if (memtable === undefined || memtable.isEmpty) continue;
    const { minTimestamp } = memtable.stats.get();
    if (memtables === null || minTimestamp < memtables) memtables = minTimestamp;
  }
  // What can't be read can't be asked what it holds; it may be mended later.
  return { mayPurge: table.setAside.length === 0 && !keepsAllDeletions(state, table, inputs), memtables };
}

/**
 * Whether what a compaction purged is still needed, for data that is older has come since it began: by writes with timestamps of their own, by
 * an import. `known`: the table's SSTables when it began, as {@link SettledOverlaps} thought of them. `purged`: what that has of this name.
 */
export function purgedTooMuch(
  state: EngineState,
  table: TableState,
  inputs: readonly LiveSSTable[],
  known: ReadonlySet<number>,
  purged: bigint | null,
): boolean {
  if (purged === null) return false;
  const { mayPurge, memtables } = overlapFactsOf(state, table, inputs);
  if (!mayPurge || (memtables !== null && memtables <= purged)) return true;
  return table.sstables.some(({ record }) => !known.has(record.generation) && record.minTimestamp <= purged);
}

/**
 * What may be purged where nobody can be asked how things are by now. Data of memtables counts for every partition; for what is written
 * after the compaction has begun, whoever makes it live asks {@link purgedTooMuch}.
 */
export class SettledOverlaps implements PartitionPurge {
  private readonly others: readonly MergeInput[];
  private readonly facts: OverlapFacts;
  private readonly key: { bytes: Uint8Array; tokenHi: number; tokenLo: number } = {
    bytes: new Uint8Array(0),
    tokenHi: 0,
    tokenLo: 0,
  };
  private least: bigint | null = null;
  private isKnown = false;
  private hasPurged = false;
  private purgedHi = 0;
  private purgedLo = 0;

  /** `others`: as {@link olderOverlaps} found them. */
  constructor(others: readonly MergeInput[], facts: OverlapFacts) {
    this.others = others;
    this.facts = facts;
  }

  begin(tokenHi: number, tokenLo: number, key: Uint8Array, from: number, to: number): void {
    this.isKnown = false;
    this.key.tokenHi = tokenHi;
    this.key.tokenLo = tokenLo;
    // Nobody asks where nothing else is.
    if (this.others.length > 0) this.key.bytes = key.slice(from, to);
  }

  /** No deletion was purged with a greater timestamp, in microseconds; null where none was. */
  get purged(): bigint | null {
    return this.hasPurged ? toBigInt(this.purgedHi, this.purgedLo) : null;
  }

  mayPurge(hi: number, lo: number): boolean {
    if (!this.facts.mayPurge) return false;
    if (!this.isKnown) this.look();
    if (this.least !== null && compareInt64(hi, lo, highWord(this.least), lowWord(this.least)) >= 0) return false;
    if (!this.hasPurged || compareInt64(hi, lo, this.purgedHi, this.purgedLo) > 0) {
      this.hasPurged = true;
      this.purgedHi = hi;
      this.purgedLo = lo;
    }
    return true;
  }

  private look(): void {
    const { bytes, tokenHi, tokenLo } = this.key;
    this.isKnown = true;
    this.least = this.facts.memtables;
    for (const { reader, record } of this.others) {
      if (this.least !== null && record.minTimestamp >= this.least) continue;
      if (reader.mayContainToken(tokenHi, tokenLo) && reader.mayContainKey(bytes)) this.least = record.minTimestamp;
    }
  }
}
