import type { ByteSource, LentBytes } from '../io/byte-source.ts';

type Chunk = LentBytes;

/**
 * Decompressed and checked chunks of any number of SSTables, those used last; it never holds more than its bytes. What is in it is not
 * checked again. Cassandra: cache.ChunkCache.
 */
export class ChunkCachePool {
  /** Chunks found, in a reader's last bytes too, and not found, so far. */
  hits = 0;
  misses = 0;
  /** Bytes that it may hold. */
  readonly capacity: number;
  // In the order of their last use.
  private readonly chunks = new Map<number, Chunk>();
  private held = 0;
  private sources = 0;

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Bytes held now. */
  get bytesHeld(): number {
    return this.held;
  }

  /** A view on chunks of `chunkLength` bytes of a source that never changes. */
  over(source: ByteSource, chunkLength: number): ByteSource {
    return chunkLength * 2 > this.capacity ? source : new CachedSource(this, source, chunkLength, this.sources++);
  }

  /** The chunk of that key, just used; undefined where it is not here. */
  get(key: number): Chunk | undefined {
    const chunk = this.chunks.get(key);
    if (chunk === undefined) {
      this.misses++;
      return undefined;
    }
    this.hits++;
    this.chunks.delete(key);
    this.chunks.set(key, chunk);
    return chunk;
  }

  /** Room for a chunk: that of the one used longest ago if need be. It is not here before `put`. */
  room(length: number): Uint8Array {
    let spare: Uint8Array | null = null;
    for (const [key, { bytes, borrowers }] of this.chunks) {
      if (this.held + length <= this.capacity) break;
      this.chunks.delete(key);
      this.held -= bytes.length;
      // What is lent stays as it is for who has it.
      if (bytes.length === length && borrowers === 0) spare = bytes;
    }
    return spare ?? new Uint8Array(length);
  }

  put(key: number, bytes: Uint8Array, from: number, length: number): Chunk {
    const chunk = { bytes, from, length, borrowers: 0 };
    this.chunks.set(key, chunk);
    this.held += bytes.length;
    return chunk;
  }
}

// Chunks of a source; a file has fewer than 2^26, and 2^26 SSTables are not opened in one life.
const CHUNKS_MAX = 1 << 26;

class CachedSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly pool: ChunkCachePool;
  private readonly source: ByteSource;
  private readonly chunkLength: number;
  private readonly firstKey: number;

  constructor(pool: ChunkCachePool, source: ByteSource, chunkLength: number, id: number) {
    this.name = source.name;
    this.size = source.size;
    this.pool = pool;
    this.source = source;
    this.chunkLength = chunkLength;
    this.firstKey = id * CHUNKS_MAX;
  }

  read(target: Uint8Array, position: number): number {
    const { chunkLength, size } = this;
    const end = Math.min(size, position + target.length);
    let at = position;
    while (at < end) {
      const index = Math.floor(at / chunkLength);
      const { bytes, length } = this.chunk(index);
      const from = at - index * chunkLength;
      const count = Math.min(length - from, end - at);
      target.set(bytes.subarray(from, from + count), at - position);
      at += count;
    }
    return Math.max(0, end - position);
  }

  foundAgain(): void {
    this.pool.hits++;
  }

  lend(position: number): LentBytes {
    const chunk = this.chunk(Math.floor(position / this.chunkLength));
    chunk.borrowers++;
    return chunk;
  }

  private chunk(index: number): Chunk {
    const { pool, source, chunkLength } = this;
    const key = this.firstKey + index;
    const known = pool.get(key);
    if (known !== undefined) return known;
    const bytes = pool.room(chunkLength);
    const from = index * chunkLength;
    const length = Math.min(chunkLength, this.size - from);
    // What throws here leaves nothing behind.
    source.read(length === bytes.length ? bytes : bytes.subarray(0, length), from);
    return pool.put(key, bytes, from, length);
  }
}
