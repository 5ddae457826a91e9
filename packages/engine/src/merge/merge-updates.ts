import { CellFlag, DeletionTime, type Row } from '@cassette/sstable';
import { reconcileCounter } from '../counters/reconcile-counters.ts';
import type { PathOrder } from './path-order.ts';
import { copyLiveness, firstCellWins, livenessSupersedes } from './reconcile-cells.ts';

/**
 * Merges an update of a row into the row, as a memtable and the builder of a mutation do. Not quite what {@link RowMerger}
 * does: what one update holds is not filtered by that same update's deletions, since the statement that made it saw to it.
 * Cassandra: db.rows.Rows#merge and BTreeRow#merge.
 */
export class UpdateMerger {
  private readonly paths: PathOrder;
  private readonly deletion = new DeletionTime();
  private readonly existingComplex = new DeletionTime();
  private readonly updateComplex = new DeletionTime();
  private readonly live = new DeletionTime();

  constructor(paths: PathOrder) {
    this.paths = paths;
  }

  /** `out` becomes the merge of both; it shares their bytes, and must be neither of them. */
  merge(existing: Row, update: Row, out: Row): void {
    out.clear();
    out.isStatic = existing.isStatic;
    out.setClustering(existing.clusteringBytes, existing.clusteringFrom, existing.clusteringTo);
    copyLiveness(livenessSupersedes(existing, update) ? existing : update, out);
    const existingDeletes = existing.deletion.supersedes(update.deletion);
    const { deletion } = this;
    deletion.set(existingDeletes ? existing.deletion : update.deletion);
    out.deletion.set(deletion);
    if (out.hasLiveness && deletion.deletes(out.livenessHi, out.livenessLo)) out.clearLiveness();
    // The side whose deletion won takes away from the other; with equal deletions that is the update.
    const onExisting = existingDeletes ? this.live : deletion;
    const onUpdate = existingDeletes ? deletion : this.live;
    let i = 0;
    let j = 0;
    while (i < existing.cellCount || j < update.cellCount) {
      const a = i < existing.cellCount ? existing.cellColumn[i] : Number.MAX_SAFE_INTEGER;
      const b = j < update.cellCount ? update.cellColumn[j] : Number.MAX_SAFE_INTEGER;
      const column = Math.min(a, b);
      const iEnd = a === column ? endOfColumn(existing, i) : i;
      const jEnd = b === column ? endOfColumn(update, j) : j;
      if (this.paths.isComplex(out.isStatic, column)) {
        this.complex(existing, i, iEnd, onExisting, update, j, jEnd, onUpdate, column, out);
      } else {
        const keepExisting = i < iEnd && !onExisting.deletes(existing.cellHi[i], existing.cellLo[i]);
        const keepUpdate = j < jEnd && !onUpdate.deletes(update.cellHi[j], update.cellLo[j]);
        if (keepExisting && keepUpdate && this.paths.isCounter) {
          out.addCellOf(existing, i);
          reconcileCounter(out, out.cellCount - 1, update, j);
        } else if (keepExisting && (!keepUpdate || firstCellWins(existing, i, update, j))) out.addCellOf(existing, i);
        else if (keepUpdate) out.addCellOf(update, j);
      }
      i = iEnd;
      j = jEnd;
    }
  }

  private complex(
    existing: Row,
    i: number,
    iEnd: number,
    onExisting: DeletionTime,
    update: Row,
    j: number,
    jEnd: number,
    onUpdate: DeletionTime,
    column: number,
    out: Row,
  ): void {
    const { existingComplex, updateComplex } = this;
    i = takeComplexDeletion(existing, i, iEnd, existingComplex);
    j = takeComplexDeletion(update, j, jEnd, updateComplex);
    // A row deletion that goes before the column's takes the column's and filters the cells in its stead.
    let filterExisting = this.live;
    let filterUpdate = this.live;
    if (onExisting.supersedes(existingComplex)) {
      existingComplex.setLive();
      filterExisting = onExisting;
    }
    if (onUpdate.supersedes(updateComplex)) {
      updateComplex.setLive();
      filterUpdate = onUpdate;
    }
    const existingWins = existingComplex.supersedes(updateComplex);
    const winner = existingWins ? existingComplex : updateComplex;
    if (!winner.isLive) out.addCell(column, CellFlag.COMPLEX_DELETION, winner.hi, winner.lo, winner.localDeletionTime, 0);
    // Only across the two: cells that came together with the deletion that won stay as their statement made them.
    const alsoOnExisting = existingWins ? this.live : winner;
    const alsoOnUpdate = existingWins ? winner : this.live;
    while (i < iEnd || j < jEnd) {
      const order = i === iEnd ? 1 : j === jEnd ? -1 : this.paths.compare(out.isStatic, column, existing, i, update, j);
      const keepExisting = order <= 0 && !deletes(filterExisting, alsoOnExisting, existing, i);
      const keepUpdate = order >= 0 && !deletes(filterUpdate, alsoOnUpdate, update, j);
      if (keepExisting && (!keepUpdate || firstCellWins(existing, i, update, j))) out.addCellOf(existing, i);
      else if (keepUpdate) out.addCellOf(update, j);
      if (order <= 0) i++;
      if (order >= 0) j++;
    }
  }
}

function deletes(one: DeletionTime, other: DeletionTime, row: Row, i: number): boolean {
  return one.deletes(row.cellHi[i], row.cellLo[i]) || other.deletes(row.cellHi[i], row.cellLo[i]);
}

/** End of the entries of the column that entry `i` belongs to. */
export function endOfColumn(row: Row, i: number): number {
  const column = row.cellColumn[i];
  do i++;
  while (i < row.cellCount && row.cellColumn[i] === column);
  return i;
}

/** Takes a column's complex deletion (LIVE if none) and returns the index of its first cell. */
export function takeComplexDeletion(row: Row, i: number, end: number, into: DeletionTime): number {
  if (i < end && (row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0) {
    into.setTo(row.cellHi[i], row.cellLo[i], row.cellLocalDeletionTime[i]);
    return i + 1;
  }
  into.setLive();
  return i;
}
