import { CorruptionError } from '@cassette/bytes';
import { ClusteringBound } from '../clustering/clustering-bound.ts';
import { skipClustering } from '../clustering/clustering-values.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { ExtendedFlag, UnfilteredFlag } from '../data/flags.ts';
import { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { PartitionHeader } from '../reader/partition-header.ts';
import type { PartitionIndex, PartitionScanner } from '../reader/partition-index.ts';

/** Bytes that the name of a row or marker is looked for in at first. */
const NAME_BYTES = 256;

/** Where partitions, blocks of their rows, and rows begin and end in Data.db: by the index as far as there is one, else by walking. */
export class PartitionPlaces {
  private readonly data: ByteSource;
  private readonly layout: DataLayout;
  private readonly index: PartitionIndex | null;
  private readonly window: ByteWindow;
  private readonly header: PartitionHeader;
  /** Stands at the partition that was asked for last. */
  private scanner: PartitionScanner | null = null;

  /** `index` is null where there is none that can be used. */
  constructor(data: ByteSource, layout: DataLayout, index: PartitionIndex | null) {
    this.data = data;
    this.layout = layout;
    this.index = index;
    this.window = new ByteWindow(data, 4096);
    this.header = new PartitionHeader(this.window, new UnfilteredReader(this.window, layout), layout);
  }

  /** Where the partition that begins at a place ends. Throws CorruptionError where nothing tells. */
  endOf(position: number): number {
    const scanner = this.scannerAt(position);
    if (scanner !== null) {
      try {
        return scanner.next() ? scanner.dataPosition : this.data.size;
      } catch (error) {
        this.scanner = null;
        if (!(error instanceof CorruptionError)) throw error;
      }
    }
    return this.walked(position);
  }

  /**
   * Where the blocks of rows begin that the index knows of a partition at `[from, end)`, whose rows begin at `rowsFrom`; null where it knows of
   * none, or its blocks are not in that partition.
   */
  blocksOf(from: number, rowsFrom: number, end: number): Float64Array | null {
    const scanner = this.scannerAt(from);
    if (scanner === null || !scanner.hasRowIndex) return null;
    // What takes the row index takes the key along.
    this.scanner = null;
    try {
      const blocks = scanner.rowIndex().blocks(this.data.name, from, rowsFrom, end);
      blocks.seek(ClusteringBound.BOTTOM);
      const places = [blocks.from];
      while (blocks.to < end - 1) {
        blocks.next();
        places.push(blocks.from);
      }
      return places[0] === rowsFrom ? Float64Array.from(places) : null;
    } catch (error) {
      if (error instanceof CorruptionError) return null;
      throw error;
    }
  }

  /** Place in the index's file of the entry of the partition at a place, where it has a row index; else -1. */
  rowIndexOf(position: number): number {
    const scanner = this.scannerAt(position);
    return scanner?.hasRowIndex === true ? scanner.bookmark : -1;
  }

  /** Where the row or marker at a place ends, or the byte that ends the partition; within `limit`. Throws CorruptionError. */
  endOfUnfiltered(position: number, limit: number): number {
    for (let count = NAME_BYTES; ; count *= 8) {
      const isAll = count >= limit - position;
      this.window.readAhead = 0;
      const input = this.window.at(position, Math.min(count, limit - position));
      input.end = Math.min(input.end, input.position + limit - position);
      const start = input.position;
      try {
        const flags = input.u8('flags');
        if ((flags & UnfilteredFlag.END_OF_PARTITION) !== 0) {
          if (flags !== UnfilteredFlag.END_OF_PARTITION) throw input.corrupt('the end of a partition has other flags too', start);
          return position + 1;
        }
        let size = this.layout.clusteringSize;
        if ((flags & UnfilteredFlag.IS_MARKER) !== 0) {
          input.skip(1, 'kind');
          size = input.u16('value count');
          if (size > this.layout.clusteringSize) throw input.corrupt(`a bound has ${size} values`, start);
        } else if ((flags & UnfilteredFlag.EXTENSION) !== 0 && (input.u8('extended flags') & ExtendedFlag.IS_STATIC) !== 0) {
          size = 0;
        }
        skipClustering(input, this.layout.clusteringFixed, size);
        const body = input.unsignedVIntNumber('size');
        const end = input.filePosition + body;
        if (end > limit) throw input.corrupt(`what is here ends at ${end}, and should before ${limit}`, start);
        return end;
      } catch (error) {
        if (isAll || !(error instanceof CorruptionError)) throw error;
      }
    }
  }

  /** By its rows: all of them are passed. */
  private walked(position: number): number {
    this.window.readAhead = 0;
    this.header.read(position);
    const { size } = this.data;
    for (let at = this.header.rowsFrom; ; ) {
      const end = this.endOfUnfiltered(at, size);
      const isEnd = (this.window.at(at, 1).u8('flags') & UnfilteredFlag.END_OF_PARTITION) !== 0;
      if (isEnd) return end;
      at = end;
    }
  }

  // The index's entry of the partition at a place; null where it has none. The same whatever was asked before: else pieces would be others
  // each time somebody looks.
  private scannerAt(position: number): PartitionScanner | null {
    const { index } = this;
    if (index === null) return null;
    if (this.scanner !== null && this.scanner.dataPosition === position) return this.scanner;
    const key = this.keyAt(position);
    const byKey = key === null ? null : upTo(position, () => index.scannerFor(key));
    // Where the key is damaged that leads nowhere: then all entries before are passed.
    this.scanner = byKey ?? upTo(position, () => index.keys());
    return this.scanner;
  }

  private keyAt(position: number): { readonly hi: number; readonly lo: number; readonly inclusive: true } | null {
    this.window.readAhead = 0;
    try {
      this.header.read(position);
    } catch (error) {
      return nullIfCorrupt(error);
    }
    return { hi: this.header.tokenHi, lo: this.header.tokenLo, inclusive: true };
  }
}

/** A scanner that stands at the partition at a place; null where it does not come there. */
function upTo(position: number, begin: () => PartitionScanner): PartitionScanner | null {
  try {
    const scanner = begin();
    while (scanner.next() && scanner.dataPosition <= position) if (scanner.dataPosition === position) return scanner;
    return null;
  } catch (error) {
    return nullIfCorrupt(error);
  }
}

function nullIfCorrupt(error: unknown): null {
  if (error instanceof CorruptionError) return null;
  throw error;
}
