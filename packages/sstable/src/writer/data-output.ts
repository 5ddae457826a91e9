import { ByteWriter } from '@cassette/bytes';
import type { CompressionParams } from '@cassette/cql';
import {
  CompressedSink,
  compressorOf,
  type EmptyChunk,
  encodeCompressionInfo,
  maxCompressedLengthOf,
} from '../compression/index.ts';
import { ChecksummedSink, encodeChecksums } from '../crc/index.ts';
import { Component } from '../descriptor/index.ts';
import type { ByteSink } from '../io/byte-sink.ts';

/** Where Data.db goes: through chunks and their checksums, compressed or not. */
export interface DataOutput {
  /** Uncompressed bytes so far. */
  readonly position: number;
  /** Bytes in the file so far. */
  readonly storedPosition: number;
  /** CRC32 of the file so far. */
  readonly digest: number;
  /** Payload bytes by uncompressed bytes; undefined where nothing is compressed. */
  readonly compressionRatio: number | undefined;
  /** The component that tells about the chunks. */
  readonly companion: typeof Component.COMPRESSION_INFO | typeof Component.CRC;
  write(bytes: Uint8Array): void;
  /** Writes the last chunk; returns the bytes of `companion`. */
  finish(): Uint8Array;
}

/** Data.db as a table's compression asks for it. Throws UnsupportedCompressorError. */
export function dataOutput(sink: ByteSink, compression: CompressionParams, emptyChunk?: EmptyChunk): DataOutput {
  return compression.enabled ? new CompressedOutput(sink, compression, emptyChunk) : new PlainOutput(sink, emptyChunk);
}

class CompressedOutput implements DataOutput {
  readonly companion = Component.COMPRESSION_INFO;
  private readonly sink: CompressedSink;

  constructor(
    sink: ByteSink,
    { compressor, chunkLength, minCompressRatio, options }: CompressionParams,
    emptyChunk: EmptyChunk | undefined,
  ) {
    // The order that the two options of LZ4, the only compressor with more than one, have in Cassandra's hash map.
    const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
    this.sink = new CompressedSink(sink, {
      compressor: compressorOf(compressor, sorted),
      options: sorted,
      chunkLength,
      maxCompressedLength: maxCompressedLengthOf(chunkLength, minCompressRatio),
      ...(emptyChunk !== undefined && { emptyChunk }),
    });
  }

  get position(): number {
    return this.sink.position;
  }
  get storedPosition(): number {
    return this.sink.storedPosition;
  }
  get digest(): number {
    return this.sink.digest;
  }
  get compressionRatio(): number {
    return this.sink.payloadBytes / this.sink.position;
  }

  write(bytes: Uint8Array): void {
    this.sink.write(bytes);
  }

  finish(): Uint8Array {
    const out = new ByteWriter(1024);
    encodeCompressionInfo(out, this.sink.finish());
    return out.written();
  }
}

class PlainOutput implements DataOutput {
  readonly companion = Component.CRC;
  readonly compressionRatio = undefined;
  private readonly sink: ChecksummedSink;

  constructor(sink: ByteSink, emptyChunk: EmptyChunk | undefined) {
    // Of a file that is not compressed the reader needs no help where its last chunk is full.
    this.sink = new ChecksummedSink(sink, undefined, emptyChunk === 'always');
  }

  get position(): number {
    return this.sink.position;
  }
  get storedPosition(): number {
    return this.sink.position;
  }
  get digest(): number {
    return this.sink.digest;
  }

  write(bytes: Uint8Array): void {
    this.sink.write(bytes);
  }

  finish(): Uint8Array {
    const out = new ByteWriter(256);
    encodeChecksums(out, this.sink.finish());
    return out.written();
  }
}
