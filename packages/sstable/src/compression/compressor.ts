import { CassetteError } from '@cassette/bytes';
import { deflate, deflateBound } from './deflate-encode.ts';
import { inflate } from './inflate.ts';
import { lz4Compress, lz4CompressBound } from './lz4-block.ts';
import { lz4Decompress } from './lz4-decode.ts';
import { LZ4_HIGH_LEVEL_DEFAULT, lz4HighCompress } from './lz4-high.ts';
import { snappyDecompress } from './snappy-decode.ts';
import { snappyCompress, snappyCompressBound } from './snappy-encode.ts';
import { zstdDecompress } from './zstd-decode.ts';
import { ZSTD_LEVEL_DEFAULT, zstdCompress, zstdCompressBound } from './zstd-encode.ts';

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

function lz4With(compressBlock: Compressor['compress']): Compressor {
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

/**
 * As {@link lz4Compressor}, for `lz4_compressor_type: high`; `level` is `lz4_high_compressor_level`, 1 to 17. The bytes are Cassandra's
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
  /** `file` is what names it, where a file does. */
  constructor(name: string, file?: string) {
    const known = [...compressors.keys()].join(', ');
    super(
      'UNSUPPORTED_COMPRESSOR',
      `compressor ${JSON.stringify(name.slice(0, 100))}${file === undefined ? '' : ` of ${file}`} is not supported; supported: ${known}. ` +
        "Let Cassandra write the table with one of these: ALTER TABLE … WITH compression = {'class': 'LZ4Compressor'}, then nodetool upgradesstables -a",
      { compressor: name, file: file ?? null },
    );
  }
}

/** Whether {@link compressorOf} knows the class name. */
export function hasCompressor(name: string): boolean {
  return compressors.has(name.replace(/^org\.apache\.cassandra\.io\.compress\./, ''));
}

/**
 * The compressor of that class name, simple or with Cassandra's package, as `options` of CompressionInfo.db or CREATE TABLE want it.
 * They matter to what it writes, not to what it reads; those that a compressor does not know, and values that can't be, are
 * passed over, since a file may have any. Throws {@link UnsupportedCompressorError}, which names it and `file`, where the name is
 * from.
 */
export function compressorOf(
  name: string,
  options: Iterable<readonly [name: string, value: string]> = [],
  file?: string,
): Compressor {
  const compressor = compressors.get(name.replace(/^org\.apache\.cassandra\.io\.compress\./, ''));
  if (compressor === undefined) throw new UnsupportedCompressorError(name, file);
  const given = new Map(options);
  if (compressor === lz4Compressor && given.get('lz4_compressor_type') === 'high') {
    return lz4HighCompressor(levelOf(given.get('lz4_high_compressor_level')));
  }
  return compressor === zstdCompressor ? zstdLevelCompressor(levelOf(given.get('compression_level'))) : compressor;
}

function levelOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
