const FIRST_SLOTS = 64;

/**
 * Where the partition of a token is: a hash table of nodes by token, with linear probing, at most half full. Of a thousand partitions that are
 * written to in turns the skip list costs twenty comparisons that miss the cache each, this one. Two partitions of one token are two
 * entries. Tokens are hashes already, so their low bits are good enough.
 */
export class PartitionSlots {
  private slots = new Int32Array(FIRST_SLOTS);
  private count = 0;

  /** Bytes that it takes. */
  get bytes(): number {
    return this.slots.byteLength;
  }

  /** Where a search for that token begins. */
  first(lo: number): number {
    return lo & (this.slots.length - 1);
  }

  /** Where it goes on. */
  next(slot: number): number {
    return (slot + 1) & (this.slots.length - 1);
  }

  /** The node in a slot; 0 ends the search. */
  node(slot: number): number {
    return this.slots[slot];
  }

  /** Adds a node that is not there; `lowOf` tells the low word of a node's token. */
  add(node: number, lo: number, lowOf: (node: number) => number): void {
    if (++this.count * 2 > this.slots.length) {
      const old = this.slots;
      this.slots = new Int32Array(old.length * 2);
      for (const moved of old) if (moved !== 0) this.put(moved, lowOf(moved));
    }
    this.put(node, lo);
  }

  private put(node: number, lo: number): void {
    let slot = this.first(lo);
    while (this.slots[slot] !== 0) slot = this.next(slot);
    this.slots[slot] = node;
  }
}
