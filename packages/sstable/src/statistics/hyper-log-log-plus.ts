import { type ByteReader, type ByteWriter, murmur2 } from '@cassette/bytes';

// HyperLogLog++ with p = 13, sp = 25, as stream-lib 2.5.2 serializes it. "varint": seven bits a byte, low ones first, 0x80 says
// that another follows (not the vint of SSTables).
//   version  i32     -2
//   p, sp    varint  13, 25
//   mode     varint  1: sparse, 0: normal
//   sparse:  varint n, n × varint: ascending values as differences to the one before
//   normal:  varint 5464, then 1366 × i32: registers of five bits, six a word, from the low end
//
// Cassandra: io.sstable.metadata.CompactionMetadata; com.clearspring.analytics.stream.cardinality.HyperLogLogPlus

const P = 13;
const SP = 25;
const REGISTER_WORDS = 1366;
const SPARSE_MAX = 6144;
const PENDING_MAX = 1536;

/** Estimates how many different keys there are, also over several SSTables. Byte-identical to stream-lib's. */
export class HyperLogLogPlus {
  // While sparse: sorted values, and those that are not sorted in yet. Null once normal.
  private sparse: Int32Array | null = new Int32Array(0);
  private readonly pending = new Int32Array(PENDING_MAX + 1);
  private pendingCount = 0;
  private registers: Int32Array | null = null;

  /** Adds a partition key. */
  addKey(key: Uint8Array, from = 0, to = key.length): void {
    const hash = murmur2(key, from, to);
    this.add(Number(hash >> 32n) | 0, Number(hash & 0xffffffffn) | 0);
  }

  /** Adds a 64-bit Murmur2 hash. */
  add(hi: number, lo: number): void {
    if (this.registers !== null) {
      raise(this.registers, hi >>> 19, leadingZeros(hi, lo) + 1);
      return;
    }
    this.pending[this.pendingCount++] = sparseValue(hi, lo);
    if (this.pendingCount > PENDING_MAX) {
      const sparse = this.merge();
      if (sparse.length > SPARSE_MAX) this.toNormal(sparse);
    }
  }

  /** One estimator for the keys of several together; they stay as they are. Cassandra merges so before a compaction. */
  static union(estimators: Iterable<HyperLogLogPlus>): HyperLogLogPlus {
    const union = new HyperLogLogPlus();
    for (const estimator of estimators) union.addAll(estimator);
    return union;
  }

  /**
   * The estimate. Up to some 6 000 keys it is stream-lib's; then another one without its tables, as good (a percent) but not the same:
   * Otmar Ertl's improved raw estimate, from how many registers have each value.
   */
  cardinality(): number {
    const { registers } = this;
    if (registers === null) {
      const slots = 2 ** SP;
      return Math.round(slots * Math.log(slots / (slots - this.merge().length)));
    }
    const count = 2 ** P;
    const having = new Int32Array(32);
    for (let i = 0; i < count; i++) having[registerAt(registers, i)]++;
    let z = 0;
    for (let value = 31; value >= 1; value--) z = 0.5 * (z + having[value]);
    z += count * sigma(having[0] / count);
    return Math.round((count * count) / (2 * Math.LN2 * z));
  }

  /** Appends the serialized form. */
  encode(out: ByteWriter): void {
    out.i32(-2);
    putVarint(out, P);
    putVarint(out, SP);
    if (this.registers !== null) {
      putVarint(out, 0);
      putVarint(out, REGISTER_WORDS * 4);
      for (const word of this.registers) out.i32(word);
      return;
    }
    const sparse = this.merge();
    putVarint(out, 1);
    putVarint(out, sparse.length);
    let previous = 0;
    for (const value of sparse) {
      putVarint(out, value - previous);
      previous = value;
    }
  }

  /** Reads the serialized form. Throws CorruptionError. */
  static decode(input: ByteReader): HyperLogLogPlus {
    const start = input.position;
    if (input.i32('estimator version') !== -2) throw input.corrupt('the estimator has an unknown version', start);
    if (takeVarint(input) !== P || takeVarint(input) !== SP)
      throw input.corrupt('the estimator has another precision', start + 4);
    const modeAt = input.position;
    const mode = takeVarint(input);
    const estimator = new HyperLogLogPlus();
    if (mode === 0) {
      if (takeVarint(input) !== REGISTER_WORDS * 4) throw input.corrupt('the estimator has another size', modeAt);
      estimator.registers = new Int32Array(REGISTER_WORDS);
      estimator.sparse = null;
      for (let i = 0; i < REGISTER_WORDS; i++) estimator.registers[i] = input.i32('estimator registers');
    } else if (mode === 1) {
      const count = takeVarint(input);
      if (count > input.remaining) throw input.corrupt(`${count} values can't be in ${input.remaining} bytes`, modeAt);
      const sparse = new Int32Array(count);
      let previous = 0;
      for (let i = 0; i < count; i++) {
        previous = (previous + takeVarint(input)) | 0;
        sparse[i] = previous;
      }
      estimator.sparse = sparse;
    } else {
      throw input.corrupt(`the estimator has an unknown mode ${mode}`, modeAt);
    }
    return estimator;
  }

  private addAll(other: HyperLogLogPlus): void {
    if (this.registers === null) {
      if (other.registers === null) {
        const sparse = this.mergeWith(other.merge());
        if (sparse.length > SPARSE_MAX) this.toNormal(sparse);
        return;
      }
      this.toNormal(this.merge());
    }
    const own = this.registers!;
    if (other.registers === null) raiseAll(own, other.merge());
    else for (let register = 0; register < 2 ** P; register++) raise(own, register, registerAt(other.registers, register));
  }

  // Sorts the pending values in and returns the sparse set.
  private merge(): Int32Array {
    if (this.pendingCount === 0) return this.sparse!;
    const fresh = this.pending.slice(0, this.pendingCount).sort(compareSparse);
    this.pendingCount = 0;
    return this.mergeWith(fresh);
  }

  // Sorts sorted values in and returns the sparse set.
  private mergeWith(fresh: Int32Array): Int32Array {
    const old = this.sparse!;
    const merged = new Int32Array(old.length + fresh.length);
    let count = 0;
    let i = 0;
    let j = 0;
    while (i < old.length || j < fresh.length) {
      // Of fresh values of one index only the first counts.
      if (j > 0 && j < fresh.length && sparseIndex(fresh[j]) === sparseIndex(fresh[j - 1])) j++;
      else if (i === old.length) merged[count++] = fresh[j++];
      else if (j === fresh.length) merged[count++] = old[i++];
      else if (sparseIndex(old[i]) === sparseIndex(fresh[j])) merged[count++] = Math.min(old[i++], fresh[j++]);
      else merged[count++] = old[i] < fresh[j] ? old[i++] : fresh[j++];
    }
    this.sparse = merged.slice(0, count);
    return this.sparse;
  }

  private toNormal(sparse: Int32Array): void {
    const registers = new Int32Array(REGISTER_WORDS);
    raiseAll(registers, sparse);
    this.registers = registers;
    this.sparse = null;
  }
}

// Leading zeros of the hash without its first 13 bits; the bit set behind them bounds the answer.
function leadingZeros(hi: number, lo: number): number {
  const high = (hi << P) | (lo >>> (32 - P));
  return high !== 0 ? Math.clz32(high) : 32 + Math.clz32((lo << P) | (1 << (P - 1)));
}

function sparseValue(hi: number, lo: number): number {
  const index = hi >>> (32 - SP);
  if ((index & ((1 << (SP - P)) - 1)) !== 0) return index << 1;
  return (index << 7) | (((leadingZeros(hi, lo) + 1) ^ 63) << 1) | 1;
}

function sparseIndex(value: number): number {
  return (value & 1) === 1 ? value >>> 7 : value >>> 1;
}

function compareSparse(a: number, b: number): number {
  return sparseIndex(a) - sparseIndex(b) || (a << 19) - (b << 19);
}

function raiseAll(registers: Int32Array, sparse: Int32Array): void {
  for (const value of sparse) {
    const runLength = (value & 1) === 1 ? ((value >>> 1) & 63) ^ 63 : Math.clz32(value << (P + 31 - SP)) + 1;
    raise(registers, sparseIndex(value) >>> (SP - P), runLength);
  }
}

function registerAt(registers: Int32Array, register: number): number {
  return (registers[Math.floor(register / 6)] >>> (5 * (register % 6))) & 31;
}

// Java compares the field in place, signed, and so does this.
function raise(registers: Int32Array, register: number, value: number): void {
  const word = Math.floor(register / 6);
  const shift = 5 * (register - word * 6);
  const mask = 31 << shift;
  const raised = value << shift;
  if ((registers[word] & mask) < raised) registers[word] = (registers[word] & ~mask) | raised;
}

// x + the sum of x^(2^k) × 2^(k-1): what empty registers stand for.
function sigma(share: number): number {
  let x = share;
  let y = 1;
  let z = x;
  for (let before = -1; z !== before; ) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

function putVarint(out: ByteWriter, value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out.u8((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.u8(rest);
}

function takeVarint(input: ByteReader): number {
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = input.u8('varint');
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value >>> 0;
  }
  throw input.corrupt('a varint is longer than five bytes');
}
