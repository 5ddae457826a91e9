import type { ClusteringBound, Slice } from '../clustering/clustering-bound.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { Unfiltered } from '../rows/unfiltered-cursor.ts';

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
  /** Selects the block before; false where there is none. */
  previous(): boolean;
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
