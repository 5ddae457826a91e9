import { assert, CassetteError } from '@cassette/bytes';
import { Schema, schemaFromJson, type TableMetadata } from '@cassette/cql';
import type { StorageFiles } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import type { MergeInput, MergeJob } from '../compaction/merge-job.ts';
import { merging } from '../compaction/merging-part.ts';
import { MemtableCopy } from '../memtable/memtable-image.ts';
import { defaultScheduler, type Scheduler } from '../scheduler/index.ts';
import { filesOf, flushCompression, openToRead, writeShards } from '../sstables/index.ts';
import { Pace } from './pace.ts';
import type { CompactTask, FlushTask, FromWorker, TaskFailure, TaskOutcome, TaskProgress, ToWorker } from './wire.ts';

/** Bytes of a file after which it is flushed: nobody waits for the worker, and each flush of a file delays the log's. */
const FLUSH_BYTES = 1024 * 1024;
/** Milliseconds between two tellings of progress: by each, the engine learns that the worker lives, and says how fast it may go on. */
const TELL_MILLISECONDS = 20;

/** A task that the worker has. */
interface Held {
  readonly id: number;
  readonly schema: Schema;
  isCancelled: boolean;
  /** Why it is cancelled, where not the engine wanted it. */
  failure: TaskFailure | null;
  toldAt: number;
  /** Takes the generation that was asked for. */
  generation: ((generation: number) => void) | null;
  copy: MemtableCopy | null;
  /** Called when the memtable is there, or will not come. */
  whenCopied: () => void;
}

/**
 * Flushes and compacts for an engine, on a thread of its own: what the engine does in slices where there is none, with the same parts. It
 * writes files that nobody names, and changes nothing else.
 */
export class MaintenanceServer {
  private readonly storage: Promise<StorageFiles>;
  private readonly post: (message: FromWorker) => void;
  private readonly scheduler: Scheduler;
  private readonly pace: Pace;
  private readonly tasks = new Map<number, Held>();
  private schema: Schema = Schema.empty;

  /** Says that it is ready when the storage is open. `build`: see `MaintenanceWorker.build`. */
  constructor(
    storage: Promise<StorageFiles>,
    post: (message: FromWorker) => void,
    build: string,
    scheduler: Scheduler = defaultScheduler(),
  ) {
    this.storage = storage;
    this.post = post;
    this.scheduler = scheduler;
    this.pace = new Pace(scheduler);
    storage.then(
      () => post({ kind: 'ready', build }),
      (error: unknown) => post({ kind: 'unfit', why: messageOf(error) }),
    );
  }

  /** Takes a message of the engine. What is wrong with it ends its task, or, where it has none, all: nobody else would hear of it. */
  take(message: ToWorker): void {
    try {
      this.understand(message);
    } catch (error) {
      const held = 'id' in message ? this.tasks.get(message.id) : undefined;
      if (held !== undefined) {
        held.failure = failureOf(error);
        this.callOff(held);
      } else if ('id' in message) this.post({ kind: 'ended', id: message.id, error: failureOf(error) });
      else this.post({ kind: 'unfit', why: messageOf(error) });
    }
  }

  private understand(message: ToWorker): void {
    if (message.kind === 'schema') this.schema = schemaFromJson(message.schema);
    else if (message.kind === 'pace') this.pace.order = message.order;
    else if (message.kind === 'compact') {
      const held = this.hold(message.id, null);
      this.run(held, (storage) => this.compact(held, message.task, storage));
    } else if (message.kind === 'flush') {
      const held = this.hold(message.id, new MemtableCopy(message.task.image));
      this.run(held, (storage) => this.flush(held, message.task, storage));
    } else this.tell(message);
  }

  private tell(message: Exclude<ToWorker, { kind: 'schema' | 'pace' | 'compact' | 'flush' }>): void {
    const held = this.tasks.get(message.id);
    if (held === undefined) return;
    if (message.kind === 'piece') {
      held.copy?.add(message.piece);
      this.post({ kind: 'taken', id: message.id });
      if (held.copy?.isComplete) held.whenCopied();
    } else if (message.kind === 'generation') held.generation?.(message.generation);
    else this.callOff(held);
  }

  private callOff(held: Held): void {
    held.isCancelled = true;
    held.whenCopied();
    // Who waits for one goes on, and finds that it is over.
    held.generation?.(0);
  }

  private hold(id: number, copy: MemtableCopy | null): Held {
    const { schema } = this;
    const held: Held = {
      id,
      schema,
      isCancelled: false,
      failure: null,
      toldAt: 0,
      generation: null,
      copy,
      whenCopied: () => undefined,
    };
    this.tasks.set(id, held);
    return held;
  }

  /** `work` resolves with null where it was cancelled, and leaves nothing behind. */
  private run(held: Held, work: (storage: StorageFiles) => Promise<TaskOutcome | null>): void {
    const { id } = held;
    this.storage
      .then(work)
      .then(
        (done) => this.post(done === null ? { kind: 'ended', id, error: held.failure } : { kind: 'done', id, ...done }),
        // What is called off ends with an error where it waited for something; that is none.
        (error: unknown) => this.post({ kind: 'ended', id, error: held.isCancelled ? held.failure : failureOf(error) }),
      )
      .finally(() => this.tasks.delete(id));
  }

  private async compact(held: Held, task: CompactTask, storage: StorageFiles) {
    const form = tableOf(held.schema, task.tableId);
    const { MergeJob, SettledOverlaps } = await merging.load();
    const opened: { close(): void }[] = [];
    let job: MergeJob | null = null;
    let isDone = false;
    try {
      const open = async (records: readonly SSTableRecord[]): Promise<MergeInput[]> => {
        const inputs: MergeInput[] = [];
        for (const record of records) {
          const sstable = await openToRead(storage, record, form);
          opened.push(sstable);
          inputs.push({ record, reader: sstable.reader });
        }
        return inputs;
      };
      const purge = new SettledOverlaps(await open(task.others), task.facts);
      job = new MergeJob({
        storage,
        form,
        shape: task.shape,
        inputs: await open(task.inputs),
        beside: [],
        time: task.time,
        purge,
        createdAt: () => task.time.nowInSeconds,
        nextGeneration: () => this.nextGeneration(held),
        now: () => this.scheduler.now(),
        pause: () => this.pace.slice(false),
        flushBytes: FLUSH_BYTES,
      });
      const progress = (): TaskProgress => ({ bytesRead: job!.bytesRead, bytesWritten: 0, rowsMerged: job!.rowsMerged });
      while (!held.isCancelled && !isDone) {
        const until = await this.pace.slice(false);
        if (held.isCancelled) break;
        isDone = await job.advance(until);
        if (!isDone) this.tellProgress(held, progress);
      }
      return isDone ? { records: job.records, progress: progress(), purged: purge.purged } : null;
    } finally {
      if (!isDone && job !== null) {
        await job.abandon();
        for (const record of job.handOver()) for (const name of filesOf(record)) await storage.remove(name);
      }
      for (const sstable of opened) sstable.close();
    }
  }

  private async flush(held: Held, task: FlushTask, storage: StorageFiles) {
    const copy = held.copy!;
    if (!copy.isComplete && !held.isCancelled) await new Promise<void>((resolve) => (held.whenCopied = resolve));
    if (held.isCancelled) return null;
    const table = tableOf(held.schema, task.tableId);
    const named = (columns: TableMetadata['regularColumns'], names: readonly string[]) =>
      columns.filter(({ name }) => names.includes(name));
    const memtable = copy.memtable(table);
    const regularColumns = named(table.regularColumns, task.regularColumns);
    const cursor = memtable.flushCursor(table, regularColumns);
    let bytesWritten = 0;
    const progress = (): TaskProgress => ({ bytesRead: 0, bytesWritten, rowsMerged: 0 });
    try {
      const records = await writeShards({
        storage,
        scheduler: this.scheduler,
        sliceMilliseconds: 0,
        nextSlice: () => this.pace.slice(true),
        flushBytes: FLUSH_BYTES,
        table,
        generation: task.generation,
        shards: task.shards,
        nextGeneration: () => this.nextGeneration(held),
        encodingStats: task.encodingStats,
        staticColumns: named(table.staticColumns, task.staticColumns),
        regularColumns,
        expectedPartitions: task.expectedPartitions,
        createdAt: task.createdAt,
        cursor,
        compression: flushCompression(table.params.compression),
        cancelled: () => held.isCancelled,
        onProgress: (bytes) => {
          bytesWritten = bytes;
          this.tellProgress(held, progress);
        },
      });
      return records === null ? null : { records, progress: progress(), purged: null };
    } finally {
      cursor.close();
    }
  }

  private nextGeneration(held: Held): Promise<number> {
    return new Promise((resolve, reject) => {
      held.generation = (generation) => {
        held.generation = null;
        if (held.isCancelled) reject(new Error('It was called off'));
        else resolve(generation);
      };
      this.post({ kind: 'next generation', id: held.id });
    });
  }

  private tellProgress(held: Held, progress: () => TaskProgress): void {
    const now = this.scheduler.now();
    if (now - held.toldAt < TELL_MILLISECONDS) return;
    held.toldAt = now;
    this.post({ kind: 'progress', id: held.id, progress: progress() });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failureOf(error: unknown): TaskFailure {
  return { message: messageOf(error), code: error instanceof CassetteError ? error.code : null };
}

function tableOf(schema: Schema, id: string): TableMetadata {
  const table = [...schema.tables].find((one) => tableKey(one) === id);
  assert(table !== undefined, 'the schema comes before the task');
  return table;
}
