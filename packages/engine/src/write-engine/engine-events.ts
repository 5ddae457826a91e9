import type { CompactionStats } from '../compaction/compaction-stats.ts';
import type { CompactionKind } from '../merge-policy/index.ts';
import type { RecoveryReport } from './recovery-report.ts';

/** What happens in an engine, for those who draw it. Sizes in bytes. */
export type EngineEvent =
  | { readonly type: 'recovered'; readonly report: RecoveryReport }
  | { readonly type: 'committed'; readonly writes: number; readonly bytes: number; readonly segment: number }
  | { readonly type: 'commit-failed'; readonly writes: number; readonly message: string }
  /** Bytes that were acknowledged under Periodic could not be made durable; memtables are flushed at once, which makes up for it. */
  | { readonly type: 'wal-flush-failed'; readonly bytes: number; readonly message: string }
  | { readonly type: 'wal-segment-created'; readonly segment: number }
  | { readonly type: 'wal-segment-retired'; readonly segment: number }
  | { readonly type: 'memtables-sealed'; readonly bytes: number; readonly tables: number; readonly segment: number }
  | { readonly type: 'flush-started'; readonly bytes: number; readonly tables: number }
  | { readonly type: 'flush-finished'; readonly bytes: number; readonly sstables: number; readonly milliseconds: number }
  | { readonly type: 'flush-failed'; readonly code: string; readonly message: string }
  | {
      readonly type: 'compaction-started';
      readonly keyspace: string;
      readonly table: string;
      readonly kind: CompactionKind;
      /** Generations; `bytes` are those of them that are read. */
      readonly inputs: readonly number[];
      readonly bytes: number;
    }
  | ({ readonly type: 'compaction-finished' } & CompactionStats)
  | {
      readonly type: 'compaction-failed';
      readonly keyspace: string;
      readonly table: string;
      readonly inputs: readonly number[];
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'sstable-added';
      readonly keyspace: string;
      readonly table: string;
      readonly generation: number;
      readonly bytes: number;
    }
  | { readonly type: 'sstable-removed'; readonly keyspace: string; readonly table: string; readonly generation: number }
  /** More than nine tenths of what the storage gives are taken: told once, and again after there was more room. */
  | { readonly type: 'storage-low'; readonly usage: number; readonly quota: number }
  | { readonly type: 'sweep-failed'; readonly message: string }
  | { readonly type: 'schema-changed' }
  | { readonly type: 'closed' };

/** Called with each event, synchronously; must not throw and must not call the engine. */
export type EngineListener = (event: EngineEvent) => void;

/** Listeners of an engine. */
export class EngineEvents {
  private readonly listeners = new Set<EngineListener>();

  /** Whether anybody listens: saves making events for nobody. */
  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  /** Adds a listener; returns what removes it. */
  subscribe(listener: EngineListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tells everybody. */
  emit(event: EngineEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
