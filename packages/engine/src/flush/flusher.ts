import { CassetteError, PartNotLoadedError } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { CatalogTransaction, type SSTableRecord, sstableKey, truncatedKey } from '../catalog/index.ts';
import { WAIT_MILLISECONDS } from '../maintenance/remote-task.ts';
import type { Memtable, MemtableSet } from '../memtable/index.ts';
import { flushShardsOf } from '../merge-policy/index.ts';
import { EveryTenth } from '../observe/every-tenth.ts';
import { BUSY_SLICE_MILLISECONDS } from '../scheduler/index.ts';
import { flushCompressionAtHand, LiveSSTable, writeShards } from '../sstables/index.ts';
import { removeSSTableFiles, tellSweepFailed } from '../write-engine/discard-sstables.ts';
import type { EngineState, TableState } from '../write-engine/engine-state.ts';
import { noteFlush } from './mean-flush.ts';

/** A memtable and an SSTable that has the same writes, or a part of them, before the catalog names it. */
interface Flushed {
  readonly memtable: Memtable;
  readonly sstable: LiveSSTable;
}

/** What a flusher tells and asks its engine. */
export interface FlusherHooks {
  /** A set was flushed: memory is free. */
  progress(): void;
  /** SSTables were made of a set. */
  flushed(): void;
  /** A set was not flushed. */
  failed(error: unknown): void;
  /** Removes the WAL segments before that number. */
  retire(before: number): Promise<void>;
  /** Before a transaction that makes segments litter: nothing must be left in them that was refused. Throws StorageError. */
  cutRefused(): Promise<void>;
  /** Whether there is a file of that WAL segment. */
  hasSegment(segment: number): boolean;
  /** Number of the oldest segment there is, kept for those who read changes, needed, or about to be kept. */
  oldestSegment(): number;
}

/**
 * Turns sealed memtables into SSTables in the background, oldest first, and retires their WAL segments.
 *
 * Crash points: until the catalog's transaction, the new files are litter and the WAL has everything. After it the SSTables have
 * everything and the segments are litter. Files and their names are durable before the transaction, segments go after it.
 */
export class Flusher {
  private readonly state: EngineState;
  private running: Promise<void> | null = null;
  private cancelRetry: (() => void) | null = null;
  private retries: (() => void)[] = [];
  private failure: unknown = null;
  private stopped = false;
  /** SSTables whose transaction failed: whether the catalog names them is not known, the next transaction sees to it. */
  private doubtful: SSTableRecord[] = [];
  /** SSTables whose files can go. */
  private unwanted: SSTableRecord[] = [];
  /** Whether the worker for maintenance has made something of the flush under way. */
  private isFromWorker = false;
  private readonly hooks: FlusherHooks;

  constructor(state: EngineState, hooks: FlusherHooks) {
    this.state = state;
    this.hooks = hooks;
  }

  /** Why memory can't be given free: the last try failed and there has been none since. Null while one is under way. */
  get lastFailure(): unknown {
    return this.failure;
  }

  /** Somebody tries again: until it fails, those who wait for room may hope. */
  trying(): void {
    this.failure = null;
  }

  /** Flushes what is sealed, if it isn't being done; resolves when nothing is sealed, rejects when a flush fails. */
  run(): Promise<void> {
    this.running ??= this.loop().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** The same for those who don't wait: a failure is told by `failed` and tried again later. */
  start(): void {
    this.run().catch(() => undefined);
  }

  /** Keys of the table's SSTables of which it is not known whether the catalog names them: to be deleted with the others. */
  doubtfulKeys(tableId: string): string[] {
    return this.doubtful.filter((one) => one.tableId === tableId).map((one) => sstableKey(tableId, one.generation));
  }

  /** Takes a failure to make room for a flush (the next WAL segment, say) as one of the flush. */
  fail(error: unknown): void {
    this.failure = error;
    this.state.counters.flushesFailed++;
    const code = error instanceof CassetteError ? error.code : 'UNKNOWN';
    this.state.events.emit({ type: 'flush-failed', code, message: error instanceof Error ? error.message : String(error) });
    this.hooks.failed(error);
  }

  /** Tries again in a while. */
  retryLater(retry: () => void): void {
    if (this.stopped) return;
    this.retries.push(retry);
    this.cancelRetry ??= this.state.scheduler.later(() => {
      this.cancelRetry = null;
      const { retries } = this;
      this.retries = [];
      for (const again of retries) again();
    }, this.state.config.flushRetryMilliseconds);
  }

  /** Whether {@link stop} was called: no flush begins any more. */
  get isStopped(): boolean {
    return this.stopped;
  }

  /** Lets a flush that runs come to its end, and begins no other. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry?.();
    await this.running?.catch(() => undefined);
  }

  private async loop(): Promise<void> {
    while (this.state.sealed.length > 0 && !this.stopped) {
      try {
        this.trying();
        await this.flushSet(this.state.sealed[0]);
        this.hooks.progress();
      } catch (error) {
        this.fail(error);
        this.retryLater(() => this.start());
        throw error;
      }
    }
  }

  private async flushSet(set: MemtableSet): Promise<void> {
    const { events, scheduler, counters } = this.state;
    const started = scheduler.now();
    this.isFromWorker = false;
    events.emit({ type: 'flush-started', bytes: set.bytes, tables: set.size });
    const flushed = await this.writeAll(set).finally(() => {
      this.state.flushing = null;
    });
    const live = await this.state.exclusive(() => this.commit(set, flushed));
    const bytes = live.reduce((sum, { record }) => sum + record.bytes, 0);
    counters.flushes++;
    if (this.isFromWorker) this.state.maintenance?.counts('flush');
    counters.bytesFlushed += bytes;
    const milliseconds = scheduler.now() - started;
    this.state.tally.flushes.add(milliseconds);
    events.emit({ type: 'flush-finished', bytes, sstables: live.length, milliseconds });
    this.hooks.flushed();
    await this.sweep();
  }

  /** Writes an SSTable for each memtable, or some that follow one another, open: what can't be read back must not take the memtable's place. */
  private async writeAll(set: MemtableSet): Promise<Flushed[]> {
    const { state } = this;
    const flushed: Flushed[] = [];
    try {
      for (const [id, memtable] of [...set.entries]) {
        for (const sstable of await this.write(set, id, memtable)) flushed.push({ memtable, sstable });
      }
      await this.hooks.cutRefused();
      await state.storage.sync();
    } catch (error) {
      await this.removed(flushed.map(({ sstable }) => sstable));
      throw error;
    }
    return flushed;
  }

  private async write(set: MemtableSet, id: string, memtable: Memtable): Promise<readonly LiveSSTable[]> {
    const { maintenance, tables } = this.state;
    const table = tables.get(id);
    if (table === undefined || memtable.isEmpty) return [];
    const progress = this.progressOf(set, table.table);
    const cancelled = () => set.get(id) !== memtable;
    const shards = shardsOf(table);
    if (maintenance?.takesFlush(memtable)) {
      const made = await this.writeInWorker(table, memtable, shards, cancelled, progress);
      if (made !== undefined) return made;
      if (cancelled()) return [];
    }
    try {
      const made = await this.opened(table.id, await this.writeHere(table, memtable, shards, cancelled, progress));
      if (!cancelled()) maintenance?.doneHere('flush');
      return made;
    } catch (error) {
      maintenance?.failedHere('flush');
      throw error;
    }
  }

  /** SSTables of what was written, none where the table has gone meanwhile; all of them or, where one can't be read, no file of them. */
  private async opened(tableId: string, records: readonly SSTableRecord[]): Promise<readonly LiveSSTable[]> {
    const { state } = this;
    const opened: LiveSSTable[] = [];
    try {
      for (const record of records) {
        const table = state.tables.get(tableId)?.table;
        // Dropped while it was written: there is none whose it could be.
        if (table === undefined) this.unwanted.push(record);
        // Their files have names that a crash may still take; that matters to nobody before the sync that follows.
        else opened.push(await LiveSSTable.open(state.storage, record, table));
      }
    } catch (error) {
      for (const sstable of opened) sstable.close();
      await removeSSTableFiles(state, records);
      throw error;
    }
    return opened;
  }

  private async removed(sstables: readonly LiveSSTable[]): Promise<void> {
    for (const sstable of sstables) sstable.close();
    await removeSSTableFiles(
      this.state,
      sstables.map(({ record }) => record),
    );
  }

  private async writeHere(
    table: TableState,
    memtable: Memtable,
    shards: number,
    cancelled: () => boolean,
    progress: (bytesWritten: number) => void,
  ): Promise<readonly SSTableRecord[]> {
    const { state } = this;
    const { storage, scheduler, config } = state;
    const { statics, regulars } = memtable.columnsWritten(table.table);
    const cursor = memtable.flushCursor(table.table, regulars);
    try {
      const records = await writeShards({
        storage,
        scheduler,
        sliceMilliseconds: config.sliceMilliseconds,
        nextSlice: () => this.nextSlice(),
        table: table.table,
        generation: table.nextGeneration++,
        shards,
        nextGeneration: () => table.nextGeneration++,
        encodingStats: memtable.stats.get(),
        staticColumns: statics,
        regularColumns: regulars,
        expectedPartitions: memtable.expectedPartitions,
        createdAt: state.clock.nowInSeconds(),
        cursor,
        compression: flushCompressionAtHand(table.table.params.compression),
        cancelled,
        onProgress: progress,
      });
      return records ?? [];
    } finally {
      cursor.close();
    }
  }

  /** The same in the worker for maintenance; undefined where it failed: nothing is left of it then, and it is to be done here. */
  private async writeInWorker(
    table: TableState,
    memtable: Memtable,
    shards: number,
    cancelled: () => boolean,
    progress: (bytesWritten: number) => void,
  ): Promise<readonly LiveSSTable[] | undefined> {
    const { turns, clock } = this.state;
    const maintenance = this.state.maintenance!;
    const { statics, regulars } = memtable.columnsWritten(table.table);
    const nameOf = ({ name }: ColumnMetadata) => name;
    const task = await maintenance.flush(
      {
        tableId: table.id,
        generation: table.nextGeneration++,
        shards,
        encodingStats: memtable.stats.get(),
        staticColumns: statics.map(nameOf),
        regularColumns: regulars.map(nameOf),
        expectedPartitions: memtable.expectedPartitions,
        createdAt: clock.nowInSeconds(),
      },
      memtable,
      () => turns.next(),
      () => table.nextGeneration++,
      cancelled,
    );
    let end = task.end;
    while (end === null && !cancelled()) {
      end = await task.wait(WAIT_MILLISECONDS);
      progress(task.progress.bytesWritten);
    }
    if (end === null) {
      await task.cancel();
      end = task.end;
    }
    if (end === 'failed') await maintenance.clear(task);
    if (end !== 'done') return undefined;
    try {
      const made = await this.opened(table.id, task.records);
      maintenance.succeeded('flush');
      this.isFromWorker = true;
      return made;
    } catch (error) {
      // Once more, here: whether the disk is to blame or the worker, that tells.
      maintenance.madeUnreadable('flush', error);
      return undefined;
    }
  }

  /** Says that a table's turn has come; what is returned says how far it is. */
  private progressOf(set: MemtableSet, { keyspace, name: table }: TableMetadata): (bytesWritten: number) => void {
    const { state } = this;
    const tablesDone = state.flushing === null ? 0 : state.flushing.tablesDone + 1;
    const { bytes: memtableBytes, size: tables } = set;
    const told = new EveryTenth(state.scheduler);
    const tell = (bytesWritten: number) => {
      state.flushing = { keyspace, table, memtableBytes, tables, tablesDone, bytesWritten };
      if (state.events.isHeard && told.isTime()) state.events.emit({ type: 'flush-progress', keyspace, table, bytesWritten });
    };
    tell(0);
    return tell;
  }

  /** The more memory waits for a flush, the more time it gets of that of writers: else they would fill it and wait for all of it. */
  private nextSlice(): Promise<number> {
    const { turns, config, memtableBytes } = this.state;
    const { sliceMilliseconds, memtableFlushThreshold, memtableHardLimit } = config;
    const over = (memtableBytes - memtableFlushThreshold) / Math.max(1, memtableHardLimit - memtableFlushThreshold);
    return turns.next(undefined, Math.max(BUSY_SLICE_MILLISECONDS, Math.min(1, over) * sliceMilliseconds));
  }

  /** The one transaction that makes the SSTables live and their WAL segments litter. */
  private async commit(set: MemtableSet, flushed: readonly Flushed[]): Promise<LiveSSTable[]> {
    const { state } = this;
    // A table may have been dropped, truncated or altered while its memtable was written.
    const live: LiveSSTable[] = [];
    for (const { memtable, sstable } of flushed) {
      const table = state.tables.get(sstable.record.tableId);
      if (table !== undefined && set.get(table.id) === memtable) live.push(sstable);
      else {
        sstable.close();
        this.unwanted.push(sstable.record);
      }
    }
    try {
      for (const sstable of live) await sstable.alter(state.tables.get(sstable.record.tableId)!.table);
    } catch (error) {
      // The catalog has heard of none of them, and the memtables stay.
      await this.removed(live);
      throw error;
    }
    const lowestWalSegment = (state.sealed[1] ?? state.active).firstSegment;
    const hasWal = this.hooks.hasSegment(lowestWalSegment);
    const transaction = new CatalogTransaction().putStore({ lowestWalSegment, hasWal, clock: state.clock.lastTimestamp });
    for (const { tableId, generation } of this.doubtful) transaction.delete(sstableKey(tableId, generation));
    for (const { record } of live) transaction.putSSTable(record);
    const oldest = this.oldestAfter(lowestWalSegment);
    const over = [...state.truncated].filter(([, segment]) => segment <= oldest).map(([id]) => id);
    transaction.delete(...over.map(truncatedKey));
    try {
      await state.storage.catalog.commit(transaction.changes);
    } catch (error) {
      // Perhaps it names them and perhaps not: the files stay until a transaction that went well says so.
      for (const sstable of live) {
        sstable.close();
        this.doubtful.push(sstable.record);
      }
      throw error;
    }
    this.unwanted.push(...this.doubtful);
    this.doubtful = [];
    for (const id of over) state.truncated.delete(id);
    state.lowestWalSegment = lowestWalSegment;
    state.hasWal = hasWal;
    for (const sstable of live) {
      const table = state.tables.get(sstable.record.tableId)!;
      table.sstables = [...table.sstables, sstable];
      this.tellAdded(table.table, sstable.record);
    }
    for (const id of new Set(live.map(({ record }) => record.tableId))) {
      noteFlush(
        state.tables.get(id)!,
        live.map(({ record }) => record).filter(({ tableId }) => tableId === id),
      );
    }
    state.sealed.shift();
    return live;
  }

  /**
   * The oldest segment that may be there once those before `lowestWalSegment` were retired: kept ones, which salvage reads, those that
   * become such, and what was set aside of one, are older. A truncation has to be known for as long as one is there that was written before it.
   */
  private oldestAfter(lowestWalSegment: number): number {
    const { changeLog, oldestAside } = this.state;
    const oldest = Math.min(lowestWalSegment, oldestAside);
    if (changeLog.isWanted) return Math.min(oldest, this.hooks.oldestSegment());
    const [oldestKept = oldest] = changeLog.segments.keys();
    return Math.min(oldest, oldestKept);
  }

  private tellAdded({ keyspace, name }: TableMetadata, { generation, bytes }: SSTableRecord): void {
    this.state.events.emit({ type: 'sstable-added', keyspace, table: name, generation, bytes });
  }

  /** Removes what is litter now. What can't be removed is swept at the next start. */
  private async sweep(): Promise<void> {
    const { unwanted } = this;
    this.unwanted = [];
    await removeSSTableFiles(this.state, unwanted);
    await this.hooks.retire(this.state.lowestWalSegment).catch((error: unknown) => tellSweepFailed(this.state, error));
  }
}

/** Into how many parts of the ring a flush of a table is split. */
function shardsOf({ table, meanFlush }: TableState): number {
  try {
    return flushShardsOf(table.params.compaction, meanFlush);
  } catch (error) {
    // What is on its way, or can't be loaded, must not keep memory from being flushed: the compactor loads it, and splits what flushes did not.
    if (error instanceof PartNotLoadedError) return 1;
    throw error;
  }
}
