// Finite state entropy, as Zstandard uses it (RFC 8878, 4.1): a table of states; each says a symbol, and how the next state is made
// of bits that are read backwards.

/** A decoding table. The arrays have `1 << log` entries. */
export interface FseTable {
  log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

const SYMBOLS_MAX = 256;
const norm = new Int16Array(SYMBOLS_MAX);
const next = new Uint16Array(SYMBOLS_MAX);

/** An empty table for accuracies up to `logMax`. */
export function newFseTable(logMax: number): FseTable {
  const size = 1 << logMax;
  return { log: 0, symbols: new Uint8Array(size), bits: new Uint8Array(size), bases: new Uint16Array(size) };
}

/** Makes the table of probabilities in units of `1 / (1 << log)`; -1 stands for "less than one". */
export function buildFseTable(table: FseTable, probabilities: ArrayLike<number>, count: number, log: number): void {
  const size = 1 << log;
  let high = size;
  for (let s = 0; s < count; s++) {
    next[s] = Math.abs(probabilities[s]);
    if (probabilities[s] === -1) table.symbols[--high] = s;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < probabilities[s]; i++) {
      table.symbols[position] = s;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  for (let state = 0; state < size; state++) {
    const value = next[table.symbols[state]]++;
    const bits = log - (31 - Math.clz32(value));
    table.bits[state] = bits;
    table.bases[state] = (value << bits) - size;
  }
  table.log = log;
}

/** The table of a single symbol. */
export function buildRleTable(table: FseTable, symbol: number): void {
  table.log = 0;
  table.symbols[0] = symbol;
  table.bits[0] = 0;
  table.bases[0] = 0;
}

/**
 * Reads the description of a table at `source[at, to)`, with symbols up to `symbolMax` and an accuracy up to `logMax`; returns where
 * it ends, or -1 where it is malformed.
 */
export function readFseTable(
  table: FseTable,
  source: Uint8Array,
  at: number,
  to: number,
  symbolMax: number,
  logMax: number,
): number {
  let position = 4;
  const end = (to - at) * 8;
  const bitsAt = (count: number): number => {
    const byte = at + (position >> 3);
    // Zeros where the description is at the end of its file: whether they were used is checked at the end.
    const word = byteOf(source, byte, to) | (byteOf(source, byte + 1, to) << 8) | (byteOf(source, byte + 2, to) << 16);
    return (word >>> (position & 7)) & ((1 << count) - 1);
  };
  if (end < 8) return -1;
  const log = (source[at] & 15) + 5;
  if (log > logMax) return -1;
  let remaining = 1 << log;
  let symbol = 0;
  while (remaining > 0) {
    if (symbol > symbolMax || position > end) return -1;
    const bits = 32 - Math.clz32(remaining + 1);
    let value = bitsAt(bits);
    const lower = (1 << (bits - 1)) - 1;
    const threshold = (1 << bits) - 2 - remaining;
    if ((value & lower) < threshold) {
      value &= lower;
      position += bits - 1;
    } else {
      if (value > lower) value -= threshold;
      position += bits;
    }
    const probability = value - 1;
    remaining -= Math.abs(probability);
    norm[symbol++] = probability;
    if (probability !== 0) continue;
    for (;;) {
      const zeros = bitsAt(2);
      position += 2;
      if (symbol + zeros > symbolMax + 1 || position > end) return -1;
      for (let i = 0; i < zeros; i++) norm[symbol++] = 0;
      if (zeros !== 3) break;
    }
  }
  if (remaining !== 0 || position > end) return -1;
  buildFseTable(table, norm, symbol, log);
  return at + ((position + 7) >> 3);
}

function byteOf(source: Uint8Array, at: number, to: number): number {
  return at < to ? source[at] : 0;
}

/**
 * Bits of `source[from, to)` from the last one back: the highest one of the last byte marks where they begin. Before the first bit
 * there are zeros; `left` is then negative.
 */
export class BackwardBits {
  /** Bits not yet read. */
  left = 0;
  private source: Uint8Array = new Uint8Array(0);
  private from = 0;

  /** Begins; false where there is no mark. */
  start(source: Uint8Array, from: number, to: number): boolean {
    if (to <= from || source[to - 1] === 0) return false;
    this.source = source;
    this.from = from;
    this.left = (to - from - 1) * 8 + 31 - Math.clz32(source[to - 1]);
    return true;
  }

  /** The next `count` bits, at most 25, without moving. */
  peek(count: number): number {
    const first = this.left - count;
    if (first < 0) return count + first <= 0 ? 0 : (this.word(0) & ((1 << (count + first)) - 1)) << -first;
    return (this.word(first) & ((1 << count) - 1)) >>> 0;
  }

  /** The next `count` bits, at most 31. */
  read(count: number): number {
    if (count > 24) {
      const high = this.read(count - 16);
      return high * 65536 + this.read(16);
    }
    const value = this.peek(count);
    this.left -= count;
    return value;
  }

  private word(bit: number): number {
    const { source } = this;
    const at = this.from + (bit >> 3);
    return (source[at] | (source[at + 1] << 8) | (source[at + 2] << 16) | (source[at + 3] << 24)) >>> (bit & 7);
  }
}
