import { crc32 } from '@cassette/bytes';
import { type ByteSource, type CompressionInfo, compressorOf } from '@cassette/sstable';
import type { Compression } from './chunk-runs.ts';

/**
 * Where the chunks of a compressed Data.db lie, found without its CompressionInfo.db: a chunk ends where the four bytes behind it are
 * the CRC-32 of what is before them. A chunk that is damaged as well ends the search, for nothing says where the next one begins. Null
 * where not one is found.
 */
export function rebuiltChunks(stored: ByteSource, compression: Compression): CompressionInfo | null {
  const compressor = compressorOf(compression.compressor, [], stored.name);
  const { chunkLength } = compression;
  const longest = Math.max(compressor.maxPayloadLength(chunkLength), chunkLength) + 4;
  const buffer = new Uint8Array(longest);
  const target = new Uint8Array(chunkLength);
  const offsets: number[] = [];
  let dataLength = 0;
  for (let at = 0; at < stored.size; ) {
    const count = readFully(stored, buffer, at);
    const length = payloadLength(buffer, count);
    if (length < 0) break;
    const isRaw = length >= compression.maxCompressedLength;
    const made = isRaw ? Math.min(length, chunkLength) : compressor.decompress(buffer, 0, length, target, 0, chunkLength);
    if (made < 0) break;
    // Cassandra's compactions end with a chunk of nothing.
    if (made === 0 && offsets.length > 0) break;
    offsets.push(at);
    dataLength += made;
    at += length + 4;
    if (made < chunkLength) break;
  }
  if (offsets.length === 0) return null;
  return { ...compression, dataLength, chunkOffsets: Float64Array.from(offsets) };
}

function readFully(stored: ByteSource, buffer: Uint8Array, at: number): number {
  let done = 0;
  while (done < buffer.length && at + done < stored.size) {
    const count = stored.read(buffer.subarray(done), at + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Length of the payload that begins the buffer and whose checksum follows it; -1 for none. */
function payloadLength(buffer: Uint8Array, count: number): number {
  let crc = 0;
  for (let length = 1; length + 4 <= count; length++) {
    crc = crc32(buffer, length - 1, length, crc);
    const recorded = ((buffer[length] << 24) | (buffer[length + 1] << 16) | (buffer[length + 2] << 8) | buffer[length + 3]) >>> 0;
    if (recorded === crc) return length;
  }
  return -1;
}
