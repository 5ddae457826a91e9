import { matchEnd, read32, viewOf } from './source-view.ts';
import { xxh64Low } from './xxh64.ts';
import { writeLiterals } from './zstd-huffman-encode.ts';
import { BLOCK_MAX, type BlockSequences, writeSequences } from './zstd-sequences-encode.ts';

// Writes Zstandard frames (format: zstd-decode.ts): lazy matches of four bytes and more among a few candidates of a hash, Huffman codes for
// literals, for sequences the fixed tables or the block's own. Between what the reference makes at levels 1 and 5; not its bytes.

const HASH_LOG = 15;
const MIN_MATCH = 4;
/** Within the last bytes of a block no match begins. */
const MARGIN = 8;
const SEQUENCES_MAX = BLOCK_MAX / MIN_MATCH;
/** How far back matches are looked for. */
const CHAIN_MASK = (1 << 17) - 1;

/** The level where none is asked for. Cassandra: ZstdCompressor.DEFAULT_COMPRESSION_LEVEL. */
export const ZSTD_LEVEL_DEFAULT = 3;

/** How hard matches are looked for. */
interface Effort {
  /** Candidates of a hash that are looked at. */
  readonly tries: number;
  /** A match that long is taken without a look at the next bytes. */
  readonly good: number;
  /** How many bytes further on a longer match is looked for. */
  readonly ahead: number;
}

// By level, from 1 up; levels below are as the first, levels above as the last.
const efforts: readonly Effort[] = [
  { tries: 2, good: 4, ahead: 0 },
  { tries: 6, good: 24, ahead: 1 },
  { tries: 12, good: 48, ahead: 1 },
  { tries: 16, good: 48, ahead: 1 },
  { tries: 24, good: 64, ahead: 1 },
  { tries: 32, good: 64, ahead: 2 },
  { tries: 48, good: 96, ahead: 2 },
  { tries: 64, good: 128, ahead: 2 },
  { tries: 96, good: 128, ahead: 2 },
  { tries: 128, good: 192, ahead: 2 },
  { tries: 192, good: 256, ahead: 2 },
  { tries: 256, good: 512, ahead: 2 },
  { tries: 512, good: 1024, ahead: 2 },
];

function effortOf(level: number): Effort {
  return efforts[Math.max(1, Math.min(level, efforts.length)) - 1];
}

let effort = effortOf(ZSTD_LEVEL_DEFAULT);

// Places of the last four bytes of each hash, from the frame's start, plus one, and of those before them; the sequences of a block.
// Taken when first needed.
let table: Int32Array | null = null;
let chain = new Int32Array(0);
let literals = new Uint8Array(0);
let sequences: BlockSequences = sequencesOf(0);
const recent = Int32Array.of(1, 4, 8);
// What the frame that is being written is made of.
let view: DataView = viewOf(literals);

/**
 * The most bytes that are written on the way to a frame of `length` bytes of content: a sequence takes up to 34 bits for a match of four
 * bytes, before it shows that the block is better left as it is.
 */
export function zstdCompressBound(length: number): number {
  return 96 + length + (length >>> 3) + 3 * (Math.floor(length / BLOCK_MAX) + 1);
}

/**
 * Writes `source[from, to)` as a Zstandard frame with its content size and checksum to `target` at `at`, where
 * {@link zstdCompressBound} bytes must be free; returns the end of what was written.
 */
export function zstdCompress(
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  level: number = ZSTD_LEVEL_DEFAULT,
): number {
  effort = effortOf(level);
  view = viewOf(source);
  const length = to - from;
  let op = put(target, at, 0xfd2fb528, 4);
  // Single segment, with a checksum.
  const sizeBytes = length < 256 ? 1 : length < 65536 + 256 ? 2 : 4;
  target[op++] = 0x24 | (sizeBytes === 1 ? 0 : sizeBytes === 2 ? 0x40 : 0x80);
  op = put(target, op, sizeBytes === 2 ? length - 256 : length, sizeBytes);
  prepare();
  inserted = from;
  let ip = from;
  do {
    const end = Math.min(ip + BLOCK_MAX, to);
    op = writeBlock(source, from, ip, end, end === to, target, op);
    ip = end;
  } while (ip < to);
  view = viewOf(literals);
  return put(target, op, xxh64Low(source, from, to), 4);
}

function prepare(): void {
  if (table === null) {
    table = new Int32Array(1 << HASH_LOG);
    chain = new Int32Array(CHAIN_MASK + 1);
    literals = new Uint8Array(BLOCK_MAX);
    sequences = sequencesOf(SEQUENCES_MAX);
  } else table.fill(0);
  recent.set([1, 4, 8]);
}

function sequencesOf(count: number): BlockSequences {
  const array = () => new Int32Array(count);
  return { count: 0, literalLengths: array(), matchLengths: array(), offsetValues: array() };
}

function writeBlock(
  source: Uint8Array,
  base: number,
  from: number,
  to: number,
  isLast: boolean,
  target: Uint8Array,
  at: number,
): number {
  const length = to - from;
  const before = [recent[0], recent[1], recent[2]];
  const literalCount = findMatches(source, base, from, to);
  let op = at + 3;
  if (length > MARGIN) {
    op = writeLiterals(literals, literalCount, target, op);
    op = writeSequences(sequences, target, op);
  }
  const stored = op - at - 3;
  if (stored > 0 && stored < length) {
    put(target, at, (stored << 3) | 4 | (isLast ? 1 : 0), 3);
    return op;
  }
  // A raw block leaves the last offsets as they were.
  recent.set(before);
  put(target, at, (length << 3) | (isLast ? 1 : 0), 3);
  target.set(source.subarray(from, to), at + 3);
  return at + 3 + length;
}

/** Fills `sequences` and `literals`; returns how many literals there are. */
function findMatches(source: Uint8Array, base: number, from: number, to: number): number {
  const { literalLengths, matchLengths, offsetValues } = sequences;
  let count = 0;
  let literalCount = 0;
  let anchor = from;
  let ip = from;
  const limit = to - MARGIN;
  while (ip < limit) {
    bestMatch(source, base, ip, to, ip - anchor);
    let length = matchLength;
    if (length < MIN_MATCH) {
      // The longer nothing is found, the larger the steps.
      ip += 1 + ((ip - anchor) >> 8);
      continue;
    }
    let match = matchAt;
    // A few bytes on there may be a longer one.
    for (let ahead = 1; ahead <= effort.ahead && length < effort.good && ip + ahead < limit; ) {
      bestMatch(source, base, ip + ahead, to, ip + ahead - anchor);
      if (matchLength <= length + ahead) ahead++;
      else {
        ip += ahead;
        length = matchLength;
        match = matchAt;
        ahead = 1;
      }
    }
    while (ip > anchor && match > base && source[ip - 1] === source[match - 1]) {
      ip--;
      match--;
      length++;
    }
    for (let i = anchor; i < ip; ) literals[literalCount++] = source[i++];
    literalLengths[count] = ip - anchor;
    matchLengths[count] = length;
    offsetValues[count++] = offsetValue(ip - match, ip - anchor);
    ip += length;
    anchor = ip;
  }
  for (let i = anchor; i < to; ) literals[literalCount++] = source[i++];
  sequences.count = count;
  return literalCount;
}

// What bestMatch found: its length, 0 for none, and its place.
let matchLength = 0;
let matchAt = 0;
// The first position that is not among the candidates yet.
let inserted = 0;

/** The longest match at `ip` among the last candidates of its hash and, if literals precede it, at the last offset. */
function bestMatch(source: Uint8Array, base: number, ip: number, to: number, literalLength: number): void {
  // Once each: what is outside of a function is looked up again whenever it is used.
  const places = table!;
  const links = chain;
  const bytes = view;
  let length = 0;
  let at = 0;
  const least = Math.max(base, ip - CHAIN_MASK);
  let next = inserted;
  for (; next <= ip; next++) {
    const slot = hash(bytes, next);
    links[next & CHAIN_MASK] = places[slot];
    places[slot] = next - base + 1;
  }
  inserted = next;
  const word = read32(bytes, ip);
  const repeated = ip - recent[0];
  if (literalLength > 0 && repeated >= base && read32(bytes, repeated) === word) {
    // It takes two bytes less than others.
    length = matchEnd(bytes, ip + MIN_MATCH, repeated + MIN_MATCH, to) - ip + 2;
    at = repeated;
  }
  let candidate = base + links[ip & CHAIN_MASK] - 1;
  for (let tries = effort.tries; candidate >= least && candidate < ip && tries > 0; tries--) {
    if (source[candidate + length] === source[ip + length] && read32(bytes, candidate) === word) {
      const found = matchEnd(bytes, ip + MIN_MATCH, candidate + MIN_MATCH, to) - ip;
      if (found > length) {
        length = found;
        at = candidate;
      }
    }
    candidate = base + links[candidate & CHAIN_MASK] - 1;
  }
  if (length > 0 && at === repeated) length = matchEnd(bytes, ip + MIN_MATCH, repeated + MIN_MATCH, to) - ip;
  matchLength = length;
  matchAt = at;
}

function hash(bytes: DataView, i: number): number {
  return Math.imul(read32(bytes, i), 0x9e3779b1) >>> (32 - HASH_LOG);
}

/** What stands for an offset: 1 to 3 for the last ones, which are then brought into order. The mirror of zstd-sequences.ts. */
function offsetValue(offset: number, literalLength: number): number {
  let value = offset + 3;
  if (literalLength > 0) {
    if (offset === recent[0]) return 1;
    if (offset === recent[1]) value = 2;
    else if (offset === recent[2]) value = 3;
  } else if (offset === recent[1]) value = 1;
  else if (offset === recent[2]) value = 2;
  const index = value > 3 ? 3 : literalLength > 0 ? value - 1 : value;
  if (index > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  recent[0] = offset;
  return value;
}

function put(target: Uint8Array, at: number, value: number, bytes: number): number {
  for (let i = 0; i < bytes; i++) target[at + i] = value >>> (8 * i);
  return at + bytes;
}
