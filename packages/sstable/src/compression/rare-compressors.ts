import { deflate, deflateBound } from './deflate-encode.ts';
import { inflate } from './inflate.ts';
import { type Compressor, lz4With } from './lz4-compressor.ts';
import { LZ4_HIGH_LEVEL_DEFAULT, lz4HighCompress } from './lz4-high.ts';
import { snappyDecompress } from './snappy-decode.ts';
import { snappyCompress, snappyCompressBound } from './snappy-encode.ts';
import { zstdDecompress } from './zstd-decode.ts';
import { ZSTD_LEVEL_DEFAULT, zstdCompress, zstdCompressBound } from './zstd-encode.ts';

/**
 * As lz4Compressor, for `lz4_compressor_type: high`; `level` is `lz4_high_compressor_level`, 1 to 17. The bytes are Cassandra's
 * at every level.
 */
export function lz4HighCompressor(level = LZ4_HIGH_LEVEL_DEFAULT): Compressor {
  return lz4With((source, from, to, target, at) => lz4HighCompress(source, from, to, target, at, level));
}

/** One raw Snappy block. Cassandra: io.compress.SnappyCompressor. */
export const snappyCompressor: Compressor = {
  name: 'SnappyCompressor',
  maxPayloadLength: snappyCompressBound,
  compress: snappyCompress,
  decompress: snappyDecompress,
};

/** A zlib stream of the default level; of nothing, nothing at all. Cassandra: io.compress.DeflateCompressor. */
export const deflateCompressor: Compressor = {
  name: 'DeflateCompressor',
  maxPayloadLength: deflateBound,
  compress: (source, from, to, target, at) => (from === to ? at : deflate(source, from, to, target, at)),
  decompress: (source, from, to, target, at, end) => (from === to ? 0 : inflate(source, from, to, target, at, end)),
};

/**
 * One Zstandard frame with a checksum, of Cassandra's default level, 3. Every Zstandard reads it, but its bytes are not
 * Cassandra's: the encoder is another one. Cassandra: io.compress.ZstdCompressor.
 */
export const zstdCompressor: Compressor = zstdLevelCompressor();

/** As {@link zstdCompressor}; `level` is `compression_level`, -131072 to 22: how hard the writer tries. */
export function zstdLevelCompressor(level = ZSTD_LEVEL_DEFAULT): Compressor {
  return {
    name: 'ZstdCompressor',
    maxPayloadLength: zstdCompressBound,
    compress: (source, from, to, target, at) => zstdCompress(source, from, to, target, at, level),
    decompress: zstdDecompress,
  };
}
