import {
  BoundKind,
  DeletionTime,
  isBoundary,
  RangeTombstoneMarker,
  type Row,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import { PASSED_MAX } from '../merge/k-way-merger.ts';
import { WrappedCursor } from '../merge/wrapped-cursor.ts';
import type { PurgeTime } from './purge-time.ts';
import { type PurgeEvaluator, Purger } from './purger.ts';

/** Says partition by partition what may be purged. */
export interface PartitionPurge extends PurgeEvaluator {
  /** Begins a partition. */
  begin(tokenHi: number, tokenLo: number, key: Uint8Array, from: number, to: number): void;
}

/**
 * A merge without what may be purged. Partitions that nothing is left of are still told, as ones of nothing: the writer passes
 * over them. It pauses where much goes. Cassandra: db.compaction.CompactionIterator.Purger.
 */
export class PurgingCursor extends WrappedCursor {
  readonly partitionDeletion = new DeletionTime();
  staticRow: Row | null = null;
  /** Rows and markers that came in, static rows included. */
  rowsRead = 0;
  private readonly overlaps: PartitionPurge;
  private readonly purger: Purger;
  private readonly cut = new RangeTombstoneMarker();
  private current: RangeTombstoneMarker = this.cut;

  /** Takes the source over. */
  constructor(source: UnfilteredCursor, time: PurgeTime, overlaps: PartitionPurge) {
    super(source);
    this.overlaps = overlaps;
    this.purger = new Purger(time, overlaps);
  }

  get row(): Row {
    return this.source.row;
  }
  get marker(): RangeTombstoneMarker {
    return this.current;
  }

  nextPartition(): boolean {
    const { source, overlaps, purger } = this;
    if (!source.nextPartition()) return false;
    overlaps.begin(source.tokenHi, source.tokenLo, source.keyBytes, source.keyFrom, source.keyTo);
    if (purger.purges(source.partitionDeletion)) this.partitionDeletion.setLive();
    else this.partitionDeletion.set(source.partitionDeletion);
    this.staticRow = source.staticRow;
    if (this.staticRow !== null) {
      this.rowsRead++;
      purger.purge(this.staticRow);
      if (this.staticRow.isEmpty) this.staticRow = null;
    }
    return true;
  }

  next(): Unfiltered {
    const { source, purger } = this;
    for (let passed = 0; passed < PASSED_MAX; passed++) {
      const found = source.next();
      if (found === Unfiltered.END || found === Unfiltered.PAUSE) return found;
      this.rowsRead++;
      if (found === Unfiltered.ROW) {
        purger.purge(source.row);
        if (!source.row.isEmpty) return found;
      } else if (this.keepsMarker(source.marker)) return found;
    }
    return Unfiltered.PAUSE;
  }

  /** Whether something of the marker stays; of a boundary it may be either side. */
  private keepsMarker(marker: RangeTombstoneMarker): boolean {
    const { purger, cut } = this;
    const closingGoes = purger.purges(marker.closing);
    const openingGoes = purger.purges(marker.opening);
    this.current = marker;
    if (!isBoundary(marker.kind)) return !closingGoes && !openingGoes;
    if (closingGoes && openingGoes) return false;
    if (!closingGoes && !openingGoes) return true;
    const isExclusiveEnd = marker.kind === BoundKind.EXCL_END_INCL_START_BOUNDARY;
    let kind: BoundKind;
    if (closingGoes) kind = isExclusiveEnd ? BoundKind.INCL_START_BOUND : BoundKind.EXCL_START_BOUND;
    else kind = isExclusiveEnd ? BoundKind.EXCL_END_BOUND : BoundKind.INCL_END_BOUND;
    cut.setBound(kind, marker.size, marker.clusteringBytes, marker.clusteringFrom, marker.clusteringTo);
    if (closingGoes) cut.closing.setLive();
    else cut.closing.set(marker.closing);
    if (openingGoes) cut.opening.setLive();
    else cut.opening.set(marker.opening);
    this.current = cut;
    return true;
  }
}
