import { CorruptionError } from '@cassette/bytes';
import type { Slice } from '../clustering/clustering-bound.ts';
import { ClusteringBound } from '../clustering/clustering-bound.ts';
import type { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import {
  closeAtEnd,
  compareToBound,
  goToBlock,
  mustBeBehind,
  openAtStart,
  type PartitionBlocks,
  type PartitionPlace,
  type PartitionRows,
} from './partition-rows.ts';

const EVERYTHING: readonly Slice[] = [{ start: ClusteringBound.BOTTOM, end: ClusteringBound.TOP }];

/** Bytes of rows that are held at a time. */
const PIECE = 65536;

/**
 * From last to first, block by block of the row index, and each block (a partition without row index is one) in pieces: a first pass
 * forward notes where pieces begin and what is open there. Memory: a piece of 64 KiB (or a block of up to two, or the largest row), four
 * bytes for each unfiltered in it and a few numbers a piece. A marker's closing and opening are as in the file: what is before
 * the bound in stored order is `closing`. Cassandra: big.SSTableReversedIterator, bti.SSTableReversedIterator.
 */
export class ReversedRows implements PartitionRows {
  private readonly reader: UnfilteredReader;
  private readonly window: ByteWindow;
  private readonly layout: DataLayout;
  private readonly slices: readonly Slice[];
  private place: PartitionPlace | null = null;
  private slice = -1;
  private inSlice = false;
  /** Where the block begins that `pieces` is about; -1 for none. */
  private blockFrom = -1;
  /** Where its pieces begin that were not yet come to, and what is open there. */
  private readonly pieces = new Pieces();
  /** The piece that `offsets` is about. */
  private from = 0;
  private to = 0;
  /** The deletion that is open where the piece begins that is walked over. */
  private readonly firstOpen = new DeletionTime();
  /** Where each unfiltered of the piece begins, relative to it. */
  private offsets = new Int32Array(256);
  private count = 0;
  /** How many unfiltereds of the piece are still to come. */
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
    this.pieces.clear();
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
        if (this.previousPiece()) continue;
        if (this.place!.blocks?.previous() !== true) return Unfiltered.END;
        this.load(null);
        continue;
      }
      this.reader.seek(this.from + this.offsets[this.left - 1], this.to);
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
      if (blocks?.hasNames === false) {
        this.window.readAhead = blocks.to;
        mustBeBehind(this.reader, this.layout, this.place!, blocks.to, slice.end, this.window.name);
      }
      this.load(slice.end);
      this.goBack(slice.end);
      return;
    }
    // The slice after this one ended in the same block: on from there.
    while (this.left > 0 || this.previousPiece()) {
      this.reader.seek(this.from + this.offsets[this.left - 1], this.to);
      const found = this.reader.peek();
      if (compareToBound(this.reader, this.layout, slice.end) < 0) return;
      this.left--;
      if (found === Unfiltered.MARKER) {
        this.reader.readAlone();
        this.open.set(this.reader.marker.closing);
      }
    }
    this.goBack(slice.end);
  }

  // Where the earlier block ends is for its rows to say, not for the index.
  private goBack(end: ClusteringBound): void {
    while (this.left === 0 && this.place!.blocks?.previous() === true) this.load(end);
  }

  // Walks over the selected block up to `end` and notes where everything begins. With `end` the deletion open there is set too.
  private load(end: ClusteringBound | null): void {
    const { blocks, rowsFrom, end: partitionEnd } = this.place!;
    const { reader, window, pieces } = this;
    const from = blocks?.from ?? rowsFrom;
    const to = blocks?.to ?? partitionEnd;
    // From one block to the one before it what is open in between shows by itself.
    if (blocks === null || end === null) reader.seek(from, to, blocks?.open);
    else goToBlock(reader, blocks, to, window.name);
    const isSmall = to - from <= 2 * PIECE;
    window.readAhead = to;
    if (isSmall) window.exactly(from, to - from, 'a block of rows');
    pieces.clear();
    this.blockFrom = from;
    this.from = from;
    this.count = 0;
    let isEnd = false;
    let isWhole = true;
    while (reader.position < to) {
      if (!isSmall && reader.position - this.from >= PIECE) {
        pieces.push(this.from, this.firstOpen);
        this.from = reader.position;
        this.count = 0;
      }
      if (this.count === 0) this.firstOpen.set(reader.open);
      isEnd = reader.peek() === Unfiltered.END;
      if (isEnd) break;
      if (end !== null && compareToBound(reader, this.layout, end) >= 0) {
        isWhole = false;
        break;
      }
      this.note(reader.position);
      reader.skip();
    }
    if (blocks === null && reader.position >= partitionEnd && !isEnd) {
      throw new CorruptionError(`the partition does not end at ${partitionEnd}, as its index says`, window.name, rowsFrom);
    }
    if (end !== null) this.open.set(reader.open);
    if (end !== null && isWhole && blocks !== null && this.count > 0) this.mustEndAsSaid(blocks);
    this.to = isSmall ? to : reader.position;
    if (!isSmall) this.hold();
    this.left = this.count;
    // The bound may have been the first thing of a piece.
    if (this.left === 0) this.previousPiece();
  }

  // A block was taken for its last name, and all of it is before the bound: were the name another, rows behind it would be hidden.
  private mustEndAsSaid(blocks: PartitionBlocks): void {
    const { reader, window } = this;
    const last = this.from + this.offsets[this.count - 1];
    reader.seek(last, blocks.to);
    reader.peek();
    if (!blocks.endsWith(reader)) {
      throw new CorruptionError('the index of rows is damaged: a block ends with another row than it says', window.name, last);
    }
  }

  // Goes on with the piece before, in the same block; false where there is none.
  private previousPiece(): boolean {
    const { reader, pieces } = this;
    if (pieces.count === 0) return false;
    this.to = this.from;
    this.from = pieces.pop(this.firstOpen);
    this.hold();
    reader.seek(this.from, this.to, this.firstOpen);
    this.count = 0;
    while (reader.position < this.to) {
      reader.peek();
      this.note(reader.position);
      reader.skip();
    }
    this.left = this.count;
    return true;
  }

  // Takes the whole piece into the window, so that going backwards reads nothing again.
  private hold(): void {
    this.window.readAhead = this.to;
    this.window.exactly(this.from, this.to - this.from, 'rows');
  }

  private note(position: number): void {
    if (this.count === this.offsets.length) {
      const wider = new Int32Array(this.count * 2);
      wider.set(this.offsets);
      this.offsets = wider;
    }
    this.offsets[this.count++] = position - this.from;
  }
}

/** Places in Data.db with the deletion that is open there; the last one comes out first. */
class Pieces {
  count = 0;
  private readonly places: number[] = [];
  private readonly deletions: DeletionTime[] = [];

  clear(): void {
    this.count = 0;
  }

  push(place: number, open: DeletionTime): void {
    this.places[this.count] = place;
    this.deletions[this.count] ??= new DeletionTime();
    this.deletions[this.count++].set(open);
  }

  pop(open: DeletionTime): number {
    open.set(this.deletions[--this.count]);
    return this.places[this.count];
  }
}
