import { xxh64Low } from './xxh64.ts';

const BLOCK_MAX = 128 * 1024;

/** The most bytes that a frame of `length` bytes of content can become. */
export function zstdCompressBound(length: number): number {
  return 13 + length + 3 * (Math.floor(length / BLOCK_MAX) + 1);
}

/**
 * Writes `source[from, to)` as a Zstandard frame (format: zstd-decode.ts), with its content size and checksum, to `target` at `at`,
 * where {@link zstdCompressBound} bytes must be free; returns the end of what was written.
 */
export function zstdCompress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let op = at;
  const length = to - from;
  op = put(target, op, 0xfd2fb528, 4);
  // Single segment, with a checksum.
  const sizeBytes = length < 256 ? 1 : length < 65536 + 256 ? 2 : 4;
  target[op++] = 0x24 | (sizeBytes === 1 ? 0 : sizeBytes === 2 ? 0x40 : 0x80);
  op = put(target, op, sizeBytes === 2 ? length - 256 : length, sizeBytes);
  let ip = from;
  do {
    const end = Math.min(ip + BLOCK_MAX, to);
    op = put(target, op, ((end - ip) << 3) | (end === to ? 1 : 0), 3);
    target.set(source.subarray(ip, end), op);
    op += end - ip;
    ip = end;
  } while (ip < to);
  return put(target, op, xxh64Low(source, from, to), 4);
}

function put(target: Uint8Array, at: number, value: number, bytes: number): number {
  for (let i = 0; i < bytes; i++) target[at + i] = value >>> (8 * i);
  return at + bytes;
}
