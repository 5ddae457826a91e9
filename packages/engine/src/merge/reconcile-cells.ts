import { compareBytes, compareInt64 } from '@cassette/bytes';
import { CellFlag, NO_DELETION_TIME, type Row } from '@cassette/sstable';

/**
 * Which of two cells of the same row, column and path stays: true for entry `i` of `a`, false for entry `j` of `b`. Where
 * nothing tells them apart it is `a`'s. The clock is not asked: an expiring cell beats a live one of the same timestamp long
 * before it expires. Cassandra: db.rows.Cells#resolveRegular.
 */
export function firstCellWins(a: Row, i: number, b: Row, j: number): boolean {
  const byTimestamp = compareInt64(a.cellHi[i], a.cellLo[i], b.cellHi[j], b.cellLo[j]);
  if (byTimestamp !== 0) return byTimestamp > 0;
  const aTime = a.cellLocalDeletionTime[i];
  const bTime = b.cellLocalDeletionTime[j];
  const aEnds = aTime !== NO_DELETION_TIME;
  const bEnds = bTime !== NO_DELETION_TIME;
  if (aEnds || bEnds) {
    if (aEnds !== bEnds) return aEnds;
    const aTombstone = (a.cellFlags[i] & CellFlag.EXPIRING) === 0;
    const bTombstone = (b.cellFlags[j] & CellFlag.EXPIRING) === 0;
    if (aTombstone !== bTombstone) return aTombstone;
    if (aTime !== bTime) return aTime > bTime;
    if (!aTombstone && a.cellTtl[i] !== b.cellTtl[j]) return a.cellTtl[i] < b.cellTtl[j];
  }
  return (
    compareBytes(
      a.cellValueBytes[i],
      a.cellValueFrom[i],
      a.cellValueTo[i],
      b.cellValueBytes[j],
      b.cellValueFrom[j],
      b.cellValueTo[j],
    ) >= 0
  );
}

/** TTL of a liveness that was expired by a materialized view. Cassandra: LivenessInfo.EXPIRED_LIVENESS_TTL. */
const EXPIRED_LIVENESS_TTL = 0x7fffffff;

/** Whether the liveness of `a` goes before that of `b`. No liveness is superseded by any. Cassandra: LivenessInfo#supersedes. */
export function livenessSupersedes(a: Row, b: Row): boolean {
  if (!a.hasLiveness) return false;
  if (!b.hasLiveness) return true;
  const byTimestamp = compareInt64(a.livenessHi, a.livenessLo, b.livenessHi, b.livenessLo);
  if (byTimestamp !== 0) return byTimestamp > 0;
  const aExpired = a.livenessTtl === EXPIRED_LIVENESS_TTL;
  if (aExpired !== (b.livenessTtl === EXPIRED_LIVENESS_TTL)) return aExpired;
  const aExpiring = a.livenessTtl !== 0;
  if (aExpiring !== (b.livenessTtl !== 0)) return aExpiring;
  const aTime = a.livenessLocalExpirationTime;
  const bTime = b.livenessLocalExpirationTime;
  return aTime > bTime || (aTime === bTime && a.livenessTtl < b.livenessTtl);
}

/** Takes over the liveness of another row, its absence too. */
export function copyLiveness(from: Row, to: Row): void {
  if (from.hasLiveness) to.setLiveness(from.livenessHi, from.livenessLo, from.livenessTtl, from.livenessLocalExpirationTime);
  else to.clearLiveness();
}
