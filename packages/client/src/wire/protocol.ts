import type { DatabaseOptions, RecoveryReport } from '@cassette/engine';
import type { Encryption } from '@cassette/storage/encrypted';

/** The version of all that tabs and workers say to each other; anything that one of an older version would misunderstand makes a new one. */
export const protocolVersion = 5;

/** What its script has in it, whichever version it is of. */
export const greetingBegins = 'cassette worker';

/** What a worker of Cassette says first; other words, or none, are somebody else's script. The number is the wire's version. */
export const greeting = `${greetingBegins} ${protocolVersion}`;

/** What a page asks a worker to open: everything that a structured clone can carry. */
export interface OpenRequest {
  readonly name: string;
  readonly allowInMemory: boolean;
  readonly options: Pick<DatabaseOptions, 'schema' | 'keyspace' | 'durability' | 'config'>;
  /** The keyspace that a USE under an earlier owner left; absent where there was none. */
  readonly used?: string;
  /** What opens an encrypted store: said to the tab's own worker, and to nobody else. */
  readonly encryption?: Encryption;
}

/** What wraps a store's key anew. */
export interface RewrapRequest {
  readonly name: string;
  readonly old: Encryption;
  readonly next: Encryption;
}

/** What copies a store. */
export interface CopyRequest {
  readonly from: string;
  readonly to: string;
  readonly encryption?: Encryption;
  readonly toEncryption?: Encryption;
}

/** What a tab asks the owner's worker. */
export interface JoinRequest extends Pick<OpenRequest, 'used'> {
  /** `durability`, or else `config.durability`: of this tab's writes that say none; the rest of `config` it would open the store with, and is only checked. */
  readonly options: Pick<DatabaseOptions, 'schema' | 'keyspace' | 'durability' | 'config'>;
  /** The answer to the owner's challenge, where the store is encrypted. */
  readonly proof?: Uint8Array;
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
