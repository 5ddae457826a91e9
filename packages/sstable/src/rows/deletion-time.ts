import { compareInt64 } from '@cassette/bytes';

/** Local deletion time of something that is not deleted and does not expire. On disk in oa and da as it is, in nb 7fffffff. */
export const NO_DELETION_TIME = 0xffffffff;

/**
 * When something was deleted. Mutable and reused: hot paths copy into one with `set`.
 * LIVE is (markedForDeleteAt = -2^63, localDeletionTime = NO_DELETION_TIME). Cassandra: db.DeletionTime.
 */
export class DeletionTime {
  /** High word of markedForDeleteAt (microseconds, signed). */
  hi = -0x80000000;
  /** Low word of markedForDeleteAt (a bit pattern, as int32). */
  lo = 0;
  /** Seconds, unsigned 32 bits. */
  localDeletionTime = NO_DELETION_TIME;

  /** A deletion of these times. */
  static of(hi: number, lo: number, localDeletionTime: number): DeletionTime {
    const time = new DeletionTime();
    time.setTo(hi, lo, localDeletionTime);
    return time;
  }

  setTo(hi: number, lo: number, localDeletionTime: number): void {
    this.hi = hi;
    this.lo = lo | 0;
    this.localDeletionTime = localDeletionTime;
  }

  set(other: DeletionTime): void {
    this.hi = other.hi;
    this.lo = other.lo;
    this.localDeletionTime = other.localDeletionTime;
  }

  setLive(): void {
    this.setTo(-0x80000000, 0, NO_DELETION_TIME);
  }

  get isLive(): boolean {
    return this.hi === -0x80000000 && this.lo === 0 && this.localDeletionTime === NO_DELETION_TIME;
  }

  /** Whether something of timestamp (hi, lo) is deleted by this: timestamps up to and including markedForDeleteAt are. */
  deletes(hi: number, lo: number): boolean {
    return compareInt64(hi, lo, this.hi, this.lo) <= 0 && !this.isLive;
  }

  /** Newer, or as new and with the later local deletion time. Cassandra: DeletionTime#supersedes. */
  supersedes(other: DeletionTime): boolean {
    const order = compareInt64(this.hi, this.lo, other.hi, other.lo);
    if (order !== 0) return order > 0;
    return this.localDeletionTime > other.localDeletionTime;
  }

  equals(other: DeletionTime): boolean {
    return this.hi === other.hi && this.lo === other.lo && this.localDeletionTime === other.localDeletionTime;
  }
}
