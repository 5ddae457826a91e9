// Time and turns that follow from nothing but what was done: the same life, however fast the device.

import type { Clock, Scheduler } from '@cassette/engine';

/** A clock that stands still until it is moved. */
export class LabClock implements Clock {
  micros = 1_700_000_000_000_000;

  nowMicros(): number {
    return this.micros;
  }
}

interface Timer {
  /** Milliseconds. */
  readonly at: number;
  readonly task: () => void;
}

/** A scheduler of which each turn is one of the promise queue, and whose timers run when the clock is moved. */
export class LabScheduler implements Scheduler {
  readonly #clock: LabClock;
  #timers: Timer[] = [];

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  yield(): Promise<void> {
    return Promise.resolve();
  }

  now(): number {
    return this.#clock.micros / 1000;
  }

  soon(task: () => void): void {
    void Promise.resolve().then(task);
  }

  later(task: () => void, milliseconds: number): () => void {
    const timer = { at: this.now() + milliseconds, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): void {
    this.#clock.micros += milliseconds * 1000;
    const due = this.#timers.filter(({ at }) => at <= this.now());
    this.#timers = this.#timers.filter(({ at }) => at > this.now());
    for (const { task } of due) task();
  }
}
