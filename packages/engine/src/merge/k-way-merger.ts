import { compareBytes, compareInt64 } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  type ClusteringComparator,
  DeletionTime,
  RangeTombstoneMarker,
  Row,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import { comparatorOf } from '../deletion/comparator-of.ts';
import { IntHeap } from './int-heap.ts';
import { MarkerMerger } from './marker-merger.ts';
import { pathOrderOf } from './path-order.ts';
import { RowMerger } from './row-merger.ts';

const NONE = new Uint8Array(0);

/** Rows and markers that are passed over between two {@link Unfiltered.PAUSE}, where somebody wants them: a fraction of a millisecond's. */
export const PASSED_MAX = 256;

/** How cursors are merged. */
export interface KWayMergerOptions {
  /** Whether the cursors were made to go backward. */
  readonly reversed?: boolean;
  /** How many rows and markers of which nothing is left to pass over before PAUSE is said; default: it never is. */
  readonly passedMax?: number;
}

/**
 * Several cursors over one table as one: partitions by token and key, rows and markers in clustering order, versions of the
 * same thing reconciled as Cassandra does. What deletions take is gone, the deletions themselves and expired cells are still
 * there: what becomes of those is for whoever reads. Where only one source has a partition, that source is passed through. Sources may pause.
 * Cassandra: db.rows.UnfilteredRowIterators#merge and db.partitions.UnfilteredPartitionIterators#merge.
 */
export class KWayMerger implements UnfilteredCursor {
  keyBytes: Uint8Array = NONE;
  keyFrom = 0;
  keyTo = 0;
  tokenHi = 0;
  tokenLo = 0;
  readonly partitionDeletion = new DeletionTime();
  staticRow: Row | null = null;
  row: Row = new Row();
  marker: RangeTombstoneMarker = new RangeTombstoneMarker();

  private readonly sources: readonly UnfilteredCursor[];
  private readonly comparator: ClusteringComparator;
  private readonly clusteringSize: number;
  private readonly reversed: boolean;
  private readonly partitions: IntHeap;
  private readonly unfiltereds: IntHeap;
  private readonly rows: RowMerger;
  /** Static rows have a merger of their own: the first row is looked for while theirs is still in use. */
  private readonly statics: RowMerger;
  private readonly markers: MarkerMerger;
  /** Sources that hold the partition at hand, in the order they were given. */
  private current: number[];
  /** By source: where it stands in `current`, and what its cursor is at. */
  private readonly place: Int32Array;
  private readonly kind: Uint8Array;
  private readonly passedMax: number;
  /** Sources at the row or marker that was given out last, and those that paused: moved on when the next one is asked for. */
  private readonly taken: number[] = [];
  private began = false;
  private closed = false;

  /** Takes the cursors over. */
  constructor(table: TableMetadata, sources: readonly UnfilteredCursor[], options: KWayMergerOptions = {}) {
    this.sources = sources;
    this.comparator = comparatorOf(table);
    this.clusteringSize = table.clustering.length;
    this.reversed = options.reversed === true;
    this.passedMax = options.passedMax ?? Number.POSITIVE_INFINITY;
    const paths = pathOrderOf(table);
    this.rows = new RowMerger(paths);
    this.statics = new RowMerger(paths);
    this.markers = new MarkerMerger(this.reversed);
    this.partitions = new IntHeap((a, b) => this.comparePartitions(a, b) || a - b);
    // Ties by number, so that equal things come in the order the sources were given in.
    this.unfiltereds = new IntHeap((a, b) => this.compareUnfiltereds(a, b) || a - b);
    this.current = sources.map((_, i) => i);
    this.place = new Int32Array(sources.length);
    this.kind = new Uint8Array(sources.length);
  }

  nextPartition(): boolean {
    if (this.closed) return false;
    const { sources, current, partitions } = this;
    for (const i of current) if (sources[i].nextPartition()) partitions.push(i);
    current.length = 0;
    this.taken.length = 0;
    this.began = false;
    if (partitions.size === 0) return false;
    const first = partitions.pop();
    current.push(first);
    while (partitions.size > 0 && this.comparePartitions(first, partitions.top) === 0) current.push(partitions.pop());
    const source = sources[first];
    this.keyBytes = source.keyBytes;
    this.keyFrom = source.keyFrom;
    this.keyTo = source.keyTo;
    this.tokenHi = source.tokenHi;
    this.tokenLo = source.tokenLo;
    this.partitionDeletion.set(source.partitionDeletion);
    if (current.length === 1) this.staticRow = source.staticRow;
    else this.mergeHeads();
    return true;
  }

  next(): Unfiltered {
    const { current, sources } = this;
    if (current.length === 1) {
      const source = sources[current[0]];
      const found = source.next();
      this.row = source.row;
      this.marker = source.marker;
      return found;
    }
    if (!this.began) {
      this.began = true;
      this.unfiltereds.clear();
      this.taken.length = 0;
      this.taken.push(...current);
    }
    for (let passed = 0; ; passed++) {
      if (!this.advance() || passed >= this.passedMax) return Unfiltered.PAUSE;
      if (this.unfiltereds.size === 0) return Unfiltered.END;
      if (this.takeFirst()) return this.kind[this.taken[0]] as Unfiltered;
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.current = [];
    for (const source of this.sources) source.close();
  }

  private mergeHeads(): void {
    const { current, sources, statics } = this;
    statics.clear();
    let versions = 0;
    for (let n = 0; n < current.length; n++) {
      const source = sources[current[n]];
      this.place[current[n]] = n;
      if (source.partitionDeletion.supersedes(this.partitionDeletion)) this.partitionDeletion.set(source.partitionDeletion);
      if (source.staticRow === null) continue;
      statics.add(source.staticRow);
      versions++;
    }
    this.staticRow = versions === 0 ? null : statics.merge(this.partitionDeletion);
    this.markers.begin(current.length, this.partitionDeletion);
  }

  /** Takes all that stands at the first place and merges it; false where nothing of it is left to be told. */
  private takeFirst(): boolean {
    const { sources, unfiltereds, taken, kind } = this;
    const first = unfiltereds.pop();
    taken.length = 0;
    taken.push(first);
    while (unfiltereds.size > 0 && this.compareUnfiltereds(first, unfiltereds.top) === 0) taken.push(unfiltereds.pop());
    if (kind[first] === Unfiltered.ROW) {
      this.rows.clear();
      for (const i of taken) this.rows.add(sources[i].row);
      const row = this.rows.merge(this.markers.activeDeletion);
      if (row === null) return false;
      this.row = row;
      return true;
    }
    for (const i of taken) this.markers.pass(this.place[i], sources[i].marker);
    const marker = this.markers.merge(sources[first].marker);
    if (marker === null) return false;
    this.marker = marker;
    return true;
  }

  /** Moves those on that were taken; false where some of them pause, which are moved on when it is called again. */
  private advance(): boolean {
    const { sources, taken, kind, unfiltereds } = this;
    let pausing = 0;
    for (let n = 0; n < taken.length; n++) {
      const i = taken[n];
      const found = sources[i].next();
      kind[i] = found;
      if (found === Unfiltered.PAUSE) taken[pausing++] = i;
      else if (found !== Unfiltered.END) unfiltereds.push(i);
    }
    taken.length = pausing;
    return pausing === 0;
  }

  private comparePartitions(i: number, j: number): number {
    const a = this.sources[i];
    const b = this.sources[j];
    return (
      compareInt64(a.tokenHi, a.tokenLo, b.tokenHi, b.tokenLo) ||
      compareBytes(a.keyBytes, a.keyFrom, a.keyTo, b.keyBytes, b.keyFrom, b.keyTo)
    );
  }

  private compareUnfiltereds(i: number, j: number): number {
    const a = this.sources[i];
    const b = this.sources[j];
    const aIsRow = this.kind[i] === Unfiltered.ROW;
    const bIsRow = this.kind[j] === Unfiltered.ROW;
    let order: number;
    if (aIsRow && bIsRow) {
      const x = a.row;
      const y = b.row;
      order = this.comparator.compareClusterings(
        x.clusteringBytes,
        x.clusteringFrom,
        x.clusteringTo,
        y.clusteringBytes,
        y.clusteringFrom,
        y.clusteringTo,
      );
    } else {
      const x = aIsRow ? a.row : a.marker;
      const y = bIsRow ? b.row : b.marker;
      order = this.comparator.comparePrefixes(
        aIsRow ? BoundKind.CLUSTERING : a.marker.kind,
        aIsRow ? this.clusteringSize : a.marker.size,
        x.clusteringBytes,
        x.clusteringFrom,
        x.clusteringTo,
        bIsRow ? BoundKind.CLUSTERING : b.marker.kind,
        bIsRow ? this.clusteringSize : b.marker.size,
        y.clusteringBytes,
        y.clusteringFrom,
        y.clusteringTo,
      );
    }
    return this.reversed ? -order : order;
  }
}
