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

  /** One that stays at this moment. */
  stopped(): SimulatedClock {
    return new SimulatedClock(this.micros);
  }
}

interface Timer {
  /** Milliseconds. */
  readonly at: number;
  readonly task: () => void;
}

/** Milliseconds of a timer that somebody waits for: time passes by itself until then, where it does. */
const WAIT_MAX = 5_000;
/** Milliseconds that may pass by themselves; whoever waits for so long waits for ever. */
const ALONE_MAX = 1_200_000;
/** Turns that pass at least before time does. */
const TURNS_MIN = 4;

/**
 * A scheduler whose turns take as long as the seed says and whose timers run when the clock is moved. Where `passes`, time goes on by itself
 * too while somebody waits for a timer of a few seconds at most, a millisecond with each turn.
 */
export class SimulatedScheduler implements Scheduler {
  /** Called when time has passed by itself for so long that somebody must hang. */
  onHang: () => void = () => undefined;
  protected readonly chance: Chance;
  private readonly clock: SimulatedClock;
  private readonly passes: boolean;
  private timers: Timer[] = [];
  /** Milliseconds that have passed by themselves since {@link runTimers}. */
  private alone = 0;
  private isOver = false;
  private isHeld = false;
  /** Timers whose time would have come. */
  private held: Timer[] = [];

  constructor(clock: SimulatedClock, chance: Chance, passes = false) {
    this.clock = clock;
    this.chance = chance;
    this.passes = passes;
  }

  yield(): Promise<void> {
    return this.chance.turns();
  }

  now(): number {
    return this.time;
  }

  soon(task: () => void): void {
    void this.chance.turns().then(task);
  }

  later(task: () => void, milliseconds: number): () => void {
    const timer = { at: this.time + milliseconds, task };
    if (this.isOver) return () => undefined;
    this.timers.push(timer);
    if (this.passes && milliseconds <= WAIT_MAX) void this.pass(timer, milliseconds);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Runs the timers that are due. */
  runTimers(): void {
    this.alone = 0;
    this.run(({ at }) => at <= this.time);
  }

  /** From now on no time passes by itself. */
  hold(): void {
    this.isHeld = true;
  }

  /** It does again. */
  release(): void {
    this.isHeld = false;
    const { held } = this;
    this.held = [];
    for (const timer of held) void this.pass(timer, 0);
  }

  /** No timer runs any more: those whose they were are gone. */
  end(): void {
    this.isOver = true;
    this.timers = [];
  }

  /** Milliseconds. */
  private get time(): number {
    return this.clock.micros / 1000;
  }

  private async pass(timer: Timer, milliseconds: number): Promise<void> {
    for (let turn = TURNS_MIN + milliseconds; turn > 0; turn--) {
      await null;
      if (!this.timers.includes(timer)) return;
    }
    if (this.isHeld) {
      this.held.push(timer);
      return;
    }
    const { clock } = this;
    const micros = Math.max(clock.micros, Math.round(timer.at * 1000));
    this.alone += (micros - clock.micros) / 1000;
    clock.micros = micros;
    if (this.alone > ALONE_MAX) {
      this.end();
      this.onHang();
    } else this.run((one) => one === timer || one.at <= this.time);
  }

  private run(isDue: (timer: Timer) => boolean): void {
    const due = this.timers.filter(isDue);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { task } of due) task();
  }
}

/** The scheduler of a worker, whose slices may end after each thing that it does. */
export class SimulatedWorkerScheduler extends SimulatedScheduler {
  private drift = 0;

  override now(): number {
    this.drift += this.chance.below(3);
    return super.now() + this.drift;
  }
}
