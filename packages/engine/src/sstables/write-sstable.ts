import type { ColumnMetadata, CompressionParams, TableMetadata } from '@cassette/cql';
import { CursorWriter, type EncodingStats, SSTableWriter, type UnfilteredCursor, type Version } from '@cassette/sstable';
import type { Storage } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { descriptorOf, WRITE_VERSION } from './sstable-files.ts';
import { SSTableSinks } from './sstable-sinks.ts';

/** Bytes of rows between two looks at the clock. */
const STEP_BYTES = 64 * 1024;

/** What to write as one SSTable. */
export interface WriteSSTableJob {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly sliceMilliseconds: number;
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
  /** As Cassandra's compactions end a file, see the SSTable writer; default as its flushes do. */
  readonly emptyChunkAfterFull?: boolean;
  /** Default: the table's. */
  readonly compression?: CompressionParams;
  /** Asked between slices: true gives up, and the result is null. */
  readonly cancelled?: () => boolean;
  /** Told between slices: bytes of Data.db so far, uncompressed. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Writes what a cursor gives as an SSTable, in slices of time. When it resolves the files are durable except for their names
 * (`Storage.sync`), closed, and named by nobody: a crash now leaves litter. Null where there was nothing to write. Throws
 * StorageError, and UnwritableDeletionError where the version can't hold a deletion; the files are removed then.
 */
export async function writeSSTable(job: WriteSSTableJob): Promise<SSTableRecord | null> {
  const { storage, scheduler, table, generation, version = WRITE_VERSION, level = 0 } = job;
  const tableId = tableKey(table);
  const descriptor = descriptorOf({ version: version.name, generation });
  const sinks = await SSTableSinks.open(storage, tableId, descriptor);
  try {
    const writer = new SSTableWriter({
      version,
      table,
      encodingStats: job.encodingStats,
      staticColumns: job.staticColumns,
      regularColumns: job.regularColumns,
      expectedPartitions: Math.max(1, job.expectedPartitions),
      sink: sinks.sink,
      compression: job.compression ?? table.params.compression,
      level,
      emptyChunkAfterFull: job.emptyChunkAfterFull,
    });
    const rows = new CursorWriter(writer, job.cursor);
    let sliceEnd = scheduler.now() + job.sliceMilliseconds;
    while (rows.step(STEP_BYTES)) {
      if (scheduler.now() < sliceEnd) continue;
      await scheduler.yield();
      if (job.cancelled?.() === true) {
        writer.abandon();
        await sinks.abandon();
        return null;
      }
      job.onProgress?.(writer.position);
      sliceEnd = scheduler.now() + job.sliceMilliseconds;
    }
    if (writer.isEmpty) {
      writer.abandon();
      await sinks.abandon();
      return null;
    }
    const { metadata, partitions } = writer.finish();
    const { components, checksums } = await sinks.store();
    return {
      tableId,
      generation,
      version: version.name,
      level,
      partitions,
      components,
      checksums,
      bytes: Object.values(components).reduce((sum, bytes) => sum + bytes, 0),
      minTimestamp: metadata.minTimestamp,
      maxTimestamp: metadata.maxTimestamp,
    };
  } catch (error) {
    await sinks.abandon();
    throw error;
  }
}
