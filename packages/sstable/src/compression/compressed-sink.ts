import { assert, crc32, crc32Combine } from '@cassette/bytes';
import type { ByteSink } from '../io/byte-sink.ts';
import { type CompressionInfo, NO_MAX_COMPRESSED_LENGTH } from './compression-info.ts';
import type { Compressor } from './compressor.ts';

// Compressed Data.db, chunk after chunk:
//   payload  compressed bytes if shorter than maxCompressedLength, else raw bytes; a raw last chunk is filled up with zeros to
//            maxCompressedLength, so that its length still says that it is raw
//   crc      u32 big-endian, CRC32 of the payload as stored
//
// Cassandra: io.compress.CompressedSequentialWriter

/** Where Data.db ends with an empty chunk, see {@link CompressedSinkOptions}. */
export type EmptyChunk = 'always' | 'after a full one';

/** What a {@link CompressedSink} is made for. */
export interface CompressedSinkOptions {
  readonly compressor: Compressor;
  /** Recorded in CompressionInfo.db; default none. */
  readonly options?: readonly (readonly [name: string, value: string])[];
  /** Power of two. */
  readonly chunkLength: number;
  /** Default: no payload is raw. See maxCompressedLengthOf. */
  readonly maxCompressedLength?: number;
  /**
   * Adds an empty chunk: `always`, as Cassandra's compactions end, which open what they wrote before it is finished; or only where the
   * last chunk is full: without it sstableverify of 5.0.9 ends such a file, its own flushes too, in an EOFException. Default:
   * none, as its flushes.
   */
  readonly emptyChunk?: EmptyChunk;
}

/** Takes uncompressed bytes, writes compressed chunks. Memory: two chunks and eight bytes for each chunk written. */
export class CompressedSink implements ByteSink {
  readonly name: string;
  /** Uncompressed bytes taken so far: the position that indexes speak of. */
  position = 0;
  /** Bytes stored so far. */
  storedPosition = 0;
  /** CRC32 of everything stored so far: Digest.crc32 once finished. */
  digest = 0;
  /** Bytes of payloads so far, without their checksums: what the compression ratio counts. */
  payloadBytes = 0;
  private readonly sink: ByteSink;
  private readonly options: CompressedSinkOptions;
  private readonly maxCompressedLength: number;
  private readonly chunk: Uint8Array;
  private filled = 0;
  // Payload and checksum go out in one write.
  private readonly stored: Uint8Array;
  private offsets = new Float64Array(64);
  private chunkCount = 0;
  private finished = false;

  constructor(sink: ByteSink, options: CompressedSinkOptions) {
    const { chunkLength, compressor } = options;
    assert(chunkLength > 0 && (chunkLength & (chunkLength - 1)) === 0, 'a chunk length is a power of two');
    this.name = sink.name;
    this.sink = sink;
    this.options = options;
    this.maxCompressedLength = options.maxCompressedLength ?? NO_MAX_COMPRESSED_LENGTH;
    assert(
      this.maxCompressedLength <= chunkLength || this.maxCompressedLength === NO_MAX_COMPRESSED_LENGTH,
      'a raw payload is no longer than a chunk',
    );
    this.chunk = new Uint8Array(chunkLength);
    this.stored = new Uint8Array(Math.max(compressor.maxPayloadLength(chunkLength), chunkLength) + 4);
  }

  write(bytes: Uint8Array): void {
    assert(!this.finished, 'nothing is written after finish');
    const { chunk } = this;
    let from = 0;
    while (from < bytes.length) {
      const count = Math.min(bytes.length - from, chunk.length - this.filled);
      chunk.set(from === 0 && count === bytes.length ? bytes : bytes.subarray(from, from + count), this.filled);
      this.filled += count;
      from += count;
      if (this.filled === chunk.length) this.storeChunk();
    }
    this.position += bytes.length;
  }

  /** Stores the last chunk. At least one byte must have been written: an SSTable is never empty. */
  finish(): CompressionInfo {
    assert(!this.finished && this.position > 0, 'a compressed file is finished once and is not empty');
    const { emptyChunk } = this.options;
    const endsFull = this.filled === 0;
    if (!endsFull) this.storeChunk();
    if (emptyChunk === 'always' || (emptyChunk === 'after a full one' && endsFull)) this.storeChunk();
    this.finished = true;
    return {
      compressor: this.options.compressor.name,
      options: this.options.options ?? [],
      chunkLength: this.chunk.length,
      maxCompressedLength: this.maxCompressedLength,
      dataLength: this.position,
      chunkOffsets: this.offsets.slice(0, this.chunkCount),
    };
  }

  private storeChunk(): void {
    const { chunk, stored, filled, maxCompressedLength } = this;
    let length = this.options.compressor.compress(chunk, 0, filled, stored, 0);
    if (length >= maxCompressedLength) {
      length = Math.max(filled, maxCompressedLength);
      stored.set(chunk.subarray(0, filled), 0);
      stored.fill(0, filled, length);
    }
    const crc = crc32(stored, 0, length);
    stored[length] = crc >>> 24;
    stored[length + 1] = crc >>> 16;
    stored[length + 2] = crc >>> 8;
    stored[length + 3] = crc;
    if (this.chunkCount === this.offsets.length) {
      const wider = new Float64Array(this.offsets.length * 2);
      wider.set(this.offsets);
      this.offsets = wider;
    }
    this.offsets[this.chunkCount++] = this.storedPosition;
    this.digest = crc32(stored, length, length + 4, crc32Combine(this.digest, crc, length));
    this.sink.write(stored.subarray(0, length + 4));
    this.storedPosition += length + 4;
    this.payloadBytes += length;
    this.filled = 0;
  }
}
