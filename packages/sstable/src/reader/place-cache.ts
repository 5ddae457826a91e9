/** Partitions of which places are kept: 48 KiB an SSTable, where it is asked for single rows. */
const SLOTS = 2048;
/** Places that a token may have: of two that want one the older goes. */
const WAYS = 2;

/** Where partitions of an SSTable lie in Data.db, by their tokens: those that were looked up last. Cassandra: cache.KeyCacheKey's cache. */
export class PlaceCache {
  private tokens: Int32Array | null = null;
  private places = new Float64Array(0);

  /** The slot of a token; -1 where it is not here. */
  find(tokenHi: number, tokenLo: number): number {
    const { tokens } = this;
    if (tokens === null) return -1;
    const first = firstSlot(tokenLo);
    for (let slot = first; slot < first + WAYS; slot++) {
      if (tokens[2 * slot] === tokenHi && tokens[2 * slot + 1] === tokenLo && this.places[2 * slot + 1] > 0) return slot;
    }
    return -1;
  }

  /** Position of the partition of a slot. */
  from(slot: number): number {
    return this.places[2 * slot];
  }

  /** Position behind it. */
  end(slot: number): number {
    return this.places[2 * slot + 1];
  }

  /** Keeps a place. */
  keep(tokenHi: number, tokenLo: number, from: number, end: number): void {
    if (this.tokens === null) {
      this.tokens = new Int32Array(2 * SLOTS);
      this.places = new Float64Array(2 * SLOTS);
    }
    const { tokens, places } = this;
    const slot = firstSlot(tokenLo);
    // The younger stands first.
    tokens.copyWithin(2 * slot + 2, 2 * slot, 2 * slot + 2);
    places.copyWithin(2 * slot + 2, 2 * slot, 2 * slot + 2);
    tokens[2 * slot] = tokenHi;
    tokens[2 * slot + 1] = tokenLo;
    places[2 * slot] = from;
    places[2 * slot + 1] = end;
  }
}

function firstSlot(tokenLo: number): number {
  return (tokenLo & (SLOTS / WAYS - 1)) * WAYS;
}
