import type { Callback } from '../wire/callback.ts';

/** Milliseconds between two messages: as often as an eye can follow. */
const restMs = 40;

/** Tells a page how far something is: not with every chunk, and the end for certain, before the answer to the call itself. */
export class ProgressTeller<Progress> {
  private readonly progress: Callback<[Progress]>;
  private readonly what: string;
  private toldAt = Number.NEGATIVE_INFINITY;
  /** What the page has not been told. */
  private waiting: Progress | null = null;
  /** Messages on their way. */
  private telling: Promise<void> = Promise.resolve();

  /** `what` it is, for messages: 'an export'. */
  constructor(progress: Callback<[Progress]>, what: string) {
    this.progress = progress;
    this.what = what;
  }

  tell(now: Progress): void {
    this.waiting = now;
    if (performance.now() - this.toldAt >= restMs) this.send();
  }

  /** Resolves when the page has heard the last of it: answers on other ports may overtake it. */
  async finish(): Promise<void> {
    this.send();
    await this.telling;
  }

  private send(): void {
    const now = this.waiting;
    if (now === null) return;
    this.waiting = null;
    this.toldAt = performance.now();
    const before = this.telling;
    // What the page's own listener throws is the page's to know, and no reason to end anything.
    this.telling = this.progress(now)
      .catch((error: unknown) => console.warn(`Cassette: a listener of ${this.what} failed`, error))
      .then(() => before);
  }
}
