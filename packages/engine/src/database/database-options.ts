import type { Storage } from '@cassette/storage';
import type { Encryption } from '@cassette/storage/encrypted';
import type { Clock } from '../clock/index.ts';
import type { Durability, WriteEngineConfig } from '../config/index.ts';
import type { MaintenanceStarter } from '../maintenance/maintenance-worker.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { LongParts } from './driver-options.ts';

/** What a database is opened with. */
export interface DatabaseOptions {
  readonly storage: Storage;
  /**
   * Keeps files and catalog encrypted in `storage`, under keys that this opens. A store is encrypted from its beginning, or never:
   * `copyStore` makes an encrypted copy of a plain one.
   */
  readonly encryption?: Encryption;
  /**
   * The keyspace that names without one are in until a USE says another; `cassette` if absent. It is made when it is needed and
   * missing, with one replica.
   */
  readonly keyspace?: string;
  /**
   * CQL that makes the schema: CREATE KEYSPACE, TYPE and TABLE, taken as IF NOT EXISTS, and USE and ALTER. Executed at every
   * opening as one change.
   */
  readonly schema?: string;
  /** When writes resolve that do not say it themselves, and what a crash may take; the same as `config.durability`. */
  readonly durability?: Durability;
  readonly config?: Partial<WriteEngineConfig>;
  /** The platform's if absent. */
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /**
   * Starts a worker that flushes and compacts on the same files, so that writes and reads wait for neither; absent, and of encrypted stores:
   * the engine does it itself, in slices.
   */
  readonly maintenance?: MaintenanceStarter;
  /** Numbers from 0 up to but without 1; the platform's if absent. */
  readonly random?: () => number;
}

/** Parameters: by position, or by the names of the markers. */
export type Params = readonly unknown[] | Readonly<Record<string, unknown>>;

/** How one statement is executed; the names are the Node driver's. */
export interface ExecuteOptions {
  /** Taken for the driver's sake: every statement is prepared. */
  readonly prepare?: boolean;
  /** Rows of a page; absent: all rows. */
  readonly fetchSize?: number;
  /**
   * With `fetchSize`: what can only be answered as a whole (ORDER BY of the rows of several partitions) is, in one page, instead of being
   * refused as in Cassandra. What `stream` does.
   */
  readonly pagesIfPossible?: boolean;
  /** Where to go on: `pageState` of the page before, or its hexadecimal text. */
  readonly pageState?: Uint8Array | string | null;
  /** Microseconds: the timestamp of writes that say none. */
  readonly timestamp?: number | bigint | LongParts;
  /** The keyspace of names that tell none. */
  readonly keyspace?: string;
  /** Seconds: the time that decides what has expired, and of deletions. For tests and for reproducible files. */
  readonly nowInSeconds?: number;
  /** When this write resolves; absent: as `defaultDurability` or the store's `durability` says, or the keyspace's `durable_writes`. */
  readonly durability?: Durability;
  /**
   * In place of the store's `durability`, for one of several who share a store: of a write that says none itself, to keyspaces with
   * `durable_writes`.
   */
  readonly defaultDurability?: Durability;
  /**
   * Whether to write down what is done for the statement, step by step, which makes it slower: `result.trace`, `trace` of a `stream`, or
   * `data.trace` of the error. Cassandra: cqlsh's TRACING ON.
   */
  readonly tracing?: boolean;
  /**
   * Ends it: the promise rejects with CassetteError ABORTED, whose `cause` is the signal's reason, and what was held for it is given free. A
   * read ends wherever it is, within some milliseconds; a write only before it is handed to the log: from then on its promise settles as the
   * write does. ABORTED says that nothing was written; of `executeMany`, that only the first `data.rowsWritten` rows were.
   */
  readonly signal?: AbortSignal;
}

/** How SSTables are compacted by hand. */
export interface CompactOptions {
  /** Ends it, with CassetteError ABORTED: the SSTables are as they were, but for those of tables that were done by then. */
  readonly signal?: AbortSignal;
}

/** How encoded mutations are written. */
export type WriteOptions = Pick<ExecuteOptions, 'durability' | 'defaultDurability'>;

/** How `selectMany` answers: each answer is whole, so that there are no pages. */
export type SelectManyOptions = Pick<ExecuteOptions, 'prepare' | 'keyspace' | 'nowInSeconds' | 'tracing' | 'signal'>;

/** How many rows at once are executed. */
export interface ExecuteManyOptions extends ExecuteOptions {
  /**
   * Microseconds: the timestamp of the first row, and one more for each row after it, for whoever has to repeat a call without
   * counting twice. Absent: each row gets the time as the store's clock has it, later than the row before. A `timestamp` for all rows goes before it.
   */
  readonly firstTimestamp?: number;
  /**
   * All rows in one record of the log, so that a crash leaves all of them or none. Where they don't fit into one nothing is written, and the call
   * rejects with CassetteError NOT_AT_ONCE. Default false.
   */
  readonly atOnce?: boolean;
  /** Called after each chunk that became durable, with the rows so far and, where it can be told, all rows. */
  readonly onProgress?: (rows: number, total: number | undefined) => void;
}

/** One statement of a batch. */
export interface BatchQuery {
  readonly query: string;
  readonly params?: Params;
}

/** How a batch is executed. */
export interface BatchOptions extends ExecuteOptions {
  /** A batch is always all or nothing here; but one of counters may not be logged, as none may be unless this is false. */
  readonly logged?: boolean;
  /** The statements count, all of them: `UPDATE … SET c = c + 1`. */
  readonly counter?: boolean;
}
