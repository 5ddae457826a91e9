// How encoders look at what they compress: through a DataView, since one read of four bytes is much less than four of one.

/** A view of the same bytes at the same positions. */
export function viewOf(source: Uint8Array): DataView {
  return new DataView(source.buffer, source.byteOffset, source.byteLength);
}

/** The four bytes at `i` as one number: for comparing and hashing. */
export function read32(source: DataView, i: number): number {
  return source.getInt32(i, true);
}

/** Where the bytes at `ip` stop being those at `match`, which is before it: at most `end`. */
export function matchEnd(source: DataView, ip: number, match: number, end: number): number {
  const last = end - 4;
  while (ip <= last) {
    const difference = source.getInt32(ip, true) ^ source.getInt32(match, true);
    // The lowest bit that differs lies in the first byte that does.
    if (difference !== 0) return ip + ((31 - Math.clz32(difference & -difference)) >> 3);
    ip += 4;
    match += 4;
  }
  while (ip < end && source.getUint8(ip) === source.getUint8(match)) {
    ip++;
    match++;
  }
  return ip;
}
