import { hash128, murmur3 } from '@cassette/bytes';

/** A power of two: a file grows by whole chunks, so appending never copies what is already there. */
const chunkSize = 64 * 1024;
/** The first chunk starts small and doubles, for most files of a test are tiny. */
const firstChunkSizeMin = 256;

/**
 * Bytes of one file in memory: random access, linear-time appends, and holes that cost nothing and read as zeros. A clone shares chunks
 * with its original until one of them writes there, so that an image of a whole disk costs next to nothing.
 */
export class ChunkedBytes {
  #chunks: (Uint8Array | undefined)[] = [];
  /** By index: whether a chunk is this object's alone. */
  #owned: boolean[] = [];
  #size = 0;
  /** See {@link digest}; null where it was not asked for since the last change. */
  #digest: string | null = null;

  /** Size in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Copies what lies at `position` into `target`; returns how many bytes there were. */
  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.#size - position));
    for (let done = 0; done < count; ) {
      const at = position + done;
      const offset = at % chunkSize;
      const length = Math.min(chunkSize - offset, count - done);
      const chunk = this.#chunks[Math.floor(at / chunkSize)];
      const there = chunk === undefined ? 0 : Math.max(0, Math.min(length, chunk.length - offset));
      if (there > 0) target.set(chunk!.subarray(offset, offset + there), done);
      target.fill(0, done + there, done + length);
      done += length;
    }
    return count;
  }

  /** Writes `bytes` at `position`, with zeros in between when that lies past the end. */
  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return;
    this.#digest = null;
    for (let done = 0; done < bytes.length; ) {
      const at = position + done;
      const offset = at % chunkSize;
      const length = Math.min(chunkSize - offset, bytes.length - done);
      this.#chunk(Math.floor(at / chunkSize), offset + length).set(bytes.subarray(done, done + length), offset);
      done += length;
    }
    this.#size = Math.max(this.#size, position + bytes.length);
  }

  /** Cuts, or extends with zeros. */
  truncate(size: number): void {
    this.#digest = null;
    if (size < this.#size) {
      const kept = Math.ceil(size / chunkSize);
      if (kept < this.#chunks.length) {
        this.#chunks.length = kept;
        this.#owned.length = Math.min(this.#owned.length, kept);
      }
      // What lies behind the cut must read as zeros if the file grows again.
      if (size % chunkSize !== 0 && this.#chunks[kept - 1] !== undefined) this.#own(kept - 1).fill(0, size % chunkSize);
    }
    this.#size = size;
  }

  /** A copy of all of it in one piece. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.#size);
    this.read(bytes, 0);
    return bytes;
  }

  /** Size and a hash of 128 bits: two are equal where the bytes are. Costs nothing where nobody wrote since, in this one or a clone. */
  digest(): string {
    if (this.#digest === null) {
      murmur3(this.toBytes());
      this.#digest = `${this.#size} ${hash128.join()}`;
    }
    return this.#digest;
  }

  /** An independent copy. */
  clone(): ChunkedBytes {
    const copy = new ChunkedBytes();
    copy.#chunks = this.#chunks.slice();
    copy.#size = this.#size;
    copy.#digest = this.#digest;
    this.#owned = [];
    return copy;
  }

  /** A chunk that there is, to be written to. */
  #own(index: number): Uint8Array {
    let chunk = this.#chunks[index] as Uint8Array;
    if (this.#owned[index] !== true) {
      chunk = chunk.slice();
      this.#chunks[index] = chunk;
      this.#owned[index] = true;
    }
    return chunk;
  }

  /** The chunk, at least `needed` bytes long. */
  #chunk(index: number, needed: number): Uint8Array {
    const chunk = this.#chunks[index];
    if (chunk !== undefined && chunk.length >= needed) return this.#own(index);
    let length = chunkSize;
    if (index === 0) {
      length = firstChunkSizeMin;
      while (length < needed) length *= 2;
    }
    const grown = new Uint8Array(length);
    if (chunk !== undefined) grown.set(chunk);
    // Filled one by one: an array with holes would be slower to copy.
    while (this.#chunks.length < index) this.#chunks.push(undefined);
    this.#chunks[index] = grown;
    this.#owned[index] = true;
    return grown;
  }
}
