import { assert, ByteReader, type ByteWriter } from '@cassette/bytes';
import { bloomSpec } from './bloom-calculations.ts';

// Filter.db: a bloom filter over the partition keys.
//   hashCount  i32
//   words      i32            64-bit words of the bit array
//   bits       words × 8      bit i is byte i >> 3, mask 1 << (i & 7)
//
// The i-th bit of a key with Murmur3 hash (h1, h2) is |(h2 + i × h1) rem (words × 64)|: sum and remainder signed 64-bit.
//
// Cassandra: utils.BloomFilter, BloomFilterSerializer, FilterFactory. An empty Filter.db means "every key may be there".

// Cassandra adds some bits to every filter.
const EXCESS = 20;

/**
 * Which partition keys an SSTable may hold: never wrong when it says no. Keys are given by `hash128` of @cassette/bytes, the
 * hash that their token comes from.
 */
export class BloomFilter {
  /** Bits set for a key. */
  readonly hashCount: number;
  /** The bit array, a multiple of eight bytes. */
  readonly bits: Uint8Array;
  private readonly capacity: number;
  private readonly inverse: number;

  constructor(hashCount: number, bits: Uint8Array) {
    assert(bits.length > 0 && bits.length % 8 === 0, 'a bloom filter has whole words');
    this.hashCount = hashCount;
    this.bits = bits;
    this.capacity = bits.length * 8;
    this.inverse = 1 / this.capacity;
  }

  /** An empty filter for `expectedKeys` keys at that chance, in [6.71e-5, 1), of a false positive. */
  static create(expectedKeys: number, fpChance: number): BloomFilter {
    const { hashCount, bitsPerKey } = bloomSpec(fpChance);
    const words = Math.floor((expectedKeys * bitsPerKey + EXCESS - 1) / 64) + 1;
    return new BloomFilter(hashCount, new Uint8Array(words * 8));
  }

  /** Adds the key of that Murmur3 hash. */
  add(h1Hi: number, h1Lo: number, h2Hi: number, h2Lo: number): void {
    let hi = h2Hi;
    let lo = h2Lo;
    for (let i = 0; i < this.hashCount; i++) {
      const bit = this.index(hi, lo);
      this.bits[Math.floor(bit / 8)] |= 1 << (bit & 7);
      const sum = (lo >>> 0) + (h1Lo >>> 0);
      hi = (hi + h1Hi + (sum > 0xffffffff ? 1 : 0)) | 0;
      lo = sum | 0;
    }
  }

  /** False when the key of that Murmur3 hash was certainly not added. */
  mightContain(h1Hi: number, h1Lo: number, h2Hi: number, h2Lo: number): boolean {
    let hi = h2Hi;
    let lo = h2Lo;
    for (let i = 0; i < this.hashCount; i++) {
      const bit = this.index(hi, lo);
      if ((this.bits[Math.floor(bit / 8)] & (1 << (bit & 7))) === 0) return false;
      const sum = (lo >>> 0) + (h1Lo >>> 0);
      hi = (hi + h1Hi + (sum > 0xffffffff ? 1 : 0)) | 0;
      lo = sum | 0;
    }
    return true;
  }

  // The remainder takes the dividend's sign and is then made positive, so it is the remainder of the magnitude. Taken in
  // steps of 16 bits: the capacity is at most 2^37, so every number here stays below 2^53.
  private index(hi: number, lo: number): number {
    let high = hi;
    let low = lo >>> 0;
    if (hi < 0) {
      low = -lo >>> 0;
      high = ~hi + (low === 0 ? 1 : 0);
    }
    let r = this.remainder(high >>> 0);
    r = this.remainder(r * 0x10000 + (low >>> 16));
    return this.remainder(r * 0x10000 + (low & 0xffff));
  }

  private remainder(value: number): number {
    const r = value - Math.floor(value * this.inverse) * this.capacity;
    // The quotient may be one off.
    return r < 0 ? r + this.capacity : r >= this.capacity ? r - this.capacity : r;
  }
}

/** Appends the bytes of Filter.db. */
export function encodeBloomFilter(out: ByteWriter, filter: BloomFilter): void {
  out.i32(filter.hashCount);
  out.i32(filter.bits.length / 8);
  out.bytes(filter.bits);
}

/**
 * The filter of a Filter.db, on a view of `bytes`; null for an empty file, which means that every key may be there. Throws
 * CorruptionError.
 */
export function decodeBloomFilter(bytes: Uint8Array, file: string): BloomFilter | null {
  if (bytes.length === 0) return null;
  const input = new ByteReader(bytes, file);
  const hashCount = input.i32('hashCount');
  if (hashCount < 1 || hashCount > 100) throw input.corrupt(`${hashCount} hashes are impossible`, 0);
  const words = input.i32('words');
  if (words < 1 || words * 8 !== input.remaining) {
    throw input.corrupt(`${words} words were announced, ${input.remaining} bytes follow`, 4);
  }
  return new BloomFilter(hashCount, input.take(words * 8, 'bits'));
}
