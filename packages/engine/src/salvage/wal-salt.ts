import { RECORD_HEADER_SIZE, RECORD_MARKER } from '../wal/index.ts';

/** Bytes that may be gone over for each byte of a file: a file full of markers must not take for ever. */
const EFFORT = 32;

const POLYNOMIAL = 0x82f63b78;
/** CRC-32C of each byte, and by their highest byte which byte they are of: they are all different. */
const table = new Uint32Array(256);
const byHighest = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  table[byte] = crc;
  byHighest[table[byte] >>> 24] = byte;
}

/**
 * What the checksums of a segment's records begin from (`saltCrc`), where its header does not say it any more: the checksum is known to
 * be of the record's bytes, so it can be gone back through them to where it began. Of two records that lead back to the same beginning
 * neither is damaged; null where there are no two.
 */
export function beginningOfChecksums(bytes: Uint8Array): number | null {
  const seen = new Set<number>();
  let left = bytes.length * EFFORT;
  for (let at = 0; at + RECORD_HEADER_SIZE < bytes.length && left > 0; at++) {
    if (u32(bytes, at) !== RECORD_MARKER) continue;
    const length = u32(bytes, at + 4);
    if (length === 0 || length > bytes.length - at - RECORD_HEADER_SIZE) continue;
    left -= length + RECORD_HEADER_SIZE;
    let crc = back(u32(bytes, at + 8), bytes, at + 12, at + RECORD_HEADER_SIZE + length);
    crc = back(crc, bytes, at + 4, at + 8);
    if (seen.has(crc)) return crc;
    seen.add(crc);
  }
  return null;
}

/** The checksum before the bytes `[from, to)`, of which `crc` is the one after them. */
function back(crc: number, bytes: Uint8Array, from: number, to: number): number {
  let register = ~crc >>> 0;
  for (let at = to - 1; at >= from; at--) {
    const byte = byHighest[register >>> 24];
    register = (((register ^ table[byte]) << 8) | (byte ^ bytes[at])) >>> 0;
  }
  return ~register >>> 0;
}

function u32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
