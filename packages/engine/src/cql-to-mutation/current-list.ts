import { compareBytes, toHex } from '@cassette/bytes';
import { type ColumnMetadata, nativeTypes } from '@cassette/cql';
import { CellFlag, type Row } from '@cassette/sstable';
import type { LiveRow } from '../select/rows/index.ts';

/** One element of a list. */
export interface ListElement {
  readonly path: Uint8Array;
  readonly value: Uint8Array;
}

/** What one statement did to a row so far, for its operations that look at lists: they see what those before them wrote. */
export class PendingCells {
  private readonly cells: { column: number; flags: number; path: Uint8Array; value: Uint8Array }[] = [];

  /** Forgets everything: a new row begins. */
  clear(): void {
    this.cells.length = 0;
  }

  /** Keeps cells of a row, from one on. */
  add(row: Row, from: number): void {
    for (let i = from; i < row.cellCount; i++) {
      this.cells.push({
        column: row.cellColumn[i],
        flags: row.cellFlags[i],
        path: row.cellPathBytes[i].slice(row.cellPathFrom[i], row.cellPathTo[i]),
        value: row.cellValueBytes[i].slice(row.cellValueFrom[i], row.cellValueTo[i]),
      });
    }
  }

  /**
   * The elements of a list column in their order. Among the statement's own cells of one path, which have one timestamp, a
   * tombstone wins, then the greater value, as everywhere. Cassandra: UpdateParameters#getPrefetchedRow.
   */
  list(column: ColumnMetadata, existing: LiveRow | null): readonly ListElement[] {
    const elements = new Map<string, ListElement>();
    if (existing !== null) {
      const { row, cells, columnStart } = existing;
      for (let n = columnStart[column.position]; n < columnStart[column.position + 1]; n++) {
        const i = cells[n];
        const path = row.cellPathBytes[i].slice(row.cellPathFrom[i], row.cellPathTo[i]);
        const value = row.cellValueBytes[i].slice(row.cellValueFrom[i], row.cellValueTo[i]);
        elements.set(toHex(path), { path, value });
      }
    }
    const own = new Map<string, ListElement | null>();
    for (const { column: position, flags, path, value } of this.cells) {
      if (position !== column.position) continue;
      if ((flags & CellFlag.COMPLEX_DELETION) !== 0) {
        elements.clear();
        continue;
      }
      const name = toHex(path);
      const before = own.get(name);
      const isDeleted = (flags & CellFlag.DELETED) !== 0 || before === null;
      if (isDeleted) own.set(name, null);
      else if (before === undefined || compareBytes(before.value, 0, before.value.length, value, 0, value.length) < 0) {
        own.set(name, { path, value });
      }
    }
    for (const [name, element] of own) {
      if (element === null) elements.delete(name);
      else elements.set(name, element);
    }
    return [...elements.values()].sort((a, b) =>
      nativeTypes.timeuuid.compare(a.path, 0, a.path.length, b.path, 0, b.path.length),
    );
  }
}
