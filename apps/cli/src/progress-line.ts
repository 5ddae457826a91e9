import { performance } from 'node:perf_hooks';
import { visible } from './visible.ts';

/** Milliseconds between two pictures. */
const INTERVAL = 100;
const WIDTH = 24;
/** Milliseconds before which nothing can be said of the pace. */
const SETTLED = 200;
/** Columns of a terminal that does not tell. */
const COLUMNS = 80;

/** Whether a line of progress stands on the terminal. */
let isDrawn = false;

/** Takes a line of progress away that stands on the terminal: what is told next begins at the left. */
export function clearProgress(): void {
  if (!isDrawn) return;
  isDrawn = false;
  process.stderr.write('\r\u001b[K');
}

/**
 * A line on standard error that tells how far long work is; nothing where standard error is no terminal, or one that can't move its cursor
 * (TERM=dumb), so that logs and pipes stay clean.
 */
export class ProgressLine {
  private readonly isShown = process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';
  private what = '';
  private began = 0;
  private done = 0;
  private last = Number.NEGATIVE_INFINITY;

  /** `what`: what is being done, in a word or two. `total`: null where it is not known. Bytes, both. */
  show(what: string, done: number, total: number | null): void {
    if (!this.isShown) return;
    const now = performance.now();
    if (what === this.what && now - this.last < INTERVAL) return;
    // Fewer than before: other work, which has its own pace.
    if (this.what === '' || done < this.done) this.began = now;
    this.what = what;
    this.done = done;
    this.last = now;
    // A line that is wrapped is not overwritten by the next one.
    const columns = (process.stderr.columns || COLUMNS) - 1;
    process.stderr.write(`\r${cut(lineOf(visible(what), done, total, now - this.began), columns)}\u001b[K`);
    isDrawn = true;
  }

  /** Takes the line away. */
  end(): void {
    clearProgress();
  }
}

function cut(line: string, columns: number): string {
  return line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

/** What the line says after so many milliseconds. */
export function lineOf(what: string, done: number, total: number | null, milliseconds: number): string {
  const rate = milliseconds < SETTLED ? '' : `, ${megabytes((done * 1000) / milliseconds)}/s`;
  if (total === null || total === 0) return `${what}: ${megabytes(done)}${rate}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const left = milliseconds >= SETTLED && share > 0.02 ? `, ${timeOf((milliseconds * (1 - share)) / share)} left` : '';
  return `${what} ${bar} ${Math.floor(share * 100)} %, ${megabytes(done)} of ${megabytes(total)}${rate}${left}`;
}

function timeOf(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
