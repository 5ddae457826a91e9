import { type Loadable, PartNotLoadedError } from '@cassette/bytes';
import { type CompressionParams, defaultTableParams } from '@cassette/cql';
import { compressorOf, hasCompressor } from '@cassette/sstable';

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

/** The same of a flush that waits for no code: without the compressor's it is the default, and a compaction brings it to what the table says. */
export function flushCompressionAtHand(params: CompressionParams): CompressionParams {
  const compression = flushCompression(params);
  return missingCompressor(compression) === null ? compression : defaultTableParams.compression;
}

/** The code without which no SSTable can be written that is compressed so; null where it is there, or there can be none. */
export function missingCompressor({ enabled, compressor, options }: CompressionParams): Loadable | null {
  if (!enabled || !hasCompressor(compressor)) return null;
  try {
    compressorOf(compressor, Object.entries(options));
    return null;
  } catch (error) {
    if (error instanceof PartNotLoadedError) return error.part;
    throw error;
  }
}
