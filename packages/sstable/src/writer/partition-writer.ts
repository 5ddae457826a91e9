import { assert, type ByteWriter } from '@cassette/bytes';
import type { DataLayout } from '../data/data-layout.ts';
import { encodeDeletionTime } from '../data/deletion-time-codec.ts';
import { UnfilteredFlag } from '../data/flags.ts';
import { UnfilteredEncoder } from '../data/unfiltered-encoder.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind, isEnd, type RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { Row } from '../rows/row.ts';
import type { BlockSink } from './index-output.ts';

/** Bytes that gather before they go to the file. */
export const FLUSH_BYTES = 32768;

/**
 * Writes the partitions of one SSTable, one after the other, and gathers the blocks of each for the row index. What is written
 * gathers in `out`, which the owner empties when it likes between calls. No object is made for a row.
 * Cassandra: io.sstable.format.SortedTablePartitionWriter.
 */
export class PartitionWriter {
  /** Bytes of the current partition before its first unfiltered. */
  headerLength = 0;
  /** After `end`: bytes of the partition before its end-of-partition byte. */
  endOffset = 0;
  /** Whether anything but the key was written of the current partition. */
  hasContent = false;
  private readonly layout: DataLayout;
  private readonly out: ByteWriter;
  private readonly encoder: UnfilteredEncoder;
  private readonly blocks: BlockSink;
  private readonly columnIndexSize: number;
  private readonly open = new DeletionTime();
  private readonly emptyStatic = new Row();
  // Positions are from the partition's start; `flushed` is how many of its bytes have left `out`.
  private start = 0;
  private flushed = 0;
  private staticDue = false;
  private inBlock = false;
  private blockStart = 0;
  private previousStart = 0;
  // The last unfiltered: to check the order, and as the last name of a block.
  private hasLast = false;
  private lastKind: number = BoundKind.CLUSTERING;
  private lastSize = 0;
  private lastBytes = new Uint8Array(256);
  private lastLength = 0;

  constructor(layout: DataLayout, out: ByteWriter, blocks: BlockSink, columnIndexSize: number) {
    this.layout = layout;
    this.out = out;
    this.blocks = blocks;
    this.columnIndexSize = columnIndexSize;
    this.encoder = new UnfilteredEncoder(layout);
    this.emptyStatic.isStatic = true;
  }

  /** Bytes of the current partition so far. */
  get length(): number {
    return this.flushed + this.out.length - this.start;
  }

  /** The owner took everything out of `out`. */
  emptied(): void {
    this.flushed += this.out.length - this.start;
    this.start = 0;
    this.out.clear();
  }

  begin(key: Uint8Array, from: number, to: number, deletion: DeletionTime): void {
    assert(to - from <= 0xffff, `a partition key has at most 65535 bytes, not ${to - from}`);
    this.start = this.out.length;
    this.flushed = 0;
    this.blocks.clear();
    this.open.setLive();
    this.inBlock = false;
    this.hasLast = false;
    this.previousStart = 0;
    this.hasContent = !deletion.isLive;
    this.out.u16(to - from);
    this.out.bytesOf(key, from, to);
    encodeDeletionTime(this.out, deletion, this.layout.compactDeletionTime);
    this.headerLength = this.length;
    this.staticDue = this.layout.statics.count > 0;
  }

  /** Before rows and markers; an empty one is as good as none. */
  addStaticRow(row: Row): void {
    assert(row.isStatic, 'a static row is one');
    if (row.isEmpty) return;
    assert(this.staticDue, 'the static row comes first, and once, in an SSTable with static columns');
    this.encoder.row(this.out, row, 0);
    this.headerLength = this.length;
    this.staticDue = false;
    this.hasContent = true;
  }

  /** After everything before it in clustering order; must not be empty. */
  addRow(row: Row): void {
    assert(!row.isStatic, 'a static row is added as such');
    const { clusteringBytes, clusteringFrom, clusteringTo } = row;
    const start = this.beginUnfiltered(
      BoundKind.CLUSTERING,
      this.layout.clusteringSize,
      clusteringBytes,
      clusteringFrom,
      clusteringTo,
    );
    this.encoder.row(this.out, row, start - this.previousStart);
    this.endUnfiltered(start);
  }

  /** After everything before it in clustering order; opens only where nothing is open, closes only what is. */
  addMarker(marker: RangeTombstoneMarker): void {
    assert(isEnd(marker.kind) === !this.open.isLive, 'range tombstones open and close in turn');
    assert(!isEnd(marker.kind) || marker.closing.equals(this.open), 'a range tombstone closes with the deletion it opened with');
    const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = marker;
    const start = this.beginUnfiltered(kind, size, clusteringBytes, clusteringFrom, clusteringTo);
    this.encoder.marker(this.out, marker, start - this.previousStart);
    this.open.set(marker.opening);
    this.endUnfiltered(start);
  }

  /** Ends the partition; returns its bytes. */
  end(): number {
    assert(this.open.isLive, 'a partition ends with all range tombstones closed');
    this.writeStaticIfDue();
    this.endOffset = this.length;
    this.out.u8(UnfilteredFlag.END_OF_PARTITION);
    if (this.inBlock) this.endBlock();
    return this.length;
  }

  /** Takes back a partition that came to nothing. */
  takeBack(): void {
    assert(!this.hasContent && this.flushed === 0, 'only a partition of nothing is taken back');
    this.out.length = this.start;
  }

  private writeStaticIfDue(): void {
    if (!this.staticDue) return;
    this.encoder.row(this.out, this.emptyStatic, 0);
    this.headerLength = this.length;
    this.staticDue = false;
  }

  private beginUnfiltered(kind: number, size: number, bytes: Uint8Array, from: number, to: number): number {
    this.writeStaticIfDue();
    if (this.hasLast) {
      const order = this.layout.comparator.comparePrefixes(
        this.lastKind,
        this.lastSize,
        this.lastBytes,
        0,
        this.lastLength,
        kind,
        size,
        bytes,
        from,
        to,
      );
      assert(order < 0, 'rows and markers come in clustering order');
    }
    this.hasContent = true;
    this.keepLast(kind, size, bytes, from, to);
    const start = this.length;
    if (!this.inBlock) {
      this.inBlock = true;
      this.blockStart = start;
      this.blocks.beginBlock(kind, size, bytes, from, to, start, this.open.isLive ? null : this.open);
    }
    return start;
  }

  private endUnfiltered(start: number): void {
    this.previousStart = start;
    if (this.length - this.blockStart >= this.columnIndexSize) this.endBlock();
  }

  private endBlock(): void {
    this.inBlock = false;
    this.blocks.endBlock(
      this.lastKind,
      this.lastSize,
      this.lastBytes,
      0,
      this.lastLength,
      this.blockStart,
      this.length - this.blockStart,
      this.open.isLive ? null : this.open,
    );
  }

  private keepLast(kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (this.lastBytes.length < length) this.lastBytes = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.lastBytes[i] = bytes[from + i];
    this.hasLast = true;
    this.lastKind = kind;
    this.lastSize = size;
    this.lastLength = length;
  }
}
