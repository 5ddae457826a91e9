/** SSTable versions that are exported, and which nodes load them, for people. */
export const exportFormats = {
  nb: 'every Apache Cassandra 4.x and 5.x node, in its default configuration',
  oa: 'Apache Cassandra 5.0 nodes whose storage_compatibility_mode is UPGRADING or NONE; a node in its default configuration passes over them',
  da: 'every Apache Cassandra 5.0 node, in its default configuration',
} as const;

/** One of {@link exportFormats}. */
export type ExportFormat = keyof typeof exportFormats;

/** What to export, and how. */
export interface ExportOptions {
  /**
   * SSTable version, default `nb`: every Cassandra 4.x and 5.x node reads it, whatever its storage_compatibility_mode. Others are for
   * 5.0 alone, and need every SSTable to be written anew; they can't hold a partition deletion of a negative timestamp
   * (UnwritableDeletionError).
   */
  readonly format?: ExportFormat;
  /**
   * Each table as one SSTable, compressed as the table asks for (the default), or SSTables as they lie in the store: some of them may be
   * compressed as their flush was, fast.
   */
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
  /**
   * Whether it is all that its table has. False for one of several: they were asked for as they lie, or the store has no room
   * to write them as one, which changes nothing about what they say together.
   */
  readonly merged: boolean;
  readonly partitions: number;
  /** Rows, static ones included. */
  readonly rows: number;
  /** Microseconds. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
}

/** An SSTable that an export lacks: it is damaged, and recovery set it aside. */
export interface MissingSSTable {
  readonly keyspace: string;
  readonly table: string;
  readonly generation: number;
  /** Where in the store the damage is. */
  readonly file: string;
}

/** What an export gave out. */
export interface ExportReport {
  readonly format: ExportFormat;
  /** For people: which nodes load it. */
  readonly readableBy: string;
  /** Bytes handed to the sink. */
  readonly bytes: number;
  readonly sstables: readonly ExportedSSTable[];
  /** SSTables of the tables asked for whose rows and deletions are not in it; empty where nothing is damaged. */
  readonly incomplete: readonly MissingSSTable[];
  /** Keyspaces, each with its schema.cql. */
  readonly keyspaces: readonly string[];
}
