import { CorruptionError } from '@cassette/bytes';
import type { Slice } from '../clustering/clustering-bound.ts';
import { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { closeAtEnd, compareToBound, goToBlock, openAtStart, type PartitionPlace, type PartitionRows } from './partition-rows.ts';

const EVERYTHING: readonly Slice[] = [{ start: ClusteringBound.BOTTOM, end: ClusteringBound.TOP }];

/**
 * From last to first, block by block: memory for one block (of a partition without promoted index: for the partition, which is
 * then one block) and four bytes for each unfiltered in it. A marker's closing and opening are as in the file: what is before
 * the bound in stored order is `closing`. Cassandra: big.SSTableReversedIterator,
 * bti.SSTableReversedIterator.
 */
export class ReversedRows implements PartitionRows {
  private readonly reader: UnfilteredReader;
  private readonly window: ByteWindow;
  private readonly layout: DataLayout;
  private readonly slices: readonly Slice[];
  private place: PartitionPlace | null = null;
  private slice = -1;
  private inSlice = false;
  /** Where the block begins that `offsets` is about; -1 for none. */
  private blockFrom = -1;
  private blockTo = 0;
  /** Where each unfiltered of the block begins, relative to it. */
  private offsets = new Int32Array(256);
  private count = 0;
  /** How many unfiltereds of the block are still to come. */
  private left = 0;
  /** The deletion that is open where we are, seen in stored order. */
  private readonly open = new DeletionTime();

  constructor(reader: UnfilteredReader, window: ByteWindow, layout: DataLayout, slices: readonly Slice[] | null) {
    this.reader = reader;
    this.window = window;
    this.layout = layout;
    this.slices = slices ?? EVERYTHING;
  }

  start(place: PartitionPlace): void {
    this.place = place;
    this.slice = this.slices.length - 1;
    this.inSlice = false;
    this.blockFrom = -1;
  }

  next(): Unfiltered {
    while (this.slice >= 0) {
      const slice = this.slices[this.slice];
      if (!this.inSlice) {
        this.goToEnd(slice);
        this.inSlice = true;
        if (!this.open.isLive) {
          closeAtEnd(this.reader, slice, this.open);
          return Unfiltered.MARKER;
        }
      }
      const found = this.previous(slice);
      if (found !== Unfiltered.END) return found;
      this.inSlice = false;
      this.slice--;
      if (!this.open.isLive) {
        openAtStart(this.reader, slice, this.open);
        return Unfiltered.MARKER;
      }
    }
    return Unfiltered.END;
  }

  // Reads what comes before, END where it is not after the slice's start.
  private previous(slice: Slice): Unfiltered {
    for (;;) {
      if (this.left === 0) {
        if (this.place!.blocks?.previous() !== true) return Unfiltered.END;
        this.load(null);
        continue;
      }
      this.reader.seek(this.blockFrom + this.offsets[this.left - 1], this.blockTo);
      const found = this.reader.peek();
      if (compareToBound(this.reader, this.layout, slice.start) <= 0) return Unfiltered.END;
      this.left--;
      if (found === Unfiltered.MARKER) {
        // The reader checks that markers fit together going forward: here they were when the block was walked over.
        this.reader.readAlone();
        this.open.set(this.reader.marker.closing);
        return found;
      }
      this.reader.read();
      if (!this.reader.row.isEmpty) return found;
    }
  }

  // Goes behind the last unfiltered before the slice's end.
  private goToEnd(slice: Slice): void {
    const { blocks, rowsFrom } = this.place!;
    blocks?.seek(slice.end);
    if ((blocks?.from ?? rowsFrom) !== this.blockFrom) {
      this.load(slice.end);
      // Where the earlier block ends is for its rows to say, not for the index.
      while (this.left === 0 && blocks?.previous() === true) this.load(slice.end);
      return;
    }
    // The slice after this one ended in the same block: on from there.
    while (this.left > 0) {
      this.reader.seek(this.blockFrom + this.offsets[this.left - 1], this.blockTo);
      const found = this.reader.peek();
      if (compareToBound(this.reader, this.layout, slice.end) < 0) return;
      this.left--;
      if (found === Unfiltered.MARKER) {
        this.reader.readAlone();
        this.open.set(this.reader.marker.closing);
      }
    }
  }

  // Walks over the selected block up to `end` and notes where everything begins. With `end` the deletion open there is set too.
  private load(end: ClusteringBound | null): void {
    const { blocks, rowsFrom, end: partitionEnd } = this.place!;
    const { reader } = this;
    if (blocks === null) {
      this.blockFrom = rowsFrom;
      this.blockTo = partitionEnd;
      reader.seek(rowsFrom, partitionEnd);
    } else {
      this.blockFrom = blocks.from;
      this.blockTo = blocks.to;
      // From one block to the one before it what is open in between shows by itself.
      if (end === null) reader.seek(this.blockFrom, this.blockTo, blocks.open);
      else goToBlock(reader, blocks, this.blockTo, this.window.name);
    }
    this.window.readAhead = this.blockTo;
    this.window.exactly(this.blockFrom, this.blockTo - this.blockFrom, 'a block of rows');
    this.count = 0;
    let isEnd = false;
    while (reader.position < this.blockTo) {
      isEnd = reader.peek() === Unfiltered.END;
      if (isEnd) break;
      if (end !== null && compareToBound(reader, this.layout, end) >= 0) break;
      if (this.count === this.offsets.length) {
        const wider = new Int32Array(this.count * 2);
        wider.set(this.offsets);
        this.offsets = wider;
      }
      this.offsets[this.count++] = reader.position - this.blockFrom;
      reader.skip();
    }
    if (blocks === null && reader.position >= partitionEnd && !isEnd) {
      throw new CorruptionError(`the partition does not end at ${partitionEnd}, as its index says`, this.window.name, rowsFrom);
    }
    if (end !== null) this.open.set(reader.open);
    this.left = this.count;
  }
}
