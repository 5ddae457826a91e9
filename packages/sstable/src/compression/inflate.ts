// A zlib stream (RFC 1950):
//   cmf, flg  u8, u8          method 8, window up to 32 KiB; together a multiple of 31; no dictionary
//   blocks                    RFC 1951, bits from the lowest up: one bit "last", two of kind: 0 stored, 1 fixed codes, 2 dynamic codes
//   adler32   u32 big-endian  of what it gives
//
// Own, because chunks decompress into a place of known length: no window, nothing allocated, and nothing is ever thrown.

const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
const LENGTH_BITS = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0);
const DISTANCE_BASE = Uint16Array.of(
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145],
  ...[8193, 12289, 16385, 24577],
);
const DISTANCE_BITS = Uint8Array.of(
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13],
);
const ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);
const CODE_BITS = 15;

/** Of every code of up to 15 bits, as it stands in the stream: symbol × 16 + length; 0 for none. */
type Codes = Uint16Array;

const literalCodes: Codes = new Uint16Array(1 << CODE_BITS);
const distanceCodes: Codes = new Uint16Array(1 << CODE_BITS);
const lengths = new Uint8Array(320);
const counts = new Int32Array(CODE_BITS + 1);
const nextCode = new Int32Array(CODE_BITS + 1);
let fixedInTables = false;

/**
 * Decompresses the zlib stream `source[from, to)` into `target[at, end)`. Returns how many bytes that gave, or -1 - (position in
 * `source`) where it is malformed, gives more than there is room for, or has a wrong checksum: nothing is ever read or written
 * outside the given ranges.
 */
export function inflate(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number, end: number): number {
  if (to - from < 6 || (source[from] & 15) !== 8 || source[from] > 0x7f) return -1 - from;
  if (((source[from] << 8) | source[from + 1]) % 31 !== 0 || (source[from + 1] & 0x20) !== 0) return -1 - from;
  const bits = { source, position: from + 2, to: to - 4, hold: 0, count: 0, failed: false };
  let op = at;
  for (let last = 0; last === 0; ) {
    last = take(bits, 1);
    const kind = take(bits, 2);
    if (bits.failed || kind === 3) return -1 - bits.position;
    if (kind === 0) op = stored(bits, target, op, end);
    else {
      if (kind === 1) fixedCodes();
      else if (!dynamicCodes(bits)) return -1 - bits.position;
      op = coded(bits, target, at, op, end);
    }
    if (op < 0) return -1 - bits.position;
  }
  const tail = bits.position - (bits.count >> 3);
  if (tail !== to - 4) return -1 - tail;
  const recorded = ((source[tail] << 24) | (source[tail + 1] << 16) | (source[tail + 2] << 8) | source[tail + 3]) >>> 0;
  return recorded === adler32(target, at, op) ? op - at : -1 - tail;
}

interface Bits {
  readonly source: Uint8Array;
  /** The next byte to take. */
  position: number;
  readonly to: number;
  /** Bits taken and not used, the lowest first. */
  hold: number;
  count: number;
  failed: boolean;
}

function take(bits: Bits, count: number): number {
  while (bits.count < count) {
    if (bits.position >= bits.to) {
      bits.failed = true;
      return 0;
    }
    bits.hold |= bits.source[bits.position++] << bits.count;
    bits.count += 8;
  }
  const value = bits.hold & ((1 << count) - 1);
  bits.hold >>>= count;
  bits.count -= count;
  return value;
}

/** The symbol that the next bits are, or -1. The last code of a stream may be followed by fewer bits than codes can have. */
function symbol(bits: Bits, codes: Codes): number {
  while (bits.count < CODE_BITS && bits.position < bits.to) {
    bits.hold |= bits.source[bits.position++] << bits.count;
    bits.count += 8;
  }
  const entry = codes[bits.hold & ((1 << CODE_BITS) - 1)];
  const length = entry & 15;
  if (length === 0 || length > bits.count) return -1;
  bits.hold >>>= length;
  bits.count -= length;
  return entry >>> 4;
}

function stored(bits: Bits, target: Uint8Array, at: number, end: number): number {
  // To the next whole byte, giving back those that were taken ahead.
  bits.position -= bits.count >> 3;
  bits.hold = 0;
  bits.count = 0;
  const { source, position, to } = bits;
  if (to - position < 4) return -1;
  const length = source[position] | (source[position + 1] << 8);
  if ((length ^ 0xffff) !== (source[position + 2] | (source[position + 3] << 8))) return -1;
  if (length > to - position - 4 || length > end - at) return -1;
  target.set(source.subarray(position + 4, position + 4 + length), at);
  bits.position = position + 4 + length;
  return at + length;
}

function coded(bits: Bits, target: Uint8Array, at: number, from: number, end: number): number {
  let op = from;
  for (;;) {
    const found = symbol(bits, literalCodes);
    if (found < 0) return -1;
    if (found < 256) {
      if (op === end) return -1;
      target[op++] = found;
      continue;
    }
    if (found === 256) return op;
    if (found > 285) return -1;
    const length = LENGTH_BASE[found - 257] + take(bits, LENGTH_BITS[found - 257]);
    const code = symbol(bits, distanceCodes);
    if (code < 0 || code > 29) return -1;
    const distance = DISTANCE_BASE[code] + take(bits, DISTANCE_BITS[code]);
    if (bits.failed || distance > op - at || length > end - op) return -1;
    for (const last = op + length; op < last; op++) target[op] = target[op - distance];
  }
}

function fixedCodes(): void {
  if (fixedInTables) return;
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
  fill(literalCodes, 0, 288);
  // Two of them are never used, and complete the code.
  lengths.fill(5, 0, 32);
  fill(distanceCodes, 0, 32);
  fixedInTables = true;
}

function dynamicCodes(bits: Bits): boolean {
  fixedInTables = false;
  const literals = take(bits, 5) + 257;
  const distances = take(bits, 5) + 1;
  const codes = take(bits, 4) + 4;
  if (bits.failed || literals > 286 || distances > 30) return false;
  lengths.fill(0, 0, 19);
  for (let i = 0; i < codes; i++) lengths[ORDER[i]] = take(bits, 3);
  if (bits.failed || !fill(literalCodes, 0, 19)) return false;
  const all = literals + distances;
  for (let i = 0; i < all; ) {
    const found = symbol(bits, literalCodes);
    if (found < 0) return false;
    if (found < 16) {
      lengths[i++] = found;
      continue;
    }
    if (found === 16 && i === 0) return false;
    const value = found === 16 ? lengths[i - 1] : 0;
    const times = found === 16 ? 3 + take(bits, 2) : found === 17 ? 3 + take(bits, 3) : 11 + take(bits, 7);
    if (bits.failed || times > all - i) return false;
    lengths.fill(value, i, i + times);
    i += times;
  }
  // Without the code that ends a block it could not end.
  return lengths[256] !== 0 && fill(literalCodes, 0, literals) && fill(distanceCodes, literals, all);
}

/** Makes the table of the code whose lengths are `lengths[from, to)`; false where that is none. */
function fill(codes: Codes, from: number, to: number): boolean {
  counts.fill(0);
  for (let i = from; i < to; i++) counts[lengths[i]]++;
  counts[0] = 0;
  let left = 1;
  let code = 0;
  let used = 0;
  for (let length = 1; length <= CODE_BITS; length++) {
    left = left * 2 - counts[length];
    if (left < 0) return false;
    code = (code + counts[length - 1]) << 1;
    nextCode[length] = code;
    used += counts[length];
  }
  // Incomplete only with one code of one bit, or with none where there is no distance.
  if (left > 0 && (used > 1 || (used === 1 && counts[1] !== 1))) return false;
  codes.fill(0);
  for (let i = from; i < to; i++) {
    const length = lengths[i];
    if (length === 0) continue;
    let reversed = 0;
    for (let bit = 0, value = nextCode[length]++; bit < length; bit++, value >>>= 1) reversed = (reversed << 1) | (value & 1);
    const entry = ((i - from) << 4) | length;
    for (let slot = reversed; slot < 1 << CODE_BITS; slot += 1 << length) codes[slot] = entry;
  }
  return true;
}

function adler32(bytes: Uint8Array, from: number, to: number): number {
  let a = 1;
  let b = 0;
  for (let i = from; i < to; ) {
    // As many as can be added up before 32 bits run over.
    for (const stop = Math.min(i + 5552, to); i < stop; i++) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
