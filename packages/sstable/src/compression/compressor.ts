import { CassetteError } from '@cassette/bytes';
import { deflate, deflateBound } from './deflate-encode.ts';
import { inflate } from './inflate.ts';
import { lz4Compress, lz4CompressBound } from './lz4-block.ts';
import { lz4Decompress } from './lz4-decode.ts';
import { snappyDecompress } from './snappy-decode.ts';
import { snappyCompress, snappyCompressBound } from './snappy-encode.ts';
import { zstdDecompress } from './zstd-decode.ts';
import { zstdCompress, zstdCompressBound } from './zstd-encode.ts';

/** Turns a chunk into a payload and back. Stateless for its users. Cassandra: io.compress.ICompressor. */
export interface Compressor {
  /** Simple class name of Cassandra, as CompressionInfo.db and CREATE TABLE have it. */
  readonly name: string;
  /** The most bytes that `length` bytes can become. */
  maxPayloadLength(length: number): number;
  /** Compresses `source[from, to)` to `target` at `at`, where maxPayloadLength bytes are free; returns the end. */
  compress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number;
  /**
   * Decompresses `source[from, to)` into `target[at, end)`; returns the bytes that gave, or -1 - (position in `source`) where
   * it is malformed or too long. Never throws, whatever the bytes.
   */
  decompress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number, end: number): number;
}

/**
 * u32 little-endian uncompressed length, then one LZ4 block. Options (`lz4_compressor_type: high`) only say how hard the
 * writer tried; this one always writes what `fast` gives. Cassandra: io.compress.LZ4Compressor.
 */
export const lz4Compressor: Compressor = {
  name: 'LZ4Compressor',
  maxPayloadLength: (length) => 4 + lz4CompressBound(length),
  compress(source, from, to, target, at) {
    const length = to - from;
    target[at] = length;
    target[at + 1] = length >>> 8;
    target[at + 2] = length >>> 16;
    target[at + 3] = length >>> 24;
    return lz4Compress(source, from, to, target, at + 4);
  },
  decompress(source, from, to, target, at, end) {
    if (to - from < 5) return -1 - from;
    const length = (source[from] | (source[from + 1] << 8) | (source[from + 2] << 16) | (source[from + 3] << 24)) >>> 0;
    if (length > end - at) return -1 - from;
    const made = lz4Decompress(source, from + 4, to, target, at, at + length);
    return made >= 0 && made !== length ? -1 - from : made;
  },
};

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
 * One Zstandard frame with a checksum. The option `compression_level` only says how hard the writer tried.
 * Cassandra: io.compress.ZstdCompressor.
 */
export const zstdCompressor: Compressor = {
  name: 'ZstdCompressor',
  maxPayloadLength: zstdCompressBound,
  compress: zstdCompress,
  decompress: zstdDecompress,
};

/** The bytes as they are. Cassandra: io.compress.NoopCompressor. */
export const noopCompressor: Compressor = {
  name: 'NoopCompressor',
  maxPayloadLength: (length) => length,
  compress(source, from, to, target, at) {
    target.set(source.subarray(from, to), at);
    return at + to - from;
  },
  decompress(source, from, to, target, at, end) {
    if (to - from > end - at) return -1 - from;
    target.set(source.subarray(from, to), at);
    return to - from;
  },
};

const compressors: ReadonlyMap<string, Compressor> = new Map(
  [lz4Compressor, snappyCompressor, deflateCompressor, zstdCompressor, noopCompressor].map((c) => [c.name, c]),
);

/** A compressor that this build does not have. Code UNSUPPORTED_COMPRESSOR. */
export class UnsupportedCompressorError extends CassetteError {
  constructor(name: string) {
    const known = [...compressors.keys()].join(', ');
    super('UNSUPPORTED_COMPRESSOR', `compressor ${JSON.stringify(name.slice(0, 100))} is not supported; supported: ${known}`, {
      compressor: name,
    });
  }
}

/** Whether {@link compressorOf} knows the class name. */
export function hasCompressor(name: string): boolean {
  return compressors.has(name.replace(/^org\.apache\.cassandra\.io\.compress\./, ''));
}

/**
 * The compressor of that class name, simple or with Cassandra's package. Throws {@link UnsupportedCompressorError}, which
 * names it.
 */
export function compressorOf(name: string): Compressor {
  const compressor = compressors.get(name.replace(/^org\.apache\.cassandra\.io\.compress\./, ''));
  if (compressor === undefined) throw new UnsupportedCompressorError(name);
  return compressor;
}
