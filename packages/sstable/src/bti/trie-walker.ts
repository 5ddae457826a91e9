import type { ByteReader } from '@cassette/bytes';
import { NodeType, nodeSizeOf, pointerBits } from './trie-node.ts';
import type { TriePages } from './trie-pages.ts';

/**
 * Looks at one node of a trie at a time. A child always lies before its parent, so that no walk down can go on for ever; everything
 * read is within the node's page. Throws CorruptionError. Cassandra: io.tries.Walker.
 */
export class TrieWalker {
  /** The node's payload flags; 0 for no payload. */
  payloadFlags = 0;
  /** How many slots for children the node has; those of a dense one may be empty. */
  slots = 0;
  /** File position of the node. */
  position = 0;
  private readonly pages: TriePages;
  private readonly input: ByteReader;
  private type = 0;
  // Place of the node in the page, and of its end.
  private offset = 0;
  private end = 0;

  constructor(pages: TriePages) {
    this.pages = pages;
    this.input = pages.newInput();
  }

  /** Looks at the node at a file position. */
  go(position: number): void {
    const { input } = this;
    this.pages.at(position, input);
    this.position = position;
    this.offset = input.position;
    const first = input.u8('trie node');
    const type = first >> 4;
    this.type = type;
    this.payloadFlags = type === NodeType.SINGLE_4 || type === NodeType.SINGLE_12 ? 0 : first & 0x0f;
    let count = 0;
    if (type === NodeType.PAYLOAD_ONLY) this.slots = 0;
    else if (type < NodeType.SPARSE_8) this.slots = 1;
    else if (type < NodeType.DENSE_12) {
      count = input.u8('trie node children');
      this.slots = count;
      if (count === 0) throw input.corrupt('a sparse node of a trie has no children', this.offset);
    } else {
      input.skip(1, 'trie node start');
      this.slots = input.u8('trie node range') + 1;
    }
    const size = nodeSizeOf(type, count, this.slots);
    input.position = this.offset;
    input.skip(size, 'trie node');
    this.end = input.position;
  }

  /** A reader at the payload, which ends with its page. */
  payload(): ByteReader {
    this.input.position = this.end;
    return this.input;
  }

  /** The slot of a transition byte; where there is none, -1 - the slot that greater transitions begin at. */
  search(byte: number): number {
    const { bytes } = this.input;
    if (this.type === NodeType.PAYLOAD_ONLY) return -1;
    if (this.type < NodeType.SPARSE_8) {
      const transition = this.transition(0);
      return byte === transition ? 0 : byte < transition ? -1 : -2;
    }
    if (this.type >= NodeType.DENSE_12) {
      const slot = byte - bytes[this.offset + 1];
      if (slot < 0) return -1;
      if (slot >= this.slots) return -1 - this.slots;
      return this.child(slot) < 0 ? -1 - slot : slot;
    }
    let low = 0;
    let high = this.slots;
    while (low < high) {
      const middle = (low + high) >> 1;
      const transition = bytes[this.offset + 2 + middle];
      if (transition === byte) return middle;
      if (transition < byte) low = middle + 1;
      else high = middle;
    }
    return -1 - low;
  }

  /** The byte that leads to a slot's child. */
  transition(slot: number): number {
    const { bytes } = this.input;
    if (this.type === NodeType.SINGLE_12) return bytes[this.offset + 2];
    if (this.type < NodeType.SPARSE_8) return bytes[this.offset + 1];
    if (this.type < NodeType.DENSE_12) return bytes[this.offset + 2 + slot];
    return bytes[this.offset + 1] + slot;
  }

  /** File position of a slot's child; -1 for an empty slot. */
  child(slot: number): number {
    const distance = this.distance(slot);
    if (distance === 0 && this.type >= NodeType.DENSE_12) return -1;
    if (distance === 0 || distance > this.position) {
      throw this.input.corrupt(`a child ${distance} bytes before its parent can't be`, this.offset);
    }
    return this.position - distance;
  }

  /** The last slot before `slot` that has a child; -1 if there is none. */
  lesserSlot(slot: number): number {
    for (let i = Math.min(slot, this.slots) - 1; i >= 0; i--) if (this.child(i) >= 0) return i;
    return -1;
  }

  /** The first slot from `slot` on that has a child; -1 if there is none. */
  greaterSlot(slot: number): number {
    for (let i = slot; i < this.slots; i++) if (this.child(i) >= 0) return i;
    return -1;
  }

  private distance(slot: number): number {
    const { bytes } = this.input;
    const { offset, type } = this;
    const bits = pointerBits[type];
    if (type === NodeType.SINGLE_4) return bytes[offset] & 0x0f;
    if (type === NodeType.SINGLE_12) return ((bytes[offset] & 0x0f) << 8) | bytes[offset + 1];
    let at = offset + 3;
    if (type < NodeType.SPARSE_8) at = offset + 2;
    else if (type < NodeType.DENSE_12) at = offset + 2 + this.slots;
    if (bits === 12) {
      at += (slot >> 1) * 3 + (slot & 1);
      const pair = (bytes[at] << 8) | bytes[at + 1];
      return (slot & 1) === 0 ? pair >> 4 : pair & 0xfff;
    }
    const size = bits / 8;
    at += slot * size;
    let distance = 0;
    for (let i = at; i < at + size; i++) distance = distance * 256 + bytes[i];
    return distance;
  }
}
