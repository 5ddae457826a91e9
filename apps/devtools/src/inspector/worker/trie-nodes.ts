import { ByteReader } from '@cassette/bytes';
import {
  type ByteSource,
  Component,
  DeletionTime,
  decodeBlockPayload,
  decodePartitionPayload,
  decodePartitionsFooter,
  decodeRowsEntry,
  type SSTableSources,
  TriePages,
  TrieWalker,
  trieNodeTypes,
} from '@cassette/sstable';
import type { TrieNode } from './inspector.ts';
import { deletionText } from './row-texts.ts';

/** Bytes of an entry of Rows.db behind its key. */
const ENTRY_BYTES = 64;

/** Nodes of the tree of partition keys, breadth first, from a position or the root. Throws CorruptionError. */
export function partitionNodes(partitions: ByteSource, position: number | undefined, max: number): TrieNode[] {
  const root = position ?? decodePartitionsFooter(partitions).root;
  return nodesBelow(partitions, root, max, (walker) => {
    const payload = walker.payload();
    const { position: place } = decodePartitionPayload(payload, walker.payloadFlags, 0);
    return place < 0 ? `${-1 - place} in ${Component.DATA}` : `${place} in ${Component.ROWS}`;
  });
}

/** Nodes of a partition's row index, whose entry in Rows.db begins at `entry`. Throws CorruptionError. */
export function rowNodes(rows: ByteSource, entry: number, position: number | undefined, max: number): TrieNode[] {
  const open = new DeletionTime();
  return nodesBelow(rows, position ?? rootOf(rows, entry), max, (walker) => {
    const offset = decodeBlockPayload(walker.payload(), walker.payloadFlags, open);
    return `block at ${offset}${open.isLive ? '' : `, ${deletionText(open)}`}`;
  });
}

/** Whether the SSTable has tries. */
export function hasTries(sources: SSTableSources): boolean {
  return sources[Component.PARTITIONS] !== undefined;
}

function rootOf(rows: ByteSource, entry: number): number {
  const head = bytesOf(rows, entry, 2);
  const length = head.u16('key length');
  return decodeRowsEntry(bytesOf(rows, entry + 2 + length, ENTRY_BYTES)).root;
}

function bytesOf(source: ByteSource, from: number, count: number): ByteReader {
  const bytes = new Uint8Array(Math.max(0, Math.min(count, source.size - from)));
  return new ByteReader(bytes.subarray(0, source.read(bytes, from)), source.name, from);
}

function nodesBelow(source: ByteSource, root: number, max: number, payloadOf: (walker: TrieWalker) => string): TrieNode[] {
  const pages = new TriePages(source);
  const walker = new TrieWalker(pages);
  const input = pages.newInput();
  const nodes: TrieNode[] = [];
  const left = [root];
  for (let i = 0; i < left.length && nodes.length < max; i++) {
    const position = left[i];
    walker.go(position);
    const children: { byte: number; position: number }[] = [];
    for (let slot = 0; slot < walker.slots; slot++) {
      const child = walker.child(slot);
      if (child < 0) continue;
      children.push({ byte: walker.transition(slot), position: child });
      if (left.length < max) left.push(child);
    }
    pages.at(position, input);
    const type = trieNodeTypes[input.u8('node') >> 4];
    nodes.push({ position, type, payload: walker.payloadFlags === 0 ? '' : payloadOf(walker), children });
  }
  return nodes;
}
