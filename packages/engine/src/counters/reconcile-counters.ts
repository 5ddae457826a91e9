import { compareInt64 } from '@cassette/bytes';
import { CellFlag, type Row } from '@cassette/sstable';
import { firstCellWins } from '../merge/reconcile-cells.ts';
import { mergeContexts } from './counter-context.ts';

/**
 * Makes of entry `i` of a row, a counter's cell, what it is together with entry `j` of another row, a cell of the same counter. The
 * entry may share the bytes of either afterwards. A tombstone stays whatever the timestamps, so a counter whose cell was deleted is
 * gone until the tombstone is purged. Cassandra: db.rows.Cells#resolveCounter.
 */
export function reconcileCounter(row: Row, i: number, other: Row, j: number): void {
  const isDeleted = (row.cellFlags[i] & CellFlag.DELETED) !== 0;
  const isOtherDeleted = (other.cellFlags[j] & CellFlag.DELETED) !== 0;
  if (isDeleted || isOtherDeleted) {
    const otherWins = isDeleted && isOtherDeleted ? !firstCellWins(row, i, other, j) : isOtherDeleted;
    if (otherWins) takeCell(row, i, other, j);
    return;
  }
  const isEmpty = row.cellValueFrom[i] === row.cellValueTo[i];
  const isOtherEmpty = other.cellValueFrom[j] === other.cellValueTo[j];
  const isOlder = compareInt64(row.cellHi[i], row.cellLo[i], other.cellHi[j], other.cellLo[j]) < 0;
  if (isEmpty || isOtherEmpty) {
    if (isEmpty && isOtherEmpty ? isOlder : isOtherEmpty) takeCell(row, i, other, j);
    return;
  }
  const merged = mergeContexts(
    row.cellValueBytes[i],
    row.cellValueFrom[i],
    row.cellValueTo[i],
    other.cellValueBytes[j],
    other.cellValueFrom[j],
    other.cellValueTo[j],
  );
  if (merged === 'second') row.setValue(i, other.cellValueBytes[j], other.cellValueFrom[j], other.cellValueTo[j]);
  else if (merged !== 'first') row.setValue(i, merged, 0, merged.length);
  if (isOlder) {
    row.cellHi[i] = other.cellHi[j];
    row.cellLo[i] = other.cellLo[j];
  }
}

function takeCell(row: Row, i: number, other: Row, j: number): void {
  row.cellFlags[i] = other.cellFlags[j];
  row.cellHi[i] = other.cellHi[j];
  row.cellLo[i] = other.cellLo[j];
  row.cellLocalDeletionTime[i] = other.cellLocalDeletionTime[j];
  row.cellTtl[i] = other.cellTtl[j];
  row.setValue(i, other.cellValueBytes[j], other.cellValueFrom[j], other.cellValueTo[j]);
}
