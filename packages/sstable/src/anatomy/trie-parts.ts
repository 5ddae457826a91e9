import { CorruptionError, toHex } from '@cassette/bytes';
import { NodeType, nodeSizeOf, TriePages, TrieWalker } from '../bti/index.ts';
import { PAGE_SIZE } from '../bti/paged-output.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { branch, leaf, type Part, type PartList, type Words } from './part.ts';
import { HeldParts, SteppedParts } from './part-lists.ts';
import { explained, type PartReader } from './part-reader.ts';
import { hexText } from './value-text.ts';

const NODE: Words = [
  'group',
  'node',
  'A node of the tree of keys: from its parent one byte of the key leads here. Children lie before their parents, as near as can be.',
];
const FIRST: Words = [
  'flags',
  'type and payload flags',
  'The type in the four high bits; in the low ones what the payload is, 0 where there is none.',
];
const FIRST_POINTER: Words = [
  'flags',
  'type and pointer',
  'The type in the four high bits; the distance to the only child in the others.',
];
const CHILDREN: Words = [
  'position',
  'children',
  'The bytes that lead to children, and how far back each of these lies. Types differ in how many bits a distance takes, and in whether the ' +
    'bytes are listed (sparse) or count up from the first (dense).',
];
const PAYLOAD: Words = ['group', 'payload'];
const PADDING: Words = [
  'raw',
  'padding',
  'The rest of a page of 4 KiB: a node never goes on in the next one, so that to read it is to read one page.',
];

/** Names of the types of nodes, by type. Cassandra: io.tries.TrieNode. */
export const trieNodeTypes: readonly string[] = [
  'PAYLOAD_ONLY',
  'SINGLE_NOPAYLOAD_4',
  'SINGLE_8',
  'SINGLE_NOPAYLOAD_12',
  'SINGLE_16',
  'SPARSE_8',
  'SPARSE_12',
  'SPARSE_16',
  'SPARSE_24',
  'SPARSE_40',
  'DENSE_12',
  'DENSE_16',
  'DENSE_24',
  'DENSE_32',
  'DENSE_40',
  'LONG_DENSE',
];

/** What stands behind a node that has a payload. */
export interface PayloadShape {
  /** Bytes of a payload of those flags that begins at a place. */
  size(window: ByteWindow, position: number, flags: number): number;
  /** Notes it, and returns it as text. */
  parts(reader: PartReader, flags: number): string;
}

/** The nodes of a file of tries, one behind the other: for that none has to be walked from its root. */
export class TrieParts {
  readonly window: ByteWindow;
  private readonly pages: TriePages;
  private readonly payloads: PayloadShape;

  constructor(source: ByteSource, payloads: PayloadShape) {
    this.window = new ByteWindow(source, PAGE_SIZE);
    this.pages = new TriePages(source);
    this.payloads = payloads;
  }

  /** Nodes and what fills pages up, in `[from, to)`, where a node or the rest of a page begins at `from`. */
  nodes(from: number, to: number): PartList {
    return new SteppedParts(
      from,
      to,
      (position) => this.endOf(position, to),
      (start, end) => this.node(start, end),
    );
  }

  private endOf(position: number, limit: number): number {
    const pageEnd = Math.min(limit, position - (position % PAGE_SIZE) + PAGE_SIZE);
    const { window } = this;
    window.readAhead = 0;
    const input = window.at(position, Math.min(3, pageEnd - position));
    const first = input.u8('node');
    // A leaf without payload is none: what is behind the last node of a page is zero.
    if (first === 0) return pageEnd;
    const type = first >> 4;
    let count = 0;
    let range = 0;
    if (type >= NodeType.DENSE_12) {
      input.skip(1, 'first transition');
      range = input.u8('range') + 1;
    } else if (type >= NodeType.SPARSE_8) count = input.u8('child count');
    const end = position + nodeSizeOf(type, count, range);
    const flags = flagsOf(type, first);
    const all = flags === 0 || end > pageEnd ? end : end + this.payloads.size(window, end, flags);
    if (all > pageEnd) throw new CorruptionError(`a node can't go on behind its page, to ${all}`, window.name, position);
    return all;
  }

  private node(from: number, to: number): Part {
    this.window.readAhead = 0;
    const first = this.window.at(from, 1).u8('node');
    if (first === 0) {
      const [part] = explained(this.window, from, to, (reader) => reader.bytes(PADDING, to - from, zeros));
      return part;
    }
    const type = first >> 4;
    return branch(from, to, NODE, trieNodeTypes[type], () => new HeldParts(this.inner(from, to, first)));
  }

  private inner(from: number, to: number, first: number): Part[] {
    const type = first >> 4;
    const flags = flagsOf(type, first);
    const hasPointer = type === NodeType.SINGLE_4 || type === NodeType.SINGLE_12;
    return explained(this.window, from, to, (reader) => {
      const walker = new TrieWalker(this.pages);
      walker.go(from);
      const end = walker.payload().filePosition;
      reader.u8(hasPointer ? FIRST_POINTER : FIRST, () => `${trieNodeTypes[type]}${hasPointer ? '' : `, flags ${flags}`}`);
      if (end > from + 1) {
        reader.parts.push(leaf(from + 1, end, CHILDREN, childrenOf(walker)));
        reader.position = end;
      }
      if (flags !== 0) reader.group(PAYLOAD, () => this.payloads.parts(reader, flags));
    });
  }
}

function flagsOf(type: number, first: number): number {
  return type === NodeType.SINGLE_4 || type === NodeType.SINGLE_12 ? 0 : first & 0x0f;
}

function childrenOf(walker: TrieWalker): string {
  const children: string[] = [];
  for (let slot = 0; slot < walker.slots && children.length < 20; slot++) {
    const child = walker.child(slot);
    if (child >= 0) children.push(`${toHex(Uint8Array.of(walker.transition(slot)))} → ${child}`);
  }
  return children.join(', ');
}

function zeros(bytes: Uint8Array, count: number): string {
  return bytes.every((byte) => byte === 0) ? `${count} bytes` : hexText(bytes, count);
}
