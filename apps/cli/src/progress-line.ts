import { performance } from 'node:perf_hooks';

/** Milliseconds between two pictures. */
const INTERVAL = 100;
const WIDTH = 24;
/** Milliseconds before which nothing can be said of the pace. */
const SETTLED = 200;

/**
 * A line on standard error that tells how far long work is; nothing where standard error is no terminal, so that logs and pipes stay clean.
 */
export class ProgressLine {
  private readonly isShown = process.stderr.isTTY === true;
  private what = '';
  private began = 0;
  private done = 0;
  private last = Number.NEGATIVE_INFINITY;

  /** `what`: what is being done, in a word or two. `total`: null where it is not known. Bytes, both. */
  show(what: string, done: number, total: number | null): void {
    const now = performance.now();
    if (!this.isShown || (what === this.what && now - this.last < INTERVAL)) return;
    // Fewer than before: other work, which has its own pace.
    if (this.what === '' || done < this.done) this.began = now;
    this.what = what;
    this.done = done;
    this.last = now;
    process.stderr.write(`\r${lineOf(what, done, total, now - this.began)}\u001b[K`);
  }

  /** Takes the line away: what is told next begins at the left. */
  end(): void {
    if (this.isShown && this.what !== '') process.stderr.write('\r\u001b[K');
  }
}

/** What the line says after so many milliseconds. */
export function lineOf(what: string, done: number, total: number | null, milliseconds: number): string {
  const rate = milliseconds < SETTLED ? '' : `, ${megabytes((done * 1000) / milliseconds)}/s`;
  if (total === null || total === 0) return `${what}: ${megabytes(done)}${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left =
    milliseconds >= SETTLED && share > 0.02 ? `, ${Math.ceil((milliseconds * (1 - share)) / share / 1000)} s left` : '';
  return `${what} ${bar} ${Math.floor(share * 100)} %, ${megabytes(done)} of ${megabytes(total)}${rate}${left}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
