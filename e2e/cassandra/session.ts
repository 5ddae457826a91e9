/** A statement as a client sends it. */
export interface StatementStep {
  readonly cql: string;
  /** Values of the bind markers: hex, null, or false for unset. */
  readonly values?: readonly (string | null | false)[];
  /** Rows of a page; all pages are read, one after the other. */
  readonly page?: number;
  /** Only the first page; `next` reads the others. */
  readonly first?: boolean;
  /** Microseconds in decimal: the timestamp of writes that say none. */
  readonly timestamp?: string;
}

/** One step of a session. */
export type SessionStep =
  | StatementStep
  /** The next page of the statement that was the last to be read with `first`. */
  | { readonly next: true }
  /** From here on wall time stands still at this second of the epoch. */
  | { readonly clock: number }
  /** Memtables become SSTables; every table if none is named (''). */
  | { readonly flush: string }
  /** Flush, then one major compaction. */
  | { readonly compact: string };

/** An error as the native protocol tells it; code 0 is a server error. */
export interface SessionError {
  readonly code: number;
  /** The exception's class. */
  readonly name: string;
  readonly message: string;
}

/** What a step was answered: nothing, rows, or an error. */
export interface SessionAnswer {
  /** Name and CQL type of each column. */
  readonly columns?: readonly (readonly [string, string])[];
  /** The bytes of each cell in hex. */
  readonly rows?: readonly (readonly (string | null)[])[];
  /** Rows of each page. */
  readonly pages?: readonly number[];
  readonly error?: SessionError;
}
