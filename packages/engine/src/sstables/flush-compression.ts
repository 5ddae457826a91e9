import { type CompressionParams, defaultTableParams } from '@cassette/cql';

/**
 * How an SSTable of a table with these parameters is compressed by a flush: as the table says where that is fast, else with the
 * default, LZ4 in chunks of 16 KiB; a compaction of Cassandra's brings it to what the table says. This is what Cassandra does
 * under `flush_compression: fast`, for Deflate, Zstd and the slow kind of LZ4. Snappy, which Cassandra takes for fast, is not
 * written by Cassette: it goes the same way, since a table must never be one that can be written to and not flushed.
 * Cassandra: io.sstable.format.DataComponent#buildCompressionParams.
 */
export function flushCompression(params: CompressionParams): CompressionParams {
  if (!params.enabled) return params;
  const isFastLz4 = params.compressor === 'LZ4Compressor' && params.options['lz4_compressor_type'] !== 'high';
  return isFastLz4 || params.compressor === 'NoopCompressor' ? params : defaultTableParams.compression;
}
