import type { ClusteringBound, Slice } from '../clustering/clustering-bound.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { UnfilteredReader } from '../data/unfiltered-reader.ts';
import type { DeletionTime } from '../rows/deletion-time.ts';
import type { Unfiltered } from '../rows/unfiltered-cursor.ts';

/**
 * The blocks of one partition, by its promoted index. `select` looks at one block and leaves what it has in the fields; file
 * positions are of (uncompressed) Data.db. Cassandra: RowIndexEntry's columnsIndex.
 */
export interface PartitionBlocks {
  /** At least 2. */
  readonly count: number;
  /** Looks at a block. Throws CorruptionError where it does not lie within the partition. */
  select(block: number): void;
  /** Where the selected block begins and ends in Data.db. */
  readonly from: number;
  readonly to: number;
  /** The range deletion open after the selected block; LIVE if none. */
  readonly open: DeletionTime;
  /** The first block from `low` on whose last name is not before the bound; `count` if there is none. */
  find(bound: ClusteringBound, low: number): number;
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
