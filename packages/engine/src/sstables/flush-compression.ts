import { type CompressionParams, defaultTableParams } from '@cassette/cql';
import { hasCompressor } from '@cassette/sstable';

/**
 * How an SSTable of a table with these parameters is compressed by a flush: as the table says where that is fast, else with the
 * default, LZ4 in chunks of 16 KiB; a compaction of Cassandra's brings it to what the table says. This is what Cassandra does
 * under `flush_compression: fast`, for Deflate, Zstd and the slow kind of LZ4. A compressor that this build does not have goes
 * the same way, since a table must never be one that can be written to and not flushed.
 * Cassandra: io.sstable.format.DataComponent#buildCompressionParams.
 */
export function flushCompression(params: CompressionParams): CompressionParams {
  if (!params.enabled) return params;
  const { compressor, options } = params;
  const isSlow =
    compressor === 'DeflateCompressor' ||
    compressor === 'ZstdCompressor' ||
    (compressor === 'LZ4Compressor' && options['lz4_compressor_type'] === 'high');
  return isSlow || !hasCompressor(compressor) ? defaultTableParams.compression : params;
}
