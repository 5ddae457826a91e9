/** Tasks that the worker may fail at one after the other, where the engine does not, before it is given up. */
const FAILURES_MAX = 3;
/** Milliseconds after which one that was given up has a successor; twice as many each time, while none does anything. */
const REST_MILLISECONDS = 60_000;
const REST_MILLISECONDS_MAX = 3_600_000;

/** What a task may be. */
export type TaskKind = 'flush' | 'compaction';

/** Codes of errors that say what is wrong with files, for which nobody is to blame who reads them. */
const OF_FILES: readonly (string | null)[] = ['CORRUPTION', 'FILE_NOT_FOUND', 'MISSING_COMPONENT'];

/**
 * Whether the worker is given work, after what went wrong. What it fails at the engine does once more: if that fails too, it was the disk, and
 * if that is well it was the worker. A full disk is neither's fault: nobody else tries until something could be written again.
 */
export class WorkerTrust {
  /** Failures of the worker's own, one after the other. */
  private inARow = 0;
  /** Kinds of tasks that the worker failed at and the engine has not come to the end of. */
  private readonly unjudged = new Set<TaskKind>();
  private lacksRoom = false;
  /** Workers that were given up, one after the other. */
  private lost = 0;
  private restsUntil = Number.NEGATIVE_INFINITY;

  /** Whether there may be a worker, or another one; `now` in milliseconds of a steady clock. */
  mayStart(now: number): boolean {
    return now >= this.restsUntil;
  }

  /** Whether a worker that is there may have tasks. */
  get mayTry(): boolean {
    return !this.lacksRoom;
  }

  /** The worker could not do a task. `code`: of the error, null for one that is none of ours. */
  failed(kind: TaskKind, code: string | null): void {
    if (code === 'STORAGE_FULL') this.lacksRoom = true;
    else if (!OF_FILES.includes(code)) this.unjudged.add(kind);
  }

  /** A task of the worker counts. */
  succeeded(kind: TaskKind): void {
    this.unjudged.delete(kind);
    this.inARow = 0;
    this.lost = 0;
  }

  /** The engine has done such a task itself; true where the worker has failed too often at what can be done, and is to be given up. */
  doneHere(kind: TaskKind): boolean {
    this.lacksRoom = false;
    if (this.unjudged.delete(kind)) this.inARow++;
    return this.inARow >= FAILURES_MAX;
  }

  /** The engine could not do it either. */
  failedHere(kind: TaskKind): void {
    this.unjudged.delete(kind);
  }

  /** The worker is given up, for a while. */
  gaveUp(now: number): void {
    this.inARow = 0;
    this.unjudged.clear();
    this.restsUntil = now + Math.min(REST_MILLISECONDS_MAX, REST_MILLISECONDS * 2 ** this.lost);
    this.lost++;
  }
}
