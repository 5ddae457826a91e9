import { BitWriter } from './bit-writer.ts';
import { buildFseEncoder, encodeSymbol, firstState, normalize, writeFseTable } from './zstd-fse-encode.ts';

const CODE_BITS_MAX = 11;
const WEIGHT_LOG = 6;

const out = new BitWriter();
const counts = new Int32Array(256);
const lengths = new Uint8Array(256);
const codes = new Uint16Array(256);
const weights = new Uint8Array(256);

/**
 * Writes the literals section of a block for `literals[0, count)` to `target` at `at`: Huffman codes if that is shorter, else the bytes
 * as they are. Returns the end. Layout: zstd-decode.ts, zstd-huffman.ts.
 */
export function writeLiterals(literals: Uint8Array, count: number, target: Uint8Array, at: number): number {
  if (count >= 64) {
    const end = writeCompressed(literals, count, target, at);
    if (end >= 0) return end;
  }
  let op = at;
  if (count < 32) target[op++] = count << 3;
  else if (count < 4096) {
    target[op++] = (count << 4) | 4;
    target[op++] = count >>> 4;
  } else {
    target[op++] = (count << 4) | 12;
    target[op++] = count >>> 4;
    target[op++] = count >>> 12;
  }
  target.set(literals.subarray(0, count), op);
  return op + count;
}

function writeCompressed(literals: Uint8Array, count: number, target: Uint8Array, at: number): number {
  counts.fill(0);
  for (let i = 0; i < count; i++) counts[literals[i]]++;
  if (!buildLengths()) return -1;
  let bits = 0;
  for (let s = 0; s < 256; s++) bits += counts[s] * lengths[s];
  // Streams, their lengths and the code must be shorter than the bytes.
  if ((bits >> 3) + 70 >= count) return -1;
  const headerBytes = count < 1024 ? 3 : count < 16384 ? 4 : 5;
  const from = at + headerBytes;
  let op = writeCode(target, from);
  if (op < 0) return -1;
  const each = (count + 3) >> 2;
  const jump = op;
  op += 6;
  for (let stream = 0; stream < 4; stream++) {
    const start = op;
    out.start(target, op);
    for (let i = Math.min(each * (stream + 1), count) - 1; i >= each * stream; i--)
      out.add(codes[literals[i]], lengths[literals[i]]);
    op = out.finish();
    if (stream < 3) {
      target[jump + 2 * stream] = op - start;
      target[jump + 2 * stream + 1] = (op - start) >>> 8;
    }
  }
  const stored = op - from;
  if (stored >= count) return -1;
  const sizeBits = headerBytes === 3 ? 10 : headerBytes === 4 ? 14 : 18;
  let header = 2 + 4 * (headerBytes - 2) + 16 * (count + stored * 2 ** sizeBits);
  for (let i = 0; i < headerBytes; i++) {
    target[at + i] = header % 256;
    header = Math.floor(header / 256);
  }
  return op;
}

/** Lengths of codes by `counts`, none longer than may be; false for fewer than two symbols. */
function buildLengths(): boolean {
  lengths.fill(0);
  const symbols = Array.from(counts.keys()).filter((s) => counts[s] > 0);
  if (symbols.length < 2) return false;
  symbols.sort((a, b) => counts[a] - counts[b] || a - b);
  // Two queues: leaves by count, and inner nodes, which come in the order of theirs.
  const n = symbols.length;
  const sums = new Float64Array(2 * n - 1);
  const parents = new Int32Array(2 * n - 1);
  symbols.forEach((symbol, i) => {
    sums[i] = counts[symbol];
  });
  let leaf = 0;
  let inner = n;
  for (let node = n; node < 2 * n - 1; node++) {
    for (let child = 0; child < 2; child++) {
      const least = leaf < n && (inner >= node || sums[leaf] <= sums[inner]) ? leaf++ : inner++;
      parents[least] = node;
      sums[node] += sums[least];
    }
  }
  const depth = new Int32Array(2 * n - 1);
  for (let node = 2 * n - 3; node >= 0; node--) depth[node] = depth[parents[node]] + 1;
  let room = 1 << CODE_BITS_MAX;
  symbols.forEach((symbol, i) => {
    lengths[symbol] = Math.min(CODE_BITS_MAX, depth[i]);
    room -= 1 << (CODE_BITS_MAX - lengths[symbol]);
  });
  // Too much where codes were cut: the rarest of the others get longer, then some of the longest get shorter until all fits exactly.
  for (let i = 0; room < 0; i = (i + 1) % n) {
    const symbol = symbols[i];
    if (lengths[symbol] >= CODE_BITS_MAX) continue;
    room += 1 << (CODE_BITS_MAX - lengths[symbol] - 1);
    lengths[symbol]++;
  }
  for (let i = n - 1; i >= 0 && room > 0; i--) {
    const gain = 1 << (CODE_BITS_MAX - lengths[symbols[i]]);
    if (lengths[symbols[i]] === 1 || gain > room) continue;
    room -= gain;
    lengths[symbols[i]]--;
    i++;
  }
  return room === 0;
}

/** Gives codes to symbols by their lengths, and writes the description of that; returns its end, or -1 where it can't be written. */
function writeCode(target: Uint8Array, at: number): number {
  let longest = 0;
  let last = 0;
  for (let s = 0; s < 256; s++) {
    if (lengths[s] > 0) last = s;
    longest = Math.max(longest, lengths[s]);
  }
  for (let s = 0; s < 256; s++) weights[s] = lengths[s] === 0 ? 0 : longest + 1 - lengths[s];
  let slot = 0;
  for (let weight = 1; weight <= longest; weight++) {
    for (let s = 0; s <= last; s++) {
      if (weights[s] !== weight) continue;
      codes[s] = slot >> (weight - 1);
      slot += 1 << (weight - 1);
    }
  }
  const packed = packWeights(target, at + 1, last);
  if (packed > 0 && packed - at - 1 < 128 && (last > 128 || packed - at - 1 < (last + 1) >> 1)) {
    target[at] = packed - at - 1;
    return packed;
  }
  if (last > 128) return -1;
  // The weight of the last symbol is what is left.
  target[at] = 127 + last;
  for (let i = 0; i < last; i += 2) target[at + 1 + (i >> 1)] = (weights[i] << 4) | (i + 1 < last ? weights[i + 1] : 0);
  return at + 1 + ((last + 1) >> 1);
}

/** The first `count` weights with finite state entropy, two states in turn; returns the end, or -1 where they are all the same. */
function packWeights(target: Uint8Array, at: number, count: number): number {
  const having = new Int32Array(CODE_BITS_MAX + 2);
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, ++having[weights[i]]);
  if (count < 4 || most === count) return -1;
  const alphabet = having.length;
  const shares = normalize(having, alphabet, count, WEIGHT_LOG);
  const encoder = buildFseEncoder(shares, alphabet, WEIGHT_LOG);
  out.start(target, at);
  writeFseTable(out, shares, WEIGHT_LOG);
  // The first weight belongs to the state that is written last.
  let i = count - 1;
  const states = [0, 0];
  states[i & 1] = firstState(encoder, weights[i]);
  i--;
  states[i & 1] = firstState(encoder, weights[i]);
  for (i--; i >= 0; i--) states[i & 1] = encodeSymbol(encoder, out, states[i & 1], weights[i]);
  out.add(states[1], WEIGHT_LOG);
  out.add(states[0], WEIGHT_LOG);
  return out.finish();
}
