import type { Slice } from '../clustering/clustering-bound.ts';
import type { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import {
  closeAtEnd,
  compareToBound,
  goToBlock,
  mustDivide,
  openAtStart,
  type PartitionPlace,
  type PartitionRows,
} from './partition-rows.ts';

/**
 * From first to last. A range tombstone that is open where a slice starts or ends is opened and closed there, so that what
 * comes out is well-formed. Cassandra: AbstractSSTableIterator.ForwardReader, big.SSTableIterator, bti.SSTableIterator.
 */
export class ForwardRows implements PartitionRows {
  private readonly reader: UnfilteredReader;
  private readonly window: ByteWindow;
  private readonly layout: DataLayout;
  private slices: readonly Slice[] | null;
  private place: PartitionPlace | null = null;
  private slice = 0;
  private inSlice = false;

  constructor(reader: UnfilteredReader, window: ByteWindow, layout: DataLayout, slices: readonly Slice[] | null) {
    this.reader = reader;
    this.window = window;
    this.layout = layout;
    this.slices = slices;
  }

  /** Other slices (null: all), for the partitions that are gone to from now on. */
  within(slices: readonly Slice[] | null): void {
    this.slices = slices;
  }

  start(place: PartitionPlace): void {
    this.place = place;
    this.slice = 0;
    this.inSlice = false;
    this.window.readAhead = place.end;
    this.reader.seek(place.rowsFrom, place.end);
  }

  next(): Unfiltered {
    if (this.slices === null) return this.nextOfAll();
    while (this.slice < this.slices.length) {
      const slice = this.slices[this.slice];
      if (!this.inSlice) {
        this.goToSlice(slice);
        this.inSlice = true;
        if (!this.reader.open.isLive) {
          openAtStart(this.reader, slice, this.reader.open);
          return Unfiltered.MARKER;
        }
      }
      const found = this.reader.peek();
      if (found === Unfiltered.END || compareToBound(this.reader, this.layout, slice.end) >= 0) {
        this.inSlice = false;
        this.slice++;
        if (!this.reader.open.isLive) {
          closeAtEnd(this.reader, slice, this.reader.open);
          return Unfiltered.MARKER;
        }
        continue;
      }
      this.reader.read();
      if (found === Unfiltered.MARKER || !this.reader.row.isEmpty) return found;
    }
    return Unfiltered.END;
  }

  private nextOfAll(): Unfiltered {
    for (;;) {
      const found = this.reader.peek();
      if (found === Unfiltered.END) return found;
      this.reader.read();
      // Empty is a row whose columns the table no longer has.
      if (found === Unfiltered.MARKER || !this.reader.row.isEmpty) return found;
    }
  }

  // Moves behind everything that is before the slice.
  private goToSlice(slice: Slice): void {
    const blocks = this.place?.blocks ?? null;
    if (blocks !== null) {
      // Behind all of them: that is for the rows of the last block to say.
      blocks.seek(slice.start);
      // Between two blocks: that the name at which the earlier one is said to end is right shows when its rows are read.
      if (blocks.beginsBehind(slice.start)) blocks.previous();
      if (blocks.from > this.reader.position) {
        this.window.readAhead = blocks.from;
        if (!blocks.hasNames) mustDivide(this.reader, this.layout, this.place!, blocks.from, slice.start, this.window.name);
        goToBlock(this.reader, blocks, this.place!.end, this.window.name);
      }
      blocks.seek(slice.end);
      this.window.readAhead = blocks.to;
    }
    this.reader.passBefore(slice.start);
    while (this.reader.peek() !== Unfiltered.END && compareToBound(this.reader, this.layout, slice.start) <= 0) {
      this.reader.skip();
      this.reader.passBefore(slice.start);
    }
  }
}
