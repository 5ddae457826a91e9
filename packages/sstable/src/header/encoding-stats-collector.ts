import { toBigInt } from '@cassette/bytes';
import type { DeletionTime } from '../rows/deletion-time.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import type { RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import { DELETION_TIME_EPOCH, type EncodingStats, TIMESTAMP_EPOCH } from './encoding-stats.ts';

/**
 * Finds the minima over everything that a flush is about to write, before its first byte. Unlike the statistics of what was
 * written, only what expires or is deleted counts for TTL and local deletion time. Cassandra: EncodingStats.Collector.
 */
export class EncodingStatsCollector {
  private hasTimestamp = false;
  private minHi = 0;
  private minLo = 0;
  private minLocalDeletionTime = NO_DELETION_TIME;
  private minTtl = 0;

  /** Microseconds, as words. */
  timestamp(hi: number, lo: number): void {
    if (!this.hasTimestamp || hi < this.minHi || (hi === this.minHi && lo >>> 0 < this.minLo >>> 0)) {
      this.hasTimestamp = true;
      this.minHi = hi;
      this.minLo = lo;
    }
  }

  /** Seconds; NO_DELETION_TIME counts for nothing. */
  localDeletionTime(seconds: number): void {
    if (seconds < this.minLocalDeletionTime) this.minLocalDeletionTime = seconds;
  }

  /** Seconds; 0 counts for nothing. */
  ttl(seconds: number): void {
    if (seconds !== 0 && (this.minTtl === 0 || seconds < this.minTtl)) this.minTtl = seconds;
  }

  /** A deletion of anything; a LIVE one counts for nothing. */
  deletion(deletion: DeletionTime): void {
    if (deletion.isLive) return;
    this.timestamp(deletion.hi, deletion.lo);
    this.localDeletionTime(deletion.localDeletionTime);
  }

  /** A row or static row with all it holds. */
  row(row: Row): void {
    if (row.hasLiveness) {
      this.timestamp(row.livenessHi, row.livenessLo);
      if (row.livenessTtl !== 0) {
        this.ttl(row.livenessTtl);
        this.localDeletionTime(row.livenessLocalExpirationTime);
      }
    }
    this.deletion(row.deletion);
    for (let i = 0; i < row.cellCount; i++) {
      this.timestamp(row.cellHi[i], row.cellLo[i]);
      if (row.cellFlags[i] === 0) continue;
      if ((row.cellFlags[i] & CellFlag.EXPIRING) !== 0) this.ttl(row.cellTtl[i]);
      this.localDeletionTime(row.cellLocalDeletionTime[i]);
    }
  }

  /** A range tombstone marker. */
  marker(marker: RangeTombstoneMarker): void {
    this.deletion(marker.closing);
    this.deletion(marker.opening);
  }

  /** The minima so far; epochs where nothing counted. */
  get(): EncodingStats {
    return {
      minTimestamp: this.hasTimestamp ? toBigInt(this.minHi, this.minLo) : TIMESTAMP_EPOCH,
      minLocalDeletionTime: this.minLocalDeletionTime === NO_DELETION_TIME ? DELETION_TIME_EPOCH : this.minLocalDeletionTime,
      minTtl: this.minTtl,
    };
  }
}
