// Cassandra's variable-length integers (utils/vint/VIntCoding): the number of leading one bits of the first byte is the
// number of bytes that follow; the value is big-endian in what is left. Always the shortest form. Not LEB128.
//
// 64-bit values are two int32 here, `hi` and `lo` (bit patterns), because a BigInt a field costs more than the field.

/** Bytes that the unsigned vint of (hi, lo) takes: 1 to 9. */
export function unsignedVIntSize(hi: number, lo: number): number {
  if (hi === 0) {
    const bits = 32 - Math.clz32(lo | 1);
    return ((bits - 1) / 7 + 1) | 0;
  }
  const bits = 64 - Math.clz32(hi);
  return bits > 56 ? 9 : ((bits - 1) / 7 + 1) | 0;
}

/** Writes (hi, lo) as an unsigned vint at `at`, where nine bytes must be free; returns the position after it. */
export function putUnsignedVInt(target: Uint8Array, at: number, hi: number, lo: number): number {
  if (hi === 0 && lo >>> 0 < 0x80) {
    target[at] = lo;
    return at + 1;
  }
  const size = unsignedVIntSize(hi, lo);
  const extra = size - 1;
  for (let i = extra; i > 0; i--) {
    target[at + i] = lo;
    lo = (lo >>> 8) | (hi << 24);
    hi >>>= 8;
  }
  // With nine bytes nothing of the value is left for the first one.
  target[at] = extra === 8 ? 0xff : (lo & (0xff >> extra)) | (~(0xff >> extra) & 0xff);
  return at + size;
}

/** Writes a non-negative integer below 2^53 as an unsigned vint at `at`; returns the position after it. */
export function putUnsignedVIntNumber(target: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    target[at] = value;
    return at + 1;
  }
  return putUnsignedVInt(target, at, Math.floor(value / 0x100000000) | 0, value | 0);
}

/** Bytes of the whole vint that starts with `firstByte`: 1 to 9. */
export function vintLength(firstByte: number): number {
  return firstByte < 0x80 ? 1 : Math.clz32(~(firstByte << 24)) + 1;
}

/** Zigzag: high word of (v << 1) ^ (v >> 63). */
export function zigzagHi(hi: number, lo: number): number {
  return ((hi << 1) | (lo >>> 31)) ^ (hi >> 31);
}

/** Zigzag: low word of (v << 1) ^ (v >> 63). */
export function zigzagLo(hi: number, lo: number): number {
  return (lo << 1) ^ (hi >> 31);
}
