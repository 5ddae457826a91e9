import type { Scheduler } from '../scheduler/index.ts';

/** A scheduler whose turns are turns of the microtask queue and whose timers wait until they are run. */
export class TestScheduler implements Scheduler {
  private timers: (() => void)[] = [];
  private time = 0;
  /** Milliseconds that pass with each look at the clock. */
  step = 0;

  yield(): Promise<void> {
    return Promise.resolve();
  }

  now(): number {
    this.time += this.step;
    return this.time;
  }

  soon(task: () => void): void {
    // A few turns later, so that writers of this turn join.
    Promise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(task);
  }

  later(task: () => void): () => void {
    this.timers.push(task);
    return () => {
      this.timers = this.timers.filter((other) => other !== task);
    };
  }

  /** Runs the timers that wait. */
  runTimers(): void {
    const { timers } = this;
    this.timers = [];
    for (const task of timers) task();
  }
}

/** A clock that moves on by a second with each look. */
export function steppingClock(start = 1_700_000_000): { nowMicros(): number; seconds: number } {
  return {
    seconds: start,
    nowMicros() {
      return this.seconds++ * 1_000_000;
    },
  };
}
