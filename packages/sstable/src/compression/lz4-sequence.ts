// What an LZ4 block is made of; the format stands in lz4-block.ts.

/** The least bytes of a match. */
export const MIN_MATCH = 4;

/** Within so many last bytes no match begins. */
export const MF_LIMIT = 12;

/** So many last bytes are literals. */
export const LAST_LITERALS = 5;

const RUN_MASK = 15;

/** Writes a sequence: the literals `source[from, to)` and a match; returns the end. */
export function putSequence(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  length: number,
  offset: number,
): number {
  const op = putLiterals(source, from, to, target, at, at + 1);
  return putMatch(target, at, op, offset, length - MIN_MATCH);
}

/** Writes what is left of a length above the nibble's 15; returns the end. */
export function putLength(target: Uint8Array, op: number, rest: number): number {
  while (rest >= 255) {
    target[op++] = 255;
    rest -= 255;
  }
  target[op++] = rest;
  return op;
}

/** Writes a token at `token` and the literals `source[from, to)` behind it, from `op` on; returns the end. */
export function putLiterals(source: Uint8Array, from: number, to: number, target: Uint8Array, token: number, op: number): number {
  const count = to - from;
  if (count >= RUN_MASK) {
    target[token] = RUN_MASK << 4;
    op = putLength(target, op, count - RUN_MASK);
  } else {
    target[token] = count << 4;
  }
  if (count > 64) {
    target.set(source.subarray(from, to), op);
    return op + count;
  }
  for (let i = from; i < to; i++) target[op++] = source[i];
  return op;
}

/** Adds a match of `code + MIN_MATCH` bytes to a token and its offset and length at `op`; returns the end. */
export function putMatch(target: Uint8Array, token: number, op: number, offset: number, code: number): number {
  target[op++] = offset;
  target[op++] = offset >>> 8;
  if (code >= RUN_MASK) {
    target[token] |= RUN_MASK;
    return putLength(target, op, code - RUN_MASK);
  }
  target[token] |= code;
  return op;
}

/** Writes the last sequence of a block, literals without a match; returns the end. */
export function lastLiterals(source: Uint8Array, from: number, to: number, target: Uint8Array, op: number): number {
  const token = op++;
  return putLiterals(source, from, to, target, token, op);
}
