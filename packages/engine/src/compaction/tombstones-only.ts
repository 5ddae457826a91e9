import { type DeletionTime, type RangeTombstoneMarker, Row, Unfiltered, type UnfilteredCursor } from '@cassette/sstable';

/**
 * What deletes whole rows in a cursor: deletions of partitions, ranges and rows, without a cell. It reads forward.
 * Cassandra: io.sstable.SSTableSimpleIterator.CurrentFormatTombstoneIterator.
 */
export class TombstonesOnly implements UnfilteredCursor {
  /** A static row has no deletion of its own. */
  readonly staticRow = null;
  readonly row = new Row();
  private readonly source: UnfilteredCursor;

  /** Takes the source over. */
  constructor(source: UnfilteredCursor) {
    this.source = source;
  }

  get keyBytes(): Uint8Array {
    return this.source.keyBytes;
  }
  get keyFrom(): number {
    return this.source.keyFrom;
  }
  get keyTo(): number {
    return this.source.keyTo;
  }
  get tokenHi(): number {
    return this.source.tokenHi;
  }
  get tokenLo(): number {
    return this.source.tokenLo;
  }
  get partitionDeletion(): DeletionTime {
    return this.source.partitionDeletion;
  }
  get marker(): RangeTombstoneMarker {
    return this.source.marker;
  }

  nextPartition(): boolean {
    return this.source.nextPartition();
  }

  next(): Unfiltered {
    const { source, row } = this;
    for (;;) {
      const found = source.next();
      if (found !== Unfiltered.ROW) return found;
      const { deletion, clusteringBytes, clusteringFrom, clusteringTo } = source.row;
      if (deletion.isLive) continue;
      row.clear();
      row.setClustering(clusteringBytes, clusteringFrom, clusteringTo);
      row.deletion.set(deletion);
      return found;
    }
  }

  close(): void {
    this.source.close();
  }
}
