import type { DeletionTime, RangeTombstoneMarker, Row, Unfiltered, UnfilteredCursor } from '@cassette/sstable';
import { WrappedCursor } from '../merge/wrapped-cursor.ts';

/** A cursor that was moved to its first partition, and to the first thing in it, before anyone asked: to see what it has. */
export class StartedCursor extends WrappedCursor {
  /** Whether it has a partition at all. */
  readonly hasPartition: boolean;
  private isBefore = true;
  private peeked: Unfiltered | null = null;

  /** Takes the cursor over. */
  constructor(cursor: UnfilteredCursor) {
    super(cursor);
    this.hasPartition = cursor.nextPartition();
  }

  /** What `next` will move to first; `row` and `marker` are valid after it as after `next`. */
  peek(): Unfiltered {
    this.peeked ??= this.source.next();
    return this.peeked;
  }

  nextPartition(): boolean {
    if (this.isBefore) {
      this.isBefore = false;
      return this.hasPartition;
    }
    this.peeked = null;
    return this.source.nextPartition();
  }

  next(): Unfiltered {
    const { peeked } = this;
    if (peeked === null) return this.source.next();
    this.peeked = null;
    return peeked;
  }

  get partitionDeletion(): DeletionTime {
    return this.source.partitionDeletion;
  }

  get staticRow(): Row | null {
    return this.source.staticRow;
  }

  get row(): Row {
    return this.source.row;
  }

  get marker(): RangeTombstoneMarker {
    return this.source.marker;
  }
}
