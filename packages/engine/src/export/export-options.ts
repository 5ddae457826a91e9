import type { TokenRangeOption } from '../lineage/index.ts';

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
  /**
   * The id of an earlier export: only SSTables that hold something which that one, with those it goes on from, does not have. What
   * compaction has merged with newer data comes again, which changes nothing: loading both, in any order, is loading all. TRUNCATE, DROP
   * and ALTER are no data and are not in it.
   */
  readonly since?: string;
  /** Only partitions of these tokens; start exclusive, end inclusive, around the ring where the start is not before the end. */
  readonly tokenRange?: TokenRangeOption;
  /**
   * How SSTables are called, so that files of many exports may lie in one directory: `number` (default), numbers below 2^30 drawn at
   * random, which every Cassandra reads and two exports hardly ever draw twice: of a hundred devices' exports one in 200,000 sets has a
   * name twice; `uuid`, as Cassandra 4.1 and later can call theirs, which are never given twice and which 4.0 does not read; or
   * `generation`, as the store numbers them, which two stores often have in common.
   */
  readonly ids?: ExportIds;
  /**
   * Whether a load kit is in it (default): `manifest.json` with sizes and SHA-256 of all files, `SHA256SUMS`, `README.md`, and `load.sh`,
   * which runs `nodetool import` or `sstableloader`.
   */
  readonly kit?: boolean;
}

/** How exported SSTables are called. */
export type ExportIds = 'number' | 'uuid' | 'generation';

/** Who looks on while an export runs. */
export interface ExportHooks {
  /** Told now and then. */
  readonly onProgress?: (progress: ExportProgress) => void;
  /** Ends the export; what is in the sink by then is no whole zip. */
  readonly signal?: AbortSignal;
}

/** What an export's own worker or program gives it besides. */
export interface ExportPlatform extends ExportHooks {
  /**
   * The platform's SHA-256 of a whole message, whose bytes are the caller's again when this returns: WebCrypto's, which is ten times as fast as
   * ours and works in a thread of its own. Absent: ours does it.
   */
  readonly sha256?: (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;
}

/** How far an export is. */
export interface ExportProgress {
  /**
   * What is being done: memtables become SSTables (of which nothing is counted), several SSTables become one, files are given out, or the
   * load kit is.
   */
  readonly phase: 'flushing' | 'merging' | 'copying' | 'finishing';
  /** The file's path in the export; of a merge its table; null where it is neither. */
  readonly file: string | null;
  /** Bytes read from SSTables, of all that have to be. */
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
  /** A time-based UUID: what a later export names as `since`, and `confirmExported` takes. */
  readonly id: string;
  /** The export that this goes on from; null for one that stands by itself. */
  readonly since: string | null;
  /**
   * Whether the store remembers it. False where the device was too full to write that down: the export is whole, but none can be made
   * since it.
   */
  readonly remembered: boolean;
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
