import { signal } from '@preact/signals';
import type { FailedOutcome } from '../outcomes.ts';

/** Where a job stands. */
export type JobState =
  /** It waits for files, or for text where it reads from STDIN. */
  | { readonly kind: 'asks'; readonly name: string | null; readonly accept: string }
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly failure: FailedOutcome };

/** How far a job is. */
export interface JobFigures {
  /** Rows, or statements of a SOURCE, that are done. */
  readonly done: number;
  readonly refused: number;
  /** Bytes that were read or written. */
  readonly bytes: number;
  /** Bytes that there are to read; null where nobody knows. */
  readonly bytesTotal: number | null;
}

/** Lines that are kept of what was refused, and characters of what went to STDOUT. */
const linesMax = 50;
const textMax = 200_000;

/** SOURCE or COPY under way, for the page to show: what it needs, how far it is, what it says. */
export class FileJob {
  readonly verb: 'source' | 'from' | 'to';
  /** What it is about, e.g. `lab.readings`. */
  readonly subject: string;
  readonly state = signal<JobState>({ kind: 'running' });
  readonly figures = signal<JobFigures>({ done: 0, refused: 0, bytes: 0, bytesTotal: null });
  /** What was refused and why, the first of them; and notes. */
  readonly lines = signal<readonly string[]>([]);
  /** What went to STDOUT, its beginning. */
  readonly text = signal('');
  /** How many characters of STDOUT are not kept. */
  readonly textLeftOut = signal(0);
  /** Ends it. */
  readonly cancel: () => void;
  readonly signal: AbortSignal;
  private readonly began = performance.now();
  private ended: number | null = null;
  private give: ((files: readonly Blob[]) => void) | null = null;

  constructor(verb: FileJob['verb'], subject: string, signal: AbortSignal, cancel: () => void) {
    this.verb = verb;
    this.subject = subject;
    this.signal = signal;
    this.cancel = cancel;
  }

  /** Milliseconds it took, or takes so far. */
  get milliseconds(): number {
    return (this.ended ?? performance.now()) - this.began;
  }

  /** What the user chooses, drops or pastes. Rejects when the job is called off. */
  async files(name: string | null, accept: string): Promise<readonly Blob[]> {
    this.state.value = { kind: 'asks', name, accept };
    const given = await new Promise<readonly Blob[]>((resolve, reject) => {
      this.give = resolve;
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true });
    });
    this.state.value = { kind: 'running' };
    return given;
  }

  /** Answers what it asks for. */
  take(files: readonly Blob[]): void {
    if (files.length > 0) this.give?.(files);
  }

  progress(more: Partial<JobFigures>): void {
    this.figures.value = { ...this.figures.value, ...more };
  }

  /** Keeps a line, if there are not too many yet. */
  say(line: string): void {
    if (this.lines.value.length < linesMax) this.lines.value = [...this.lines.value, line];
  }

  /** Writes to STDOUT. */
  print(text: string): void {
    const room = textMax - this.text.value.length;
    if (room > 0) this.text.value += text.slice(0, room);
    if (text.length > room) this.textLeftOut.value += text.length - Math.max(room, 0);
  }

  end(state: JobState): void {
    this.ended = performance.now();
    this.state.value = state;
  }
}
