import type { ByteSource } from '@cassette/sstable';

/** What an import needs of a Blob: a browser's File, Node's Blob, or anything that is cut and read like one. Bytes. */
export interface BlobLike {
  readonly size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A file of an import. Its name is its path in the folder that it comes from, with `/` between: `ks/table/nb-1-big-Data.db`. */
export interface ImportFile {
  readonly name: string;
  readonly blob: BlobLike | ByteSource;
}

/**
 * What is imported: a zip (read at random if it is a Blob, its bytes or a ByteSource, kept in the store's directory for the time being if it comes as
 * a stream), or the files of a folder, among which a name that ends in `.zip` is a zip.
 */
export type ImportSource =
  | BlobLike
  | Uint8Array
  | ByteSource
  | AsyncIterable<Uint8Array>
  | {
      getReader(): {
        read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
        cancel(reason?: unknown): Promise<void>;
      };
    }
  | readonly ImportFile[];

/** How it is imported. */
export interface ImportOptions {
  /** All SSTables are of this table, `keyspace.table`, whatever their folders say. */
  readonly table?: string;
  /** All tables go into this keyspace, whatever their folders and schema.cql say. */
  readonly keyspace?: string;
  /** CQL of the tables, in the place of the schema.cql that comes with them. */
  readonly schema?: string;
  /** Columns that a table here lacks are added to it. Default: they are an error. */
  readonly addMissingColumns?: boolean;
  /**
   * How SSTables are verified before anybody sees them. `extended`, the default, reads every row: digests, checksums, order, index, filter
   * and statistics, as `sstableverify --extended` does and more. `quick` reads digests, headers, and the ends of indexes.
   */
  readonly verify?: 'extended' | 'quick';
  /** Told now and then. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import: nothing of it is there then. */
  readonly signal?: AbortSignal;
}

/** How far an import is. */
export interface ImportProgress {
  /**
   * What is being done: a stream is kept, files are copied, what was copied is verified, and written anew where components are missing, and all
   * of it is made live.
   */
  readonly phase: 'spooling' | 'copying' | 'verifying' | 'rewriting' | 'finishing';
  /** The Data.db of the SSTable, or the stream, that it is done with; null where it is none. */
  readonly file: string | null;
  /** Bytes done of all that have to be, in this and the other phases. */
  readonly bytesDone: number;
  /** 0 as long as it isn't known: the end of a stream. */
  readonly bytesTotal: number;
}

/** A table to which SSTables came. */
export interface ImportedTable {
  readonly keyspace: string;
  readonly table: string;
  /**
   * `made` as the schema says, `rebuilt` from the headers of its SSTables (which don't know the names of key columns), `matched` with the
   * one that was there, or `altered`: the one that was there, with more columns.
   */
  readonly schema: 'made' | 'rebuilt' | 'matched' | 'altered';
  /** Those that it lacked. */
  readonly columnsAdded: readonly string[];
  readonly sstables: number;
  /** Of those, how many were written anew because components were missing. */
  readonly rewritten: number;
  /** Of each SSTable, added up: one that is in two counts twice. */
  readonly partitions: number;
  /** The same; static rows included. */
  readonly rows: number;
  /** Bytes of all components. */
  readonly bytes: number;
  /** Microseconds; null where no SSTable came. */
  readonly minTimestamp: bigint | null;
  readonly maxTimestamp: bigint | null;
}

/** What an import did. */
export interface ImportReport {
  readonly tables: readonly ImportedTable[];
  readonly keyspacesMade: readonly string[];
  /** User types that were made, as `keyspace.type`. */
  readonly typesMade: readonly string[];
  /** Bytes of all SSTables, as they lie in the store. */
  readonly bytes: number;
  /** Files and statements that an import has no use for. */
  readonly ignored: readonly string[];
  /** For people: what is right, and yet may not be what one thinks. */
  readonly warnings: readonly string[];
}
