/**
 * Decompresses the LZ4 block `source[from, to)` into `target[at, end)`. Returns how many bytes that gave, or
 * -1 - (position in `source`) where the block is malformed or gives more than there is room for: nothing is ever read or
 * written outside the given ranges.
 */
export function lz4Decompress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number, end: number): number {
  let ip = from;
  let op = at;
  for (;;) {
    if (ip >= to) return -1 - ip;
    const token = source[ip++];
    let count = token >>> 4;
    if (count === 15) {
      let more: number;
      do {
        if (ip >= to) return -1 - ip;
        more = source[ip++];
        count += more;
      } while (more === 255);
    }
    if (count > to - ip || count > end - op) return -1 - ip;
    if (count > 32) {
      target.set(source.subarray(ip, ip + count), op);
      ip += count;
      op += count;
    } else {
      for (const last = ip + count; ip < last; ) target[op++] = source[ip++];
    }
    if (ip === to) return op - at;

    if (to - ip < 2) return -1 - ip;
    const offset = source[ip] | (source[ip + 1] << 8);
    if (offset === 0 || offset > op - at) return -1 - ip;
    ip += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        if (ip >= to) return -1 - ip;
        more = source[ip++];
        length += more;
      } while (more === 255);
    }
    if (length > end - op) return -1 - ip;
    if (length > 32 && offset >= length) {
      target.copyWithin(op, op - offset, op - offset + length);
      op += length;
    } else {
      // Byte by byte: the match may overlap what it makes.
      for (const last = op + length; op < last; op++) target[op] = target[op - offset];
    }
  }
}
