import { compareBytes } from '@cassette/bytes';
import type { RowUpdateBuilder } from './row-update.ts';

/** Rows in their order: what each is known by, and its bytes. */
export interface IdentifiedRows {
  readonly ids: readonly string[];
  readonly rows: readonly Uint8Array[];
}

/** Whether two rows have the same values. */
function sameRow(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, 0, a.length, b, 0, b.length) === 0;
}

/** Whether two lists answer the same, whatever the rows are known by. */
function sameRows(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((row, i) => sameRow(row, b[i]));
}

/**
 * Adds to an update what makes `before` into `after`: rows that stay in their order with other values are updated; those that come, go or
 * change places are inserted and deleted. `beforeAt` and `afterAt`: where the lists begin among all rows.
 */
export function diffRows(
  before: IdentifiedRows,
  after: IdentifiedRows,
  update: RowUpdateBuilder,
  beforeAt: number,
  afterAt: number,
): void {
  if (sameRows(before.rows, after.rows)) return;
  const keep = (from: number, to: number) => {
    if (!sameRow(before.rows[from], after.rows[to])) update.update(afterAt + to, after.rows[to]);
  };
  let start = 0;
  let beforeEnd = before.ids.length;
  let afterEnd = after.ids.length;
  for (; start < beforeEnd && start < afterEnd && before.ids[start] === after.ids[start]; start++) keep(start, start);
  while (beforeEnd > start && afterEnd > start && before.ids[beforeEnd - 1] === after.ids[afterEnd - 1]) {
    beforeEnd--;
    afterEnd--;
  }
  const places = new Map<string, number>();
  for (let i = start; i < beforeEnd; i++) places.set(before.ids[i], i);
  const from = Array.from({ length: afterEnd - start }, (_, i) => places.get(after.ids[start + i]) ?? -1);
  const stays = longestRise(from);
  const kept = new Set<number>();
  for (let i = 0; i < from.length; i++) {
    if (!stays[i]) {
      update.insert(afterAt + start + i, after.rows[start + i]);
      continue;
    }
    kept.add(from[i]);
    keep(from[i], start + i);
  }
  for (let i = start; i < beforeEnd; i++) if (!kept.has(i)) update.delete(beforeAt + i);
  for (let i = afterEnd; i < after.ids.length; i++) keep(beforeEnd + i - afterEnd, i);
}

/** Which entries make up a longest rising sequence; entries below 0 never do. */
function longestRise(values: readonly number[]): boolean[] {
  /** The last entry of the sequence of each length that ends lowest. */
  const tails: number[] = [];
  const previous = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (values[i] < 0) continue;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (values[tails[middle]] < values[i]) low = middle + 1;
      else high = middle;
    }
    previous[i] = low === 0 ? -1 : tails[low - 1];
    tails[low] = i;
  }
  const chosen = new Array<boolean>(values.length).fill(false);
  for (let i = tails.length === 0 ? -1 : tails[tails.length - 1]; i >= 0; i = previous[i]) chosen[i] = true;
  return chosen;
}
