import { CorruptionError } from '@cassette/bytes';
import type { ClusteringBound, Slice } from '../clustering/clustering-bound.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';

/**
 * The blocks of one partition, by its row index: one of them is selected, and the fields tell of it. File positions are of (uncompressed)
 * Data.db. Everything throws CorruptionError where a block does not lie within the partition. Cassandra: big.IndexState, bti.RowIndexReader.
 */
export interface PartitionBlocks {
  /**
   * Selects a block such that all that lies in earlier ones is before the bound, and all that lies in later ones behind it. False, with
   * the last block selected, where everything is before the bound.
   */
  seek(bound: ClusteringBound): boolean;
  /** Whether the index has the names that blocks begin and end with; else it has only what separates them. */
  readonly hasNames: boolean;
  /** Whether the selected block is said to begin behind the bound; false where the index has no such names. */
  beginsBehind(bound: ClusteringBound): boolean;
  /** Whether the selected block is said to end with what the reader peeked at; true where the index has no such names. */
  endsWith(reader: UnfilteredReader): boolean;
  /** Selects the block before; false where there is none. */
  previous(): boolean;
  /** Selects the block behind the selected one, after `previous`. */
  next(): void;
  /** Where the selected block begins and ends in Data.db. */
  readonly from: number;
  readonly to: number;
  /** The range deletion open before the selected block; LIVE if none. Changed by the next selection. */
  readonly open: DeletionTime;
}

/** Where a partition lies. `end` is the file's where the partition's is not known. */
export interface PartitionPlace {
  /** File position of the first unfiltered. */
  readonly rowsFrom: number;
  readonly end: number;
  /** Absent for a partition of one block, or where none was asked for. */
  readonly blocks: PartitionBlocks | null;
}

/** The rows and markers of one partition, in one direction, cut to slices. What is found is in the reader's row and marker. */
export interface PartitionRows {
  /** Goes to the partition. */
  start(place: PartitionPlace): void;
  next(): Unfiltered;
}

/** Order of what the reader peeked at and a bound. */
export function compareToBound(reader: UnfilteredReader, layout: DataLayout, bound: ClusteringBound): number {
  return layout.comparator.comparePrefixes(
    reader.kind,
    reader.size,
    reader.clusteringBytes,
    reader.clusteringFrom,
    reader.clusteringTo,
    bound.kind,
    bound.size,
    bound.bytes,
    0,
    bound.bytes.length,
  );
}

/**
 * Goes to the start of the selected block. A deletion that is said to be open there is held against the block before, for
 * nothing guards what an index says. Throws CorruptionError.
 */
export function goToBlock(reader: UnfilteredReader, blocks: PartitionBlocks, limit: number, file: string): void {
  const { from } = blocks;
  if (blocks.open.isLive || !blocks.previous()) {
    reader.seek(from, limit, blocks.open);
    return;
  }
  reader.seek(blocks.from, from, blocks.open);
  while (reader.position < from) {
    if (reader.peek() === Unfiltered.END) break;
    reader.skip();
  }
  blocks.next();
  if (reader.position !== from || !reader.open.equals(blocks.open)) {
    throw misled('another deletion is open here than it says', file, from);
  }
  reader.seek(from, limit, blocks.open);
}

/**
 * Throws CorruptionError unless all that lies before the block at `from` is before the bound: what separates blocks in an index without
 * names is guarded by nothing, and a wrong one would hide rows. The unfiltered before is where the block's first one says.
 */
export function mustDivide(
  reader: UnfilteredReader,
  layout: DataLayout,
  { rowsFrom, end }: PartitionPlace,
  from: number,
  bound: ClusteringBound,
  file: string,
): void {
  if (from === rowsFrom) return;
  reader.seek(from, end);
  const before = reader.peek() === Unfiltered.END ? rowsFrom : from - reader.previousSize();
  if (before < rowsFrom || before >= from) throw misled(`an unfiltered at ${before} is before that at ${from}`, file, from);
  reader.seek(before, from);
  if (reader.peek() === Unfiltered.END || reader.end !== from || compareToBound(reader, layout, bound) > 0) {
    throw misled(`the block at ${from} begins too late`, file, from);
  }
}

/** Throws CorruptionError unless what begins at `to`, behind a block, is behind the bound: see {@link mustDivide}. */
export function mustBeBehind(
  reader: UnfilteredReader,
  layout: DataLayout,
  { end }: PartitionPlace,
  to: number,
  bound: ClusteringBound,
  file: string,
): void {
  if (to >= end) return;
  reader.seek(to, end);
  if (reader.peek() !== Unfiltered.END && compareToBound(reader, layout, bound) < 0) {
    throw misled(`the block before ${to} ends too early`, file, to);
  }
}

function misled(message: string, file: string, position: number): CorruptionError {
  return new CorruptionError(`the index of rows is damaged: ${message}`, file, position);
}

/** Makes the reader's marker the one that opens `open` where a slice starts. */
export function openAtStart(reader: UnfilteredReader, slice: Slice, open: DeletionTime): void {
  const { marker } = reader;
  marker.setBound(slice.start.kind, slice.start.size, slice.start.bytes, 0, slice.start.bytes.length);
  marker.closing.setLive();
  marker.opening.set(open);
}

/** Makes the reader's marker the one that closes `open` where a slice ends. */
export function closeAtEnd(reader: UnfilteredReader, slice: Slice, open: DeletionTime): void {
  const { marker } = reader;
  marker.setBound(slice.end.kind, slice.end.size, slice.end.bytes, 0, slice.end.bytes.length);
  marker.closing.set(open);
  marker.opening.setLive();
}
