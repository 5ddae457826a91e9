import type { BitWriter } from './bit-writer.ts';

/** An encoding table of finite state entropy, the mirror of zstd-fse.ts. */
export interface FseEncoder {
  readonly log: number;
  /** States by where symbols begin among them. */
  readonly states: Uint16Array;
  /** Of each symbol: how many bits its states give away, and where its states begin. */
  readonly deltaBits: Int32Array;
  readonly deltaState: Int32Array;
}

/** The table of probabilities in units of `1 / (1 << log)`; -1 stands for "less than one". */
export function buildFseEncoder(probabilities: ArrayLike<number>, count: number, log: number): FseEncoder {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const starts = new Int32Array(count + 1);
  let high = size;
  for (let s = 0; s < count; s++) {
    starts[s + 1] = starts[s] + Math.abs(probabilities[s]);
    if (probabilities[s] === -1) symbols[--high] = s;
  }
  const step = (size >> 1) + (size >> 3) + 3;
  let position = 0;
  for (let s = 0; s < count; s++) {
    for (let i = 0; i < probabilities[s]; i++) {
      symbols[position] = s;
      do position = (position + step) & (size - 1);
      while (position >= high);
    }
  }
  const states = new Uint16Array(size);
  const next = starts.slice();
  for (let u = 0; u < size; u++) states[next[symbols[u]]++] = size + u;
  const deltaBits = new Int32Array(count);
  const deltaState = new Int32Array(count);
  for (let s = 0; s < count; s++) {
    const share = Math.abs(probabilities[s]);
    if (share === 0) continue;
    const bits = share === 1 ? log : log - (31 - Math.clz32(share - 1));
    deltaBits[s] = (bits << 16) - (share << bits);
    deltaState[s] = starts[s] - share;
  }
  return { log, states, deltaBits, deltaState };
}

/** The state to begin with, for the symbol that is decoded last. */
export function firstState({ states, deltaBits, deltaState }: FseEncoder, symbol: number): number {
  const bits = (deltaBits[symbol] + (1 << 15)) >> 16;
  const value = (bits << 16) - deltaBits[symbol];
  return states[(value >> bits) + deltaState[symbol]];
}

/** Adds the bits that lead from the state of `symbol` to `state`; returns that state. */
export function encodeSymbol(encoder: FseEncoder, out: BitWriter, state: number, symbol: number): number {
  const bits = (state + encoder.deltaBits[symbol]) >> 16;
  out.add(state, bits);
  return encoder.states[(state >> bits) + encoder.deltaState[symbol]];
}

/** Counts as probabilities that sum up to `1 << log`, each of what is there at least 1. There must be two different things at least. */
export function normalize(counts: ArrayLike<number>, count: number, total: number, log: number): Int16Array {
  const size = 1 << log;
  const shares = new Int16Array(count);
  let left = size;
  let largest = 0;
  for (let s = 0; s < count; s++) {
    if (counts[s] === 0) continue;
    shares[s] = Math.max(1, Math.floor((counts[s] * size) / total));
    left -= shares[s];
    if (shares[s] > shares[largest]) largest = s;
  }
  // Rounding and the least shares are made up by what has most.
  while (left < 0 && shares[largest] <= -left) {
    for (let s = 0; s < count && left < 0; s++) {
      if (shares[s] <= 1) continue;
      shares[s]--;
      left++;
    }
  }
  shares[largest] += left;
  return shares;
}

/** Adds the description of a table (zstd-fse.ts reads it), up to a whole byte. */
export function writeFseTable(out: BitWriter, shares: Int16Array, log: number): void {
  out.add(log - 5, 4);
  let remaining = 1 << log;
  for (let symbol = 0; remaining > 0; ) {
    const share = shares[symbol++];
    const bits = 32 - Math.clz32(remaining + 1);
    const value = share + 1;
    const threshold = (1 << bits) - 2 - remaining;
    const half = 1 << (bits - 1);
    if (value < threshold) out.add(value, bits - 1);
    else out.add(value >= half ? value + threshold : value, bits);
    remaining -= Math.abs(share);
    if (share !== 0) continue;
    let zeros = 0;
    while (shares[symbol + zeros] === 0) zeros++;
    symbol += zeros;
    for (; zeros >= 3; zeros -= 3) out.add(3, 2);
    out.add(zeros, 2);
  }
  out.pad();
}
