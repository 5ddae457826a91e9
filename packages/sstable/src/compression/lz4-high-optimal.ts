import type { Lz4HighSearch, Lz4SearchEffort } from './lz4-high-search.ts';
import { lastLiterals, MF_LIMIT, MIN_MATCH, putSequence } from './lz4-sequence.ts';

/** Positions that are looked at together. */
const POSITIONS = 4096;
const TRAILING_LITERALS = 3;

/** How hard the way is looked for. */
export interface Lz4OptimalEffort {
  /** Candidates looked at for one position. */
  readonly attempts: number;
  /** A match longer than this is taken at once. */
  readonly sufficient: number;
  /** Whether all lengths are looked at, not only those that lead further than before. */
  readonly thorough: boolean;
}

// What leads to each position, from the first of those that are looked at together: a match (its length and offset) or a literal (length
// 1), the literals before or of it, and the bytes that it costs until there. Taken when first needed.
let prices = new Int32Array(0);
let lengths = new Int32Array(0);
let offsets = new Int32Array(0);
let literals = new Int32Array(0);

/**
 * The levels 10 to 12 of LZ4's slow kind: of all ways through the next positions the one with the least bytes, forward by prices, then
 * back along the cheapest. As lz4HighCompress else. liblz4: LZ4HC_compress_optimal.
 */
export function compressOptimal(
  matches: Lz4HighSearch,
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  { attempts, sufficient: asked, thorough }: Lz4OptimalEffort,
): number {
  if (prices.length === 0) {
    prices = new Int32Array(POSITIONS + TRAILING_LITERALS);
    lengths = new Int32Array(POSITIONS + TRAILING_LITERALS);
    offsets = new Int32Array(POSITIONS + TRAILING_LITERALS);
    literals = new Int32Array(POSITIONS + TRAILING_LITERALS);
  }
  const effort: Lz4SearchEffort = { attempts, runs: true, swapsChains: true };
  const sufficient = Math.min(asked, POSITIONS - 1);
  const searchEnd = to - MF_LIMIT;
  let op = at;
  let anchor = from;
  let ip = from;
  while (ip <= searchEnd) {
    matches.find(ip, ip, MIN_MATCH - 1, effort);
    if (matches.length < MIN_MATCH) {
      ip++;
      continue;
    }
    if (matches.length > sufficient) {
      op = putSequence(source, anchor, ip, target, op, matches.length, matches.offset);
      ip += matches.length;
      anchor = ip;
      continue;
    }
    const before = ip - anchor;
    for (let i = 0; i < MIN_MATCH; i++) set(i, literalsPrice(before + i), 1, 0, before + i);
    for (let length = MIN_MATCH; length <= matches.length; length++) {
      set(length, sequencePrice(before, length), length, matches.offset, before);
    }
    let last = matches.length;
    setTrailing(last);
    let bestLength = 0;
    let bestOffset = 0;
    let position = 1;
    for (; position < last; position++) {
      if (ip + position > searchEnd) break;
      // Nothing to gain where the next position costs no more; if thorough, unless costs rise behind it.
      if (
        prices[position + 1] <= prices[position] &&
        !(thorough && prices[position + MIN_MATCH] >= prices[position] + MIN_MATCH - 1)
      ) {
        continue;
      }
      const least = thorough ? MIN_MATCH - 1 : last - position;
      matches.find(ip + position, ip + position, least, effort);
      const { length, offset } = matches;
      if (length <= least) continue;
      if (length > sufficient || length + position >= POSITIONS) {
        bestLength = length;
        bestOffset = offset;
        last = position + 1;
        break;
      }
      weighLiterals(position);
      last = weighMatch(position, length, offset, last);
      setTrailing(last);
    }
    if (bestLength === 0) {
      bestLength = lengths[last];
      bestOffset = offsets[last];
      position = last - bestLength;
    }
    turnAround(position, bestLength, bestOffset);
    for (let i = 0; i < last; ) {
      const length = lengths[i];
      if (length === 1) {
        ip++;
        i++;
        continue;
      }
      i += length;
      op = putSequence(source, anchor, ip, target, op, length, offsets[i - length]);
      ip += length;
      anchor = ip;
    }
  }
  return lastLiterals(source, anchor, to, target, op);
}

function set(position: number, price: number, length: number, offset: number, literalCount: number): void {
  prices[position] = price;
  lengths[position] = length;
  offsets[position] = offset;
  literals[position] = literalCount;
}

/** Literals behind the last position that a match leads to. */
function setTrailing(last: number): void {
  for (let i = 1; i <= TRAILING_LITERALS; i++) set(last + i, prices[last] + literalsPrice(i), 1, 0, i);
}

/** A match that begins a few bytes on is reached by literals, where that is cheaper than what leads there. */
function weighLiterals(position: number): void {
  const before = literals[position];
  for (let i = 1; i < MIN_MATCH; i++) {
    const price = prices[position] - literalsPrice(before) + literalsPrice(before + i);
    if (price < prices[position + i]) set(position + i, price, 1, 0, before + i);
  }
}

/** A match at `position`, taken at all its lengths; returns the last position that a match leads to. */
function weighMatch(position: number, most: number, offset: number, lastBefore: number): number {
  let last = lastBefore;
  for (let length = MIN_MATCH; length <= most; length++) {
    const reached = position + length;
    let count = 0;
    let price = prices[position];
    if (lengths[position] === 1) {
      count = literals[position];
      price = position > count ? prices[position - count] : 0;
    }
    price += sequencePrice(count, length);
    if (reached > last + TRAILING_LITERALS || price <= prices[reached]) {
      if (length === most && last < reached) last = reached;
      set(reached, price, length, offset, count);
    }
  }
  return last;
}

/** What leads to each position of the best way becomes what leads on from it. */
function turnAround(end: number, bestLength: number, bestOffset: number): void {
  let position = end;
  let length = bestLength;
  let offset = bestOffset;
  for (;;) {
    const nextLength = lengths[position];
    const nextOffset = offsets[position];
    lengths[position] = length;
    offsets[position] = offset;
    length = nextLength;
    offset = nextOffset;
    if (nextLength > position) return;
    position -= nextLength;
  }
}

/** Bytes that so many literals cost, without their token. */
function literalsPrice(count: number): number {
  return count < 15 ? count : count + 1 + Math.floor((count - 15) / 255);
}

/** Bytes of a whole sequence. */
function sequencePrice(literalCount: number, length: number): number {
  return 3 + literalsPrice(literalCount) + (length < 19 ? 0 : 1 + Math.floor((length - 19) / 255));
}
