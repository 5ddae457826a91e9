import { lz4Compress, lz4CompressBound } from './lz4-block.ts';
import { lz4Decompress } from './lz4-decode.ts';

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
 * u32 little-endian uncompressed length, then one LZ4 block, as `lz4_compressor_type: fast` makes it. Cassandra:
 * io.compress.LZ4Compressor.
 */
export const lz4Compressor: Compressor = lz4With(lz4Compress);

/** LZ4 with blocks that another encoder makes. */
export function lz4With(compressBlock: Compressor['compress']): Compressor {
  return {
    name: 'LZ4Compressor',
    maxPayloadLength: (length) => 4 + lz4CompressBound(length),
    compress(source, from, to, target, at) {
      const length = to - from;
      target[at] = length;
      target[at + 1] = length >>> 8;
      target[at + 2] = length >>> 16;
      target[at + 3] = length >>> 24;
      return compressBlock(source, from, to, target, at + 4);
    },
    decompress(source, from, to, target, at, end) {
      if (to - from < 5) return -1 - from;
      const length = (source[from] | (source[from + 1] << 8) | (source[from + 2] << 16) | (source[from + 3] << 24)) >>> 0;
      if (length > end - at) return -1 - from;
      const made = lz4Decompress(source, from + 4, to, target, at, at + length);
      return made >= 0 && made !== length ? -1 - from : made;
    },
  };
}

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
