/** Bytes that could not be understood, and what was done about it. Nothing of them is dropped in silence. */
export interface CorruptionFound {
  readonly file: string;
  /** Where in the file, in bytes. */
  readonly offset: number;
  /** How many bytes could not be read; 0 where that can't be told. */
  readonly size: number;
  readonly message: string;
  /** File that the bytes were copied to; absent where the file itself stays as it is (an SSTable). */
  readonly setAside?: string;
}

/** What opening the store found and did. */
export interface RecoveryReport {
  /** WAL segments that were replayed. */
  readonly walSegments: number;
  readonly mutationsReplayed: number;
  /** Bytes of WAL records replayed. */
  readonly bytesReplayed: number;
  /** Mutations whose table was dropped or truncated after they were written. */
  readonly mutationsSkipped: number;
  /** Ends of segments, or of the catalog, that a crash cut off in the middle of a record: a normal thing, nothing acknowledged was in them. */
  readonly tornTails: readonly { readonly file: string; readonly offset: number; readonly size: number }[];
  readonly corruption: readonly CorruptionFound[];
  /** Files that nothing names (of a flush that a crash cut off, say) and that were removed. */
  readonly litterSwept: readonly string[];
  /**
   * New names (`aside-…`) of files that nothing names and that were kept: where the end of the catalog is damaged, they may be
   * what it named.
   */
  readonly filesSetAside: readonly string[];
  /** SSTables that can't be opened: kept where they are, not read. */
  readonly sstablesSetAside: readonly { readonly table: string; readonly generation: number; readonly file: string }[];
  /** Milliseconds that opening took. */
  readonly milliseconds: number;
}
