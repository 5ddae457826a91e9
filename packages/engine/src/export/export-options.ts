/** What to export, and how. */
export interface ExportOptions {
  /**
   * SSTable version. `nb` is read by every Cassandra 4.x and 5.x node, whatever its storage_compatibility_mode.
   * Throws InvalidRequestError for others: they are not written yet.
   */
  readonly format?: 'nb';
  /** Each table as one SSTable (the default), or SSTables as they lie in the store. */
  readonly compact?: boolean;
  /** Only these, as `keyspace.table`; default: all. */
  readonly tables?: readonly string[];
}

/** Who looks on while an export runs. */
export interface ExportHooks {
  /** Told now and then. */
  readonly onProgress?: (progress: ExportProgress) => void;
  /** Ends the export; what is in the sink by then is no whole zip. */
  readonly signal?: AbortSignal;
}

/** How far an export is: bytes read from SSTables, of all that have to be. */
export interface ExportProgress {
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** One SSTable of an export. */
export interface ExportedSSTable {
  readonly keyspace: string;
  readonly table: string;
  /** Path of its Data.db in the export. */
  readonly data: string;
  /** Bytes of all components. */
  readonly bytes: number;
  readonly partitions: number;
  /** Rows, static ones included. */
  readonly rows: number;
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** What an export gave out. */
export interface ExportReport {
  readonly format: 'nb';
  /** For people: which nodes load it. */
  readonly readableBy: string;
  /** Bytes handed to the sink. */
  readonly bytes: number;
  readonly sstables: readonly ExportedSSTable[];
  /** Keyspaces, each with its schema.cql. */
  readonly keyspaces: readonly string[];
}
