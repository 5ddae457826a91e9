/** What the time is. Handed in, so that tests and `--now` decide it. */
export interface Clock {
  /** Wall clock time in microseconds since the epoch, a safe integer. May stand still, and may go back. */
  nowMicros(): number;
}

/**
 * The clock of one store: timestamps that only go forward, over restarts and a device's clock that is set back too.
 * Timestamps a statement brings itself (USING TIMESTAMP) never get here, so they can't poison it.
 * Cassandra: service.ClientState#getTimestamp.
 */
export class MonotonicClock {
  private readonly clock: Clock;
  private last: number;

  /** `last`: the greatest timestamp issued before, 0 for none. */
  constructor(clock: Clock, last = 0) {
    this.clock = clock;
    this.last = last;
  }

  /** The next timestamp, in microseconds: the wall clock's, or one more than the one before where that is not past it. */
  timestamp(): number {
    const now = this.clock.nowMicros();
    this.last = now > this.last ? now : this.last + 1;
    return this.last;
  }

  /** The wall clock's time in microseconds, or the last timestamp where the wall clock is behind it: never goes back. */
  nowMicros(): number {
    return Math.max(this.clock.nowMicros(), this.last);
  }

  /** Wall clock time in whole seconds, for local deletion times and expiry. */
  nowInSeconds(): number {
    return Math.floor(this.clock.nowMicros() / 1_000_000);
  }

  /** The greatest timestamp issued so far; 0 for none. What is written to the WAL. */
  get lastTimestamp(): number {
    return this.last;
  }

  /** Learns that a timestamp was issued before, by an earlier run. */
  advanceTo(timestamp: number): void {
    if (timestamp > this.last) this.last = timestamp;
  }
}
