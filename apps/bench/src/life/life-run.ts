/** An ingest and what the disk takes for the same bytes, one after the other. */
export interface IngestRound {
  readonly rows: number;
  /** Bytes of the rows' values, and what raw OPFS wrote. */
  readonly bytes: number;
  /** Until the last row was acknowledged. */
  readonly milliseconds: number;
  /** Until nothing was left to flush or to compact either. */
  readonly settledMilliseconds: number;
  readonly flushes: number;
  readonly compactions: number;
  /** Of one sequential write of as many bytes, flushed as often as Cassette acknowledged a call. */
  readonly rawMilliseconds: number;
}

/** How long a page waits for its store: from nothing loaded to the first row read. */
export interface ColdOpen {
  readonly peer: string;
  readonly milliseconds: readonly number[];
}

/** Opening a store whose log has to be replayed. */
export interface LargeOpen {
  /** Rows in SSTables. */
  readonly rows: number;
  /** Of the log that was replayed. */
  readonly walBytes: number;
  readonly mutationsReplayed: number;
  readonly milliseconds: readonly number[];
}

/** An export into a file of the origin private file system, and the read and write of as many bytes. */
export interface ExportRound {
  readonly bytes: number;
  readonly milliseconds: number;
  readonly rawMilliseconds: number;
  /** What the renderer took above the idle store; null where nobody can tell. */
  readonly mebibytes: number | null;
}

/** A store of so many rows. */
export interface GrownStore {
  readonly rows: number;
  /** Rows a second of the ingest that made it so large. */
  readonly ingestRowsPerSecond: number;
  readonly writeP50: number;
  readonly writeP99: number;
  readonly getP50: number;
  readonly getP99: number;
  readonly sstables: number;
  /** SSTables that could have held the key and were looked into, a read. */
  readonly sstablesPerRead: number;
  readonly bytesPerRow: number;
  /** Of the renderer's memory when all was done; null where nobody can tell. */
  readonly mebibytes: number | null;
}

/** What a store costs over its life in Chromium, as plain data; null or empty what was left out. */
export interface LifeRun {
  readonly ingest: readonly IngestRound[];
  readonly coldOpenRows: number;
  readonly coldOpen: readonly ColdOpen[];
  readonly largeOpen: LargeOpen | null;
  readonly exports: readonly ExportRound[];
  readonly grown: readonly GrownStore[];
  /** Bytes of client and worker with what both import at once, compressed with gzip; null where they were not built. */
  readonly clientGzip: number | null;
}
