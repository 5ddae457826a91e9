/** One SSTable as it is now. Sizes in bytes. */
export interface SSTableStats {
  readonly generation: number;
  readonly level: number;
  readonly partitions: number;
  readonly bytes: number;
  readonly components: readonly { readonly name: string; readonly file: string; readonly bytes: number }[];
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** One table as it is now. */
export interface TableStats {
  readonly keyspace: string;
  readonly table: string;
  readonly id: string;
  readonly memtableBytes: number;
  readonly memtablePartitions: number;
  readonly memtableRows: number;
  readonly sstables: readonly SSTableStats[];
}

/** What the engine holds and has done since it was opened. Sizes in bytes. */
export interface EngineStats {
  readonly memtableBytes: number;
  /** Of that, what is sealed and waits for its flush. */
  readonly sealedMemtableBytes: number;
  readonly walBytes: number;
  readonly walSegments: number;
  /** SSTables, live WAL segments. */
  readonly diskBytes: number;
  readonly tables: readonly TableStats[];
  readonly counters: EngineCounters;
}

/** Counted since the engine was opened. */
export interface EngineCounters {
  /** Calls of `apply` that resolved. */
  writes: number;
  mutations: number;
  mutationBytes: number;
  /** Writes that were refused or failed. */
  writesFailed: number;
  reads: number;
  /** WAL: groups committed, and calls of flush. */
  walCommits: number;
  walFlushes: number;
  walBytesWritten: number;
  flushes: number;
  flushesFailed: number;
  bytesFlushed: number;
}
