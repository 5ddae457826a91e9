import { CorruptionError } from '@cassette/bytes';
import type { CompactionStats } from '../compaction/compaction-stats.ts';
import type { CompactionKind } from '../merge-policy/index.ts';
import type { RecoveryReport } from './recovery-report.ts';

/** What happens in an engine, by `type`. Sizes in bytes. */
export type EngineHappening =
  /** The store was opened: the first that is told to each who begins to listen, also when another tab took it over. */
  | { readonly type: 'recovered'; readonly report: RecoveryReport }
  /** A group of writes is in the log, as durably as they asked for, and can be read. */
  | { readonly type: 'committed'; readonly writes: number; readonly bytes: number; readonly segment: number }
  /** A group of writes was refused, for it could not be written. */
  | { readonly type: 'commit-failed'; readonly writes: number; readonly message: string }
  /** Bytes that were acknowledged under Periodic could not be made durable; memtables are flushed at once, which makes up for it. */
  | { readonly type: 'wal-flush-failed'; readonly bytes: number; readonly message: string }
  /** A segment of the log was made: it takes writes when the one before it is sealed. */
  | { readonly type: 'wal-segment-created'; readonly segment: number }
  /** A segment is not needed any more: SSTables have what it holds. */
  | { readonly type: 'wal-segment-retired'; readonly segment: number }
  /** Memtables take no more writes and wait for their flush; `segment` of the log is what writes go to from now on. */
  | { readonly type: 'memtables-sealed'; readonly bytes: number; readonly tables: number; readonly segment: number }
  /** Sealed memtables are being written to SSTables; `bytes` are theirs. */
  | { readonly type: 'flush-started'; readonly bytes: number; readonly tables: number }
  /** Told some ten times a second: the table that is written, and how much so far of its SSTable (uncompressed, of Data.db). */
  | { readonly type: 'flush-progress'; readonly keyspace: string; readonly table: string; readonly bytesWritten: number }
  | { readonly type: 'flush-finished'; readonly bytes: number; readonly sstables: number; readonly milliseconds: number }
  /** It is tried again after a while. */
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
  /** Told some ten times a second. `bytesRead`: of `bytes`. */
  | {
      readonly type: 'compaction-progress';
      readonly keyspace: string;
      readonly table: string;
      readonly inputs: readonly number[];
      readonly bytes: number;
      readonly bytesRead: number;
      readonly rowsMerged: number;
    }
  | ({ readonly type: 'compaction-finished' } & CompactionStats)
  /** It was given up without harm: its table has gone or was truncated, somebody compacts all of it, or the store is closed. */
  | {
      readonly type: 'compaction-interrupted';
      readonly keyspace: string;
      readonly table: string;
      readonly inputs: readonly number[];
    }
  /** It is tried again after a while, but not with an SSTable that is damaged. */
  | {
      readonly type: 'compaction-failed';
      readonly keyspace: string;
      readonly table: string;
      readonly inputs: readonly number[];
      readonly code: string;
      readonly message: string;
    }
  /** A flush, compaction or import has made an SSTable that reads see from now on. */
  | {
      readonly type: 'sstable-added';
      readonly keyspace: string;
      readonly table: string;
      readonly generation: number;
      readonly bytes: number;
    }
  /** An SSTable and its files are gone. */
  | { readonly type: 'sstable-removed'; readonly keyspace: string; readonly table: string; readonly generation: number }
  /** More than nine tenths of what the storage gives are taken: told once, and again after there was more room. */
  | { readonly type: 'storage-low'; readonly usage: number; readonly quota: number }
  /** Files that nobody needs could not be removed; they are at the next start. */
  | { readonly type: 'sweep-failed'; readonly message: string }
  /** A read or a compaction came upon a file that is damaged. What opening found is in the report of `recovered`. */
  | { readonly type: 'corruption'; readonly file: string; readonly position: number; readonly message: string }
  /** Keyspaces, types or tables are others. */
  | { readonly type: 'schema-changed' }
  /** An export or an import begins; `number` tells those apart that go on at the same time. */
  | { readonly type: 'export-started' | 'import-started'; readonly number: number }
  | {
      readonly type: 'export-finished' | 'import-finished';
      readonly number: number;
      readonly bytes: number;
      readonly sstables: number;
      readonly milliseconds: number;
    }
  | { readonly type: 'export-failed' | 'import-failed'; readonly number: number; readonly code: string; readonly message: string }
  /** A SELECT took longer than `config.slowQueryThreshold`. `query`: its first 1,000 characters. */
  | { readonly type: 'slow-query'; readonly query: string; readonly milliseconds: number }
  | { readonly type: 'closed' };

/** When something happened. */
export interface EventStamp {
  /** Counts what the store's owner has told: events are in this order. The next owner begins anew. */
  readonly sequence: number;
  /** Milliseconds since 1970, by the wall clock. */
  readonly at: number;
}

/** Something that happened in an engine, for those who draw it. */
export type EngineEvent = EngineHappening & EventStamp;

/** Called with each event, synchronously; must not throw and must not call the engine. */
export type EngineListener = (event: EngineEvent) => void;

/** Listeners of an engine. */
export class EngineEvents {
  private readonly nowInMillis: () => number;
  private readonly listeners = new Set<EngineListener>();
  private readonly parts = new Set<(event: EngineHappening) => void>();
  private sequence = 0;
  private first: EngineEvent | null = null;

  /** `nowInMillis`: the wall clock. */
  constructor(nowInMillis: () => number) {
    this.nowInMillis = nowInMillis;
  }

  /** Whether anybody listens: saves making events for nobody. */
  get isHeard(): boolean {
    return this.listeners.size > 0;
  }

  /** What opening found, as an event: for those who begin to listen. Null while it is being opened. */
  get opening(): EngineEvent | null {
    return this.first;
  }

  /** The store is open: that is the first event, which nobody can have heard. */
  opened(report: RecoveryReport): void {
    this.first = this.stamped({ type: 'recovered', report });
  }

  /** Adds a listener; returns what removes it. */
  subscribe(listener: EngineListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Adds a part of the engine that wants to know what others do; returns what removes it. It does not count as somebody who listens. */
  attend(part: (event: EngineHappening) => void): () => void {
    this.parts.add(part);
    return () => this.parts.delete(part);
  }

  /** Tells everybody. */
  emit(happening: EngineHappening): void {
    for (const part of this.parts) part(happening);
    if (this.listeners.size === 0) return;
    const event = this.stamped(happening);
    for (const listener of this.listeners) listener(event);
  }

  private stamped(happening: EngineHappening): EngineEvent {
    return { ...happening, sequence: this.sequence++, at: this.nowInMillis() };
  }
}

/** Tells of damage, where an error is of that. */
export function tellCorruption(events: EngineEvents, error: unknown): void {
  if (!(error instanceof CorruptionError) || !events.isHeard) return;
  events.emit({ type: 'corruption', file: error.file, position: error.offset, message: error.message });
}
