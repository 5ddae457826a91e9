import { CorruptionError } from '@cassette/bytes';
import { Component } from '@cassette/sstable';
import {
  type CompactionOptions,
  type CompactionPlan,
  type MergePolicy,
  mergePolicyOf,
  type PolicyContext,
  type SSTableFacts,
} from '../merge-policy/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import type { CompactionRun } from './compaction-run.ts';
import { droppableRatio, isWorthDroppingTombstones } from './droppable-tombstones.ts';
import { fullyExpired } from './expired-sstables.ts';
import { purgeTimeOf } from './purge-time.ts';

/**
 * Asks the tables' policies what is to be compacted, one table after the other, so that a busy one does not starve the rest.
 * Cassandra: db.compaction.CompactionStrategyManager.
 */
export class CompactionChoice {
  private readonly state: EngineState;
  /** A policy may remember what it did: one a table, as long as the table's options stay. */
  private readonly policies = new WeakMap<TableState, { readonly options: CompactionOptions; readonly policy: MergePolicy }>();
  /** SSTables that could not be read: to try again would fail again. */
  private readonly suspects = new WeakSet<LiveSSTable>();
  private lastTable: string | null = null;

  constructor(state: EngineState) {
    this.state = state;
  }

  /** The next compaction in the background; null where there is none. */
  next(): { readonly table: TableState; readonly plan: CompactionPlan } | null {
    const tables = [...this.state.tables.values()];
    const from = tables.findIndex(({ id }) => id === this.lastTable) + 1;
    for (let i = 0; i < tables.length; i++) {
      const table = tables[(from + i) % tables.length];
      if (table.table.params.compaction['enabled']?.toLowerCase() === 'false') continue;
      const plan = this.policyOf(table).next(this.candidates(table), this.context(table));
      if (plan === null) continue;
      this.lastTable = table.id;
      return { table, plan };
    }
    return null;
  }

  /** Compactions of all SSTables of a table. */
  maximal(table: TableState): readonly CompactionPlan[] {
    return this.policyOf(table).maximal(this.candidates(table), this.context(table));
  }

  /** How many compactions the policies ask for. */
  pending(): number {
    let count = 0;
    for (const table of this.state.tables.values()) {
      if (table.table.params.compaction['enabled']?.toLowerCase() === 'false') continue;
      count += this.policyOf(table).pending(this.candidates(table), this.context(table));
    }
    return count;
  }

  /** A compaction has come to its end; `outputs` are live. */
  compacted({ table, inputs }: CompactionRun, outputs: readonly number[]): void {
    const made = table.sstables.filter(({ record }) => outputs.includes(record.generation));
    this.policyOf(table).compacted?.(inputs.map(factsOf), made.map(factsOf));
  }

  /** A compaction failed: an SSTable that is damaged is not tried again. */
  failed(run: CompactionRun, error: unknown): void {
    if (!(error instanceof CorruptionError)) return;
    for (const input of run.inputs) if (error.file.includes(prefixOf(input))) this.suspects.add(input);
  }

  private policyOf(table: TableState): MergePolicy {
    const options = table.table.params.compaction;
    const known = this.policies.get(table);
    if (known?.options === options) return known.policy;
    const policy = mergePolicyOf(options);
    this.policies.set(table, { options, policy });
    return policy;
  }

  private candidates(table: TableState): SSTableFacts[] {
    return table.sstables.filter((sstable) => !this.suspects.has(sstable)).map(factsOf);
  }

  private context(table: TableState): PolicyContext {
    const { state } = this;
    const time = purgeTimeOf(state.clock.nowInSeconds(), table.table.params.gcGraceSeconds);
    const live = (facts: SSTableFacts) => table.sstables.find(({ record }) => record.generation === facts.generation)!;
    return {
      nowInSeconds: time.nowInSeconds,
      isWorthDroppingTombstones: (facts) => isWorthDroppingTombstones(state, table, live(facts), time),
      droppableRatio: (facts) => droppableRatio(live(facts).reader.stats, time.gcBefore),
      fullyExpired: (candidates) => {
        const expired = fullyExpired(state, table, candidates.map(live), time.gcBefore);
        return candidates.filter((facts) => expired.includes(live(facts)));
      },
    };
  }
}

function factsOf({ record, reader }: LiveSSTable): SSTableFacts {
  return {
    generation: record.generation,
    level: record.level,
    dataBytes: record.components[Component.DATA],
    bytes: record.bytes,
    maxTimestamp: record.maxTimestamp,
    firstToken: reader.firstToken,
    lastToken: reader.lastToken,
  };
}

function prefixOf({ record }: LiveSSTable): string {
  return `${record.tableId}-${record.version}-${record.generation}-`;
}
