import { type Schema, schemaToJson } from '@cassette/cql';
import type { Memtable } from '../memtable/index.ts';
import { imageOf, piecesOf } from '../memtable/memtable-image.ts';
import { parseSSTableFile } from '../sstables/index.ts';
import { tellSweepFailed } from '../write-engine/discard-sstables.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import type { MaintenanceStarter, MaintenanceWorker } from './maintenance-worker.ts';
import { RemoteTask } from './remote-task.ts';
import type { CompactTask, FlushTask, FromWorker, PaceOrder, TaskFailure, ToWorker } from './wire.ts';
import { type TaskKind, WorkerTrust } from './worker-trust.ts';

/** Bytes from which on it is worth to hand work over, unless the starter says another number: less is done in a few slices. */
const WORTH_BYTES = 128 * 1024;
/** Deletions of partitions and ranges past which a memtable is flushed here: they are objects, and take long to hand over. */
const DELETIONS_MAX = 1000;
/** Milliseconds in which a worker that has a task may say nothing before it is taken for dead. */
const QUIET_MILLISECONDS_MAX = 30_000;
/** Milliseconds that it may take to come up, for those who can wait. */
const COMING_MILLISECONDS_MAX = 5000;
/** Of the time between two looks at tasks what counts at most: in a longer one all threads stood still, or nobody wanted to know. */
const LOOK_MILLISECONDS_MAX = 1000;

/** Where flushes and compactions are done, and how it went. */
export interface MaintenanceStats {
  /** Whether a worker does them: there is one, or will be when there is enough to do. False for a while after one was given up. */
  readonly inWorker: boolean;
  /** Of the flushes that came to their end (`counters.flushes`), those of which the worker made SSTables: those of little it has no part in. */
  readonly flushesInWorker: number;
  /** Of the compactions that came to their end, those that the worker did. */
  readonly compactionsInWorker: number;
  /** Tasks that were done in the engine's own thread because the worker failed or died. */
  readonly failures: number;
  /** Why the last of them did; null for none. */
  readonly lastFailure: string | null;
}

/**
 * The engine's side of a worker that flushes and compacts for it. The worker only makes files; what they mean stays here. Whatever goes wrong
 * with it, the task is `failed`, nothing of it counts, and whoever wanted it does it in slices as where there is no worker.
 */
export class MaintenanceThread {
  private readonly state: EngineState;
  private readonly start: MaintenanceStarter;
  private worker: MaintenanceWorker | null = null;
  /** What the worker said of which build it is; null before it is ready. */
  private heardBuild: string | null = null;
  /** When it was started, on the scheduler's clock. */
  private startedAt = 0;
  /** There will be none any more. */
  private isOver = false;
  private readonly trust = new WorkerTrust();
  /** Called when it is ready, or lost. */
  private readonly waiting = new Set<() => void>();
  /** Bytes of copies of memtables that it has. */
  private copied = 0;
  private readonly tasks = new Map<number, RemoteTask>();
  private readonly nextGenerations = new Map<number, () => number>();
  private nextId = 1;
  private sentSchema: Schema | null = null;
  private sentOrder: PaceOrder | null = null;
  /** Milliseconds that it has said nothing, and when that was looked at. */
  private quiet = 0;
  private lookedAt = 0;
  private readonly figures: { -readonly [K in keyof MaintenanceStats]: MaintenanceStats[K] } = {
    inWorker: true,
    flushesInWorker: 0,
    compactionsInWorker: 0,
    failures: 0,
    lastFailure: null,
  };

  /** The worker is started when there is something to do. */
  constructor(state: EngineState, start: MaintenanceStarter) {
    this.state = state;
    this.start = start;
  }

  /** Where things are done, and how it went so far. */
  stats(): MaintenanceStats {
    return { ...this.figures, inWorker: this.mayBe };
  }

  /**
   * Whether work of about so many bytes is to be handed over. The first such starts the worker; until it is ready nobody waits for it, and nothing
   * is handed over.
   */
  takes(bytes: number): boolean {
    if (!this.isWorth(bytes)) return false;
    this.prepare();
    return this.worker !== null && this.heardBuild !== null;
  }

  /** Starts the worker, if there is none and may be one: there will soon be something to do. */
  prepare(): void {
    if (this.worker !== null || !this.mayBe) return;
    try {
      this.begin();
    } catch (error) {
      this.lose(String(error));
    }
  }

  /** Whether work of so many bytes would be handed over a moment later, for the worker is just coming up. */
  isComing(bytes: number): boolean {
    if (this.takes(bytes) || this.worker === null || !this.isWorth(bytes)) return false;
    return this.state.scheduler.now() - this.startedAt < COMING_MILLISECONDS_MAX;
  }

  /** Calls back when the worker is ready, or will not be; returns what takes that back. */
  whenReady(call: () => void): () => void {
    const { waiting } = this;
    const cancel = this.state.scheduler.later(() => over(), COMING_MILLISECONDS_MAX);
    const over = () => {
      waiting.delete(over);
      cancel();
      call();
    };
    waiting.add(over);
    return () => {
      waiting.delete(over);
      cancel();
    };
  }

  /** Bytes of memory that copies of memtables take. */
  get copiedBytes(): number {
    return this.copied;
  }

  /** Whether the flush of a memtable is to be handed over. */
  takesFlush({ bytes, deletions }: Memtable): boolean {
    // The copy takes memory as well.
    const { memtableBytes, config } = this.state;
    if (memtableBytes + bytes > config.memtableHardLimit || deletions.length > DELETIONS_MAX || !this.takes(bytes)) return false;
    return deletions.reduce((sum, { ranges }) => sum + (ranges?.size ?? 0), 0) <= DELETIONS_MAX;
  }

  /** Hands a compaction over. */
  compact(task: CompactTask, nextGeneration: () => number): RemoteTask {
    const id = this.nextId++;
    const held = this.hold(id, 'compaction', task.tableId);
    this.nextGenerations.set(id, nextGeneration);
    this.post({ kind: 'compact', id, task });
    return held;
  }

  /**
   * Hands a flush over; the memtable is copied in pieces, with `pause` between two, and no faster than the worker takes them. `cancelled` ends
   * that early. Whoever calls must see to it that the memtable does not change.
   */
  async flush(
    task: Omit<FlushTask, 'image'>,
    memtable: Memtable,
    pause: () => Promise<unknown>,
    nextGeneration: () => number,
    cancelled: () => boolean = () => false,
  ): Promise<RemoteTask> {
    const id = this.nextId++;
    const held = this.hold(id, 'flush', task.tableId);
    this.nextGenerations.set(id, nextGeneration);
    const { bytes } = memtable;
    this.copied += bytes;
    void held.whenOver.then(() => {
      this.copied -= bytes;
    });
    held.generations.push(task.generation);
    try {
      this.post({ kind: 'flush', id, task: { ...task, image: imageOf(memtable) } });
      for (const piece of piecesOf(memtable)) {
        while (!cancelled() && !(await held.hasRoom()));
        if (held.end !== null || cancelled()) break;
        this.post({ kind: 'piece', id, piece }, [piece.data.buffer]);
        held.sent();
        await pause();
      }
    } catch (error) {
      // There may be no memory for the copy. Without all of it the worker has written nothing, and would wait for ever.
      this.post({ kind: 'cancel', id });
      this.forget(id);
      if (held.end === null) this.failed('flush', { message: String(error), code: null });
      held.settle('failed');
    }
    return held;
  }

  /** What the worker made of a task, and called done, can't be opened. */
  madeUnreadable(kind: TaskKind, error: unknown): void {
    const message = `what it wrote can't be read: ${error instanceof Error ? error.message : String(error)}`;
    // Whatever the code of the error is: files that nobody has damaged are meant here.
    this.failed(kind, { message, code: null });
  }

  /** What the worker made of a task can be read, as it should. */
  succeeded(kind: TaskKind): void {
    this.trust.succeeded(kind);
  }

  /** A flush or compaction has come to its end, and the worker has made it. */
  counts(kind: TaskKind): void {
    if (kind === 'flush') this.figures.flushesInWorker++;
    else this.figures.compactionsInWorker++;
  }

  /** The engine has done such a task itself: where the worker could not, it was not for the disk. */
  doneHere(kind: TaskKind): void {
    if (this.trust.doneHere(kind)) this.lose(this.figures.lastFailure);
  }

  /** The engine could not do such a task. */
  failedHere(kind: TaskKind): void {
    this.trust.failedHere(kind);
  }

  /** Removes what may be left of a task that failed; what can't be removed is swept at the next start. */
  async clear({ tableId, generations }: RemoteTask): Promise<void> {
    const { storage } = this.state;
    try {
      for (const name of await storage.list()) {
        const file = parseSSTableFile(name);
        if (file?.tableId === tableId && generations.includes(file.generation)) await storage.remove(name);
      }
    } catch (error) {
      tellSweepFailed(this.state, error);
    }
  }

  /** Ends the worker, and with it what it does; there will be none any more. */
  end(): void {
    this.isOver = true;
    this.lose(null);
  }

  /** Whether there is a worker, or may be one now. */
  private get mayBe(): boolean {
    return !this.isOver && (this.worker !== null || this.trust.mayStart(this.state.scheduler.now()));
  }

  private isWorth(bytes: number): boolean {
    return this.trust.mayTry && bytes >= (this.start.worthBytes ?? WORTH_BYTES);
  }

  private hold(id: number, kind: TaskKind, tableId: string): RemoteTask {
    const pause = (milliseconds: number) => this.pause(milliseconds);
    if (this.tasks.size === 0) {
      this.quiet = 0;
      this.lookedAt = this.state.scheduler.now();
    }
    const askToEnd = () => this.post({ kind: 'cancel', id });
    const held = new RemoteTask(kind, tableId, pause, askToEnd, () => this.lose('it did not leave off when it was told to'));
    this.tasks.set(id, held);
    return held;
  }

  private begin(): void {
    let own: MaintenanceWorker | null = null;
    let isEarly = true;
    let why: string | null = null;
    this.heardBuild = null;
    this.sentSchema = null;
    this.sentOrder = null;
    this.startedAt = this.state.scheduler.now();
    // One that was given up may say something still.
    const isMeant = () => isEarly || (own !== null && own === this.worker);
    own = this.start({
      message: (message) => {
        if (isEarly && message.kind === 'unfit') why = message.why;
        else if (isMeant()) this.heard(message);
      },
      died: (reason) => {
        if (isEarly) why = reason;
        else if (isMeant()) this.lose(reason);
      },
    });
    isEarly = false;
    this.worker = own;
    if (why !== null) this.lose(why);
    else this.checkBuild();
  }

  private checkBuild(): void {
    if (this.worker === null || this.heardBuild === null) return;
    if (this.heardBuild !== this.worker.build) {
      // To load it again would not make it ours.
      this.isOver = true;
      this.lose('its script is that of another version');
    } else for (const over of [...this.waiting]) over();
  }

  /** Posts to the worker, after the schema if it has another; to none at all where it was given up, and its tasks with it. */
  private post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void {
    const { worker } = this;
    const { schema } = this.state;
    try {
      if (worker !== null && schema !== this.sentSchema) {
        this.sentSchema = schema;
        worker.post({ kind: 'schema', schema: schemaToJson(schema) });
      }
      worker?.post(message, transfer);
    } catch (error) {
      this.lose(String(error));
    }
  }

  private heard(message: FromWorker): void {
    this.quiet = 0;
    if (message.kind === 'ready') {
      this.heardBuild = message.build;
      this.checkBuild();
      return;
    }
    if (message.kind === 'unfit') {
      this.lose(message.why);
      return;
    }
    const { id } = message;
    const task = this.tasks.get(id);
    if (task === undefined) return;
    if (message.kind === 'next generation') {
      const generation = this.nextGenerations.get(id)!();
      task.generations.push(generation);
      this.post({ kind: 'generation', id, generation });
    } else if (message.kind === 'taken') task.taken();
    else if (message.kind === 'progress') {
      task.progress = message.progress;
      this.order();
    } else {
      this.forget(id);
      if (message.kind === 'done') task.settle('done', message);
      else if (message.error === null) task.settle('cancelled');
      else {
        task.settle('failed');
        this.failed(task.kind, message.error);
      }
    }
  }

  /** Tells the worker how fast it may go on, if that has changed. */
  private order(): void {
    const { turns, scheduler, memtableBytes, config } = this.state;
    const { memtableFlushThreshold, memtableHardLimit } = config;
    const isUrgent = memtableBytes > memtableFlushThreshold + (memtableHardLimit - memtableFlushThreshold) / 4;
    const order: PaceOrder = { isBusy: turns.isBusy(scheduler.now()), isUrgent };
    if (this.sentOrder?.isBusy === order.isBusy && this.sentOrder.isUrgent === isUrgent) return;
    this.sentOrder = order;
    this.post({ kind: 'pace', order });
  }

  private failed(kind: TaskKind, { message, code }: TaskFailure): void {
    this.figures.failures++;
    this.figures.lastFailure = message;
    this.trust.failed(kind, code);
  }

  /** `why`: null where it was wanted. */
  private lose(why: string | null): void {
    this.worker?.end();
    this.worker = null;
    this.heardBuild = null;
    this.trust.gaveUp(this.state.scheduler.now());
    if (why !== null) {
      this.figures.failures += this.tasks.size;
      this.figures.lastFailure = why;
    }
    for (const [id, task] of [...this.tasks]) {
      this.forget(id);
      task.settle('failed');
    }
    for (const over of [...this.waiting]) over();
  }

  private forget(id: number): void {
    this.tasks.delete(id);
    this.nextGenerations.delete(id);
  }

  private async pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => this.state.scheduler.later(resolve, milliseconds));
    if (this.tasks.size === 0) return;
    const now = this.state.scheduler.now();
    this.quiet += Math.min(now - this.lookedAt, LOOK_MILLISECONDS_MAX);
    this.lookedAt = now;
    if (this.quiet > QUIET_MILLISECONDS_MAX) this.lose('it says nothing any more');
  }
}
