import { type CompressionParams, type Schema, TableMetadata } from '@cassette/cql';
import {
  BloomFilter,
  Component,
  checksumChunkLength,
  NO_MAX_COMPRESSED_LENGTH,
  SSTableWriter,
  type Version,
  writeCursor,
} from '@cassette/sstable';
import {
  readerOf,
  SSTableCollection,
  type SSTableFiles,
  type SSTablesOfStore,
  statisticsOf,
} from '../../../packages/engine/src/goldens/testing/sstable-files.ts';
import { MemoryComponents } from '../../../packages/sstable/src/testing/memory-files.ts';

/**
 * Every SSTable read, and written as one of version `to` by the same header: what a flush of the same memtable is in that version. The
 * schema gives the options of the tables, the SSTables their columns and what they were written with.
 */
export function rewritten(sstables: SSTablesOfStore, schema: Schema, from: Version, to: Version): SSTablesOfStore {
  const found = new SSTableCollection();
  for (const [name, all] of sstables) {
    const table = schema.tables.find((one) => one.toString() === name);
    if (table === undefined) throw new Error(`the schema has no table ${name}`);
    for (const [generation, files] of all) {
      const again = rewrittenSSTable(files, table.params, { from, to });
      for (const component of again.components) found.add(name, generation, component, again.bytes(component));
    }
  }
  return found.tables;
}

/** How an SSTable is to be written again. */
export interface Rewriting {
  readonly from: Version;
  readonly to: Version;
  /** Bytes of rows to a block of the row index; default that of the version. */
  readonly columnIndexSize?: number;
}

/** One SSTable read, and written again; `params`: what it does not tell itself. */
export function rewrittenSSTable(
  files: SSTableFiles,
  params: TableMetadata['params'],
  { from, to, columnIndexSize }: Rewriting,
): MemoryComponents {
  const reader = readerOf(files, from);
  const { header, stats, validation } = statisticsOf(files, from);
  const { bloomFilterFpChance } = validation;
  const again = new MemoryComponents({ version: to, id: '1' });
  const compression = compressionOf(reader.compression, params.compression);
  const filter = files.get(Component.FILTER);
  const writer = new SSTableWriter({
    version: to,
    table: new TableMetadata({
      ...reader.table,
      columns: reader.table.columnsInSelectOrder,
      params: { ...params, bloomFilterFpChance },
    }),
    encodingStats: header.stats,
    expectedPartitions: expectedPartitions(stats.partitionSizes.count, bloomFilterFpChance, filter),
    compression,
    level: stats.level,
    ...(endsInEmptyChunk(files, reader) && { emptyChunk: 'always' as const }),
    sink: again.sink,
    ...(columnIndexSize !== undefined && { columnIndexSize }),
  });
  const cursor = reader.cursor({ partitions: { range: {} } });
  try {
    writeCursor(writer, cursor);
  } finally {
    cursor.close();
  }
  writer.finish();
  return again;
}

/** Whether it ends in an empty chunk, as compactions of Cassandra end. */
function endsInEmptyChunk(files: SSTableFiles, { compression, dataLength }: ReturnType<typeof readerOf>): boolean {
  if (compression !== null) return compression.chunkOffsets.length > Math.ceil(dataLength / compression.chunkLength);
  // The length of a chunk, and a checksum for each.
  const crc = files.get(Component.CRC);
  return crc !== undefined && crc.length / 4 - 1 > Math.ceil(dataLength / checksumChunkLength);
}

/** What it was compressed with, which is not what the table says where that is slow, or has been altered since. */
function compressionOf(info: ReturnType<typeof readerOf>['compression'], params: CompressionParams): CompressionParams {
  if (info === null) return { ...params, enabled: false };
  const { compressor, chunkLength, options, maxCompressedLength } = info;
  const isUnbounded = maxCompressedLength === NO_MAX_COMPRESSED_LENGTH;
  // Of the ratios that give this length the one in the middle: away from where it is rounded.
  const minCompressRatio = isUnbounded ? 0 : chunkLength / (maxCompressedLength - 0.5);
  return { enabled: true, compressor, chunkLength, minCompressRatio, options: Object.fromEntries(options) };
}

/**
 * How many partitions the filter was made for: those of the memtable, or of all that was compacted, are more than there are in the file
 * where some came to nothing.
 */
function expectedPartitions(count: number, fpChance: number, filter: Uint8Array | undefined): number {
  if (filter === undefined || fpChance === 1) return count;
  const sizeFor = (partitions: number) => 8 + BloomFilter.create(partitions, fpChance).bits.length;
  let expected = count;
  while (sizeFor(expected) < filter.length) expected++;
  return sizeFor(expected) === filter.length ? expected : count;
}
