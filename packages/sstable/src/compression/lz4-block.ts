// LZ4 block format: sequences of
//   token      u8   high nibble: literal count, low nibble: match length - 4; 15 goes on with bytes, each added, until one < 255
//   literals
//   offset     u16 little-endian, 1…65535 back; the last sequence ends with its literals
// The last five bytes are literals, and no match begins in the last twelve.
//
// This encoder takes the same decisions as LZ4_compress_default of liblz4 1.9 and 1.10 with its default memory usage (which
// is what Cassandra's LZ4Compressor calls), so that the same chunk becomes the same bytes: greedy, one candidate a hash,
// inputs below 64 KiB + 11 hash four bytes into 8192 entries, others five bytes into 4096.

import { LAST_LITERALS, lastLiterals, MF_LIMIT, MIN_MATCH, putLength, putLiterals, putMatch } from './lz4-sequence.ts';
import { matchEnd, read32, viewOf } from './source-view.ts';

const LIMIT_64K = 65536 + MF_LIMIT - 1;
const DISTANCE_MAX = 65535;
const SKIP_TRIGGER = 6;
const HASH_4 = 0x9e3779b1;
/** A count of literals that goes on in further bytes. */
const RUN_MASK = 15;
/** More literals than this are copied by a call, which costs as much as that many do here. */
const LONG = 256;

// Positions by hash, cleared for every block; position 0 is what an empty slot says.
const table16 = new Uint16Array(8192);
const table32 = new Int32Array(4096);

/** The most bytes that a block of `length` bytes can become. */
export function lz4CompressBound(length: number): number {
  return length + Math.floor(length / 255) + 16;
}

/**
 * Compresses `source[from, to)` to `target` at `at`, where {@link lz4CompressBound} bytes must be free; returns the end of
 * what was written.
 */
export function lz4Compress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const length = to - from;
  if (length <= MF_LIMIT) return lastLiterals(source, from, to, target, at);
  return length < LIMIT_64K ? compressSmall(source, from, to, target, at) : compressLarge(source, from, to, target, at);
}

// Bits 28 to 39 of (the five bytes at i, little-endian) × 889523592379, from halves of 20 bits.
function hash5(b: Uint8Array, i: number): number {
  const low = b[i] | (b[i + 1] << 8) | ((b[i + 2] & 15) << 16);
  const high = (b[i + 2] >> 4) | (b[i + 3] << 4) | (b[i + 4] << 12);
  const carry = Math.floor((low * 0xcdcbb) / 0x100000);
  return ((carry + Math.imul(low, 0xcf1bb) + Math.imul(high, 0xcdcbb)) & 0xfffff) >>> 8;
}

// All in one function, literals and matches eight and four bytes at a time: 1.5 to 2 times as fast as with functions for the parts, of which V8
// inlines only so many.
function compressSmall(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const table = table16;
  const view = viewOf(source);
  const targetView = viewOf(target);
  table.fill(0);
  // The last position at which a search may stand, and where matches must end.
  const searchEnd = to - MF_LIMIT + 1;
  const matchLimit = to - LAST_LITERALS;
  const lastWord = matchLimit - 4;
  let op = at;
  let anchor = from;
  // Position 0 hashes into a slot that says 0 already.
  let ip = from + 1;
  // The four bytes at `forward`: each position's are read once, to be hashed and then to be compared.
  let ahead = view.getInt32(ip, true);
  for (;;) {
    let match: number;
    let value: number;
    let forward = ip;
    let step = 1;
    let searches = 1 << SKIP_TRIGGER;
    do {
      value = ahead;
      const h = Math.imul(value, HASH_4) >>> 19;
      ip = forward;
      forward += step;
      step = searches++ >> SKIP_TRIGGER;
      if (forward > searchEnd) return lastLiterals(source, anchor, to, target, op);
      ahead = view.getInt32(forward, true);
      match = from + table[h];
      table[h] = ip - from;
    } while (view.getInt32(match, true) !== value);

    while (ip > anchor && match > from && source[ip - 1] === source[match - 1]) {
      ip--;
      match--;
    }
    let token = op++;
    const count = ip - anchor;
    if (count < 8 || count > LONG) op = putLiterals(source, anchor, ip, target, token, op);
    else {
      if (count < RUN_MASK) target[token] = count << 4;
      else {
        target[token] = RUN_MASK << 4;
        op = putLength(target, op, count - RUN_MASK);
      }
      let i = anchor;
      for (const last = ip - 7; i < last; i += 8, op += 8) {
        targetView.setInt32(op, view.getInt32(i, true), true);
        targetView.setInt32(op + 4, view.getInt32(i + 4, true), true);
      }
      while (i < ip) target[op++] = source[i++];
    }

    for (;;) {
      let end = ip + MIN_MATCH;
      let same = match + MIN_MATCH;
      let difference = 0;
      while (end <= lastWord) {
        difference = view.getInt32(end, true) ^ view.getInt32(same, true);
        if (difference !== 0) break;
        end += 4;
        same += 4;
      }
      // The lowest bit that differs lies in the first byte that does.
      if (difference !== 0) end += (31 - Math.clz32(difference & -difference)) >> 3;
      else {
        while (end < matchLimit && source[end] === source[same]) {
          end++;
          same++;
        }
      }
      const offset = ip - match;
      target[op++] = offset;
      target[op++] = offset >>> 8;
      const code = end - ip - MIN_MATCH;
      if (code < RUN_MASK) target[token] |= code;
      else {
        target[token] |= RUN_MASK;
        op = putLength(target, op, code - RUN_MASK);
      }
      ip = end;
      anchor = ip;
      if (ip >= searchEnd) return lastLiterals(source, anchor, to, target, op);
      table[Math.imul(view.getInt32(ip - 2, true), HASH_4) >>> 19] = ip - 2 - from;
      // Another match right here needs no literals.
      value = view.getInt32(ip, true);
      const h = Math.imul(value, HASH_4) >>> 19;
      match = from + table[h];
      table[h] = ip - from;
      if (view.getInt32(match, true) !== value) break;
      token = op++;
      target[token] = 0;
    }
    ahead = view.getInt32(++ip, true);
  }
}

// The same with 32-bit positions, five bytes hashed, and candidates that may be too far away.
function compressLarge(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const table = table32;
  const view = viewOf(source);
  table.fill(0);
  const searchEnd = to - MF_LIMIT + 1;
  const matchLimit = to - LAST_LITERALS;
  let op = at;
  let anchor = from;
  let ip = from + 1;
  let forwardHash = hash5(source, ip);
  for (;;) {
    let match: number;
    let forward = ip;
    let step = 1;
    let searches = 1 << SKIP_TRIGGER;
    do {
      const h = forwardHash;
      ip = forward;
      forward += step;
      step = searches++ >> SKIP_TRIGGER;
      if (forward > searchEnd) return lastLiterals(source, anchor, to, target, op);
      match = from + table[h];
      forwardHash = hash5(source, forward);
      table[h] = ip - from;
    } while (match + DISTANCE_MAX < ip || read32(view, match) !== read32(view, ip));

    while (ip > anchor && match > from && source[ip - 1] === source[match - 1]) {
      ip--;
      match--;
    }
    let token = op++;
    op = putLiterals(source, anchor, ip, target, token, op);

    for (;;) {
      const end = matchEnd(view, ip + MIN_MATCH, match + MIN_MATCH, matchLimit);
      op = putMatch(target, token, op, ip - match, end - ip - MIN_MATCH);
      ip = end;
      anchor = ip;
      if (ip >= searchEnd) return lastLiterals(source, anchor, to, target, op);
      table[hash5(source, ip - 2)] = ip - 2 - from;
      const h = hash5(source, ip);
      match = from + table[h];
      table[h] = ip - from;
      if (match + DISTANCE_MAX < ip || read32(view, match) !== read32(view, ip)) break;
      token = op++;
      target[token] = 0;
    }
    forwardHash = hash5(source, ++ip);
  }
}
