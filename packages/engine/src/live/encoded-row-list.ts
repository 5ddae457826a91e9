import type { ColumnSpec } from '../result/index.ts';
import { textOfBytes } from '../select/text-of-bytes.ts';
import { diffRows, type IdentifiedRows } from './diff-rows.ts';
import { applyPatch } from './row-patch.ts';
import { encodedRows, type RowUpdate, RowUpdateBuilder } from './row-update.ts';

/**
 * Rows as whoever subscribed has them, encoded: knows what is different when all of them come anew, from another owner of the store, so
 * that nobody has to be told of rows that are as they were.
 */
export class EncodedRowList {
  private rows: readonly Uint8Array[] = [];
  private columns: readonly ColumnSpec[] | null = null;

  /** The update as it is to be applied to what was there before; null where that is the same. */
  take(update: RowUpdate): RowUpdate | null {
    const made = encodedRows(update.rows);
    const { columns } = update.rows;
    if (update.isReset) {
      const isComparable = this.columns !== null && columns !== null && sameColumns(this.columns, columns);
      const before = this.rows;
      this.rows = made;
      this.columns = columns;
      return isComparable ? difference(before, made, columns as readonly ColumnSpec[]) : update;
    }
    const { inserted } = update;
    this.rows = applyPatch(this.rows, {
      deleted: Array.from(update.deleted, (index) => ({ index, row: made[0] })),
      inserted: Array.from(inserted, (index, i) => ({ index, row: made[i] })),
      updated: Array.from(update.updated, (index, i) => ({ index, row: made[inserted.length + i], previous: made[0] })),
    });
    return update;
  }
}

/** Whether two results have columns of the same names and types. */
export function sameColumns(a: readonly ColumnSpec[], b: readonly ColumnSpec[]): boolean {
  return (
    a.length === b.length && a.every(({ name, type }, i) => name === b[i].name && type.marshalName() === b[i].type.marshalName())
  );
}

function difference(
  before: readonly Uint8Array[],
  after: readonly Uint8Array[],
  columns: readonly ColumnSpec[],
): RowUpdate | null {
  const update = new RowUpdateBuilder(columns);
  diffRows(identified(before), identified(after), update, 0, 0);
  return update.isEmpty ? null : update.finish(false);
}

/** Rows that are known by their values, and by how many of the same values come before. */
function identified(rows: readonly Uint8Array[]): IdentifiedRows {
  const seen = new Map<string, number>();
  const ids = rows.map((row) => {
    const text = textOfBytes(row);
    const count = seen.get(text) ?? 0;
    seen.set(text, count + 1);
    return `${count}/${text}`;
  });
  return { ids, rows };
}
