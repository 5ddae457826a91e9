import { CorruptionError, crc32 } from '@cassette/bytes';
import type { ByteSource } from '../io/byte-source.ts';

// Digest.crc32: the CRC32 of Data.db as stored (compressed: payloads and their inline checksums), an unsigned decimal number
// in ASCII, without a newline.
//
// Cassandra: ChecksumWriter#writeFullChecksum, DataIntegrityMetadata.FileDigestValidator

/** The bytes of Digest.crc32. */
export function encodeDigest(digest: number): Uint8Array {
  return new TextEncoder().encode(String(digest >>> 0));
}

/** The checksum of a Digest.crc32 (a newline after it is tolerated). Throws CorruptionError for anything else. */
export function decodeDigest(bytes: Uint8Array, file: string): number {
  const text = bytes.length > 12 ? '' : String.fromCharCode(...bytes).trimEnd();
  if (!/^[0-9]{1,10}$/.test(text) || Number(text) > 0xffffffff) {
    throw new CorruptionError('a decimal CRC32 was expected', file, 0);
  }
  return Number(text);
}

/** The CRC32 of everything in `source`, read in pieces. */
export function digestOf(source: ByteSource): number {
  const buffer = new Uint8Array(Math.min(source.size, 262144));
  let crc = 0;
  for (let at = 0; at < source.size; ) {
    const count = source.read(buffer, at);
    if (count === 0) throw new CorruptionError(`the file ends before its ${source.size} bytes`, source.name, at);
    crc = crc32(buffer, 0, count, crc);
    at += count;
  }
  return crc;
}

/** Throws CorruptionError where the stored bytes do not have that digest. Reads the whole file. */
export function verifyDigest(source: ByteSource, digest: number): void {
  const found = digestOf(source);
  if (found !== digest) throw new CorruptionError(`the digest is ${digest}, the bytes have ${found}`, source.name, 0);
}
