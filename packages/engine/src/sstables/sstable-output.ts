import { withParts } from '@cassette/bytes';
import type { ColumnMetadata, CompressionParams, TableMetadata } from '@cassette/cql';
import {
  CursorWriter,
  type EmptyChunk,
  type EncodingStats,
  SSTableWriter,
  type UnfilteredCursor,
  type Version,
} from '@cassette/sstable';
import type { StorageFiles } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import { descriptorOf, WRITE_VERSION } from './sstable-files.ts';
import { SSTableSinks } from './sstable-sinks.ts';

/** What one new SSTable is made of. */
export interface SSTableOutputOptions {
  readonly storage: StorageFiles;
  readonly table: TableMetadata;
  readonly generation: number;
  /** Default: the one that the store's own SSTables have. */
  readonly version?: Version;
  readonly encodingStats: EncodingStats;
  /** In storage order: those that may come. */
  readonly staticColumns: readonly ColumnMetadata[];
  readonly regularColumns: readonly ColumnMetadata[];
  readonly expectedPartitions: number;
  /** Forward; closed by whoever made it. */
  readonly cursor: UnfilteredCursor;
  /** Default 0. */
  readonly level?: number;
  /** What the record says of when it was written: seconds since the epoch. */
  readonly createdAt?: number;
  /** How Data.db ends, see the SSTable writer; default as Cassandra's flushes do. */
  readonly emptyChunk?: EmptyChunk;
  /** Default: the table's. */
  readonly compression?: CompressionParams;
}

/**
 * An SSTable that is being written from a cursor: `step` until it says false, then `finish`; or `abandon`. After an error only
 * `abandon` is left. Until the catalog names it, its files are litter.
 */
export class SSTableOutput {
  private readonly options: SSTableOutputOptions;
  private readonly version: Version;
  private readonly sinks: SSTableSinks;
  private readonly writer: SSTableWriter;
  private readonly rows: CursorWriter;

  private constructor(options: SSTableOutputOptions, version: Version, sinks: SSTableSinks) {
    const { table, cursor, level = 0, compression = table.params.compression } = options;
    this.options = options;
    this.version = version;
    this.sinks = sinks;
    this.writer = new SSTableWriter({
      version,
      table,
      encodingStats: options.encodingStats,
      staticColumns: options.staticColumns,
      regularColumns: options.regularColumns,
      expectedPartitions: Math.max(1, options.expectedPartitions),
      sink: sinks.sink,
      compression,
      level,
      emptyChunk: options.emptyChunk,
    });
    this.rows = new CursorWriter(this.writer, cursor);
  }

  /** Makes the files. Rejects with StorageError, PartUnavailableError. */
  static async open(options: SSTableOutputOptions): Promise<SSTableOutput> {
    const { version = WRITE_VERSION, storage, table, generation } = options;
    const sinks = await SSTableSinks.open(storage, tableKey(table), descriptorOf({ version: version.name, generation }));
    try {
      return await withParts(() => new SSTableOutput(options, version, sinks));
    } catch (error) {
      await sinks.abandon();
      throw error;
    }
  }

  /** Uncompressed bytes of Data.db so far. */
  get position(): number {
    return this.writer.position;
  }

  /** Bytes of the file of Data.db so far, as they are stored; asked when the cursor moves to another partition. */
  storedBytes(): number {
    return this.writer.storedBytes();
  }

  /** Whether `flushGathered` would have something to do. */
  hasGathered(bytes: number): boolean {
    return this.sinks.hasGathered(bytes);
  }

  /** Makes durable what has gathered in the large files since the last time, if it is more than so many bytes. Throws StorageError. */
  flushGathered(bytes: number): void {
    this.sinks.flushGathered(bytes);
  }

  /** Writes about `bytes` more bytes of rows, synchronously; false when the cursor is at its end. */
  step(bytes: number): boolean {
    return this.rows.step(bytes);
  }

  /**
   * Completes the files: durable except for their names (`Storage.sync`), closed, and named by nobody. Null where there was
   * nothing to write; then there are none. `pause` comes between two files, for others to have their turn.
   */
  async finish(pause?: () => Promise<unknown>): Promise<SSTableRecord | null> {
    const { options, writer, sinks, version } = this;
    if (writer.isEmpty) {
      await this.abandon();
      return null;
    }
    const { metadata, partitions } = writer.finish();
    const { components, checksums } = await sinks.store(pause);
    return {
      tableId: tableKey(options.table),
      generation: options.generation,
      version: version.name,
      level: options.level ?? 0,
      partitions,
      components,
      checksums,
      bytes: Object.values(components).reduce((sum, bytes) => sum + bytes, 0),
      minTimestamp: metadata.minTimestamp,
      maxTimestamp: metadata.maxTimestamp,
      ...(options.createdAt !== undefined && { createdAt: options.createdAt }),
    };
  }

  /** Gives up and removes the files. */
  async abandon(): Promise<void> {
    this.writer.abandon();
    await this.sinks.abandon();
  }
}
