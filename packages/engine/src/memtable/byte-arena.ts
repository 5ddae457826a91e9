import { assert } from '@cassette/bytes';

const CHUNK_BITS = 20;
const CHUNK_SIZE_MAX = 1 << CHUNK_BITS;
const FIRST_CHUNK_SIZE = 4096;
/** Ranges larger than this get a chunk of their own, so that little of a chunk is ever wasted. */
const LARGE = CHUNK_SIZE_MAX >> 2;
const CHUNKS_MAX = 1 << (32 - CHUNK_BITS);

/**
 * Bytes given out in ranges and given back all at once. A range is called by an int32 address; it never moves, so views on it
 * stay good. Chunks grow from small to 1 MiB, so that a memtable of a few rows is small. Cassandra: utils.memory.SlabAllocator.
 */
export class ByteArena {
  private readonly chunks: Uint8Array[] = [];
  private current = -1;
  private free = 0;
  private total = 0;

  /** Bytes of all chunks. */
  get allocatedBytes(): number {
    return this.total;
  }

  /** The chunks, for whoever copies them. */
  get all(): readonly Uint8Array[] {
    return this.chunks;
  }

  /** Takes chunks over that another arena had, for reading. */
  restore(chunks: readonly Uint8Array[]): void {
    assert(this.chunks.length === 0, 'only an empty arena takes the chunks of another one');
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.total += chunk.length;
    }
  }

  /** Takes a range; returns its address. */
  allocate(size: number): number {
    if (this.current >= 0 && this.free + size <= this.chunks[this.current].length) {
      const address = (this.current << CHUNK_BITS) | this.free;
      this.free += size;
      return address;
    }
    if (size > LARGE) return this.addChunk(size) << CHUNK_BITS;
    const last = this.current < 0 ? 0 : this.chunks[this.current].length;
    const wanted = Math.min(CHUNK_SIZE_MAX, Math.max(FIRST_CHUNK_SIZE, last * 2));
    this.current = this.addChunk(Math.max(wanted, size));
    this.free = size;
    return this.current << CHUNK_BITS;
  }

  /** The array that holds the range. */
  bytes(address: number): Uint8Array {
    return this.chunks[address >>> CHUNK_BITS];
  }

  /** Where in that array the range begins. */
  offset(address: number): number {
    return address & (CHUNK_SIZE_MAX - 1);
  }

  /** Takes a range for `source[from, to)` and copies it there. */
  store(source: Uint8Array, from: number, to: number): number {
    const address = this.allocate(to - from);
    this.write(address, 0, source, from, to);
    return address;
  }

  /** Copies `source[from, to)` to `at` within a range. */
  write(address: number, at: number, source: Uint8Array, from: number, to: number): void {
    const target = this.chunks[address >>> CHUNK_BITS];
    let offset = (address & (CHUNK_SIZE_MAX - 1)) + at;
    if (to - from < 48) for (let i = from; i < to; i++) target[offset++] = source[i];
    else target.set(source.subarray(from, to), offset);
  }

  private addChunk(size: number): number {
    assert(this.chunks.length < CHUNKS_MAX, 'a memtable is flushed long before it has 4096 chunks');
    this.chunks.push(new Uint8Array(size));
    this.total += size;
    return this.chunks.length - 1;
  }
}
