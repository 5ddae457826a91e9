import type { ExportProgress } from '@cassette/engine';
import type { Callback } from '../wire/callback.ts';

/** Milliseconds between two messages: as often as an eye can follow. */
const restMs = 40;

/** Tells a page how far an export is: not with every chunk, and the end for certain, before the export's own answer. */
export class ProgressTeller {
  private readonly progress: Callback<[number, number]>;
  private toldAt = Number.NEGATIVE_INFINITY;
  private latest: ExportProgress | null = null;
  private isTold = true;
  /** Messages on their way. */
  private telling: Promise<void> = Promise.resolve();

  constructor(progress: Callback<[number, number]>) {
    this.progress = progress;
  }

  tell(now: ExportProgress): void {
    this.latest = now;
    this.isTold = false;
    if (performance.now() - this.toldAt >= restMs) this.send();
  }

  /** Resolves when the page has heard the last of it: answers on other ports may overtake it. */
  async finish(): Promise<void> {
    if (!this.isTold) this.send();
    await this.telling;
  }

  private send(): void {
    const { bytesDone, bytesTotal } = this.latest!;
    this.toldAt = performance.now();
    this.isTold = true;
    const before = this.telling;
    // What the page's own listener throws is the page's to know, and no reason to end an export.
    this.telling = this.progress(bytesDone, bytesTotal)
      .catch((error: unknown) => console.warn('Cassette: a listener of an export failed', error))
      .then(() => before);
  }
}
