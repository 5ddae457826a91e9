import type { Scheduler } from './scheduler.ts';

/** Long work in slices of time, so that others have their turn in between: `pause` goes between two pieces of it. */
export class Slices {
  private readonly scheduler: Scheduler;
  private readonly milliseconds: number;
  private end: number;

  constructor(scheduler: Scheduler, milliseconds: number) {
    this.scheduler = scheduler;
    this.milliseconds = milliseconds;
    this.end = scheduler.now() + milliseconds;
  }

  /** Resolves at once while there is time left, else when others had their turn. */
  async pause(): Promise<void> {
    if (this.scheduler.now() < this.end) return;
    await this.scheduler.yield();
    this.end = this.scheduler.now() + this.milliseconds;
  }
}
