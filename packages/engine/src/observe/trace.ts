import type { Exclusion } from '@cassette/sstable';

/** Why an SSTable was passed over: what it says of itself, or that newer sources leave nothing for older ones to say. */
export type SkipReason = Exclusion | 'older than the row' | 'older than the deletion of its partition';

/** What was found of something that was read. */
export interface SourceFigures {
  readonly partitions: number;
  /** Rows, those without a live cell included. */
  readonly rows: number;
  /** Deletions of partitions, rows, ranges, collections and cells. */
  readonly tombstones: number;
  /** Microseconds spent in it, those included in which it was opened. */
  readonly spent: number;
}

/** One thing that was done for a statement, by `kind`. Sizes in bytes, durations in microseconds. */
export type TraceStep =
  /** The text was parsed and planned (`cached`: found among the statements that were). */
  | { readonly kind: 'prepared'; readonly cached: boolean; readonly spent: number }
  /** A read begins: of one partition by its key (in hexadecimal), or of a range of tokens (null). */
  | {
      readonly kind: 'read';
      readonly table: string;
      readonly key: string | null;
      /** Slices of clusterings; null for all of them. */
      readonly slices: number | null;
      readonly reversed: boolean;
    }
  /** An SSTable has nothing to say, and is not read. */
  | { readonly kind: 'sstable-skipped'; readonly generation: number; readonly reason: SkipReason }
  /**
   * A partition was looked for in an SSTable that its filter lets pass; `found` is false for a false positive. `steps`: entries of Index.db
   * compared, or nodes of the trie gone to. `rowIndex`: whether the partition has a row index that is used.
   */
  | {
      readonly kind: 'index';
      readonly generation: number;
      readonly version: string;
      readonly found: boolean;
      readonly steps: number;
      readonly indexBytes: number;
      readonly rowIndex: boolean;
      readonly spent: number;
    }
  /** The sources that are merged. */
  | { readonly kind: 'merging'; readonly memtables: number; readonly sstables: number }
  /** A memtable was read, to its end or as far as was needed. */
  | ({ readonly kind: 'memtable'; readonly sealed: boolean } & SourceFigures)
  /**
   * An SSTable was read. `chunks` of Data.db were read, checked and decompressed to `chunkBytes`; `dataBytes` are those of the file. Of a
   * look-up chunks may be in the cache (`cacheHits`), and so does what `dataReads` (calls of the storage) does not tell.
   */
  | ({
      readonly kind: 'sstable';
      readonly generation: number;
      readonly version: string;
      readonly chunks: number;
      readonly chunkBytes: number;
      readonly dataBytes: number;
      readonly dataReads: number;
      readonly indexBytes: number;
      readonly indexSteps: number;
      readonly cacheHits: number;
      readonly cacheMisses: number;
    } & SourceFigures)
  /** Others had their turn. */
  | { readonly kind: 'yielded'; readonly spent: number }
  /**
   * What the merge of all gave: `live` rows, and what is not alive (rows that were deleted or have expired, and range tombstones); `filtered`
   * of the live ones the statement did not want.
   */
  | { readonly kind: 'rows'; readonly live: number; readonly dead: number; readonly filtered: number }
  /** Rows of several partitions were put into the order that was asked for. */
  | { readonly kind: 'sorted'; readonly rows: number; readonly spent: number }
  /** The answer, or a page of it. */
  | { readonly kind: 'answered'; readonly rows: number; readonly hasMore: boolean }
  /** Conditions were looked at. */
  | { readonly kind: 'condition'; readonly applied: boolean }
  /** A conditional write, an increment of a counter or a write at the hard limit of memtables waited for those before it. */
  | { readonly kind: 'waited'; readonly reason: 'conditional writes' | 'counters' | 'memtable room'; readonly spent: number }
  /** What is to be written was encoded; of `executeMany` a part of its `rows`, for each part is one record of the log. */
  | { readonly kind: 'mutation'; readonly bytes: number; readonly rows?: number }
  /**
   * The write is in the log as durably as was asked for, and in the memtables, with its group: `groupWrites` of `groupBytes`. `spent`: from
   * handing it over; of that the group took `write` for the write into the log, `flush` for making it durable (0 where nobody asked for
   * that) and `apply` for the memtables. `segment` is that of the log.
   */
  | {
      readonly kind: 'committed';
      readonly segment: number;
      readonly groupWrites: number;
      readonly groupBytes: number;
      readonly write: number;
      readonly flush: number;
      readonly apply: number;
      readonly spent: number;
    }
  /** A change of the schema, or another statement that is neither read nor write, was carried out. */
  | { readonly kind: 'executed'; readonly statement: string; readonly spent: number };

/** A {@link TraceStep}, and when it was done: microseconds since the statement began. */
export type TraceActivity = TraceStep & { readonly micros: number };

/** What was done for one execution of a statement: plain data, as it comes through workers and tabs. Cassandra: system_traces. */
export interface Trace {
  /** The statement, cut to its first 1,000 characters. */
  readonly query: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Microseconds from its beginning to its end, as far as the clock of the platform tells: browsers tell them in steps of 5 to 1000. */
  readonly micros: number;
  /** In the order in which they ended. */
  readonly activities: readonly TraceActivity[];
  /** Activities past the first 1,000, which are left out. */
  readonly omitted: number;
}
