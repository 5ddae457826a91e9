import { CellFlag, DeletionTime, Row } from '@cassette/sstable';
import { reconcileCounter } from '../counters/reconcile-counters.ts';
import { takeComplexDeletion } from '../merge/merge-updates.ts';
import type { PathOrder } from '../merge/path-order.ts';
import { firstCellWins } from '../merge/reconcile-cells.ts';
import { moveCell } from '../merge/remove-shadowed.ts';

const complexDeletion = new DeletionTime();
const otherComplex = new DeletionTime();
const counted = new Row();

/**
 * Takes from a row, in its place, what another version of it deletes or overwrites, so that both together are still the same; the row may be
 * empty afterwards. `covering` deletes where the row stands (LIVE: nothing does); of `other`, null for none, only the content counts and is
 * not taken over. Cassandra: db.rows.Rows#removeShadowedCells.
 */
export function removeShadowedCells(paths: PathOrder, row: Row, other: Row | null, covering: DeletionTime): void {
  const deletion = other === null || covering.supersedes(other.deletion) ? covering : other.deletion;
  if (row.hasLiveness && deletion.deletes(row.livenessHi, row.livenessLo)) row.clearLiveness();
  if (deletion.supersedes(row.deletion)) row.deletion.setLive();
  const others = other?.cellCount ?? 0;
  let kept = 0;
  let j = 0;
  for (let i = 0; i < row.cellCount; ) {
    const column = row.cellColumn[i];
    while (j < others && other!.cellColumn[j] < column) j++;
    const jEnd = other === null ? j : columnEnd(other, j, column);
    const iEnd = columnEnd(row, i, column);
    if (paths.isComplex(row.isStatic, column)) kept = complexColumn(paths, row, i, iEnd, other, j, jEnd, deletion, kept);
    else if (!deletion.deletes(row.cellHi[i], row.cellLo[i]) && (j === jEnd || staysBeside(paths, row, i, other!, j))) {
      kept = keep(row, i, kept);
    }
    i = iEnd;
    j = jEnd;
  }
  row.cellCount = kept;
}

/** The same for the entries of one complex column; returns how many entries of the row are kept by then. */
function complexColumn(
  paths: PathOrder,
  row: Row,
  from: number,
  iEnd: number,
  other: Row | null,
  otherFrom: number,
  jEnd: number,
  deletion: DeletionTime,
  keptBefore: number,
): number {
  let kept = keptBefore;
  const column = row.cellColumn[from];
  let i = takeComplexDeletion(row, from, iEnd, complexDeletion);
  let j = otherFrom;
  if (other === null) otherComplex.setLive();
  else j = takeComplexDeletion(other, j, jEnd, otherComplex);
  let active = otherComplex.supersedes(deletion) ? otherComplex : deletion;
  if (complexDeletion.supersedes(active)) {
    kept = keep(row, from, kept);
    active = complexDeletion;
  }
  for (; i < iEnd; i++) {
    if (active.deletes(row.cellHi[i], row.cellLo[i])) continue;
    let order = 1;
    while (j < jEnd) {
      order = paths.compare(row.isStatic, column, other!, j, row, i);
      if (order >= 0) break;
      j++;
    }
    if (j < jEnd && order === 0 && !firstCellWins(row, i, other!, j)) continue;
    kept = keep(row, i, kept);
  }
  return kept;
}

/** Whether entry `i` of a row says something that entry `j` of the other, a cell of the same simple column, does not say. */
function staysBeside(paths: PathOrder, row: Row, i: number, other: Row, j: number): boolean {
  if (!paths.isCounter) return firstCellWins(row, i, other, j);
  counted.clear();
  counted.addCellOf(row, i);
  reconcileCounter(counted, 0, other, j);
  return !isCell(counted, 0, other, j) || isCell(counted, 0, row, i);
}

/** Whether two entries are one: their times, and the very bytes of their values. */
function isCell(a: Row, i: number, b: Row, j: number): boolean {
  return (
    (a.cellFlags[i] & CellFlag.DELETED) === (b.cellFlags[j] & CellFlag.DELETED) &&
    a.cellHi[i] === b.cellHi[j] &&
    a.cellLo[i] === b.cellLo[j] &&
    a.cellLocalDeletionTime[i] === b.cellLocalDeletionTime[j] &&
    a.cellValueBytes[i] === b.cellValueBytes[j] &&
    a.cellValueFrom[i] === b.cellValueFrom[j] &&
    a.cellValueTo[i] === b.cellValueTo[j]
  );
}

function columnEnd(row: Row, from: number, column: number): number {
  let end = from;
  while (end < row.cellCount && row.cellColumn[end] === column) end++;
  return end;
}

function keep(row: Row, i: number, kept: number): number {
  if (kept < i) moveCell(row, i, kept);
  return kept + 1;
}
