import { type Schema, schemaToJson } from '@cassette/cql';
import type { Memtable } from '../memtable/index.ts';
import { imageOf, piecesOf } from '../memtable/memtable-image.ts';
import { parseSSTableFile } from '../sstables/index.ts';
import { tellSweepFailed } from '../write-engine/discard-sstables.ts';
import type { EngineState } from '../write-engine/engine-state.ts';
import type { MaintenanceStarter, MaintenanceWorker } from './maintenance-worker.ts';
import { RemoteTask } from './remote-task.ts';
import type { CompactTask, FlushTask, FromWorker, PaceOrder } from './wire.ts';

/** Bytes from which on it is worth to hand work over, unless the starter says another number: less is done in a few slices. */
const WORTH_BYTES = 128 * 1024;
/** Deletions of partitions and ranges past which a memtable is flushed here: they are objects, and take long to hand over. */
const DELETIONS_MAX = 1000;
/** Tasks that may fail one after the other before the worker is given up. */
const FAILURES_MAX = 3;
/** Milliseconds in which a worker that has a task may say nothing before it is taken for dead. */
const QUIET_MILLISECONDS_MAX = 30_000;
/** Of the time between two looks at tasks what counts at most: in a longer one all threads stood still, or nobody wanted to know. */
const LOOK_MILLISECONDS_MAX = 1000;

/** Where flushes and compactions are done, and how it went. */
export interface MaintenanceStats {
  /** Whether a worker does them: there is one, or will be when there is enough to do. */
  readonly inWorker: boolean;
  /** Of those that came to their end, how many did in the worker. */
  readonly flushesInWorker: number;
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
  private isLost = false;
  private readonly tasks = new Map<number, RemoteTask>();
  private readonly nextGenerations = new Map<number, () => number>();
  private nextId = 1;
  private sentSchema: Schema | null = null;
  private sentOrder: PaceOrder | null = null;
  private failuresInARow = 0;
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
    return { ...this.figures, inWorker: !this.isLost };
  }

  /**
   * Whether work of about so many bytes is to be handed over. The first such starts the worker; until it is ready nobody waits for it, and nothing
   * is handed over.
   */
  takes(bytes: number): boolean {
    if (this.isLost || bytes < (this.start.worthBytes ?? WORTH_BYTES)) return false;
    if (this.worker === null) this.attempt(() => this.begin());
    return !this.isLost && this.heardBuild !== null;
  }

  /** Whether the flush of a memtable is to be handed over. */
  takesFlush({ bytes, deletions }: Memtable): boolean {
    if (!this.takes(bytes) || deletions.length > DELETIONS_MAX) return false;
    return deletions.reduce((sum, { ranges }) => sum + (ranges?.size ?? 0), 0) <= DELETIONS_MAX;
  }

  /** Hands a compaction over. */
  compact(task: CompactTask, nextGeneration: () => number): RemoteTask {
    const id = this.nextId++;
    const held = this.hold(id, task.tableId);
    this.nextGenerations.set(id, nextGeneration);
    this.attempt(() => this.running().post({ kind: 'compact', id, task }));
    return held;
  }

  /** Hands a flush over; the memtable is copied in pieces, with `pause` between two. Whoever calls must see to it that it does not change. */
  async flush(task: Omit<FlushTask, 'image'>, memtable: Memtable, pause: () => Promise<unknown>): Promise<RemoteTask> {
    const id = this.nextId++;
    const held = this.hold(id, task.tableId);
    held.generations.push(task.generation);
    this.attempt(() => this.running().post({ kind: 'flush', id, task: { ...task, image: imageOf(memtable) } }));
    try {
      for (const piece of piecesOf(memtable)) {
        if (held.end !== null) break;
        this.attempt(() => this.running().post({ kind: 'piece', id, piece }, [piece.data.buffer]));
        await pause();
      }
    } catch (error) {
      // There may be no memory for the copy. Without all of it the worker has written nothing, and would wait for ever.
      this.attempt(() => this.running().post({ kind: 'cancel', id }));
      this.forget(id);
      if (held.end === null) this.failed(String(error));
      held.settle('failed');
    }
    return held;
  }

  /** The task's work counts. */
  succeeded(what: 'flush' | 'compaction'): void {
    this.failuresInARow = 0;
    if (what === 'flush') this.figures.flushesInWorker++;
    else this.figures.compactionsInWorker++;
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

  /** Ends the worker, and with it what it does. */
  end(): void {
    this.lose(null);
  }

  private hold(id: number, tableId: string): RemoteTask {
    const pause = (milliseconds: number) => this.pause(milliseconds);
    if (this.tasks.size === 0) {
      this.quiet = 0;
      this.lookedAt = this.state.scheduler.now();
    }
    const askToEnd = () => this.attempt(() => this.running().post({ kind: 'cancel', id }));
    const held = new RemoteTask(tableId, pause, askToEnd, () => this.lose('it did not leave off when it was told to'));
    this.tasks.set(id, held);
    return held;
  }

  private begin(): void {
    const worker = this.start({ message: (message) => this.heard(message), died: (why) => this.lose(why) });
    if (this.isLost) worker.end();
    else this.worker = worker;
    this.checkBuild();
  }

  private checkBuild(): void {
    if (this.worker === null || this.heardBuild === null || this.heardBuild === this.worker.build) return;
    this.lose('its script is that of another version');
  }

  private running(): MaintenanceWorker {
    if (this.worker === null) throw new Error('the worker has ended');
    const { schema } = this.state;
    if (schema !== this.sentSchema) {
      this.sentSchema = schema;
      this.worker.post({ kind: 'schema', schema: schemaToJson(schema) });
    }
    return this.worker;
  }

  private attempt(post: () => void): void {
    try {
      post();
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
      this.attempt(() => this.running().post({ kind: 'generation', id, generation }));
    } else if (message.kind === 'progress') {
      task.progress = message.progress;
      this.order();
    } else {
      this.forget(id);
      if (message.kind === 'done') task.settle('done', message);
      else if (message.error === null) task.settle('cancelled');
      else {
        task.settle('failed');
        this.failed(message.error);
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
    this.attempt(() => this.running().post({ kind: 'pace', order }));
  }

  private failed(why: string): void {
    this.figures.failures++;
    this.figures.lastFailure = why;
    this.failuresInARow++;
    if (this.failuresInARow >= FAILURES_MAX) this.lose(why);
  }

  /** `why`: null where it was wanted. */
  private lose(why: string | null): void {
    if (this.isLost) return;
    this.isLost = true;
    this.worker?.end();
    this.worker = null;
    if (why !== null) {
      this.figures.failures += this.tasks.size;
      this.figures.lastFailure = why;
    }
    for (const [id, task] of [...this.tasks]) {
      this.forget(id);
      task.settle('failed');
    }
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
