import type { Schema, TableMetadata, Uuid } from '@cassette/cql';
import type { ReadCommand, UnfilteredCursor } from '@cassette/sstable';
import type { Storage } from '@cassette/storage';
import type { Clock, MonotonicClock } from '../clock/index.ts';
import type { WriteEngineConfig } from '../config/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { EngineEvents } from './engine-events.ts';
import type { EngineStats } from './engine-stats.ts';
import type { RecoveryReport } from './recovery-report.ts';

/** What an engine is opened with. */
export interface WriteEngineOptions {
  readonly storage: Storage;
  readonly config?: Partial<WriteEngineConfig>;
  /** The system's if absent. */
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** Numbers from 0 up to 1, for WAL salts; Math.random if absent. */
  readonly random?: () => number;
}

/** A store's engine. */
export declare class WriteEngine {
  static open(options: WriteEngineOptions): Promise<WriteEngine>;
  readonly clock: MonotonicClock;
  readonly recovery: RecoveryReport;
  readonly events: EngineEvents;
  get schema(): Schema;
  apply(mutations: Uint8Array, count?: number): Promise<void>;
  read(table: TableMetadata, command: ReadCommand): UnfilteredCursor;
  changeSchema(next: Schema): Promise<void>;
  truncate(tableId: Uuid): Promise<void>;
  flush(): Promise<void>;
  stats(): EngineStats;
  close(): Promise<void>;
}
