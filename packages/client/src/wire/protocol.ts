import type { DatabaseOptions, EngineStats, RecoveryReport } from '@cassette/engine';

/** What a worker of Cassette says first; other words, or none, are somebody else's script. The number is the wire's version. */
export const greeting = 'cassette worker 1';

/** What a page asks a worker to open: everything that a structured clone can carry. */
export interface OpenRequest {
  readonly name: string;
  readonly allowInMemory: boolean;
  readonly options: Pick<DatabaseOptions, 'schema' | 'keyspace' | 'config'>;
}

/** What opening found. */
export interface OpenReply {
  /** Name of the lock that the worker holds as long as it lives; null where the browser has no locks. */
  readonly alive: string | null;
  /** False for a store in memory. */
  readonly persistent: boolean;
  /** Why the store is in memory. */
  readonly reason: string | null;
  readonly recovery: RecoveryReport;
}

/** The engine's figures, as they travel. */
export type HostStats = EngineStats;
