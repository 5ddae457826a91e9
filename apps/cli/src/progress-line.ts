import { performance } from 'node:perf_hooks';

/** Milliseconds between two pictures. */
const INTERVAL = 100;
const WIDTH = 24;

/**
 * A line on standard error that tells how far long work is; nothing where standard error is no terminal, so that logs and pipes stay clean.
 */
export class ProgressLine {
  private readonly what: string;
  private readonly isShown = process.stderr.isTTY === true;
  private readonly began = performance.now();
  private last = Number.NEGATIVE_INFINITY;

  /** `what`: what is being done, in a word or two. */
  constructor(what: string) {
    this.what = what;
  }

  /** `total`: null where it is not known. Bytes, both. */
  show(done: number, total: number | null): void {
    const now = performance.now();
    if (!this.isShown || now - this.last < INTERVAL) return;
    this.last = now;
    process.stderr.write(`\r${lineOf(this.what, done, total, now - this.began)}\u001b[K`);
  }

  /** Takes the line away: what is told next begins at the left. */
  end(): void {
    if (this.isShown && this.last > 0) process.stderr.write('\r\u001b[K');
  }
}

/** What the line says after so many milliseconds. */
export function lineOf(what: string, done: number, total: number | null, milliseconds: number): string {
  const rate = milliseconds < 1 ? '' : `, ${megabytes((done * 1000) / milliseconds)}/s`;
  if (total === null || total === 0) return `${what}: ${megabytes(done)}${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left = share > 0.02 ? `, ${Math.ceil((milliseconds * (1 - share)) / share / 1000)} s left` : '';
  return `${what} ${bar} ${Math.floor(share * 100)} %, ${megabytes(done)} of ${megabytes(total)}${rate}${left}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
