import { assert, ByteWriter } from '@cassette/bytes';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { checkWritable } from '../data/deletion-time-codec.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { BlockSink } from '../writer/index-output.ts';
import { putClusteringKey } from './comparable-keys.ts';
import type { PagedOutput } from './paged-output.ts';
import { type BlockPayload, blockPayloads, encodeRowsEntry } from './rows-codec.ts';
import { TrieWriter } from './trie-writer.ts';

/**
 * Writes Rows.db (layout: rows-codec.ts): gathers the blocks of one partition after the other, and writes those that are two or more.
 * Cassandra: bti.RowIndexWriter, bti.BtiFormatPartitionWriter.
 */
export class RowsWriter implements BlockSink {
  private readonly columns: readonly ClusteringColumn[];
  private readonly output: PagedOutput;
  private readonly trie: TrieWriter<BlockPayload>;
  private blockCount = 0;
  // Of the block that has begun.
  private open: DeletionTime | null = null;
  private offset = 0;
  // The last name of the block before, raw, as most partitions have one block and need no form of it; and its form.
  private lastKind = 0;
  private lastSize = 0;
  private readonly lastBytes = new ByteWriter(64);
  private readonly last = new ByteWriter(64);
  private readonly first = new ByteWriter(64);
  private readonly separator = new ByteWriter(64);

  constructor(columns: readonly ClusteringColumn[], output: PagedOutput) {
    this.columns = columns;
    this.output = output;
    this.trie = new TrieWriter(blockPayloads, output);
  }

  clear(): void {
    if (this.blockCount > 0) this.trie.reset();
    this.blockCount = 0;
  }

  /** Throws UnwritableDeletionError. */
  beginBlock(
    kind: number,
    size: number,
    bytes: Uint8Array,
    from: number,
    to: number,
    offset: number,
    open: DeletionTime | null,
  ): void {
    if (open !== null) checkWritable(open, true);
    this.offset = offset;
    this.open = open === null ? null : DeletionTime.of(open.hi, open.lo, open.localDeletionTime);
    this.separator.clear();
    if (this.blockCount > 0) {
      const { first } = this;
      first.clear();
      putClusteringKey(first, this.columns, kind, size, bytes, from, to);
      this.separate();
    }
  }

  endBlock(kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    this.trie.add(this.separator.buffer, this.separator.length, { offset: this.offset, open: this.open });
    this.blockCount++;
    this.lastKind = kind;
    this.lastSize = size;
    this.lastBytes.clear();
    this.lastBytes.bytesOf(bytes, from, to);
  }

  /**
   * Ends the partition. Returns the position of its entry, -1 where it has none because it has one block. `endOffset` is the place of the
   * end-of-partition byte from its start.
   */
  endPartition(key: Uint8Array, keyLength: number, dataPosition: number, endOffset: number, deletion: DeletionTime): number {
    if (this.blockCount < 2) return -1;
    this.addSentinel(endOffset);
    const root = this.trie.finish();
    const { output } = this;
    const { position } = output;
    encodeRowsEntry(output.out, position, key, keyLength, {
      dataPosition,
      root,
      blockCount: this.blockCount,
      partitionDeletion: deletion,
    });
    output.flushIfLarge();
    return position;
  }

  private formOfLast(): ByteWriter {
    const { last, lastBytes } = this;
    last.clear();
    putClusteringKey(last, this.columns, this.lastKind, this.lastSize, lastBytes.buffer, 0, lastBytes.length);
    return last;
  }

  // What both have in common, and then the byte after that of the block before.
  private separate(): void {
    const last = this.formOfLast();
    const { first, separator } = this;
    let common = 0;
    while (common < last.length && last.buffer[common] === first.buffer[common]) common++;
    assert(common < last.length && last.buffer[common] < first.buffer[common], 'blocks follow one another in clustering order');
    separator.bytesOf(last.buffer, 0, common);
    separator.u8(last.buffer[common] + 1);
  }

  // A key behind the last name that is not longer than need be, so that look-ups beyond it end early.
  private addSentinel(endOffset: number): void {
    const last = this.formOfLast();
    const { separator } = this;
    let common = 0;
    while (common < separator.length && last.buffer[common] === separator.buffer[common]) common++;
    assert(common < last.length, 'the last name is behind the last separator');
    // A byte that can't be made greater stays, and the next one is.
    let at = common;
    while (at < last.length && last.buffer[at] === 0xff) at++;
    if (at < last.length) last.buffer[at]++;
    this.trie.add(last.buffer, Math.min(at + 1, last.length), { offset: endOffset, open: null });
  }
}
