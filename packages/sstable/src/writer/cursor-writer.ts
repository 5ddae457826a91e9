import { Unfiltered, type UnfilteredCursor } from '../rows/unfiltered-cursor.ts';
import type { SSTableWriter } from './sstable-writer.ts';

/** Partitions, rows and markers of a step at most: of those that nothing is written of, as where all was purged, bytes don't tell. */
const MOVES_MAX = 512;

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

  /**
   * Writes about `bytes` more bytes (uncompressed), or less where much is passed over; false when everything is written. `finish` is the
   * caller's.
   */
  step(bytes: number): boolean {
    const { writer, cursor } = this;
    const until = writer.position + bytes;
    for (let moves = 0; moves < MOVES_MAX && !this.done && writer.position < until; moves++) {
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
      else if (found === Unfiltered.PAUSE) break;
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
  const rows = new CursorWriter(writer, cursor);
  while (rows.step(Number.POSITIVE_INFINITY));
}
