/** A part of a file that nothing could be got out of. Positions in bytes. */
export interface LostRange {
  readonly file: string;
  /** Of Data.db: in its uncompressed bytes. */
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/**
 * What was got out of a WAL segment, of what a recovery set aside of one, or of one that is kept for those who read changes: these are read
 * where SSTables are lost at least in part.
 */
export interface SalvagedSegment {
  readonly file: string;
  readonly bytes: number;
  /** Mutations whose record's checksum is right, and that were taken. */
  readonly mutations: number;
  /**
   * Not taken: those of tables that the schema does not have, or that were truncated later; of a segment that is kept, those of tables
   * whose SSTables are whole.
   */
  readonly mutationsSkipped: number;
  readonly lost: readonly LostRange[];
}

/** What was got out of an SSTable. */
export interface SalvagedSSTable {
  /** Its Data.db. */
  readonly file: string;
  /** `keyspace.table`. */
  readonly table: string;
  /** Those of which something was taken. */
  readonly partitions: number;
  /** Rows that were taken, static ones included. */
  readonly rows: number;
  /** Deletions of partitions and of ranges that were taken. */
  readonly deletions: number;
  readonly lost: readonly LostRange[];
  /** Partitions, by their key in hexadecimal digits, that are lost at least in part, as far as an index tells: the first hundred. */
  readonly keysLost: readonly string[];
  /** How many those are in all; null where no index tells. */
  readonly partitionsLost: number | null;
}

/** Where the log, which tells the schema of a store whose catalog is lost, lacks changes of it, or may lack them. */
export interface SchemaGap {
  readonly file: string;
  /** Of what stands there, or behind it, in bytes. */
  readonly position: number;
  readonly reason: string;
}

/** What {@link salvage} did. */
export interface SalvageReport {
  /** Whether the store's catalog was there and told which files and tables there are. */
  readonly hasCatalog: boolean;
  /** The file of the log that told the schema where the catalog is lost; null where it is not, or none tells. */
  readonly describedBy: string | null;
  /** Where the log may not tell all of the schema: tables and columns made there are lost, deletions of such are undone. None with a catalog. */
  readonly schemaGaps: readonly SchemaGap[];
  readonly segments: readonly SalvagedSegment[];
  readonly sstables: readonly SalvagedSSTable[];
  /** Tables that were made from the headers of SSTables alone: their own names, and those of their key columns, are lost. */
  readonly tablesRebuilt: readonly string[];
  /** Together. */
  readonly mutations: number;
  readonly rows: number;
}
