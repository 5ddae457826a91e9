/** Unsigned byte order of `a[aFrom, aTo)` and `b[bFrom, bTo)`, a shorter prefix first: negative, 0 or positive. */
export function compareBytes(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
  const n = Math.min(aTo - aFrom, bTo - bFrom);
  for (let i = 0; i < n; i++) {
    const d = a[aFrom + i] - b[bFrom + i];
    if (d !== 0) return d;
  }
  return aTo - aFrom - (bTo - bFrom);
}

/** Order of two signed 64-bit values given as words: -1, 0 or 1. */
export function compareInt64(aHi: number, aLo: number, bHi: number, bLo: number): number {
  if (aHi !== bHi) return aHi < bHi ? -1 : 1;
  const a = aLo >>> 0;
  const b = bLo >>> 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A signed 64-bit value from its words. */
export function toBigInt(hi: number, lo: number): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

/** High word (signed) of a 64-bit value. */
export function highWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value >> 32n));
}

/** Low word (a bit pattern, signed) of a 64-bit value. */
export function lowWord(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
