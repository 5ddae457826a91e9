import type { SSTableRecord } from '../catalog/index.ts';
import type { TaskOutcome, TaskProgress } from './wire.ts';
import type { TaskKind } from './worker-trust.ts';

/** How a task of the worker ended. */
export type TaskEnd = 'done' | 'failed' | 'cancelled';

/** A task that the worker has: what it writes is named by nobody until the engine does so. */
export class RemoteTask {
  readonly kind: TaskKind;
  readonly tableId: string;
  /** Generations that it was given for what it writes. */
  readonly generations: number[] = [];
  progress: TaskProgress = { bytesRead: 0, bytesWritten: 0, rowsMerged: 0 };
  /** What it wrote, once it is done. */
  records: readonly SSTableRecord[] = [];
  /** Of a compaction that is done, see `SettledOverlaps.purged`. */
  purged: bigint | null = null;
  /** Null while it runs. */
  end: TaskEnd | null = null;
  /** Pieces of a memtable that are on their way to it. */
  private onTheirWay = 0;
  private whenTaken: () => void = () => undefined;
  private readonly pause: (milliseconds: number) => Promise<void>;
  private readonly askToEnd: () => void;
  private readonly giveUp: () => void;
  private over: () => void = () => undefined;
  /** Resolves when it has ended, however. */
  readonly whenOver = new Promise<void>((resolve) => {
    this.over = resolve;
  });

  /** `pause` comes between two looks, `askToEnd` asks the worker to leave off, `giveUp` ends one that does not: the task has settled after it. */
  constructor(
    kind: TaskKind,
    tableId: string,
    pause: (milliseconds: number) => Promise<void>,
    askToEnd: () => void,
    giveUp: () => void,
  ) {
    this.kind = kind;
    this.tableId = tableId;
    this.pause = pause;
    this.askToEnd = askToEnd;
    this.giveUp = giveUp;
  }

  /** Says how it ended; the first that does is right. */
  settle(end: TaskEnd, outcome: TaskOutcome | null = null): void {
    if (this.end !== null) return;
    this.end = end;
    if (outcome !== null) {
      this.records = outcome.records;
      this.progress = outcome.progress;
      this.purged = outcome.purged;
    }
    this.over();
  }

  /** A piece of its memtable was sent. */
  sent(): void {
    this.onTheirWay++;
  }

  /** The worker has one. */
  taken(): void {
    this.onTheirWay--;
    this.whenTaken();
  }

  /** Whether another piece may be sent, or need not be: at once while few are on their way, else after a while. */
  async hasRoom(): Promise<boolean> {
    if (this.end === null && this.onTheirWay >= PIECES_MAX) {
      const taken = new Promise<void>((resolve) => (this.whenTaken = resolve));
      await Promise.race([taken, this.whenOver, this.pause(WAIT_MILLISECONDS)]);
    }
    return this.end !== null || this.onTheirWay < PIECES_MAX;
  }

  /** Waits for its end, for so many milliseconds at most; how it ended, or null. */
  async wait(milliseconds: number): Promise<TaskEnd | null> {
    if (this.end === null) await Promise.race([this.whenOver, this.pause(milliseconds)]);
    return this.end;
  }

  /**
   * Calls it off; resolves when the worker has closed and removed what it wrote, or is dead, or was done before. One that has not answered after
   * {@link CANCEL_MILLISECONDS} is ended: whoever closes the store or drops the table waits for this.
   */
  async cancel(): Promise<void> {
    if (this.end !== null) return;
    this.askToEnd();
    if ((await this.wait(CANCEL_MILLISECONDS)) === null) this.giveUp();
  }
}

/** Pieces of a memtable that may be on their way at one time: a mebibyte. */
const PIECES_MAX = 4;

/** Milliseconds in which a worker that is called off is to answer: it looks many times as often. */
const CANCEL_MILLISECONDS = 2000;

/** Milliseconds between two looks at a task. */
export const WAIT_MILLISECONDS = 50;
