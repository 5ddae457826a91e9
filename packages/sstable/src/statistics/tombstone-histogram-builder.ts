import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import type { TombstoneHistogram } from './tombstone-histogram.ts';

// Cassandra's numbers: SSTable.TOMBSTONE_HISTOGRAM_BIN_SIZE, _SPOOL_SIZE (100000 as the next power of two), _TTL_ROUND_SECONDS.
const BINS = 100;
const SPOOL_CAPACITY = 131072;
const ROUND_SECONDS = 60;
const MAX_DELETION_TIME = NO_DELETION_TIME - 2;
const PROBES = 100;
const INT_MAX = 0x7fffffff;

/**
 * Gathers times of deletion and expiry in at most 100 bins, merging the nearest ones. The result depends on the order in
 * which times reach the bins, so this goes the way of Cassandra: a spool (a hash table with linear probing, twice as long as
 * its capacity) first, emptied slot by slot. Cassandra: utils.streamhist.StreamingTombstoneHistogramBuilder.
 */
export class TombstoneHistogramBuilder {
  // The spool: slot of a time, time and count of a slot. Maps, because nearly always a few entries are in use.
  private readonly slotOf = new Map<number, number>();
  private readonly timeAt = new Map<number, number>();
  private readonly countAt = new Map<number, number>();
  // One bin more than may stay.
  private readonly times = new Float64Array(BINS + 1);
  private readonly counts = new Float64Array(BINS + 1);
  private size = 0;
  // Times in a row are mostly alike: they are counted here first.
  private lastTime = -1;
  private lastCount = 0;

  /** A time in seconds; NO_DELETION_TIME is not one. */
  update(localDeletionTime: number): void {
    const time = ceil(localDeletionTime);
    if (time === this.lastTime) {
      this.lastCount++;
      return;
    }
    this.spoolLast();
    this.lastTime = time;
    this.lastCount = 1;
  }

  /** The bins so far; more may be added afterwards. */
  build(): TombstoneHistogram {
    this.spoolLast();
    this.flush();
    return { times: this.times.slice(0, this.size), counts: this.counts.slice(0, this.size) };
  }

  private spoolLast(): void {
    if (this.lastCount === 0) return;
    if (!this.spool(this.lastTime, this.lastCount)) {
      this.flush();
      this.spool(this.lastTime, this.lastCount);
    }
    this.lastCount = 0;
    this.lastTime = -1;
  }

  private spool(time: number, count: number): boolean {
    if (this.timeAt.size > SPOOL_CAPACITY) return false;
    let slot = this.slotOf.get(time);
    if (slot === undefined) {
      const cell = Math.imul(time, 948701839) & (SPOOL_CAPACITY - 1);
      let attempt = 0;
      while (this.timeAt.has(cell + attempt)) if (++attempt === PROBES) return false;
      slot = cell + attempt;
      this.slotOf.set(time, slot);
      this.timeAt.set(slot, time);
      this.countAt.set(slot, count);
    } else {
      this.countAt.set(slot, Math.min(INT_MAX, this.countAt.get(slot)! + count));
    }
    return true;
  }

  private flush(): void {
    for (const slot of [...this.timeAt.keys()].sort((a, b) => a - b)) {
      this.bin(this.timeAt.get(slot)!, this.countAt.get(slot)!);
    }
    this.slotOf.clear();
    this.timeAt.clear();
    this.countAt.clear();
  }

  private bin(time: number, count: number): void {
    const { times, counts } = this;
    let i = 0;
    while (i < this.size && times[i] < time) i++;
    if (i < this.size && times[i] === time) {
      counts[i] = Math.min(INT_MAX, counts[i] + count);
      return;
    }
    times.copyWithin(i + 1, i, this.size);
    counts.copyWithin(i + 1, i, this.size);
    times[i] = time;
    counts[i] = count;
    if (++this.size > BINS) this.mergeNearest();
  }

  // The two nearest bins (the first such pair) become one at their weighted mean, rounded up.
  private mergeNearest(): void {
    const { times, counts } = this;
    let i = 0;
    for (let j = 1; j + 1 < this.size; j++) if (times[j + 1] - times[j] < times[i + 1] - times[i]) i = j;
    const sum = counts[i] + counts[i + 1];
    // Java's arithmetic: 64 bits, what runs over is the greatest long.
    const weighted = long(long(BigInt(times[i]) * BigInt(counts[i])) + long(BigInt(times[i + 1]) * BigInt(counts[i + 1])));
    let time = Math.min(MAX_DELETION_TIME, Number(weighted / BigInt(sum)));
    if (time <= times[i]) time = Math.min(MAX_DELETION_TIME, times[i] + 1);
    times[i] = ceil(Math.min(time, times[i + 1]));
    counts[i] = Math.min(INT_MAX, sum);
    times.copyWithin(i + 1, i + 2, this.size);
    counts.copyWithin(i + 1, i + 2, this.size);
    this.size--;
  }
}

function ceil(time: number): number {
  const over = time % ROUND_SECONDS;
  return over === 0 ? time : Math.min(MAX_DELETION_TIME, time + ROUND_SECONDS - over);
}

function long(value: bigint): bigint {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped < 0n ? 0x7fffffffffffffffn : wrapped;
}
