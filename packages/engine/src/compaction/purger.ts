import { CellFlag, type DeletionTime, NO_DELETION_TIME, type Row } from '@cassette/sstable';
import { moveCell } from '../merge/remove-shadowed.ts';
import type { PurgeTime } from './purge-time.ts';

/** TTL of a liveness that a materialized view expired: it never lives. Cassandra: LivenessInfo.EXPIRED_LIVENESS_TTL. */
const EXPIRED_LIVENESS_TTL = 0x7fffffff;

const NONE = new Uint8Array(0);

/** Whether nothing else holds data of the partition at hand that a deletion of that timestamp has to cover. */
export interface PurgeEvaluator {
  mayPurge(hi: number, lo: number): boolean;
}

/**
 * What a compaction leaves out: deletions, and what has expired, once gc_grace_seconds are over and nothing is left for them to cover.
 * Cells that have expired and have to stay become tombstones, which are smaller. Cassandra: db.partitions.PurgeFunction, DeletionPurger
 * and AbstractCell#purge.
 */
export class Purger {
  private readonly nowInSeconds: number;
  private readonly gcBefore: number;
  private readonly evaluator: PurgeEvaluator;

  constructor({ nowInSeconds, gcBefore }: PurgeTime, evaluator: PurgeEvaluator) {
    this.nowInSeconds = nowInSeconds;
    this.gcBefore = gcBefore;
    this.evaluator = evaluator;
  }

  /** Whether a deletion may go; LIVE is none. */
  purges(deletion: DeletionTime): boolean {
    return !deletion.isLive && this.purgesAt(deletion.hi, deletion.lo, deletion.localDeletionTime);
  }

  /** Takes from a row, in its place, what may go; it may be empty afterwards. */
  purge(row: Row): void {
    if (row.hasLiveness && this.hasExpired(row.livenessTtl, row.livenessLocalExpirationTime)) {
      if (this.purgesAt(row.livenessHi, row.livenessLo, row.livenessLocalExpirationTime)) row.clearLiveness();
    }
    if (this.purges(row.deletion)) row.deletion.setLive();
    let kept = 0;
    for (let i = 0; i < row.cellCount; i++) {
      if (!this.keeps(row, i)) continue;
      if (kept < i) moveCell(row, i, kept);
      kept++;
    }
    row.cellCount = kept;
  }

  /** Whether entry `i` of a row stays; an expired cell that does is a tombstone then. */
  private keeps(row: Row, i: number): boolean {
    const localDeletionTime = row.cellLocalDeletionTime[i];
    if (localDeletionTime === NO_DELETION_TIME) return true;
    const isExpiring = (row.cellFlags[i] & CellFlag.EXPIRING) !== 0;
    if (isExpiring && localDeletionTime > this.nowInSeconds) return true;
    const hi = row.cellHi[i];
    const lo = row.cellLo[i];
    if (this.purgesAt(hi, lo, localDeletionTime)) return false;
    if (!isExpiring) return true;
    // It counts as deleted when it was written: by the time it expired every node had it.
    const writtenAt = localDeletionTime - row.cellTtl[i];
    if (this.purgesAt(hi, lo, writtenAt)) return false;
    makeTombstone(row, i, writtenAt);
    return true;
  }

  private hasExpired(ttl: number, localExpirationTime: number): boolean {
    return ttl !== 0 && (ttl === EXPIRED_LIVENESS_TTL || localExpirationTime <= this.nowInSeconds);
  }

  private purgesAt(hi: number, lo: number, localDeletionTime: number): boolean {
    return localDeletionTime < this.gcBefore && this.evaluator.mayPurge(hi, lo);
  }
}

/** Makes entry `i` of a row the tombstone of what it was: timestamp and path stay. */
function makeTombstone(row: Row, i: number, localDeletionTime: number): void {
  row.cellFlags[i] = CellFlag.DELETED;
  row.cellLocalDeletionTime[i] = localDeletionTime;
  row.cellTtl[i] = 0;
  row.setValue(i, NONE, 0, 0);
}
