import { assert, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';

/** The sampling level of a summary that holds every sample. Cassandra: Downsampling.BASE_SAMPLING_LEVEL. */
export const BASE_SAMPLING_LEVEL = 128;

/** What a Summary is made of. */
export interface SummaryInput {
  readonly minIndexInterval: number;
  readonly samplingLevel: number;
  readonly sizeAtFullSampling: number;
  /** All sampled keys, one after the other. */
  readonly keys: Uint8Array;
  /** End of each key in `keys`. */
  readonly keyEnds: Int32Array;
  /** Position in Index.db of each sample's entry. */
  readonly positions: Float64Array;
  readonly firstKey: Uint8Array;
  readonly lastKey: Uint8Array;
}

/** A sample of the keys of Index.db, to begin a search in the right place. Cassandra: io.sstable.indexsummary.IndexSummary. */
export class Summary {
  /** Partitions from one sample to the next. */
  readonly minIndexInterval: number;
  /** {@link BASE_SAMPLING_LEVEL}, or less where Cassandra thinned it out. */
  readonly samplingLevel: number;
  /** Samples there would be without thinning. */
  readonly sizeAtFullSampling: number;
  /** Samples, at least one. */
  readonly count: number;
  /** First key of the SSTable. */
  readonly firstKey: Uint8Array;
  /** Last key of the SSTable. */
  readonly lastKey: Uint8Array;
  /** Whether the samples are in the order of (token, key): without that nothing is found by them. */
  readonly isAscending: boolean;
  private readonly keys: Uint8Array;
  private readonly keyEnds: Int32Array;
  private readonly positions: Float64Array;
  private readonly tokensHi: Int32Array;
  private readonly tokensLo: Int32Array;

  constructor(input: SummaryInput) {
    assert(input.positions.length > 0, 'a summary has a sample');
    this.minIndexInterval = input.minIndexInterval;
    this.samplingLevel = input.samplingLevel;
    this.sizeAtFullSampling = input.sizeAtFullSampling;
    this.count = input.positions.length;
    this.firstKey = input.firstKey;
    this.lastKey = input.lastKey;
    this.keys = input.keys;
    this.keyEnds = input.keyEnds;
    this.positions = input.positions;
    this.tokensHi = new Int32Array(this.count);
    this.tokensLo = new Int32Array(this.count);
    // Now, so that a search hashes nothing and leaves the shared result of the hash alone.
    for (let i = 0; i < this.count; i++) {
      token(this.keys, this.keyFrom(i), this.keyEnds[i]);
      this.tokensHi[i] = tokenWords[0];
      this.tokensLo[i] = tokenWords[1];
    }
    let ascending = true;
    for (let i = 1; i < this.count; i++) {
      const key = this.key(i - 1);
      if (this.compare(i, this.tokensHi[i - 1], this.tokensLo[i - 1], key, 0, key.length) <= 0) ascending = false;
    }
    this.isAscending = ascending;
  }

  /** The key of sample `i`, as a view. */
  key(i: number): Uint8Array {
    return this.keys.subarray(this.keyFrom(i), this.keyEnds[i]);
  }

  /** Position in Index.db of sample `i`'s entry. */
  position(i: number): number {
    return this.positions[i];
  }

  /** The last sample whose (token, key) is not greater than the given one; -1 where all are greater. */
  floor(tokenHi: number, tokenLo: number, key: Uint8Array, from = 0, to = key.length): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.compare(middle, tokenHi, tokenLo, key, from, to);
      if (order <= 0) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  /**
   * The last sample whose token is less than the given one; -1 where none is. From its entry on lies every partition of the
   * token and all after it.
   */
  floorToken(tokenHi: number, tokenLo: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (compareInt64(this.tokensHi[middle], this.tokensLo[middle], tokenHi, tokenLo) < 0) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  private compare(i: number, tokenHi: number, tokenLo: number, key: Uint8Array, from: number, to: number): number {
    return (
      compareInt64(this.tokensHi[i], this.tokensLo[i], tokenHi, tokenLo) ||
      compareBytes(this.keys, this.keyFrom(i), this.keyEnds[i], key, from, to)
    );
  }

  private keyFrom(i: number): number {
    return i === 0 ? 0 : this.keyEnds[i - 1];
  }
}
