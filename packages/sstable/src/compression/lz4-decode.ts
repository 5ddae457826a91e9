import { viewOf } from './source-view.ts';

/** Bytes that are copied at a time; what is written beyond the end of a copy, within the target's range, the next one overwrites. */
const STEP = 8;

/** More literals than this are copied by a call, which costs as much as that many do here. */
const LONG = 256;

/**
 * Decompresses the LZ4 block `source[from, to)` into `target[at, end)`. Returns how many bytes that gave, or
 * -1 - (position in `source`) where the block is malformed or gives more than there is room for: nothing is ever read or
 * written outside the given ranges; of `target` all of the range may be written to. Eight bytes at a time is twice as fast as one by one
 * with calls for the longer copies.
 */
export function lz4Decompress(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number, end: number): number {
  const sourceView = viewOf(source);
  const targetView = viewOf(target);
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
    const literalsEnd = op + count;
    const next = ip + count;
    if (count > LONG) target.set(source.subarray(ip, next), op);
    else if (literalsEnd + STEP <= end && next + STEP <= to) {
      for (; op < literalsEnd; op += STEP, ip += STEP) {
        targetView.setInt32(op, sourceView.getInt32(ip, true), true);
        targetView.setInt32(op + 4, sourceView.getInt32(ip + 4, true), true);
      }
    } else while (op < literalsEnd) target[op++] = source[ip++];
    op = literalsEnd;
    ip = next;
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
    const matchEnd = op + length;
    let match = op - offset;
    if (offset >= STEP && matchEnd + STEP <= end) {
      for (; op < matchEnd; op += STEP, match += STEP) {
        targetView.setInt32(op, targetView.getInt32(match, true), true);
        targetView.setInt32(op + 4, targetView.getInt32(match + 4, true), true);
      }
      op = matchEnd;
    } else {
      // Byte by byte: the match may overlap what it makes.
      while (op < matchEnd) target[op++] = target[match++];
    }
  }
}
