import { BitWriter } from './bit-writer.ts';
import { buildFseEncoder, encodeSymbol, type FseEncoder, firstState, normalize, writeFseTable } from './zstd-fse-encode.ts';
import {
  LENGTH_LOG_MAX,
  LITERAL_BASE,
  LITERAL_BITS,
  LITERAL_DEFAULT,
  LITERAL_DEFAULT_LOG,
  MATCH_BASE,
  MATCH_BITS,
  MATCH_DEFAULT,
  MATCH_DEFAULT_LOG,
  OFFSET_DEFAULT,
  OFFSET_DEFAULT_LOG,
  OFFSET_LOG_MAX,
} from './zstd-sequences.ts';

/** The most bytes of content of a block. */
export const BLOCK_MAX = 128 * 1024;

const LOG_MIN = 5;

/** The sequences of a block, of which the first `count` entries are used. Its layout stands in zstd-sequences.ts. */
export interface BlockSequences {
  count: number;
  readonly literalLengths: Int32Array;
  readonly matchLengths: Int32Array;
  /** What stands for offsets: 1 to 3 for the last ones, else 3 more than the offset. */
  readonly offsetValues: Int32Array;
}

const FIXED = 0;
const ONE_SYMBOL = 1;
const OWN = 2;

/** One of the three kinds of symbols: what the block has of it, and the table that is taken for it. */
class SymbolTable {
  encoder: FseEncoder;
  mode = FIXED;
  readonly counts: Int32Array;
  private readonly fixed: FseEncoder;
  private readonly fixedShares: readonly number[];
  private readonly logMax: number;
  private shares: Int16Array = new Int16Array(0);
  private onlySymbol = 0;

  constructor(fixedShares: readonly number[], fixedLog: number, logMax: number) {
    this.fixedShares = fixedShares;
    this.fixed = buildFseEncoder(fixedShares, fixedShares.length, fixedLog);
    this.encoder = this.fixed;
    this.logMax = logMax;
    this.counts = new Int32Array(fixedShares.length);
  }

  /** Takes the table with which `counts`, `total` altogether, become the fewest bits. */
  choose(total: number): void {
    const { counts, fixedShares, fixed } = this;
    let distinct = 0;
    let fixedBits = 0;
    for (let s = 0; s < counts.length; s++) {
      if (counts[s] === 0) continue;
      distinct++;
      this.onlySymbol = s;
      fixedBits += counts[s] * (fixed.log - Math.log2(Math.max(1, fixedShares[s])));
    }
    this.mode = FIXED;
    this.encoder = fixed;
    if (distinct === 1) {
      // Its description is a byte.
      if (fixedBits <= 8) return;
      this.mode = ONE_SYMBOL;
      const shares = new Int16Array(counts.length);
      shares[this.onlySymbol] = 1;
      this.encoder = buildFseEncoder(shares, shares.length, 0);
      return;
    }
    // As fine as the number of sequences is worth, and room for each symbol.
    const worth = 30 - Math.clz32(total);
    const log = Math.min(this.logMax, Math.max(LOG_MIN, worth, 32 - Math.clz32(distinct)));
    const shares = normalize(counts, counts.length, total, log);
    // About five bits to a symbol in the description.
    let ownBits = 4 + 5 * distinct;
    for (let s = 0; s < counts.length; s++) if (counts[s] > 0) ownBits += counts[s] * (log - Math.log2(shares[s]));
    if (ownBits >= fixedBits) return;
    this.mode = OWN;
    this.shares = shares;
    this.encoder = buildFseEncoder(shares, shares.length, log);
  }

  /** Writes what the mode asks for; returns the end. */
  describe(target: Uint8Array, at: number): number {
    if (this.mode === FIXED) return at;
    if (this.mode === ONE_SYMBOL) {
      target[at] = this.onlySymbol;
      return at + 1;
    }
    bits.start(target, at);
    writeFseTable(bits, this.shares, this.encoder.log);
    return bits.pad();
  }
}

const bits = new BitWriter();
const literalTable = new SymbolTable(LITERAL_DEFAULT, LITERAL_DEFAULT_LOG, LENGTH_LOG_MAX);
const offsetTable = new SymbolTable(OFFSET_DEFAULT, OFFSET_DEFAULT_LOG, OFFSET_LOG_MAX);
const matchTable = new SymbolTable(MATCH_DEFAULT, MATCH_DEFAULT_LOG, LENGTH_LOG_MAX);
const literalCodes = codesOf(LITERAL_BASE);
const matchCodes = codesOf(MATCH_BASE);

/** Writes the sequences section of a block to `target` at `at`; returns the end. */
export function writeSequences(sequences: BlockSequences, target: Uint8Array, at: number): number {
  const { count, literalLengths, matchLengths, offsetValues } = sequences;
  let op = at;
  if (count < 128) target[op++] = count;
  else if (count < 0x7f00) {
    target[op++] = (count >>> 8) + 128;
    target[op++] = count;
  } else {
    target[op++] = 255;
    target[op++] = count - 0x7f00;
    target[op++] = (count - 0x7f00) >>> 8;
  }
  if (count === 0) return op;
  literalTable.counts.fill(0);
  offsetTable.counts.fill(0);
  matchTable.counts.fill(0);
  for (let i = 0; i < count; i++) {
    literalTable.counts[literalCodes[literalLengths[i]]]++;
    offsetTable.counts[31 - Math.clz32(offsetValues[i])]++;
    matchTable.counts[matchCodes[matchLengths[i]]]++;
  }
  literalTable.choose(count);
  offsetTable.choose(count);
  matchTable.choose(count);
  target[op++] = (literalTable.mode << 6) | (offsetTable.mode << 4) | (matchTable.mode << 2);
  op = literalTable.describe(target, op);
  op = offsetTable.describe(target, op);
  op = matchTable.describe(target, op);

  const literalEncoder = literalTable.encoder;
  const offsetEncoder = offsetTable.encoder;
  const matchEncoder = matchTable.encoder;
  bits.start(target, op);
  let i = count - 1;
  let literalState = firstState(literalEncoder, literalCodes[literalLengths[i]]);
  let matchState = firstState(matchEncoder, matchCodes[matchLengths[i]]);
  let offsetState = firstState(offsetEncoder, 31 - Math.clz32(offsetValues[i]));
  addExtra(sequences, i);
  for (i--; i >= 0; i--) {
    offsetState = encodeSymbol(offsetEncoder, bits, offsetState, 31 - Math.clz32(offsetValues[i]));
    matchState = encodeSymbol(matchEncoder, bits, matchState, matchCodes[matchLengths[i]]);
    literalState = encodeSymbol(literalEncoder, bits, literalState, literalCodes[literalLengths[i]]);
    addExtra(sequences, i);
  }
  bits.add(matchState, matchEncoder.log);
  bits.add(offsetState, offsetEncoder.log);
  bits.add(literalState, literalEncoder.log);
  return bits.finish();
}

function addExtra({ literalLengths, matchLengths, offsetValues }: BlockSequences, i: number): void {
  const literal = literalCodes[literalLengths[i]];
  const match = matchCodes[matchLengths[i]];
  const offset = offsetValues[i];
  bits.addLong(literalLengths[i] - LITERAL_BASE[literal], LITERAL_BITS[literal]);
  bits.addLong(matchLengths[i] - MATCH_BASE[match], MATCH_BITS[match]);
  const offsetBits = 31 - Math.clz32(offset);
  bits.addLong(offset - 2 ** offsetBits, offsetBits);
}

/** The code of every length that a block can have, by the least length of each code. */
function codesOf(bases: readonly number[]): Uint8Array {
  const codes = new Uint8Array(BLOCK_MAX + 1);
  let code = 0;
  for (let length = 0; length < codes.length; length++) {
    while (code + 1 < bases.length && bases[code + 1] <= length) code++;
    codes[length] = code;
  }
  return codes;
}
