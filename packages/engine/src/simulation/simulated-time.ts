import type { Clock } from '../clock/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { Chance } from './chance.ts';

/** A clock that stands still until it is moved. */
export class SimulatedClock implements Clock {
  micros: number;

  constructor(micros = 1_700_000_000_000_000) {
    this.micros = micros;
  }

  nowMicros(): number {
    return this.micros;
  }

  /** Seconds since the epoch. */
  get seconds(): number {
    return Math.floor(this.micros / 1_000_000);
  }
}

/** A scheduler whose turns take as long as the seed says and whose timers run when the clock is moved. */
export class SimulatedScheduler implements Scheduler {
  private readonly clock: SimulatedClock;
  private readonly chance: Chance;
  private timers: { readonly at: number; readonly task: () => void }[] = [];

  constructor(clock: SimulatedClock, chance: Chance) {
    this.clock = clock;
    this.chance = chance;
  }

  yield(): Promise<void> {
    return this.chance.turns();
  }

  now(): number {
    return this.clock.micros / 1000;
  }

  soon(task: () => void): void {
    void this.chance.turns().then(task);
  }

  later(task: () => void, milliseconds: number): () => void {
    const timer = { at: this.now() + milliseconds, task };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Runs the timers that are due. */
  runTimers(): void {
    const due = this.timers.filter(({ at }) => at <= this.now());
    this.timers = this.timers.filter(({ at }) => at > this.now());
    for (const { task } of due) task();
  }
}
