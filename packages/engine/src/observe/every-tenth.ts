import type { Scheduler } from '../scheduler/scheduler.ts';

/** Milliseconds between two tellings of progress. */
const PROGRESS_MILLISECONDS = 100;

/** Lets progress be told ten times a second at most, and not before the first tenth is over. */
export class EveryTenth {
  private readonly scheduler: Scheduler;
  private next: number;

  constructor(scheduler: Scheduler) {
    this.scheduler = scheduler;
    this.next = scheduler.now() + PROGRESS_MILLISECONDS;
  }

  /** Whether it is time to tell: then it is not again for a tenth of a second. */
  isTime(): boolean {
    const now = this.scheduler.now();
    if (now < this.next) return false;
    this.next = now + PROGRESS_MILLISECONDS;
    return true;
  }
}
