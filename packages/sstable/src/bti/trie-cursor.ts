import type { ByteReader } from '@cassette/bytes';
import type { TriePages } from './trie-pages.ts';
import { TrieWalker } from './trie-walker.ts';

/** More than any key is long: eight columns of the longest values. */
const DEPTH_MAX = 0x100000;

/**
 * A place among the keys of a trie: looks keys up, and goes forward and backward from there. A key comes before those that it is a prefix
 * of. Memory: a few bytes for each byte of the key. Throws CorruptionError. Cassandra: io.tries.ValueIterator, ReverseValueIterator.
 */
export class TrieCursor {
  private readonly walker: TrieWalker;
  private readonly root: number;
  // The way from the root: nodes, and in each the slot that was taken.
  private nodes = new Float64Array(64);
  private slots = new Int16Array(64);
  private depth = 0;

  /** Stands at no key yet. */
  constructor(pages: TriePages, root: number) {
    this.walker = new TrieWalker(pages);
    this.root = root;
  }

  /** Payload flags of the current key. */
  get flags(): number {
    return this.walker.payloadFlags;
  }

  /** A reader at the payload of the current key. Valid until the cursor moves. */
  payload(): ByteReader {
    return this.walker.payload();
  }

  /** Moves to the first key. */
  first(): void {
    this.begin();
    this.toFirstBelow();
  }

  /**
   * Moves to the key that `key` begins with, where the trie knows no other that does; false where there is none, and then the
   * cursor stands nowhere. Cassandra: PartitionIndex.Reader#exactCandidate.
   */
  candidate(key: Uint8Array, length: number): boolean {
    const used = this.descend(key, length);
    const { walker } = this;
    if (walker.payloadFlags !== 0 && (walker.slots === 0 || used === length)) return true;
    this.depth = 0;
    return false;
  }

  /** Moves to the greatest key that is not greater than `key`; false where all are greater, and then the cursor stands nowhere. */
  floor(key: Uint8Array, length: number): boolean {
    const used = this.descend(key, length);
    // What is below the node where the way ended and before the next byte of the key is smaller than it.
    return this.retreat(used === length ? 0 : -1 - this.walker.search(key[used]));
  }

  /** Moves to the next key; false at the end, where it stays. */
  next(): boolean {
    const { walker } = this;
    const slot = walker.greaterSlot(0);
    if (slot >= 0) {
      this.down(slot);
      this.toFirstBelow();
      return true;
    }
    for (let level = this.depth - 2; level >= 0; level--) {
      walker.go(this.nodes[level]);
      const greater = walker.greaterSlot(this.slots[level] + 1);
      if (greater < 0) continue;
      this.depth = level + 1;
      this.down(greater);
      this.toFirstBelow();
      return true;
    }
    walker.go(this.nodes[this.depth - 1]);
    return false;
  }

  /** Moves to the key before; false before the first, and then the cursor stands nowhere. */
  previous(): boolean {
    this.depth--;
    if (this.depth <= 0) return false;
    this.walker.go(this.nodes[this.depth - 1]);
    return this.retreat(this.slots[this.depth - 1]);
  }

  private begin(): void {
    this.depth = 0;
    this.push(this.root);
  }

  // Follows the key as far as there are transitions; returns how many of its bytes.
  private descend(key: Uint8Array, length: number): number {
    this.begin();
    let used = 0;
    for (; used < length; used++) {
      const slot = this.walker.search(key[used]);
      if (slot < 0) break;
      this.down(slot);
    }
    return used;
  }

  // To the last key below the current node and before the slot, or else to the node's own, or else further up.
  private retreat(before: number): boolean {
    const { walker } = this;
    for (let slot = before; ; ) {
      const lesser = walker.lesserSlot(slot);
      if (lesser >= 0) {
        this.down(lesser);
        this.toLastBelow();
        return true;
      }
      if (walker.payloadFlags !== 0) return true;
      this.depth--;
      if (this.depth === 0) return false;
      walker.go(this.nodes[this.depth - 1]);
      slot = this.slots[this.depth - 1];
    }
  }

  private toFirstBelow(): void {
    while (this.walker.payloadFlags === 0) {
      const slot = this.walker.greaterSlot(0);
      if (slot < 0) throw this.walker.payload().corrupt('a branch of a trie ends without a payload');
      this.down(slot);
    }
  }

  private toLastBelow(): void {
    const { walker } = this;
    for (;;) {
      const slot = walker.lesserSlot(walker.slots);
      if (slot < 0) break;
      this.down(slot);
    }
    if (walker.payloadFlags === 0) throw walker.payload().corrupt('a branch of a trie ends without a payload');
  }

  private down(slot: number): void {
    const child = this.walker.child(slot);
    this.slots[this.depth - 1] = slot;
    this.push(child);
  }

  private push(position: number): void {
    if (this.depth === this.nodes.length) {
      if (this.depth >= DEPTH_MAX) throw this.walker.payload().corrupt('a trie is deeper than any key is long');
      const nodes = new Float64Array(this.depth * 2);
      const slots = new Int16Array(this.depth * 2);
      nodes.set(this.nodes);
      slots.set(this.slots);
      this.nodes = nodes;
      this.slots = slots;
    }
    this.walker.go(position);
    this.nodes[this.depth++] = position;
  }
}
