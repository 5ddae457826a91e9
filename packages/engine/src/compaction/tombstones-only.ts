import { type DeletionTime, type RangeTombstoneMarker, Row, Unfiltered } from '@cassette/sstable';
import { PASSED_MAX } from '../merge/k-way-merger.ts';
import { WrappedCursor } from '../merge/wrapped-cursor.ts';

/**
 * What deletes whole rows in a cursor: deletions of partitions, ranges and rows, without a cell. It reads forward, and pauses.
 * Cassandra: io.sstable.SSTableSimpleIterator.CurrentFormatTombstoneIterator.
 */
export class TombstonesOnly extends WrappedCursor {
  /** A static row has no deletion of its own. */
  readonly staticRow = null;
  readonly row = new Row();

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
    for (let passed = 0; passed < PASSED_MAX; passed++) {
      const found = source.next();
      if (found !== Unfiltered.ROW) return found;
      const { deletion, clusteringBytes, clusteringFrom, clusteringTo } = source.row;
      if (deletion.isLive) continue;
      row.clear();
      row.setClustering(clusteringBytes, clusteringFrom, clusteringTo);
      row.deletion.set(deletion);
      return found;
    }
    return Unfiltered.PAUSE;
  }
}
