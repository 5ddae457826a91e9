import type { TabPlatform } from './platform.ts';

/** What becomes of a tab in the queue for a store. */
export interface ElectionEvents {
  /** It owns the store now. */
  granted(): void;
  /** Another tab took the store from it, for it seemed to be frozen. */
  deposed(): void;
}

/** A tab's place in the queue for the one lock that makes it the owner of a store. */
export class Election {
  private readonly platform: TabPlatform;
  private readonly lock: string;
  private readonly events: ElectionEvents;
  /** Ends the request that is in the queue or holds the lock. */
  private leaving: (() => void) | null = null;
  private hasLock = false;

  constructor(platform: TabPlatform, lock: string, events: ElectionEvents) {
    this.platform = platform;
    this.lock = lock;
    this.events = events;
  }

  /** Whether this tab holds the lock. */
  get isOwner(): boolean {
    return this.hasLock;
  }

  /** Queues; does nothing for a tab that is in the queue or holds the lock. */
  join(): void {
    if (this.leaving === null) this.request({});
  }

  /** Takes the lock from whoever holds it. */
  steal(): void {
    if (this.hasLock) return;
    this.leave();
    this.request({ steal: true });
  }

  /** Gives the lock, or the place in the queue, free. */
  leave(): void {
    this.leaving?.();
    this.leaving = null;
    this.hasLock = false;
  }

  private request(options: { steal?: boolean }): void {
    const abort = new AbortController();
    let release: () => void = () => undefined;
    const leaving = () => {
      abort.abort();
      release();
    };
    this.leaving = leaving;
    // The two options exclude each other; a request that steals is granted at once anyhow.
    this.platform.locks
      .request(this.lock, options.steal ? { steal: true } : { signal: abort.signal }, async () => {
        if (this.leaving !== leaving) return;
        this.hasLock = true;
        const released = new Promise<void>((resolve) => {
          release = resolve;
        });
        this.events.granted();
        await released;
      })
      .catch((error: unknown) => {
        if (this.leaving !== leaving) return;
        const wasOwner = this.hasLock;
        this.leaving = null;
        this.hasLock = false;
        if (wasOwner) this.events.deposed();
        else console.warn(`Cassette: the queue for ${this.lock} can't be joined`, error);
      });
  }
}
