// Calls in one message: all that a page asked for in one turn of its event loop. Their parameters lie packed in one
// buffer that is transferred; texts that many calls share travel once.

import type { Durability, TransferableResultSet } from '@cassette/engine';
import type { TransferredError } from '../errors/error-transfer.ts';

/** What a call does; the number is the wire's. */
export const CallKind = { EXECUTE: 0, EXECUTE_MANY: 1, BATCH: 2, SELECT_MANY: 3 } as const;

/** Options of `execute` and its sisters, as plain data. */
export interface CallOptions {
  readonly prepare?: boolean;
  readonly fetchSize?: number;
  /** With `fetchSize`: ORDER BY of the rows of several partitions is answered in one page, instead of being refused as in Cassandra. */
  readonly pagesIfPossible?: boolean;
  readonly pageState?: Uint8Array;
  /** Microseconds. */
  readonly timestamp?: bigint | number;
  readonly keyspace?: string;
  readonly nowInSeconds?: number;
  readonly logged?: boolean;
  readonly counter?: boolean;
  readonly durability?: Durability;
  readonly tracing?: boolean;
}

/** When a call was first sent that is sent again, for the owner that got it is gone. */
export interface Retry {
  /** Microseconds: the timestamp that its writes get, so that what the first try wrote stays as it is. Of many rows that of the first; each later one gets one more. */
  readonly timestamp: number;
  /** How many timestamps there are from that one on; tabs of older versions don't say. */
  readonly count?: number;
  readonly nowInSeconds: number;
}

/**
 * When many rows were sent that may not fit into one record of the log: the first try gets the timestamps that a second one would have, so that a
 * row keeps its place among the others whichever try wrote it.
 */
export interface FirstTry {
  /** Microseconds: the timestamp of the first row; each later one gets one more. */
  readonly timestamp: number;
  /** How many rows there are. */
  readonly count: number;
  /** Whether the owner gave these timestamps, in an answer `restamp`. */
  readonly isReserved: boolean;
}

/** One call: its kind, which text of the message, where its parameters begin, and its options. */
export interface Call {
  readonly kind: (typeof CallKind)[keyof typeof CallKind];
  /** Index into `CallMessage.texts`; -1 for a batch, whose texts are among its parameters. */
  readonly text: number;
  readonly offset: number;
  readonly options: CallOptions | undefined;
  /** By which its tab may end it, with `WorkerHost.cancelExport`: below zero, and its own; tabs of older versions, and calls without a signal, have none. */
  readonly id?: number;
  /** Present where it may have been carried out before. */
  readonly retry?: Retry;
  /** Of many rows that are sent for the first time; tabs of older versions don't say. */
  readonly first?: FirstTry;
}

/** Calls on their way to the worker. */
export interface CallMessage {
  readonly texts: readonly string[];
  readonly calls: readonly Call[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the tab waits for no other message: then no write of it is on its way that could share a flush with those of this one. */
  readonly isAlone?: boolean;
}

/** The worker's side of calls. */
export interface CallTarget {
  submit(message: CallMessage): Promise<SettledCalls>;
  rest(id: number): Promise<SettledCalls>;
}

/**
 * How one call ended: null for a statement without rows, else its result, or its error. `restamp`: nothing of it was done, for others were given later
 * timestamps than it came with; those from `restamp` on are kept for it, to be sent again with.
 */
export type Outcome =
  | null
  | { readonly result: TransferableResultSet }
  | { readonly error: TransferredError }
  | { readonly restamp: number };

/**
 * What has settled so far. A slow statement does not hold up the others of its message: with `rest` set the page asks
 * again for those that are still under way.
 */
export interface SettledCalls {
  /** Index of the call in its message, and its outcome. */
  readonly outcomes: readonly (readonly [number, Outcome])[];
  readonly rest: number | null;
  /** The keyspace of names that tell none, after a USE; absent before. */
  readonly used?: string;
  /** Microseconds: the greatest timestamp that the store has given out. */
  readonly clock: number;
}
