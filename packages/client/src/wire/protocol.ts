import type { DatabaseOptions, EngineStats, RecoveryReport } from '@cassette/engine';

/** The version of all that tabs and workers say to each other; anything that one of an older version would misunderstand makes a new one. */
export const protocolVersion = 2;

/** What a worker of Cassette says first; other words, or none, are somebody else's script. The number is the wire's version. */
export const greeting = `cassette worker ${protocolVersion}`;

/** What a page asks a worker to open: everything that a structured clone can carry. */
export interface OpenRequest {
  readonly name: string;
  readonly allowInMemory: boolean;
  readonly options: Pick<DatabaseOptions, 'schema' | 'keyspace' | 'durability' | 'config'>;
  /** The keyspace that a USE under an earlier owner left; absent where there was none. */
  readonly used?: string;
}

/** What a tab asks the owner's worker. */
export interface JoinRequest extends Pick<OpenRequest, 'used'> {
  /** `durability`: of this tab's writes that say none. */
  readonly options: Pick<DatabaseOptions, 'schema' | 'keyspace' | 'durability'>;
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
