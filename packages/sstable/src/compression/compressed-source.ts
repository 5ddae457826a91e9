import { CorruptionError, crc32 } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';
import { ChunkCache } from './chunk-cache.ts';
import type { CompressionInfo } from './compression-info.ts';
import { type Compressor, compressorOf } from './compressor.ts';

/** No compressor needs more for nothing, which Cassandra's compactions have as a last chunk. */
const EMPTY_PAYLOAD_MAX = 16;

/** How a {@link CompressedSource} reads. */
export interface CompressedSourceOptions {
  /** Whether to check a chunk's CRC32: of every chunk, of none, or asked for each (`crc_check_chance`); default true. */
  readonly verifyChecksums?: boolean | (() => boolean);
  /** Decompressed chunks kept; default 4, or 1 of more than 1 MiB. */
  readonly cachedChunks?: number;
}

/**
 * Uncompressed bytes at uncompressed positions of a compressed file. Keeps the chunks last used. Reading throws
 * CorruptionError with the file and the position *in the stored file*; making one throws UnsupportedCompressorError for an
 * unknown compressor and CorruptionError where the chunks don't fit the file. Cassandra: io.util.CompressedChunkReader.
 */
export class CompressedSource implements ByteSource {
  readonly name: string;
  /** Uncompressed bytes. */
  readonly size: number;
  /** Chunks read and decompressed so far, for statistics and tests. */
  chunksRead = 0;
  /** Bytes that came out of them. */
  bytesDecompressed = 0;
  private readonly stored: ByteSource;
  private readonly info: CompressionInfo;
  private readonly compressor: Compressor;
  private readonly verify: () => boolean;
  private readonly cache: ChunkCache;
  private payload = new Uint8Array(0);

  constructor(stored: ByteSource, info: CompressionInfo, options: CompressedSourceOptions = {}) {
    this.name = stored.name;
    this.size = info.dataLength;
    this.stored = stored;
    this.info = info;
    this.compressor = compressorOf(info.compressor, [], stored.name);
    const verify = options.verifyChecksums ?? true;
    this.verify = typeof verify === 'function' ? verify : () => verify;
    const last = info.chunkOffsets[info.chunkOffsets.length - 1];
    if (last + 4 > stored.size) throw new CorruptionError('the file ends before its last chunk', stored.name, stored.size);
    const isSurplus = (info.chunkOffsets.length - 1) * info.chunkLength >= info.dataLength;
    if (isSurplus && stored.size - last - 4 > EMPTY_PAYLOAD_MAX) {
      throw new CorruptionError('there is a chunk more than the data has', stored.name, last);
    }
    this.cache = new ChunkCache(
      Math.min(info.chunkLength, info.dataLength),
      options.cachedChunks ?? (info.chunkLength > 1 << 20 ? 1 : 4),
      (index, target) => this.load(index, target),
    );
  }

  read(target: Uint8Array, position: number): number {
    return this.cache.read(target, position, this.info.chunkLength, this.size);
  }

  /** Another view, on the same bytes as another source gives them, that keeps the chunk it is at. */
  over(stored: ByteSource): CompressedSource {
    return new CompressedSource(stored, this.info, { verifyChecksums: this.verify, cachedChunks: 1 });
  }

  private load(index: number, target: Uint8Array): number {
    const { chunkLength, chunkOffsets, maxCompressedLength, dataLength } = this.info;
    const from = chunkOffsets[index];
    const to = index + 1 < chunkOffsets.length ? chunkOffsets[index + 1] : this.stored.size;
    const expected = Math.min(chunkLength, dataLength - index * chunkLength);
    const length = to - from - 4;
    const raw = length >= maxCompressedLength;
    // No honest payload is longer, so nothing longer is ever buffered.
    if (length < 0 || length > (raw ? chunkLength : this.compressor.maxPayloadLength(chunkLength))) {
      throw new CorruptionError(`chunk ${index} can't have a payload of ${length} bytes`, this.name, from);
    }
    if (this.payload.length < length + 4) this.payload = new Uint8Array(length + 4);
    const payload = this.payload;
    const stored = payload.subarray(0, length + 4);
    if (this.stored.read(stored, from) !== length + 4) {
      throw new CorruptionError(`the file ends within chunk ${index}`, this.name, from);
    }
    this.chunksRead++;
    this.bytesDecompressed += expected;
    if (this.verify()) {
      const recorded =
        ((payload[length] << 24) | (payload[length + 1] << 16) | (payload[length + 2] << 8) | payload[length + 3]) >>> 0;
      const found = crc32(payload, 0, length);
      if (recorded !== found) {
        throw new CorruptionError(`chunk ${index} has CRC32 ${found}, recorded is ${recorded}`, this.name, from);
      }
    }
    if (raw) {
      if (length < expected) throw new CorruptionError(`raw chunk ${index} is ${length} bytes long`, this.name, from);
      target.set(payload.subarray(0, expected), 0);
      return expected;
    }
    const made = this.compressor.decompress(payload, 0, length, target, 0, expected);
    if (made < 0) throw new CorruptionError(`chunk ${index} can't be decompressed`, this.name, from + (-1 - made));
    if (made !== expected) {
      throw new CorruptionError(`chunk ${index} gives ${made} bytes, not ${expected}`, this.name, from);
    }
    return made;
  }
}
