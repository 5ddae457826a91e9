import type { Row } from '../result/index.ts';
import type { RowUpdate } from './row-update.ts';

/** A row that goes, and where it was before the patch; or one that comes, and where it is after it. */
export interface PlacedRow<R = Row> {
  readonly index: number;
  readonly row: R;
}

/** A row whose values changed, and where it is after the patch. */
export interface UpdatedRow<R = Row> extends PlacedRow<R> {
  readonly previous: R;
}

/**
 * How the rows of a SELECT changed. Deletions name places of before, in ascending order; insertions, and after them updates, name places
 * of afterwards. A row that changes places is deleted and inserted.
 */
export interface RowPatch<R = Row> {
  readonly deleted: readonly PlacedRow<R>[];
  readonly inserted: readonly PlacedRow<R>[];
  readonly updated: readonly UpdatedRow<R>[];
}

/** The rows with a patch applied: for those who keep rows of their own. The array is a new one, unchanged rows are the same. */
export function applyPatch<R>(rows: readonly R[], patch: RowPatch<R>): R[] {
  const kept: R[] = [];
  let at = 0;
  for (const { index } of patch.deleted) {
    for (; at < index; at++) kept.push(rows[at]);
    at = index + 1;
  }
  for (; at < rows.length; at++) kept.push(rows[at]);
  const after: R[] = [];
  at = 0;
  for (const { index, row } of patch.inserted) {
    while (after.length < index) after.push(kept[at++]);
    after.push(row);
  }
  while (at < kept.length) after.push(kept[at++]);
  for (const { index, row } of patch.updated) after[index] = row;
  return after;
}

/** The rows after an update, and the update as a patch of rows; null where it is a new beginning. */
export function applyUpdate(rows: readonly Row[], update: RowUpdate): { rows: readonly Row[]; patch: RowPatch | null } {
  const made = update.rows.rows;
  if (update.isReset) return { rows: made, patch: null };
  const { deleted, inserted, updated } = update;
  const moves: RowPatch = {
    deleted: Array.from(deleted, (index) => ({ index, row: rows[index] })),
    inserted: Array.from(inserted, (index, i) => ({ index, row: made[i] })),
    updated: [],
  };
  const placed = applyPatch(rows, moves);
  const changes = Array.from(updated, (index, i) => {
    const row = made[inserted.length + i];
    const previous = placed[index];
    placed[index] = row;
    return { index, row, previous };
  });
  return { rows: placed, patch: { ...moves, updated: changes } };
}
