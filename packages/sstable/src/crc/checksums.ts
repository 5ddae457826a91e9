import { ByteReader, type ByteWriter } from '@cassette/bytes';

// CRC.db: checksums of an uncompressed Data.db.
//   chunkLength  i32          65536
//   checksums    u32 a chunk  CRC32; the last chunk may be short, and Cassandra's compactions add a 00000000 too many
//
// Cassandra: io.util.ChecksumWriter, DataIntegrityMetadata.ChecksumValidator

/** Bytes of Data.db to a checksum, where nothing else is asked for. */
export const checksumChunkLength = 65536;

/** The content of CRC.db. */
export interface Checksums {
  /** Bytes of Data.db that each checksum covers. */
  readonly chunkLength: number;
  /** CRC32 of each chunk. */
  readonly checksums: Uint32Array;
}

/** Appends the bytes of CRC.db. */
export function encodeChecksums(out: ByteWriter, { chunkLength, checksums }: Checksums): void {
  out.i32(chunkLength);
  for (const checksum of checksums) out.i32(checksum);
}

/** The content of a CRC.db. Throws CorruptionError. */
export function decodeChecksums(bytes: Uint8Array, file: string): Checksums {
  const input = new ByteReader(bytes, file);
  const chunkLength = input.i32('chunkLength');
  if (chunkLength < 1 || chunkLength > 1 << 26) throw input.corrupt(`chunkLength ${chunkLength} is impossible`, 0);
  if (input.remaining % 4 !== 0) throw input.corrupt('the last checksum is cut');
  const checksums = new Uint32Array(input.remaining / 4);
  for (let i = 0; i < checksums.length; i++) checksums[i] = input.u32('checksum');
  return { chunkLength, checksums };
}
