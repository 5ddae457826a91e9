import type { TableMetadata } from '@cassette/cql';
import { Component } from '@cassette/sstable';
import { poolsOf } from '../lineage/coverage.ts';
import {
  type CompactionOptions,
  type CompactionPlan,
  hasPolicy,
  loadPolicies,
  type MergePolicy,
  mergePolicyOf,
  type PolicyContext,
  type SSTableFacts,
} from '../merge-policy/index.ts';
import { type LiveSSTable, missingCompressor } from '../sstables/index.ts';
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
  /** A policy may remember what it did: one for each pool of a table, as long as the table's options stay. */
  private readonly policies = new WeakMap<
    TableState,
    { readonly options: CompactionOptions; readonly byPool: Map<string, MergePolicy> }
  >();
  private lastTable: string | null = null;

  constructor(state: EngineState) {
    this.state = state;
  }

  /** Whether the policies and compressors of all tables are there: `next` and `pending` pass by those whose are not. */
  get hasAll(): boolean {
    return [...this.state.tables.values()].every(({ table }) => hasCode(table));
  }

  /** Loads what the other calls need for such tables, of each as much as can be had. Rejects with PartUnavailableError where some can't. */
  async load(tables: Iterable<TableState> = this.state.tables.values()): Promise<void> {
    const all = [...tables].map(({ table }) => table.params);
    const loads = [
      loadPolicies(all.map(({ compaction }) => compaction)),
      ...all.map(async ({ compression }) => missingCompressor(compression)?.load()),
    ];
    const failed = (await Promise.allSettled(loads)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  }

  /** The next compaction in the background; null where there is none. */
  next(): { readonly table: TableState; readonly plan: CompactionPlan } | null {
    const tables = [...this.state.tables.values()];
    const from = tables.findIndex(({ id }) => id === this.lastTable) + 1;
    for (let i = 0; i < tables.length; i++) {
      const table = tables[(from + i) % tables.length];
      const { compaction } = table.table.params;
      // One that came since they were loaded has its turn the next time.
      if (compaction['enabled']?.toLowerCase() === 'false' || !this.isReady(table)) continue;
      const context = this.context(table);
      for (const [pool, candidates] of this.pools(table)) {
        const plan = this.policyOf(table, pool).next(candidates, context);
        if (plan === null) continue;
        this.lastTable = table.id;
        return { table, plan };
      }
    }
    return null;
  }

  /** Compactions of all SSTables of a table: those that exports have and those that they don't stay apart. */
  maximal(table: TableState): readonly CompactionPlan[] {
    const context = this.context(table);
    return [...this.pools(table)].flatMap(([pool, candidates]) => this.policyOf(table, pool).maximal(candidates, context));
  }

  /** How many compactions the policies ask for that are loaded. */
  pending(): number {
    let count = 0;
    for (const table of this.state.tables.values()) {
      const { compaction } = table.table.params;
      if (compaction['enabled']?.toLowerCase() === 'false' || !this.isReady(table)) continue;
      const context = this.context(table);
      for (const [pool, candidates] of this.pools(table)) count += this.policyOf(table, pool).pending(candidates, context);
    }
    return count;
  }

  /** A compaction has come to its end; `outputs` are live. */
  compacted({ table, inputs }: CompactionRun, outputs: readonly number[]): void {
    const made = table.sstables.filter(({ record }) => outputs.includes(record.generation));
    for (const policy of this.policies.get(table)?.byPool.values() ?? []) {
      policy.compacted?.(inputs.map(factsOf), made.map(factsOf));
    }
  }

  /** An SSTable, told as it was before, has another level. */
  moved(table: TableState, before: SSTableFacts): void {
    const after = table.sstables.filter(({ record }) => record.generation === before.generation);
    for (const policy of this.policies.get(table)?.byPool.values() ?? []) policy.compacted?.([before], after.map(factsOf));
  }

  /** Not while there are SSTables that nobody can read: what others shadow or overlap is not known. */
  private isReady({ id, table }: TableState): boolean {
    return hasCode(table) && !this.state.unopened.has(id);
  }

  private policyOf(table: TableState, pool: string): MergePolicy {
    const options = table.table.params.compaction;
    let known = this.policies.get(table);
    if (known?.options !== options) {
      known = { options, byPool: new Map() };
      this.policies.set(table, known);
    }
    let policy = known.byPool.get(pool);
    if (policy === undefined) {
      policy = mergePolicyOf(options);
      known.byPool.set(pool, policy);
    }
    return policy;
  }

  /** What may be compacted with one another. */
  private pools(table: TableState): ReadonlyMap<string, readonly SSTableFacts[]> {
    const sstables = table.sstables.filter((sstable) => !sstable.isSuspect);
    // A table without any has a pool all the same: its policy may have something to say.
    if (sstables.length === 0) return new Map([['', []]]);
    const pools = new Map<string, readonly SSTableFacts[]>();
    for (const [key, members] of poolsOf(this.state, table.id, sstables, ({ coveredBy }) => coveredBy)) {
      pools.set(key, members.map(factsOf));
    }
    return pools;
  }

  private context(table: TableState): PolicyContext {
    const { state } = this;
    const time = purgeTimeOf(state.clock.nowInSeconds(), table.table.params.gcGraceSeconds);
    const live = (facts: SSTableFacts) => table.sstables.find(({ record }) => record.generation === facts.generation)!;
    return {
      nowInSeconds: time.nowInSeconds,
      ...(table.meanFlush !== undefined && { meanFlush: table.meanFlush }),
      isWorthDroppingTombstones: (facts) => isWorthDroppingTombstones(state, table, live(facts), time),
      droppableRatio: (facts) => droppableRatio(live(facts).reader.stats, time.gcBefore),
      fullyExpired: (candidates) => {
        const expired = fullyExpired(state, table, candidates.map(live), time.gcBefore);
        return candidates.filter((facts) => expired.includes(live(facts)));
      },
    };
  }
}

function hasCode({ params }: TableMetadata): boolean {
  return hasPolicy(params.compaction) && missingCompressor(params.compression) === null;
}

/** What a policy may know of an SSTable. */
export function factsOf({ record, reader }: LiveSSTable): SSTableFacts {
  return {
    generation: record.generation,
    level: record.level,
    dataBytes: record.components[Component.DATA],
    bytes: record.bytes,
    maxTimestamp: record.maxTimestamp,
    firstToken: reader.firstToken,
    lastToken: reader.lastToken,
    tokenSpaceCoverage: reader.stats.tokenSpaceCoverage,
  };
}
