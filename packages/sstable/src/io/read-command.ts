import { compareInt64 } from '@cassette/bytes';
import type { ColumnMetadata } from '@cassette/cql';
import type { Slice } from '../clustering/clustering-bound.ts';

/**
 * A range of tokens, both ends optional. For equal tokens a key may break the tie, so that paging can go on after a
 * partition: with `afterKey` partitions of token = `start` up to and including that key are left out.
 */
export interface TokenRange {
  /** Smallest token, as words; absent: from the first. */
  readonly start?: { readonly hi: number; readonly lo: number; readonly inclusive: boolean; readonly afterKey?: Uint8Array };
  /** Greatest token; absent: to the last. */
  readonly end?: { readonly hi: number; readonly lo: number; readonly inclusive: boolean };
}

/** Whether a token, as words, lies in the range; `afterKey` is not looked at. */
export function isTokenWithin({ start, end }: TokenRange, hi: number, lo: number): boolean {
  const above = start === undefined ? 1 : compareInt64(hi, lo, start.hi, start.lo);
  const below = end === undefined ? -1 : compareInt64(hi, lo, end.hi, end.lo);
  return (above > 0 || (above === 0 && start?.inclusive === true)) && (below < 0 || (below === 0 && end?.inclusive === true));
}

/** What to read of a table. The same command goes to memtables, SSTables and the merge of all. */
export interface ReadCommand {
  /** Partition keys to look up (any order, answered in token order), or a range of tokens; `{}` is the whole table. */
  readonly partitions: { readonly keys: readonly Uint8Array[] } | { readonly range: TokenRange };
  /** Clusterings to read, in stored order, not overlapping; absent: all. The static row is always read. */
  readonly slices?: readonly Slice[];
  /** Clusterings from last to first (partitions always come in token order). */
  readonly reversed?: boolean;
  /**
   * Columns whose values will be looked at; absent: all. Rows come with the others too, for a row is alive where any of its columns is, but
   * these may be old or missing where the row is known to be alive without them. Cassandra: ColumnFilter's queried and fetched columns.
   */
  readonly queriedColumns?: readonly ColumnMetadata[];
  /** Partitions will be left before their end, so of a range the next one is to be found by the index instead of by reading on. */
  readonly leavesEarly?: boolean;
  /** Whoever reads has other things to do: the merge says PAUSE where it passes over much of which nothing is left. */
  readonly mayPause?: boolean;
  /**
   * Rows may come with their cells as they are stored (`Row.stored`): for whoever passes them on and looks at few. Only SSTables heed it, where
   * they are read forward and whole.
   */
  readonly asStored?: boolean;
}
