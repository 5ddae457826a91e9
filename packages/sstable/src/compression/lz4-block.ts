// LZ4 block format: sequences of
//   token      u8   high nibble: literal count, low nibble: match length - 4; 15 goes on with bytes, each added, until one < 255
//   literals
//   offset     u16 little-endian, 1…65535 back; the last sequence ends with its literals
// The last five bytes are literals, and no match begins in the last twelve.
//
// This encoder takes the same decisions as LZ4_compress_default of liblz4 1.9 and 1.10 with its default memory usage (which
// is what Cassandra's LZ4Compressor calls), so that the same chunk becomes the same bytes: greedy, one candidate a hash,
// inputs below 64 KiB + 11 hash four bytes into 8192 entries, others five bytes into 4096.

import { LAST_LITERALS, lastLiterals, MF_LIMIT, MIN_MATCH, putLiterals, putMatch } from './lz4-sequence.ts';
import { matchEnd, read32, viewOf } from './source-view.ts';

const LIMIT_64K = 65536 + MF_LIMIT - 1;
const DISTANCE_MAX = 65535;
const SKIP_TRIGGER = 6;

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

function hash4(source: DataView, i: number): number {
  return Math.imul(read32(source, i), 0x9e3779b1) >>> 19;
}

// Bits 28 to 39 of (the five bytes at i, little-endian) × 889523592379, from halves of 20 bits.
function hash5(b: Uint8Array, i: number): number {
  const low = b[i] | (b[i + 1] << 8) | ((b[i + 2] & 15) << 16);
  const high = (b[i + 2] >> 4) | (b[i + 3] << 4) | (b[i + 4] << 12);
  const carry = Math.floor((low * 0xcdcbb) / 0x100000);
  return ((carry + Math.imul(low, 0xcf1bb) + Math.imul(high, 0xcdcbb)) & 0xfffff) >>> 8;
}

function compressSmall(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  const table = table16;
  const view = viewOf(source);
  table.fill(0);
  // The last position at which a search may stand, and where matches must end.
  const searchEnd = to - MF_LIMIT + 1;
  const matchLimit = to - LAST_LITERALS;
  let op = at;
  let anchor = from;
  let ip = from;
  // Position 0 hashes into a slot that says 0 already.
  ip++;
  let forwardHash = hash4(view, ip);
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
      forwardHash = hash4(view, forward);
      table[h] = ip - from;
    } while (read32(view, match) !== read32(view, ip));

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
      table[hash4(view, ip - 2)] = ip - 2 - from;
      // Another match right here needs no literals.
      const h = hash4(view, ip);
      match = from + table[h];
      table[h] = ip - from;
      if (read32(view, match) !== read32(view, ip)) break;
      token = op++;
      target[token] = 0;
    }
    forwardHash = hash4(view, ++ip);
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
