import { crc32, crc32Combine } from '@cassette/bytes';
import type { ByteSink } from '../io/byte-sink.ts';
import { type Checksums, checksumChunkLength } from './checksums.ts';

/** Passes bytes on as they are and keeps what CRC.db and Digest.crc32 need. Cassandra: ChecksummedSequentialWriter. */
export class ChecksummedSink implements ByteSink {
  readonly name: string;
  /** Bytes written so far. */
  position = 0;
  private readonly sink: ByteSink;
  private readonly chunkLength: number;
  private readonly emptyChunk: boolean;
  // CRC32 of the chunk that is being filled, and of all chunks before it.
  private crc = 0;
  private sealed = 0;
  private filled = 0;
  private checksums = new Uint32Array(64);
  private count = 0;

  /** `emptyChunk`: ends with the checksum of an empty chunk, as Cassandra's compactions do. */
  constructor(sink: ByteSink, chunkLength = checksumChunkLength, emptyChunk = false) {
    this.name = sink.name;
    this.sink = sink;
    this.chunkLength = chunkLength;
    this.emptyChunk = emptyChunk;
  }

  /** CRC32 of everything written so far: Digest.crc32 in the end. */
  get digest(): number {
    return crc32Combine(this.sealed, this.crc, this.filled);
  }

  write(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const to = Math.min(bytes.length, from + this.chunkLength - this.filled);
      this.crc = crc32(bytes, from, to, this.crc);
      this.filled += to - from;
      from = to;
      if (this.filled === this.chunkLength) this.endChunk();
    }
    this.position += bytes.length;
    this.sink.write(bytes);
  }

  /** The checksums of all that was written; nothing is written after it. */
  finish(): Checksums {
    if (this.filled > 0) this.endChunk();
    if (this.emptyChunk) this.endChunk();
    return { chunkLength: this.chunkLength, checksums: this.checksums.slice(0, this.count) };
  }

  private endChunk(): void {
    this.sealed = this.digest;
    if (this.count === this.checksums.length) {
      const wider = new Uint32Array(this.count * 2);
      wider.set(this.checksums);
      this.checksums = wider;
    }
    this.checksums[this.count++] = this.crc;
    this.crc = 0;
    this.filled = 0;
  }
}
