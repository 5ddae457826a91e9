/**
 * Decompresses the Snappy block `source[from, to)` (format: snappy-encode.ts) into `target[at, end)`. Returns how many bytes that
 * gave, or -1 - (position in `source`) where the block is malformed, gives more than there is room for, or other than it says:
 * nothing is ever read or written outside the given ranges.
 */
export function snappyDecompress(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  end: number,
): number {
  let ip = from;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (ip >= to || shift > 28) return -1 - from;
    const byte = source[ip++];
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > end - at) return -1 - from;
  const stop = at + length;
  let op = at;
  while (ip < to) {
    const start = ip;
    const tag = source[ip++];
    let count: number;
    let offset: number;
    if ((tag & 3) === 0) {
      count = (tag >>> 2) + 1;
      if (count > 60) {
        const bytes = count - 60;
        if (bytes > to - ip) return -1 - start;
        count = 1;
        for (let i = 0; i < bytes; i++) count += source[ip++] * 2 ** (8 * i);
      }
      if (count > to - ip || count > stop - op) return -1 - start;
      if (count > 32) {
        target.set(source.subarray(ip, ip + count), op);
        ip += count;
        op += count;
      } else for (const last = ip + count; ip < last; ) target[op++] = source[ip++];
      continue;
    }
    if ((tag & 3) === 1) {
      if (to - ip < 1) return -1 - start;
      count = ((tag >>> 2) & 7) + 4;
      offset = ((tag & 0xe0) << 3) | source[ip++];
    } else {
      const bytes = (tag & 3) === 2 ? 2 : 4;
      if (to - ip < bytes) return -1 - start;
      count = (tag >>> 2) + 1;
      offset = 0;
      for (let i = 0; i < bytes; i++) offset += source[ip++] * 2 ** (8 * i);
    }
    if (offset === 0 || offset > op - at || count > stop - op) return -1 - start;
    if (count > 32 && offset >= count) {
      target.copyWithin(op, op - offset, op - offset + count);
      op += count;
    } else {
      // Byte by byte: the copy may overlap what it makes.
      for (const last = op + count; op < last; op++) target[op] = target[op - offset];
    }
  }
  return op === stop ? length : -1 - to;
}
