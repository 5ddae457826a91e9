import { BackwardBits, buildFseTable, buildRleTable, type FseTable, newFseTable, readFseTable } from './zstd-fse.ts';

// Sequences of a compressed block of Zstandard (RFC 8878, 3.1.1.3.2): how many literals to copy, then how far back and how long a
// match is. After the last one the rest of the literals follows.
//   count   1 to 3 bytes
//   modes   u8  bits 6-7 literal lengths, 4-5 offsets, 2-3 match lengths: 0 a fixed table, 1 one symbol, 2 a table follows, 3 as before
//   tables      in this order
//   bits        backwards: three states, and for each sequence the extra bits of offset, match length and literal length

/** Of each symbol of a literal length: the least length, and how many bits are added. */
export const LITERAL_BASE: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048],
  ...[4096, 8192, 16384, 32768, 65536],
];
export const LITERAL_BITS: readonly number[] = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];
/** The same of a match length. */
export const MATCH_BASE: readonly number[] = [
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34],
  ...[35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539],
];
export const MATCH_BITS: readonly number[] = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  ...[1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
];

/** Probabilities of the fixed tables, and their accuracies. */
export const LITERAL_DEFAULT: readonly number[] = [
  ...[4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
];
export const OFFSET_DEFAULT: readonly number[] = [
  ...[1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
];
export const MATCH_DEFAULT: readonly number[] = [
  ...[1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  ...[1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
];
export const LITERAL_DEFAULT_LOG = 6;
export const OFFSET_DEFAULT_LOG = 5;
export const MATCH_DEFAULT_LOG = 6;

const OFFSET_CODE_MAX = 31;
/** The greatest accuracies of a block's own tables. */
export const LENGTH_LOG_MAX = 9;
export const OFFSET_LOG_MAX = 8;

class Table {
  readonly own: FseTable;
  current: FseTable | null = null;
  private readonly fixed: FseTable;
  private readonly symbolMax: number;
  private readonly logMax: number;

  constructor(defaults: readonly number[], defaultLog: number, symbolMax: number, logMax: number) {
    this.own = newFseTable(logMax);
    this.fixed = newFseTable(defaultLog);
    buildFseTable(this.fixed, defaults, defaults.length, defaultLog);
    this.symbolMax = symbolMax;
    this.logMax = logMax;
  }

  /** Takes the table that `mode` says; returns where its description ends, or -1. */
  take(mode: number, source: Uint8Array, at: number, to: number): number {
    if (mode === 0) this.current = this.fixed;
    else if (mode === 1) {
      if (at >= to || source[at] > this.symbolMax) return -1;
      buildRleTable(this.own, source[at]);
      this.current = this.own;
      return at + 1;
    } else if (mode === 2) {
      this.current = this.own;
      return readFseTable(this.own, source, at, to, this.symbolMax, this.logMax);
    } else if (this.current === null) return -1;
    return at;
  }
}

/** What goes from block to block of a frame: the tables and the last three offsets. */
export interface SequenceState {
  readonly literals: Table;
  readonly offsets: Table;
  readonly matches: Table;
  readonly recent: Float64Array;
  /** Begins a frame. */
  reset(): void;
}

/** The state at the beginning of a frame. */
export function newSequenceState(): SequenceState {
  const state = {
    literals: new Table(LITERAL_DEFAULT, LITERAL_DEFAULT_LOG, LITERAL_BASE.length - 1, LENGTH_LOG_MAX),
    offsets: new Table(OFFSET_DEFAULT, OFFSET_DEFAULT_LOG, OFFSET_CODE_MAX, OFFSET_LOG_MAX),
    matches: new Table(MATCH_DEFAULT, MATCH_DEFAULT_LOG, MATCH_BASE.length - 1, LENGTH_LOG_MAX),
    recent: Float64Array.of(1, 4, 8),
    reset() {
      state.literals.current = null;
      state.offsets.current = null;
      state.matches.current = null;
      state.recent.set([1, 4, 8]);
    },
  };
  return state;
}

const bits = new BackwardBits();

/**
 * Reads the sequences of a block at `source[from, to)` and does what they say with `literals[0, count)`, into `target` from `at` on
 * and never past `end`; matches reach back to `base` at most. Returns the new end of what is made, or -1.
 */
export function executeSequences(
  state: SequenceState,
  source: Uint8Array,
  from: number,
  to: number,
  literals: Uint8Array,
  count: number,
  target: Uint8Array,
  base: number,
  at: number,
  end: number,
): number {
  let ip = from;
  if (ip >= to) return -1;
  let sequences = source[ip++];
  if (sequences >= 128) {
    const bytes = sequences === 255 ? 2 : 1;
    if (to - ip < bytes) return -1;
    sequences = bytes === 2 ? source[ip] + (source[ip + 1] << 8) + 0x7f00 : ((sequences - 128) << 8) + source[ip];
    ip += bytes;
  }
  let op = at;
  let literal = 0;
  if (sequences > 0) {
    if (ip >= to) return -1;
    const modes = source[ip++];
    if ((modes & 3) !== 0) return -1;
    ip = state.literals.take(modes >>> 6, source, ip, to);
    if (ip >= 0) ip = state.offsets.take((modes >>> 4) & 3, source, ip, to);
    if (ip >= 0) ip = state.matches.take((modes >>> 2) & 3, source, ip, to);
    const { recent } = state;
    const literalTable = state.literals.current;
    const offsetTable = state.offsets.current;
    const matchTable = state.matches.current;
    if (ip < 0 || literalTable === null || offsetTable === null || matchTable === null) return -1;
    if (!bits.start(source, ip, to)) return -1;
    let literalState = bits.read(literalTable.log);
    let offsetState = bits.read(offsetTable.log);
    let matchState = bits.read(matchTable.log);
    for (let i = 0; i < sequences; i++) {
      const offsetCode = offsetTable.symbols[offsetState];
      const matchCode = matchTable.symbols[matchState];
      const literalCode = literalTable.symbols[literalState];
      const value = 2 ** offsetCode + bits.read(offsetCode);
      const length = MATCH_BASE[matchCode] + bits.read(MATCH_BITS[matchCode]);
      const copied = LITERAL_BASE[literalCode] + bits.read(LITERAL_BITS[literalCode]);
      if (i + 1 < sequences) {
        literalState = literalTable.bases[literalState] + bits.read(literalTable.bits[literalState]);
        matchState = matchTable.bases[matchState] + bits.read(matchTable.bits[matchState]);
        offsetState = offsetTable.bases[offsetState] + bits.read(offsetTable.bits[offsetState]);
      }
      if (bits.left < 0) return -1;
      const offset = offsetOf(recent, value, copied);
      if (copied > count - literal || copied + length > end - op) return -1;
      for (const last = op + copied; op < last; ) target[op++] = literals[literal++];
      if (offset < 1 || offset > op - base) return -1;
      if (length > 32 && offset >= length) {
        target.copyWithin(op, op - offset, op - offset + length);
        op += length;
      } else for (const last = op + length; op < last; op++) target[op] = target[op - offset];
    }
    if (bits.left !== 0) return -1;
  } else if (ip !== to) return -1;
  if (count - literal > end - op) return -1;
  target.set(literals.subarray(literal, count), op);
  return op + count - literal;
}

/** What an offset value means, 1 to 3 being one of the last offsets; the last ones are kept in order. */
function offsetOf(recent: Float64Array, value: number, literals: number): number {
  let offset: number;
  if (value > 3) offset = value - 3;
  else {
    const index = literals === 0 ? value : value - 1;
    if (index === 0) return recent[0];
    offset = index === 3 ? recent[0] - 1 : recent[index];
    if (index === 1) {
      recent[1] = recent[0];
      recent[0] = offset;
      return offset;
    }
  }
  recent[2] = recent[1];
  recent[1] = recent[0];
  recent[0] = offset;
  return offset;
}
