import { vintLength } from '@cassette/bytes';

/** The 64 bits that {@link readVInt} read last. */
export const vint = { hi: 0, lo: 0 };

/** Reads the unsigned vint at `at` into {@link vint}; returns the position after it. For bytes whose framing was checked. */
export function readVInt(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first < 0x80) {
    vint.hi = 0;
    vint.lo = first;
    return at + 1;
  }
  const size = vintLength(first);
  let hi = 0;
  let lo = size === 9 ? 0 : first & (0xff >> size);
  for (let i = 1; i < size; i++) {
    hi = (hi << 8) | (lo >>> 24);
    lo = (lo << 8) | bytes[at + i];
  }
  vint.hi = hi;
  vint.lo = lo;
  return at + size;
}
