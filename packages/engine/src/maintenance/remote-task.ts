import type { SSTableRecord } from '../catalog/index.ts';
import type { TaskProgress } from './wire.ts';

/** How a task of the worker ended. */
export type TaskEnd = 'done' | 'failed' | 'cancelled';

/** A task that the worker has: what it writes is named by nobody until the engine does so. */
export class RemoteTask {
  readonly tableId: string;
  /** Generations that it was given for what it writes. */
  readonly generations: number[] = [];
  progress: TaskProgress = { bytesRead: 0, bytesWritten: 0, rowsMerged: 0 };
  /** What it wrote, once it is done. */
  records: readonly SSTableRecord[] = [];
  /** Null while it runs. */
  end: TaskEnd | null = null;
  private readonly pause: (milliseconds: number) => Promise<void>;
  private readonly askToEnd: () => void;
  private over: () => void = () => undefined;
  private readonly ended = new Promise<void>((resolve) => {
    this.over = resolve;
  });

  /** `pause` comes between two looks, `askToEnd` asks the worker to leave off. */
  constructor(tableId: string, pause: (milliseconds: number) => Promise<void>, askToEnd: () => void) {
    this.tableId = tableId;
    this.pause = pause;
    this.askToEnd = askToEnd;
  }

  /** Says how it ended; the first that does is right. */
  settle(end: TaskEnd, records: readonly SSTableRecord[] = []): void {
    if (this.end !== null) return;
    this.end = end;
    this.records = records;
    this.over();
  }

  /** Waits for its end, for so many milliseconds at most; how it ended, or null. */
  async wait(milliseconds: number): Promise<TaskEnd | null> {
    if (this.end === null) await Promise.race([this.ended, this.pause(milliseconds)]);
    return this.end;
  }

  /** Calls it off; resolves when the worker has closed and removed what it wrote, or is dead, or was done before. */
  async cancel(): Promise<void> {
    if (this.end !== null) return;
    this.askToEnd();
    while (this.end === null) await this.wait(WAIT_MILLISECONDS);
  }
}

/** Milliseconds between two looks at a task. */
export const WAIT_MILLISECONDS = 50;
