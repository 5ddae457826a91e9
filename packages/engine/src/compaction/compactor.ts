import { CassetteError, PartUnavailableError, withParts } from '@cassette/bytes';
import { Component } from '@cassette/sstable';
import type { SSTableRecord } from '../catalog/index.ts';
import { WAIT_MILLISECONDS } from '../maintenance/remote-task.ts';
import type { CompactionPlan } from '../merge-policy/compaction-plan.ts';
import { AbortedError, checkAborted, untilAborted } from '../scheduler/index.ts';
import { tellCorruption } from '../write-engine/engine-events.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { ClosedError } from '../write-engine/errors.ts';
import { CompactionChoice, factsOf } from './compaction-choice.ts';
import type { CompactionRun } from './compaction-run.ts';
import type { CompactionStats, MaintenanceReport } from './compaction-stats.ts';
import { checkSpace } from './disk-space.ts';
import { LevelChanges } from './level-changes.ts';
import { merging } from './merging-part.ts';
import { markSuspects } from './suspects.ts';
import { Swapper } from './swap.ts';

/** Milliseconds after which a compaction that failed is tried again at the latest. */
const RETRY_MILLISECONDS_MAX = 600_000;

/** Compactions that are remembered. */
const HISTORY = 32;

/**
 * Compacts the tables of an engine: by itself in the background, when somebody gives it time, or when somebody says so. One compaction at
 * a time, in slices of bounded time between which writes and reads have their turn. Cassandra: db.compaction.CompactionManager.
 */
export class Compactor {
  private readonly state: EngineState;
  private readonly choice: CompactionChoice;
  private readonly swapper: Swapper;
  private readonly levels: LevelChanges;
  /** The compaction that is under way: whoever has time next goes on with it. */
  private run: CompactionRun | null = null;
  /** What was chosen and waits for the worker to come up: in the background nobody is in a hurry. */
  private chosen: { readonly table: TableState; readonly plan: CompactionPlan } | null = null;
  /** Ends that wait. */
  private stopWaiting: (() => void) | null = null;
  /** One who works at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private background: Promise<void> | null = null;
  private cancelRetry: (() => void) | null = null;
  private isWoken = false;
  private failuresInARow = 0;
  /** Whether policies of tables are on their way; those of others need not wait for them. */
  private isLoading = false;
  private cancelLoad: (() => void) | null = null;
  private loadsFailedInARow = 0;
  private stopped = false;
  private readonly finished: CompactionStats[] = [];

  constructor(state: EngineState) {
    this.state = state;
    this.choice = new CompactionChoice(state);
    this.swapper = new Swapper(state);
    this.levels = new LevelChanges(state);
  }

  /** The compaction that is under way; null where there is none. */
  get current(): CompactionRun | null {
    return this.run;
  }

  /** Compactions that the policies ask for, the one under way included. */
  get pending(): number {
    return this.choice.pending() + (this.run === null ? 0 : 1);
  }

  /** The last that came to their end, oldest first; a few. */
  get history(): readonly CompactionStats[] {
    return this.finished;
  }

  /** Keys of the table's SSTables of which it is not known whether the catalog names them: to be deleted with the others. */
  doubtfulKeys(tableId: string): string[] {
    return this.swapper.doubtfulKeys(tableId);
  }

  /** SSTables have come: there may be something to do in the background. */
  wake(): void {
    if (this.state.config.compaction.enabled === false || this.stopped || this.cancelRetry !== null) return;
    this.isWoken = true;
    if (this.background !== null) return;
    this.background = this.loop().finally(() => {
      this.background = null;
      // Woken between the last look and here.
      if (this.isWoken) this.wake();
    });
  }

  /** Tables have other options, or have gone, with their content or without: what is under way there may be for nothing. */
  tablesChanged(): void {
    // Else the files of a table that is gone would stay for as long as nobody goes on with its compaction.
    if (this.run?.isVoid) void this.inTurn(() => (this.run?.isVoid ? this.abandonRun() : Promise.resolve()));
    this.chosen = null;
    this.wake();
  }

  /**
   * Works for about so many milliseconds on what the policies ask for, whether or not background compaction is on. Rejects with
   * StorageError, CorruptionError, and with PartUnavailableError where all that is left to do is in tables whose code can't be loaded.
   */
  async maintain(budgetMilliseconds: number): Promise<MaintenanceReport> {
    // Before anybody has to wait for it to be over.
    const missing = await this.choice.load().then(
      () => null,
      (error: unknown) => {
        if (error instanceof PartUnavailableError) return error;
        throw error;
      },
    );
    return this.inTurn(async () => {
      const { scheduler } = this.state;
      const started = scheduler.now();
      const until = started + budgetMilliseconds;
      const compactions: CompactionStats[] = [];
      let hasWorked = false;
      do {
        // However much time there is: whoever closes the store, say, is not to wait for all of it.
        const stats = await this.slice(until, Math.min(WAIT_MILLISECONDS, until - scheduler.now()));
        if (stats === 'nothing to do') {
          if (missing !== null && !hasWorked) throw missing;
          break;
        }
        hasWorked = true;
        if (stats !== null) compactions.push(stats);
        if (scheduler.now() < until) await scheduler.yield();
      } while (scheduler.now() < until && !this.stopped);
      const { pending } = this;
      return { compactions, hasMore: pending > 0, pending, milliseconds: scheduler.now() - started };
    });
  }

  /**
   * Compacts all SSTables of tables, each table's to what its policy makes of them all: one, mostly. Rejects with StorageError,
   * CorruptionError, ClosedError, PartUnavailableError, and with AbortedError where `signal` ends it: the table at hand is then as it was.
   */
  async compact(tables: readonly TableState[], signal?: AbortSignal): Promise<CompactionStats[]> {
    await this.choice.load(tables);
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const done = this.inTurn(async () => {
      begin();
      if (this.stopped) throw new ClosedError('The store');
      checkAborted('The compaction', signal);
      const compacted: CompactionStats[] = [];
      for (const table of tables) {
        // What is under way there would be done twice.
        if (this.run?.table === table) await this.abandonRun();
        const other = this.run;
        this.run = null;
        try {
          // It may have got another strategy while it waited for its turn.
          for (const plan of await withParts(() => this.choice.maximal(table))) {
            const stats = await this.runWhole(table, plan, signal);
            if (stats !== null) compacted.push(stats);
          }
        } finally {
          this.run = other;
        }
      }
      return compacted;
    });
    // Whoever ends it need not wait for its turn, in which it finds itself ended.
    await Promise.race([done, untilAborted(begun, signal, 'The compaction')]);
    return done;
  }

  /** Gives up what is under way, and begins nothing more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry?.();
    this.cancelLoad?.();
    this.stopWaiting?.();
    await this.background;
    await this.inTurn(() => this.abandonRun());
  }

  private async loop(): Promise<void> {
    try {
      while (!this.stopped) {
        this.isWoken = false;
        this.loadPolicies();
        const until = await this.nextSlice();
        const did = await this.inTurn(async () => (this.waitsForWorker() ? 'worker' : this.slice(until)));
        if (did === 'nothing to do') return;
        if (did === 'worker') await this.workerReady();
        else if (did !== null) this.failuresInARow = 0;
      }
    } catch {
      // It was told as an event; nobody waits for it, and nothing is lost. A full disk may have room later.
      this.retryLater();
    }
  }

  /** Sees to it that the policies come that are not there, now or later; their tables have their turn then, others do not wait. */
  private loadPolicies(): void {
    if (this.isLoading || this.cancelLoad !== null || this.choice.hasAll) return;
    this.isLoading = true;
    void this.choice.load().then(
      () => {
        this.isLoading = false;
        this.loadsFailedInARow = 0;
        this.wake();
      },
      () => {
        this.isLoading = false;
        // Whoever asks for one of these tables is told; here it is tried again.
        if (this.stopped) return;
        this.cancelLoad = this.state.scheduler.later(
          () => {
            this.cancelLoad = null;
            this.wake();
          },
          this.retryAfter(this.loadsFailedInARow++),
        );
      },
    );
  }

  private retryLater(): void {
    if (this.stopped) return;
    const milliseconds = this.retryAfter(this.failuresInARow++);
    this.cancelRetry ??= this.state.scheduler.later(() => {
      this.cancelRetry = null;
      this.wake();
    }, milliseconds);
  }

  private retryAfter(failures: number): number {
    return Math.min(RETRY_MILLISECONDS_MAX, this.state.config.flushRetryMilliseconds * 2 ** failures);
  }

  /** Whether something was chosen that the worker will do as soon as it is up, which it is not yet. */
  private waitsForWorker(): boolean {
    const { maintenance } = this.state;
    if (maintenance === null || this.run !== null || this.stopped) return false;
    this.chosen ??= this.choice.next();
    if (this.chosen === null || this.chosen.plan.inPlace === true) return false;
    const { table, plan } = this.chosen;
    const inputs = table.sstables.filter(({ record }) => plan.inputs.includes(record.generation));
    return maintenance.isComing(inputs.reduce((sum, { record }) => sum + record.bytes, 0));
  }

  private workerReady(): Promise<void> {
    const { maintenance } = this.state;
    // Closed since that was asked.
    if (this.stopped) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const over = () => {
        this.stopWaiting = null;
        resolve();
      };
      const cancel = maintenance!.whenReady(over);
      this.stopWaiting = () => {
        cancel();
        over();
      };
    });
  }

  /**
   * One slice of work, up to a time of the scheduler's clock; the stats of a compaction that came to its end in it, else null. `patience`:
   * milliseconds to wait where another thread works.
   */
  private async slice(until: number, patience?: number): Promise<CompactionStats | null | 'nothing to do'> {
    if (this.stopped) return 'nothing to do';
    if (this.run === null) {
      const found = this.chosen ?? this.choice.next();
      this.chosen = null;
      if (found === null) return 'nothing to do';
      const moved = found.plan.inPlace === true ? await this.move(found.table, found.plan) : null;
      if (moved !== null) return moved;
      this.run = await this.begin(found.table, found.plan);
      if (this.run === null) return null;
    }
    return await this.goOn(until, patience);
  }

  /** Gives an SSTable another level in its place; null where it must be written again for that. */
  private async move(table: TableState, plan: CompactionPlan): Promise<CompactionStats | null> {
    const { state, levels } = this;
    const started = state.scheduler.now();
    try {
      await levels.settle();
      const before = table.sstables.find(({ record }) => record.generation === plan.inputs[0]);
      const facts = before === undefined ? null : factsOf(before);
      if (before === undefined || facts === null || !(await levels.change(table, plan))) return null;
      this.choice.moved(table, facts);
      const { keyspace, name } = table.table;
      const bytes = before.record.components[Component.STATISTICS];
      state.events.emit({ type: 'compaction-started', keyspace, table: name, kind: plan.kind, inputs: plan.inputs, bytes });
      return this.remember({
        keyspace,
        table: name,
        kind: plan.kind,
        inputs: plan.inputs,
        outputs: plan.inputs,
        level: plan.level,
        bytesRead: bytes,
        bytesWritten: bytes,
        partitionsWritten: 0,
        rowsMerged: 0,
        milliseconds: state.scheduler.now() - started,
      });
    } catch (error) {
      this.tellFailed(table, plan, error);
      throw error;
    }
  }

  private async runWhole(table: TableState, plan: CompactionPlan, signal?: AbortSignal): Promise<CompactionStats | null> {
    this.run = await this.begin(table, plan);
    while (this.run !== null) {
      if (this.stopped || signal?.aborted === true) {
        await this.abandonRun();
        throw this.stopped ? new ClosedError('The store') : new AbortedError('The compaction', signal?.reason);
      }
      const stats = await this.goOn(await this.nextSlice());
      if (stats !== null) return stats;
    }
    return null;
  }

  /** Null where the SSTables it would take have gone. */
  private async begin(table: TableState, planned: CompactionPlan): Promise<CompactionRun | null> {
    const { state } = this;
    try {
      await this.swapper.settle();
      await this.levels.settle();
      const { CompactionRun } = await merging.load();
      const plan = await checkSpace(state, table, planned);
      const inputs = plan.inputs.flatMap((generation) => table.sstables.filter(({ record }) => record.generation === generation));
      if (inputs.length < plan.inputs.length || inputs.length === 0 || state.tables.get(table.id) !== table) return null;
      const run = new CompactionRun(state, table, plan, inputs);
      const { keyspace, name } = table.table;
      const { kind } = plan;
      state.events.emit({ type: 'compaction-started', keyspace, table: name, kind, inputs: plan.inputs, bytes: run.bytesToRead });
      return run;
    } catch (error) {
      this.tellFailed(table, planned, error);
      throw error;
    }
  }

  private async goOn(until: number, patience?: number): Promise<CompactionStats | null> {
    const run = this.run!;
    try {
      if (!run.isVoid && !(await run.advance(until, patience))) {
        this.tellProgress(run);
        return null;
      }
      const outputs = run.outputs.map(({ record }) => record);
      this.run = null;
      if (run.isVoid || !(await this.swapper.swap(run))) {
        await run.abandon();
        this.tellInterrupted(run);
        return null;
      }
      this.choice.compacted(
        run,
        outputs.map(({ generation }) => generation),
      );
      if (run.isFromWorker) this.state.maintenance?.counts('compaction');
      return this.tellFinished(run, outputs);
    } catch (error) {
      this.run = null;
      await run.abandon();
      this.tellFailed(run.table, run.plan, error);
      throw error;
    }
  }

  private async abandonRun(): Promise<void> {
    const { run } = this;
    this.run = null;
    if (run === null) return;
    await run.abandon();
    this.tellInterrupted(run);
  }

  private tellProgress(run: CompactionRun): void {
    const { events } = this.state;
    if (!events.isHeard || !run.isTimeToTell()) return;
    const { plan, table, bytesToRead: bytes, bytesRead, rowsMerged } = run;
    const { keyspace, name } = table.table;
    events.emit({ type: 'compaction-progress', keyspace, table: name, inputs: plan.inputs, bytes, bytesRead, rowsMerged });
  }

  private tellInterrupted({ plan, table }: CompactionRun): void {
    const { keyspace, name } = table.table;
    this.state.events.emit({ type: 'compaction-interrupted', keyspace, table: name, inputs: plan.inputs });
  }

  private tellFinished(run: CompactionRun, outputs: readonly SSTableRecord[]): CompactionStats {
    const { scheduler } = this.state;
    const { keyspace, name } = run.table.table;
    return this.remember({
      keyspace,
      table: name,
      kind: run.plan.kind,
      inputs: run.plan.inputs,
      outputs: outputs.map(({ generation }) => generation),
      level: run.plan.level,
      bytesRead: run.bytesToRead,
      bytesWritten: outputs.reduce((sum, { bytes }) => sum + bytes, 0),
      partitionsWritten: outputs.reduce((sum, { partitions }) => sum + partitions, 0),
      rowsMerged: run.rowsMerged,
      milliseconds: scheduler.now() - run.started,
    });
  }

  private remember(stats: CompactionStats): CompactionStats {
    const { counters, events } = this.state;
    counters.compactions++;
    counters.bytesCompacted += stats.bytesRead;
    counters.bytesWrittenByCompactions += stats.bytesWritten;
    this.finished.push(stats);
    if (this.finished.length > HISTORY) this.finished.shift();
    events.emit({ type: 'compaction-finished', ...stats });
    return stats;
  }

  private tellFailed(table: TableState, plan: CompactionPlan, error: unknown): void {
    const { counters, events } = this.state;
    const { keyspace, name } = table.table;
    counters.compactionsFailed++;
    const code = error instanceof CassetteError ? error.code : 'UNKNOWN';
    const message = error instanceof Error ? error.message : String(error);
    events.emit({ type: 'compaction-failed', keyspace, table: name, inputs: plan.inputs, code, message });
    tellCorruption(events, error);
    markSuspects(table, error);
  }

  private nextSlice(): Promise<number> {
    const { turns, config } = this.state;
    return turns.next(config.compaction.sliceMilliseconds);
  }

  private inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.turn.then(task, task);
    this.turn = done.catch(() => undefined);
    return done;
  }
}
