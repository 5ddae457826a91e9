import { withParts } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import type { SSTableRecord } from '../catalog/index.ts';
import { type RemoteTask, WAIT_MILLISECONDS } from '../maintenance/remote-task.ts';
import type { TaskProgress } from '../maintenance/wire.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import { EveryTenth } from '../observe/every-tenth.ts';
import { FLUSH_BYTES, LiveSSTable } from '../sstables/index.ts';
import { removeSSTableFiles } from '../write-engine/discard-sstables.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { fullyExpired } from './expired-sstables.ts';
import { MergeJob } from './merge-job.ts';
import { Overlaps } from './overlaps.ts';
import { type PurgeTime, purgeTimeOf } from './purge-time.ts';
import { olderOverlaps, overlapFactsOf, purgedTooMuch } from './settled-overlaps.ts';
import { tombstoneOptionOf } from './tombstone-option.ts';

/**
 * One compaction: the inputs merged, purged and written as SSTables that nobody names yet, in the worker for maintenance where there is one,
 * else here, a slice of time at a time. It may be given up at any time; until its outputs are in the catalog a crash leaves the inputs as
 * they were, and litter. Cassandra: db.compaction.CompactionTask.
 */
export class CompactionRun {
  readonly plan: CompactionPlan;
  readonly table: TableState;
  /** In the order of the plan. */
  readonly inputs: readonly LiveSSTable[];
  /** When it began, on the scheduler's clock. */
  readonly started: number;
  /** Bytes of all components of the inputs that are read: those that hold something still. */
  readonly bytesToRead: number;
  private readonly state: EngineState;
  /** The form of the table that it reads and writes; the table may take another meanwhile. */
  readonly form: TableMetadata;
  private readonly read: readonly LiveSSTable[];
  /** Other SSTables, which are asked what they shadow: those that are known to be damaged are not. */
  private readonly beside: readonly LiveSSTable[];
  private readonly time: PurgeTime;
  private readonly progress: EveryTenth;
  /** The merge, if it is done here. */
  private job: MergeJob | null = null;
  /** The merge, as long as the worker does it. */
  private remote: RemoteTask | null = null;
  /** What the worker wrote, and how far it got. */
  private written: readonly SSTableRecord[] = [];
  private reached: TaskProgress | null = null;
  /** Generations of the table's SSTables when it began. */
  private readonly known: ReadonlySet<number>;
  /** Whether the worker made what was written. */
  private isRemote = false;
  /** What was written, open: what can't be read back must not take the inputs' place. */
  private opened: readonly LiveSSTable[] = [];
  private isReleased = false;

  /** Keeps the inputs from being removed until `release`. */
  constructor(state: EngineState, table: TableState, plan: CompactionPlan, inputs: readonly LiveSSTable[]) {
    this.state = state;
    this.table = table;
    this.plan = plan;
    this.inputs = inputs;
    this.form = table.table;
    this.started = state.scheduler.now();
    this.time = purgeTimeOf(state.clock.nowInSeconds(), table.table.params.gcGraceSeconds);
    const expired = new Set(fullyExpired(state, table, inputs, this.time.gcBefore));
    this.read = inputs.filter((one) => !expired.has(one));
    this.bytesToRead = this.read.reduce((sum, { record }) => sum + record.bytes, 0);
    const shadows = tombstoneOptionOf(this.form.params.compaction) !== 'none';
    this.beside = shadows ? table.sstables.filter((one) => !inputs.includes(one) && !one.isSuspect) : [];
    this.progress = new EveryTenth(state.scheduler);
    this.known = new Set(table.sstables.map(({ record }) => record.generation));
    this.remote = this.handedOver();
    for (const sstable of [...inputs, ...this.beside]) sstable.acquire();
  }

  /** What was written and is complete, durable except for names: of a run that has come to its end, open until `abandon`. */
  get outputs(): readonly LiveSSTable[] {
    return this.opened;
  }

  /** Rows and markers that came out of the merge so far. */
  get rowsMerged(): number {
    return (this.job ?? this.remote?.progress ?? this.reached)?.rowsMerged ?? 0;
  }

  /** Of {@link bytesToRead}, how many were read, about. */
  get bytesRead(): number {
    return (this.job ?? this.remote?.progress ?? this.reached)?.bytesRead ?? 0;
  }

  /** Whether the worker for maintenance did it. */
  get isFromWorker(): boolean {
    return this.isRemote;
  }

  /** Whether it is time to tell how far it is. */
  isTimeToTell(): boolean {
    return this.progress.isTime();
  }

  /** Whether an input has gone: the table was dropped or truncated, and what was written of it is nobody's. */
  get isVoid(): boolean {
    const { state, table, inputs } = this;
    return state.tables.get(table.id) !== table || inputs.some((input) => !table.sstables.includes(input));
  }

  /**
   * Goes on until `until` on the scheduler's clock, a little at least; true when everything is written. Where the worker does it, that is
   * waited for, for so many milliseconds at most. Throws StorageError, CorruptionError for an input that is damaged; then only `abandon` is
   * left.
   */
  async advance(until: number, patience = WAIT_MILLISECONDS): Promise<boolean> {
    const { remote } = this;
    if (remote === null) {
      return this.advanceHere(until);
    }
    const end = await remote.wait(patience);
    if (end === null) return false;
    this.remote = null;
    // Once more, here: what was wrong with the files, or the disk, is told then.
    if (end !== 'done') await this.state.maintenance?.clear(remote);
    return end === 'done' && (await this.takesOver(remote));
  }

  /** Whether what the worker wrote is as it should be; else it is done once more, here, and nothing of it is left. */
  private async takesOver(remote: RemoteTask): Promise<boolean> {
    const { state, table, inputs, known } = this;
    this.written = remote.records;
    // Here, each partition is asked for as things are by then.
    if (!this.isVoid && purgedTooMuch(state, table, inputs, known, remote.purged)) {
      await removeSSTableFiles(state, this.written);
      this.written = [];
      return false;
    }
    try {
      await this.open(this.written);
    } catch (error) {
      state.maintenance?.madeUnreadable('compaction', error);
      await removeSSTableFiles(state, this.written);
      this.written = [];
      return false;
    }
    this.reached = remote.progress;
    this.isRemote = true;
    state.maintenance?.succeeded('compaction');
    return true;
  }

  private async open(records: readonly SSTableRecord[]): Promise<void> {
    const opened: LiveSSTable[] = [];
    try {
      for (const record of records) opened.push(await LiveSSTable.open(this.state.storage, record, this.form));
    } catch (error) {
      for (const sstable of opened) sstable.close();
      throw error;
    }
    this.opened = opened;
  }

  /** Gives what was written to whoever makes it live: `abandon` neither closes nor removes it any more. */
  handOver(): readonly LiveSSTable[] {
    const { opened } = this;
    this.opened = [];
    this.written = [];
    this.job?.handOver();
    return opened;
  }

  /** Removes what was written and not handed over, and gives the inputs free. What can't be removed is swept at the next start. */
  async abandon(): Promise<void> {
    const { remote, job } = this;
    this.remote = null;
    try {
      await remote?.cancel();
      if (remote?.end === 'failed') await this.state.maintenance?.clear(remote);
      // It may have been done before it heard of it.
      else if (remote?.end === 'done') this.written = remote.records;
    } finally {
      this.release();
    }
    await job?.abandon();
    for (const sstable of this.opened) sstable.close();
    this.opened = [];
    await removeSSTableFiles(this.state, job === null ? this.written : job.handOver());
    this.written = [];
  }

  /** Gives the inputs free; nothing more is read. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.job?.close();
    for (const sstable of [...this.inputs, ...this.beside]) sstable.release();
  }

  /** Null where it is not to be: in small, or where whoever gives it time wants to know how much. */
  private handedOver(): RemoteTask | null {
    const { state, table, plan, read, inputs, time } = this;
    const { maintenance, config } = state;
    if (maintenance === null || !maintenance.takes(this.bytesToRead)) return null;
    if (config.compaction.enabled === false && plan.kind !== 'major') return null;
    // What other SSTables shadow is read in all of them, here and there.
    if (this.beside.length > 0) return null;
    const others = olderOverlaps(table, inputs);
    // What was made again in memory is here only, and the file of a level may not have its name.
    if ([...inputs, ...others].some(({ rebuilt, hasOldStatistics }) => rebuilt.length > 0 || hasOldStatistics)) return null;
    const { level, levelFanout, outputBytes, outputShards } = plan;
    const task = {
      tableId: table.id,
      inputs: read.map(({ record }) => record),
      others: others.map(({ record }) => record),
      facts: overlapFactsOf(state, table, inputs),
      time,
      shape: {
        level,
        ...(levelFanout !== undefined && { levelFanout }),
        ...(outputBytes !== undefined && { outputBytes }),
        ...(outputShards !== undefined && { outputShards }),
      },
    };
    return maintenance.compact(task, () => table.nextGeneration++);
  }

  private async advanceHere(until: number): Promise<boolean> {
    const { maintenance } = this.state;
    try {
      this.job ??= await withParts(() => this.begun());
      if (!(await this.job.advance(until))) return false;
      await this.open(this.job.records);
    } catch (error) {
      maintenance?.failedHere('compaction');
      throw error;
    }
    maintenance?.doneHere('compaction');
    return true;
  }

  private begun(): MergeJob {
    const { state, table, form, plan, inputs, time } = this;
    const readerOf = (one: LiveSSTable) => one.readerOf(form) ?? one.reader;
    return new MergeJob({
      storage: state.storage,
      form,
      shape: plan,
      inputs: this.read.map((one) => ({ record: one.record, reader: readerOf(one) })),
      beside: this.beside.map(readerOf),
      time,
      purge: new Overlaps(state, table, inputs),
      createdAt: () => state.clock.nowInSeconds(),
      nextGeneration: () => table.nextGeneration++,
      now: () => state.scheduler.now(),
      pause: () => state.turns.next(),
      flushBytes: FLUSH_BYTES,
    });
  }
}
