import { LAST_LITERALS, lastLiterals, MF_LIMIT, MIN_MATCH, matchTo, putSequence } from './lz4-sequence.ts';

// The levels 1 and 2 of LZ4's slow kind: greedy as the fast kind, but with two candidates, one of seven equal bytes and one of four.
// liblz4 1.10: LZ4MID_compress.
//
// A position is told as an index: from the block's start, plus BASE, so that an empty slot is too far away.

const BASE = 65536;
const DISTANCE_MAX = 65535;
const HASH_BITS = 14;
/** Bytes that the longer hash reads, of which it takes all but the last. */
const LONG_HASH_BYTES = 8;
const SKIP_TRIGGER = 9;

// Taken when first needed.
let short = new Int32Array(0);
let long = new Int32Array(0);

/** As lz4HighCompress; there must be more than MF_LIMIT bytes. */
export function compressMiddle(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  if (short.length === 0) {
    short = new Int32Array(1 << HASH_BITS);
    long = new Int32Array(1 << HASH_BITS);
  } else {
    short.fill(0);
    long.fill(0);
  }
  const shift = from - BASE;
  const searchEnd = to - MF_LIMIT;
  const matchEnd = to - LAST_LITERALS;
  let op = at;
  let anchor = from;
  let ip = from;
  while (ip <= searchEnd) {
    const index = ip - shift;
    let length = 0;
    let distance = 0;
    const longSlot = hash7(source, ip);
    const far = long[longSlot];
    long[longSlot] = index;
    if (index - far <= DISTANCE_MAX) {
      length = matchTo(source, ip, far + shift, matchEnd) - ip;
      distance = index - far;
    }
    if (length < MIN_MATCH) {
      const slot = hash4(source, ip);
      const near = short[slot];
      short[slot] = index;
      length = 0;
      if (index - near <= DISTANCE_MAX) {
        length = matchTo(source, ip, near + shift, matchEnd) - ip;
        distance = index - near;
      }
      if (length < MIN_MATCH) {
        ip += 1 + ((ip - anchor) >> SKIP_TRIGGER);
        continue;
      }
      // One byte on there may be a longer one.
      const nextSlot = hash7(source, ip + 1);
      const next = long[nextSlot];
      if (index + 1 - next <= DISTANCE_MAX && ip < searchEnd) {
        const nextLength = matchTo(source, ip + 1, next + shift, matchEnd) - ip - 1;
        if (nextLength > length) {
          long[nextSlot] = index + 1;
          ip++;
          length = nextLength;
          distance = index + 1 - next;
        }
      }
    }
    while (ip > anchor && ip - from > distance && source[ip - 1] === source[ip - distance - 1]) {
      ip--;
      length++;
    }
    // The index is of where the search stood, which liblz4 does not correct either.
    long[hash7(source, ip + 1)] = index + 1;
    long[hash7(source, ip + 2)] = index + 2;
    short[hash4(source, ip + 1)] = index + 1;
    op = putSequence(source, anchor, ip, target, op, length, distance);
    ip += length;
    anchor = ip;
    if (ip - 2 < to - LONG_HASH_BYTES) {
      const end = ip - shift;
      if (ip - from > 5) long[hash7(source, ip - 5)] = end - 5;
      long[hash7(source, ip - 3)] = end - 3;
      long[hash7(source, ip - 2)] = end - 2;
      short[hash4(source, ip - 2)] = end - 2;
      short[hash4(source, ip - 1)] = end - 1;
    }
  }
  return lastLiterals(source, anchor, to, target, op);
}

function hash4(b: Uint8Array, i: number): number {
  return Math.imul(b[i] | (b[i + 1] << 8) | (b[i + 2] << 16) | (b[i + 3] << 24), 0x9e3779b1) >>> (32 - HASH_BITS);
}

// The upper bits of (the seven bytes at i, little-endian, times 256) × 58295818150454627, modulo 2^64, from halves of 32 bits.
function hash7(b: Uint8Array, i: number): number {
  const low0 = b[i] << 8;
  const low1 = b[i + 1] | (b[i + 2] << 8);
  const high = b[i + 3] | (b[i + 4] << 8) | (b[i + 5] << 16) | (b[i + 6] << 24);
  const low = low0 | (low1 << 16);
  // 0xcf1bbc × 2^32 + 0xdcbfa563, the lower half as 0xdcbf and 0xa563.
  const carry0 = low0 * 0xa563;
  const middle = low1 * 0xa563 + low0 * 0xdcbf + Math.floor(carry0 / 65536);
  const carry = (low1 * 0xdcbf + Math.floor(middle / 65536)) | 0;
  return ((carry + Math.imul(low, 0xcf1bbc) + Math.imul(high, 0xdcbfa563)) | 0) >>> (32 - HASH_BITS);
}
