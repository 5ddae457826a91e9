import type { Connection } from './connection.ts';
import type { TabPlatform } from './platform.ts';

/** How often a tab that waits looks whether the other side is alive. Milliseconds. */
const tickMs = 1000;
/** Ticks without an answer after which an owner counts as frozen. Ticks and not time: a machine may have slept. */
const silentTicks = 10;

/** What a tab waits for: answers on a connection, any owner, itself while it opens the store, or nothing. */
export type Awaited = Connection | 'owner' | 'opening' | null;

/** What a {@link Liveness} asks of its tab, and tells it. */
export interface LivenessEvents {
  awaited(): Awaited;
  /** Look for an owner once more. */
  seek(): void;
  /** The owner gave no answer for so long that it runs no code: it is frozen without having been told so, or stuck. */
  silent(): void;
}

/** While a tab waits: is the other side alive? Locks tell of its end, but not that it runs no code. */
export class Liveness {
  private readonly platform: TabPlatform | null;
  private readonly events: LivenessEvents;
  private cancelTick: (() => void) | null = null;
  private missed = 0;
  /** The connection whose answer to a greeting is due. */
  private greeted: Connection | null = null;

  constructor(platform: TabPlatform | null, events: LivenessEvents) {
    this.platform = platform;
    this.events = events;
  }

  /** Looks from now on, until nothing is waited for. */
  watch(): void {
    if (this.platform === null || this.cancelTick !== null) return;
    this.cancelTick = this.platform.later(() => {
      this.cancelTick = null;
      this.tick();
    }, tickMs);
  }

  /** Somebody was heard. */
  heard(): void {
    this.missed = 0;
  }

  stop(): void {
    this.cancelTick?.();
    this.cancelTick = null;
  }

  private tick(): void {
    const awaited = this.events.awaited();
    if (awaited === null) return;
    if (typeof awaited === 'string') {
      if (awaited === 'owner') this.missed++;
      this.events.seek();
    } else if (this.greeted === awaited) {
      this.missed++;
    } else {
      this.greet(awaited);
    }
    if (this.missed >= silentTicks) {
      this.missed = 0;
      this.greeted = null;
      this.events.silent();
    }
    this.watch();
  }

  private greet(connection: Connection): void {
    this.missed = 0;
    this.greeted = connection;
    const answered = () => {
      if (this.greeted === connection) this.greeted = null;
    };
    connection.host.greet().then(answered, answered);
  }
}
