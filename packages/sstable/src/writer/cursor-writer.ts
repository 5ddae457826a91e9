import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';
import type { SSTableWriter } from './sstable-writer.ts';

/**
 * Writes all that a cursor gives, in steps: a flush or a compaction stays within a time slice, also within a partition. The
 * cursor must go forward.
 */
export class CursorWriter {
  private readonly writer: SSTableWriter;
  private readonly cursor: UnfilteredCursor;
  private inPartition = false;
  private done = false;

  constructor(writer: SSTableWriter, cursor: UnfilteredCursor) {
    this.writer = writer;
    this.cursor = cursor;
  }

  /** Writes about `bytes` more bytes (uncompressed); false when everything is written. `finish` is the caller's. */
  step(bytes: number): boolean {
    const { writer, cursor } = this;
    const until = writer.position + bytes;
    while (!this.done && writer.position < until) {
      if (!this.inPartition) {
        if (!cursor.nextPartition()) {
          this.done = true;
          break;
        }
        writer.startPartition(cursor.keyBytes, cursor.keyFrom, cursor.keyTo, cursor.partitionDeletion);
        if (cursor.staticRow !== null) writer.addStaticRow(cursor.staticRow);
        this.inPartition = true;
      }
      const found = cursor.next();
      if (found === Unfiltered.ROW) writer.addRow(cursor.row);
      else if (found === Unfiltered.MARKER) writer.addMarker(cursor.marker);
      else {
        writer.endPartition();
        this.inPartition = false;
      }
    }
    return !this.done;
  }
}

/** Writes all that a cursor gives, in one go. */
export function writeCursor(writer: SSTableWriter, cursor: UnfilteredCursor): void {
  new CursorWriter(writer, cursor).step(Number.POSITIVE_INFINITY);
}
