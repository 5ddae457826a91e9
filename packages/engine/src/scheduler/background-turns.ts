import type { Scheduler } from './scheduler.ts';

/** Milliseconds of a slice of background work: less than the flush of a log takes on most disks. */
const SLICE_MILLISECONDS = 2;
/** The same while others write: each of their writes may wait for one. */
export const BUSY_SLICE_MILLISECONDS = 1;
/** Turns that a slice waits for writes that are on their way: others may always be, and there is work to be done. */
const PATIENCE_TURNS = 3;
/** Milliseconds after a write in which others are likely to come. */
const BUSY_MILLISECONDS = 50;

/** Writes, as those must know of them who work in the background. */
export interface WriteActivity {
  /** Writes that the log got so far. */
  begun: number;
  /** Of these, those whose commit is still to come. */
  underWay: number;
}

/**
 * Turns for all that goes on in the background of a store, flushes and compactions: one slice in each turn, whoever's it is, and none
 * before the log has committed what waits for it, unless more comes all the time. So a write that comes alone waits for the rest of one
 * slice, however much there is to be done.
 */
export class BackgroundTurns {
  private readonly scheduler: Scheduler;
  private readonly writes: WriteActivity;
  /** Somebody has his slice in this turn. */
  private isTaken = false;
  private writesSeen = 0;
  private busyUntil = Number.NEGATIVE_INFINITY;

  constructor(scheduler: Scheduler, writes: WriteActivity) {
    this.scheduler = scheduler;
    this.writes = writes;
  }

  /**
   * Waits for a turn; resolves with the time, on the scheduler's clock, at which its slice ends. `milliseconds`: of a slice while nobody
   * writes; `busyMilliseconds`: while somebody does.
   */
  async next(
    milliseconds = SLICE_MILLISECONDS,
    busyMilliseconds = Math.min(milliseconds, BUSY_SLICE_MILLISECONDS),
  ): Promise<number> {
    const { scheduler, writes } = this;
    let turns = 0;
    do {
      await scheduler.yield();
      turns++;
      // Writers are told of their commit in the turn after the one that has it; a slice before would keep them waiting.
    } while (this.isTaken || (turns < PATIENCE_TURNS && writes.underWay > 0));
    this.isTaken = true;
    scheduler.soon(() => {
      this.isTaken = false;
    });
    const now = scheduler.now();
    return now + (this.isBusy(now) ? busyMilliseconds : milliseconds);
  }

  /** Whether somebody writes, or has a moment ago; `now` on the scheduler's clock. */
  isBusy(now: number): boolean {
    const { writes } = this;
    if (writes.begun !== this.writesSeen) this.busyUntil = now + BUSY_MILLISECONDS;
    this.writesSeen = writes.begun;
    return now < this.busyUntil;
  }
}
