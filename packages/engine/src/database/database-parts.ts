import type { Environment } from '../prepared/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { EngineStats, WriteEngine } from '../write-engine/index.ts';

/** The keyspace of those who name none. */
export const DEFAULT_KEYSPACE = 'cassette';

/** An encoded mutation, as MutationBuilder makes it. */
export type EncodedMutation = Uint8Array;

/** The engine's figures, and those of what stands before it. */
export interface DatabaseStats extends EngineStats {
  /** Live queries that are open. */
  readonly subscriptions: number;
  /** Readers of `changes` that are open. */
  readonly changeFeeds: number;
  /** Statements that are kept planned, and how many had to be parsed and planned since the store was opened. */
  readonly statements: { readonly cached: number; readonly planned: number };
}

/** What a Database is made of; `openDatabase` puts it together. */
export interface DatabaseParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly keyspace: string;
}
