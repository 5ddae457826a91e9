import { CellFlag, DeletionTime, type Row } from '@cassette/sstable';

const complexDeletion = new DeletionTime();

/**
 * Takes from a row what the deletion that is active where it stands deletes, in its place; the row may be empty afterwards.
 * A row whose own deletion goes before that one has been filtered by its own. Cassandra: db.rows.BTreeRow#filter.
 */
export function removeShadowed(row: Row, active: DeletionTime): void {
  if (active.isLive || row.deletion.supersedes(active)) return;
  row.deletion.setLive();
  if (row.hasLiveness && active.deletes(row.livenessHi, row.livenessLo)) row.clearLiveness();
  let kept = 0;
  for (let i = 0; i < row.cellCount; i++) {
    if ((row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0) {
      complexDeletion.setTo(row.cellHi[i], row.cellLo[i], row.cellLocalDeletionTime[i]);
      if (active.supersedes(complexDeletion)) continue;
    } else if (active.deletes(row.cellHi[i], row.cellLo[i])) continue;
    if (kept < i) moveCell(row, i, kept);
    kept++;
  }
  row.cellCount = kept;
}

/** Puts entry `from` of a row in the place of entry `to`, which is lost. */
export function moveCell(row: Row, from: number, to: number): void {
  row.cellColumn[to] = row.cellColumn[from];
  row.cellFlags[to] = row.cellFlags[from];
  row.cellHi[to] = row.cellHi[from];
  row.cellLo[to] = row.cellLo[from];
  row.cellLocalDeletionTime[to] = row.cellLocalDeletionTime[from];
  row.cellTtl[to] = row.cellTtl[from];
  row.cellPathBytes[to] = row.cellPathBytes[from];
  row.cellPathFrom[to] = row.cellPathFrom[from];
  row.cellPathTo[to] = row.cellPathTo[from];
  row.cellValueBytes[to] = row.cellValueBytes[from];
  row.cellValueFrom[to] = row.cellValueFrom[from];
  row.cellValueTo[to] = row.cellValueTo[from];
}
