import { ByteReader, type ByteWriter } from '@cassette/bytes';

// CompressionInfo.db: where each compressed chunk of Data.db begins. All integers big-endian, no checksum.
//   compressor           utf             simple class name
//   options              i32 n, n × (utf, utf)
//   chunkLength          i32             power of two
//   maxCompressedLength  i32             a payload of this length or more is raw; 2^31-1: none is
//   dataLength           i64             uncompressed
//   chunkOffsets         i32 n, n × i64  ascending; n > 0, and Cassandra's compactions have an empty chunk too many
//
// Cassandra: io.compress.CompressionMetadata

/** A payload of this length can't be: everything is stored compressed. */
export const NO_MAX_COMPRESSED_LENGTH = 0x7fffffff;

/** Chunks are buffered whole, so there is a limit to what a file can ask for: 64 MiB (CQL's usual maximum is 1 MiB). */
export const chunkLengthMax = 1 << 26;

/** How Data.db is cut into chunks. Cassandra: io.compress.CompressionMetadata. */
export interface CompressionInfo {
  /** Simple class name, see compressorOf. */
  readonly compressor: string;
  /** Options of the compressor, in the order of the file. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** Uncompressed bytes of each chunk but the last; a power of two. */
  readonly chunkLength: number;
  /** Payloads of this many bytes or more are raw. */
  readonly maxCompressedLength: number;
  /** Uncompressed bytes in all. */
  readonly dataLength: number;
  /** Position in Data.db of each chunk's payload, which its CRC32 follows. */
  readonly chunkOffsets: Float64Array;
}

/**
 * The payload length from which a chunk is stored raw, for a table's `min_compress_ratio` (0: never).
 * Cassandra: CompressionParams#calcMaxCompressedLength.
 */
export function maxCompressedLengthOf(chunkLength: number, minCompressRatio: number): number {
  return Math.ceil(Math.min(chunkLength / minCompressRatio, NO_MAX_COMPRESSED_LENGTH));
}

/** Appends the bytes of CompressionInfo.db. */
export function encodeCompressionInfo(out: ByteWriter, info: CompressionInfo): void {
  out.javaUtf(info.compressor);
  out.i32(info.options.length);
  for (const [name, value] of info.options) {
    out.javaUtf(name);
    out.javaUtf(value);
  }
  out.i32(info.chunkLength);
  out.i32(info.maxCompressedLength);
  out.i64Number(info.dataLength);
  out.i32(info.chunkOffsets.length);
  for (const offset of info.chunkOffsets) out.i64Number(offset);
}

/** The content of a CompressionInfo.db. Throws CorruptionError. */
export function decodeCompressionInfo(bytes: Uint8Array, file: string): CompressionInfo {
  const input = new ByteReader(bytes, file);
  const compressor = input.javaUtf('compressor');
  const optionCount = input.i32('option count');
  // Each option takes four bytes at least.
  if (optionCount < 0 || optionCount * 4 > input.remaining) throw input.corrupt(`${optionCount} options are impossible`);
  const options: [string, string][] = [];
  for (let i = 0; i < optionCount; i++) options.push([input.javaUtf('option name'), input.javaUtf('option value')]);
  const lengthAt = input.position;
  const chunkLength = input.i32('chunkLength');
  if (chunkLength < 1 || chunkLength > chunkLengthMax || (chunkLength & (chunkLength - 1)) !== 0) {
    throw input.corrupt(`chunkLength ${chunkLength} is not a power of two up to ${chunkLengthMax}`, lengthAt);
  }
  const maxAt = input.position;
  const maxCompressedLength = input.i32('maxCompressedLength');
  if (maxCompressedLength < 1 || (maxCompressedLength > chunkLength && maxCompressedLength !== NO_MAX_COMPRESSED_LENGTH)) {
    throw input.corrupt(`maxCompressedLength ${maxCompressedLength} is impossible`, maxAt);
  }
  const dataAt = input.position;
  const dataLength = input.i64Number('dataLength');
  const count = input.i32('chunk count');
  if (count < 1 || count * 8 > input.remaining) throw input.corrupt(`${count} chunks are impossible`, input.position - 4);
  const needed = Math.ceil(dataLength / chunkLength);
  if (dataLength < 1 || count < needed || count > needed + 1) {
    throw input.corrupt(`${count} chunks of ${chunkLength} bytes can't hold ${dataLength}`, dataAt);
  }
  const chunkOffsets = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const offset = input.i64Number('chunk offset');
    // A chunk has its CRC32 at least.
    if (i === 0 ? offset !== 0 : offset < chunkOffsets[i - 1] + 4) {
      throw input.corrupt(`chunk ${i} can't begin at ${offset}`, input.position - 8);
    }
    chunkOffsets[i] = offset;
  }
  if (input.remaining !== 0) throw input.corrupt(`${input.remaining} bytes too many`);
  return { compressor, options, chunkLength, maxCompressedLength, dataLength, chunkOffsets };
}
