import type { DeletionTime, RangeTombstoneMarker, Row, Unfiltered, UnfilteredCursor } from '@cassette/sstable';

/** A cursor that was moved to its first partition, and to the first thing in it, before anyone asked: to see what it has. */
export class StartedCursor implements UnfilteredCursor {
  /** Whether it has a partition at all. */
  readonly hasPartition: boolean;
  private readonly cursor: UnfilteredCursor;
  private isBefore = true;
  private peeked: Unfiltered | null = null;

  /** Takes the cursor over. */
  constructor(cursor: UnfilteredCursor) {
    this.cursor = cursor;
    this.hasPartition = cursor.nextPartition();
  }

  /** What `next` will move to first; `row` and `marker` are valid after it as after `next`. */
  peek(): Unfiltered {
    this.peeked ??= this.cursor.next();
    return this.peeked;
  }

  nextPartition(): boolean {
    if (this.isBefore) {
      this.isBefore = false;
      return this.hasPartition;
    }
    this.peeked = null;
    return this.cursor.nextPartition();
  }

  next(): Unfiltered {
    const { peeked } = this;
    if (peeked === null) return this.cursor.next();
    this.peeked = null;
    return peeked;
  }

  close(): void {
    this.cursor.close();
  }

  get keyBytes(): Uint8Array {
    return this.cursor.keyBytes;
  }

  get keyFrom(): number {
    return this.cursor.keyFrom;
  }

  get keyTo(): number {
    return this.cursor.keyTo;
  }

  get tokenHi(): number {
    return this.cursor.tokenHi;
  }

  get tokenLo(): number {
    return this.cursor.tokenLo;
  }

  get partitionDeletion(): DeletionTime {
    return this.cursor.partitionDeletion;
  }

  get staticRow(): Row | null {
    return this.cursor.staticRow;
  }

  get row(): Row {
    return this.cursor.row;
  }

  get marker(): RangeTombstoneMarker {
    return this.cursor.marker;
  }
}
