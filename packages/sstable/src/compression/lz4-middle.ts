import { LAST_LITERALS, lastLiterals, MF_LIMIT, MIN_MATCH, putSequence } from './lz4-sequence.ts';
import { matchEnd, read32, viewOf } from './source-view.ts';

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
  const matchLimit = to - LAST_LITERALS;
  const view = viewOf(source);
  let op = at;
  let anchor = from;
  let ip = from;
  while (ip <= searchEnd) {
    const index = ip - shift;
    let length = 0;
    let distance = 0;
    const longSlot = hash7(view, ip);
    const far = long[longSlot];
    long[longSlot] = index;
    if (index - far <= DISTANCE_MAX) {
      length = matchEnd(view, ip, far + shift, matchLimit) - ip;
      distance = index - far;
    }
    if (length < MIN_MATCH) {
      const slot = hash4(view, ip);
      const near = short[slot];
      short[slot] = index;
      length = 0;
      if (index - near <= DISTANCE_MAX) {
        length = matchEnd(view, ip, near + shift, matchLimit) - ip;
        distance = index - near;
      }
      if (length < MIN_MATCH) {
        ip += 1 + ((ip - anchor) >> SKIP_TRIGGER);
        continue;
      }
      // One byte on there may be a longer one.
      const nextSlot = hash7(view, ip + 1);
      const next = long[nextSlot];
      if (index + 1 - next <= DISTANCE_MAX && ip < searchEnd) {
        const nextLength = matchEnd(view, ip + 1, next + shift, matchLimit) - ip - 1;
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
    long[hash7(view, ip + 1)] = index + 1;
    long[hash7(view, ip + 2)] = index + 2;
    short[hash4(view, ip + 1)] = index + 1;
    op = putSequence(source, anchor, ip, target, op, length, distance);
    ip += length;
    anchor = ip;
    if (ip - 2 < to - LONG_HASH_BYTES) {
      const end = ip - shift;
      if (ip - from > 5) long[hash7(view, ip - 5)] = end - 5;
      long[hash7(view, ip - 3)] = end - 3;
      long[hash7(view, ip - 2)] = end - 2;
      short[hash4(view, ip - 2)] = end - 2;
      short[hash4(view, ip - 1)] = end - 1;
    }
  }
  return lastLiterals(source, anchor, to, target, op);
}

function hash4(source: DataView, i: number): number {
  return Math.imul(read32(source, i), 0x9e3779b1) >>> (32 - HASH_BITS);
}

// The upper bits of (the seven bytes at i, little-endian, times 256) × 58295818150454627, modulo 2^64, from halves of 32 bits.
function hash7(source: DataView, i: number): number {
  const first = read32(source, i);
  const low = first << 8;
  const high = (first >>> 24) | (read32(source, i + 4) << 8);
  const low0 = low & 0xffff;
  const low1 = low >>> 16;
  // 0xcf1bbc × 2^32 + 0xdcbfa563, the lower half as 0xdcbf and 0xa563.
  const carry0 = low0 * 0xa563;
  const middle = low1 * 0xa563 + low0 * 0xdcbf + Math.floor(carry0 / 65536);
  const carry = (low1 * 0xdcbf + Math.floor(middle / 65536)) | 0;
  return ((carry + Math.imul(low, 0xcf1bbc) + Math.imul(high, 0xdcbfa563)) | 0) >>> (32 - HASH_BITS);
}
