import type { DeletionTime, RangeTombstoneMarker, Row, Unfiltered, UnfilteredCursor } from '@cassette/sstable';

/**
 * A cursor around another one: the key and its token are the source's, and so is closing. What else a cursor that wraps leaves as it is, it
 * hands on itself, so that one that changes rows can't forget to say so.
 */
export abstract class WrappedCursor implements UnfilteredCursor {
  protected readonly source: UnfilteredCursor;

  abstract readonly partitionDeletion: DeletionTime;
  abstract readonly staticRow: Row | null;
  abstract readonly row: Row;
  abstract readonly marker: RangeTombstoneMarker;

  /** Takes the source over. */
  constructor(source: UnfilteredCursor) {
    this.source = source;
  }

  abstract nextPartition(): boolean;
  abstract next(): Unfiltered;

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

  close(): void {
    this.source.close();
  }
}
