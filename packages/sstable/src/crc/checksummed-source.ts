import { CorruptionError, crc32 } from '@cassette/bytes';
import { ChunkCache } from '../compression/chunk-cache.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { Checksums } from './checksums.ts';

/**
 * An uncompressed Data.db whose bytes are checked against CRC.db before anyone sees them: reads whole chunks and keeps
 * those last used. Reading throws CorruptionError. Cassandra: io.util.ChecksummedRebufferer.
 */
export class ChecksummedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  /** Chunks read and checked so far, for statistics and tests. */
  chunksRead = 0;
  /** Bytes of them: they are stored as they are. */
  bytesDecompressed = 0;
  private readonly stored: ByteSource;
  private readonly checksums: Checksums;
  private readonly cache: ChunkCache;

  /** Throws CorruptionError where there are fewer checksums than the file has chunks. */
  constructor(stored: ByteSource, checksums: Checksums, cachedChunks = 4) {
    this.name = stored.name;
    this.size = stored.size;
    this.stored = stored;
    this.checksums = checksums;
    const { chunkLength } = checksums;
    if (checksums.checksums.length * chunkLength < stored.size) {
      throw new CorruptionError(
        `CRC.db has ${checksums.checksums.length} checksums of ${chunkLength} bytes for ${stored.size} bytes`,
        stored.name,
        checksums.checksums.length * chunkLength,
      );
    }
    this.cache = new ChunkCache(Math.min(chunkLength, stored.size), cachedChunks, (index, target) => this.load(index, target));
  }

  read(target: Uint8Array, position: number): number {
    return this.cache.read(target, position, this.checksums.chunkLength, this.size);
  }

  /** Another view, on the same bytes as another source gives them, that keeps the chunk it is at. */
  over(stored: ByteSource): ChecksummedSource {
    return new ChecksummedSource(stored, this.checksums, 1);
  }

  private load(index: number, target: Uint8Array): number {
    const { chunkLength, checksums } = this.checksums;
    const from = index * chunkLength;
    const length = Math.min(chunkLength, this.size - from);
    const chunk = target.subarray(0, length);
    if (this.stored.read(chunk, from) !== length) throw new CorruptionError('the file is shorter than its size', this.name, from);
    this.chunksRead++;
    this.bytesDecompressed += length;
    const found = crc32(chunk);
    if (found !== checksums[index]) {
      throw new CorruptionError(`chunk ${index} has CRC32 ${found}, recorded is ${checksums[index]}`, this.name, from);
    }
    return length;
  }
}
