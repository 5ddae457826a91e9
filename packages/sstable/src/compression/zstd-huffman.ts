import { BackwardBits, newFseTable, readFseTable } from './zstd-fse.ts';

// Huffman codes of Zstandard (RFC 8878, 4.2). The description of a code:
//   header   u8  below 128: so many bytes of weights, compressed with finite state entropy, two states in turn
//                else: header - 127 weights of four bits, the first in the high bits
//   weights      of every symbol but the last one: 0 for none, else 1 + (longest code - length of the code)

/** Bits of the longest code there may be. */
const CODE_BITS_MAX = 11;
const WEIGHT_LOG_MAX = 6;
const WEIGHTS_MAX = 255;

/** A code as a table by its next `bits` bits. */
export interface HuffmanTable {
  /** 0 while there is none. */
  bits: number;
  readonly symbols: Uint8Array;
  readonly lengths: Uint8Array;
}

/** A table for the longest codes. */
export function newHuffmanTable(): HuffmanTable {
  return { bits: 0, symbols: new Uint8Array(1 << CODE_BITS_MAX), lengths: new Uint8Array(1 << CODE_BITS_MAX) };
}

const weights = new Uint8Array(WEIGHTS_MAX + 1);
const weightTable = newFseTable(WEIGHT_LOG_MAX);
const bits = new BackwardBits();

/** Reads the description of a code at `source[at, to)`; returns where it ends, or -1 where it is malformed. */
export function readHuffmanTable(table: HuffmanTable, source: Uint8Array, at: number, to: number): number {
  table.bits = 0;
  if (at >= to) return -1;
  const header = source[at];
  let count: number;
  let end: number;
  if (header >= 128) {
    count = header - 127;
    end = at + 1 + ((count + 1) >> 1);
    if (end > to) return -1;
    for (let i = 0; i < count; i++) weights[i] = i & 1 ? source[at + 1 + (i >> 1)] & 15 : source[at + 1 + (i >> 1)] >>> 4;
  } else {
    end = at + 1 + header;
    if (end > to) return -1;
    count = readWeights(source, at + 1, end);
    if (count < 0) return -1;
  }
  return buildTable(table, count) ? end : -1;
}

function readWeights(source: Uint8Array, at: number, to: number): number {
  const from = readFseTable(weightTable, source, at, to, CODE_BITS_MAX + 1, WEIGHT_LOG_MAX);
  if (from < 0 || !bits.start(source, from, to)) return -1;
  const { log, symbols, bits: stateBits, bases } = weightTable;
  let even = bits.read(log);
  let odd = bits.read(log);
  if (bits.left < 0) return -1;
  let count = 0;
  for (;;) {
    // The state that runs out of bits is the last but one to be told.
    if (count >= WEIGHTS_MAX - 1) return -1;
    weights[count++] = symbols[even];
    even = bases[even] + bits.read(stateBits[even]);
    if (bits.left < 0) {
      weights[count++] = symbols[odd];
      return count;
    }
    if (count >= WEIGHTS_MAX - 1) return -1;
    weights[count++] = symbols[odd];
    odd = bases[odd] + bits.read(stateBits[odd]);
    if (bits.left < 0) {
      weights[count++] = symbols[even];
      return count;
    }
  }
}

function buildTable(table: HuffmanTable, count: number): boolean {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (weights[i] > CODE_BITS_MAX) return false;
    if (weights[i] > 0) sum += 1 << (weights[i] - 1);
  }
  if (sum === 0) return false;
  // What is left of the whole is the weight that was not written.
  const log = 32 - Math.clz32(sum);
  const rest = (1 << log) - sum;
  if (log > CODE_BITS_MAX || (rest & (rest - 1)) !== 0) return false;
  weights[count] = 32 - Math.clz32(rest);
  let slot = 0;
  for (let weight = 1; weight <= log; weight++) {
    for (let symbol = 0; symbol <= count; symbol++) {
      if (weights[symbol] !== weight) continue;
      const slots = 1 << (weight - 1);
      table.symbols.fill(symbol, slot, slot + slots);
      table.lengths.fill(log + 1 - weight, slot, slot + slots);
      slot += slots;
    }
  }
  table.bits = log;
  return true;
}

/** Decodes the stream `source[from, to)` into exactly `target[at, end)`; false where it has more or less. */
export function readHuffmanStream(
  table: HuffmanTable,
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
  end: number,
): boolean {
  if (!bits.start(source, from, to)) return false;
  const { bits: log, symbols, lengths } = table;
  let { left } = bits;
  const mask = (1 << log) - 1;
  let op = at;
  // While all bits that are looked at are within the stream: eleven of them lie in three bytes.
  for (; op < end && left > log; op++) {
    const first = left - log;
    const i = from + (first >> 3);
    const slot = ((source[i] | (source[i + 1] << 8) | (source[i + 2] << 16)) >>> (first & 7)) & mask;
    target[op] = symbols[slot];
    left -= lengths[slot];
  }
  bits.left = left;
  for (; op < end; op++) {
    const slot = bits.peek(log);
    target[op] = symbols[slot];
    bits.left -= lengths[slot];
  }
  return bits.left === 0;
}
