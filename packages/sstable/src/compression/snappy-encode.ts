// Snappy block format:
//   length    uvarint (LEB128)   uncompressed bytes
//   elements, by the low two bits of their first byte, the tag:
//     00 literal  length - 1 in the upper six bits, or 60…63: in the 1…4 bytes that follow, little-endian; then the bytes
//     01 copy     length - 4 in bits 2…4, offset in bits 5…7 (high) and the byte that follows: 4…11 bytes, up to 2047 back
//     10 copy     length - 1 in the upper six bits, offset u16 little-endian
//     11 copy     the same with a u32 offset; never written
//
// This encoder takes the decisions of Google's snappy 1.1.10 where it is built without CRC instructions, as it is within snappy-java
// 1.1.10 that Cassandra 5.0 calls: the same chunk becomes the same bytes. It works in fragments of 64 KiB, is greedy and has one
// candidate a hash.

import { matchEnd, read32, viewOf } from './source-view.ts';

const FRAGMENT = 65536;
const INPUT_MARGIN = 15;
const TABLE_BITS_MAX = 14;
const TABLE_SIZE_MIN = 256;

// Positions in the fragment by hash, cleared for each.
const table = new Uint16Array(1 << TABLE_BITS_MAX);

/** The most bytes that a block of `length` bytes can become. Cassandra: Snappy.maxCompressedLength. */
export function snappyCompressBound(length: number): number {
  return 32 + length + Math.floor(length / 6);
}

/**
 * Compresses `source[from, to)` to `target` at `at`, where {@link snappyCompressBound} bytes must be free; returns the end of what
 * was written.
 */
export function snappyCompress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let op = at;
  let length = to - from;
  for (; length >= 0x80; length >>>= 7) target[op++] = length | 0x80;
  target[op++] = length;
  for (let start = from; start < to; start += FRAGMENT) {
    op = compressFragment(source, start, Math.min(start + FRAGMENT, to), target, op);
  }
  return op;
}

function compressFragment(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const length = to - from;
  const view = viewOf(source);
  if (length < INPUT_MARGIN) return literal(source, from, to, target, at);
  const size = tableSizeOf(length);
  const mask = size - 1;
  table.fill(0, 0, size);
  const limit = to - INPUT_MARGIN;
  let op = at;
  let ip = from;
  let nextEmit: number;
  for (;;) {
    nextEmit = ip++;
    // The first sixteen positions are looked at one by one, then after every 32 misses one more is left out each time.
    let skip = 32;
    let candidate = 0;
    let found = false;
    if (limit - ip >= 16) {
      for (let i = 0; i < 16; i++) {
        const word = read32(view, ip + i);
        const slot = (Math.imul(word, 0x1e35a7bd) >>> 18) & mask;
        candidate = from + table[slot];
        table[slot] = ip + i - from;
        if (read32(view, candidate) === word) {
          ip += i;
          found = true;
          break;
        }
      }
      if (!found) {
        ip += 16;
        skip += 16;
      }
    }
    while (!found) {
      const word = read32(view, ip);
      const slot = (Math.imul(word, 0x1e35a7bd) >>> 18) & mask;
      const step = skip >> 5;
      skip += step;
      if (ip + step > limit) return literal(source, nextEmit, to, target, op);
      candidate = from + table[slot];
      table[slot] = ip - from;
      if (read32(view, candidate) === word) break;
      ip += step;
    }
    op = literal(source, nextEmit, ip, target, op);
    for (;;) {
      const base = ip;
      ip = matchEnd(view, ip + 4, candidate + 4, to);
      op = copy(target, op, base - candidate, ip - base);
      if (ip >= limit) return ip < to ? literal(source, ip, to, target, op) : op;
      table[(Math.imul(read32(view, ip - 1), 0x1e35a7bd) >>> 18) & mask] = ip - 1 - from;
      const word = read32(view, ip);
      const slot = (Math.imul(word, 0x1e35a7bd) >>> 18) & mask;
      candidate = from + table[slot];
      table[slot] = ip - from;
      if (read32(view, candidate) !== word) break;
    }
  }
}

/** The power of two not below the fragment's length, within bounds. */
function tableSizeOf(length: number): number {
  if (length > 1 << TABLE_BITS_MAX) return 1 << TABLE_BITS_MAX;
  if (length < TABLE_SIZE_MIN) return TABLE_SIZE_MIN;
  return 2 << (31 - Math.clz32(length - 1));
}

function literal(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let op = at;
  const n = to - from - 1;
  if (n < 60) target[op++] = n << 2;
  else if (n < 256) {
    target[op++] = 60 << 2;
    target[op++] = n;
  } else {
    // A fragment is no longer than 64 KiB.
    target[op++] = 61 << 2;
    target[op++] = n;
    target[op++] = n >>> 8;
  }
  if (n < 32) for (let i = from; i < to; ) target[op++] = source[i++];
  else {
    target.set(source.subarray(from, to), op);
    op += n + 1;
  }
  return op;
}

function copy(target: Uint8Array, at: number, offset: number, length: number): number {
  let op = at;
  let left = length;
  // At least four bytes must be left for the last copy.
  for (; left >= 68; left -= 64) op = copyUpTo64(target, op, offset, 64);
  if (left > 64) {
    op = copyUpTo64(target, op, offset, 60);
    left -= 60;
  }
  return copyUpTo64(target, op, offset, left);
}

function copyUpTo64(target: Uint8Array, at: number, offset: number, length: number): number {
  if (length < 12 && offset < 2048) {
    target[at] = 1 | ((length - 4) << 2) | ((offset >>> 3) & 0xe0);
    target[at + 1] = offset;
    return at + 2;
  }
  target[at] = 2 | ((length - 1) << 2);
  target[at + 1] = offset;
  target[at + 2] = offset >>> 8;
  return at + 3;
}
