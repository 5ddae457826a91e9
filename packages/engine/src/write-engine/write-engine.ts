import { toHex } from '@cassette/bytes';
import { InvalidRequestError, type Schema, type TableMetadata, type Uuid } from '@cassette/cql';
import type { ReadCommand, UnfilteredCursor } from '@cassette/sstable';
import { type Storage, StorageError, StorageFullError } from '@cassette/storage';
import {
  CatalogTransaction,
  cdcKey,
  type SSTableRecord,
  sstableKey,
  tableKey,
  truncatedKey,
  withTruncated,
} from '../catalog/index.ts';
import type { ChangeFeed, ChangeFeedOptions } from '../changes/change-feed.ts';
import { changeFeeds } from '../changes/change-feed-part.ts';
import { oldestSegment } from '../changes/oldest-segment.ts';
import { type Clock, MonotonicClock, systemClock, systemRandom } from '../clock/index.ts';
import type { CompactionStats, MaintenanceReport } from '../compaction/compaction-stats.ts';
import { Compactor } from '../compaction/compactor.ts';
import { checkedConfig } from '../config/check-config.ts';
import { Durability, type WriteEngineConfig } from '../config/index.ts';
import { counterIdOf, renewCounterIdOf } from '../counters/counter-id.ts';
import { Flusher } from '../flush/index.ts';
import { ExportLedger } from '../lineage/index.ts';
import type { WriteWatch } from '../live/write-watch.ts';
import { MaintenanceThread } from '../maintenance/maintenance-thread.ts';
import type { MaintenanceStarter } from '../maintenance/maintenance-worker.ts';
import { MutationReader, MutationValidator } from '../mutation/index.ts';
import type { Tracer } from '../observe/tracer.ts';
import { Recovery } from '../recovery/index.ts';
import { defaultScheduler, type Scheduler } from '../scheduler/index.ts';
import { type WalHost, WriteAheadLog } from '../wal/index.ts';
import { Adoption } from './adoption.ts';
import { flushReplayed, recordWal } from './after-recovery.ts';
import { discardSSTables } from './discard-sstables.ts';
import { openCursor } from './engine-cursor.ts';
import type { EngineEvents } from './engine-events.ts';
import { EngineSnapshot } from './engine-snapshot.ts';
import { EngineState, type TableState } from './engine-state.ts';
import { type EngineStats, statsOf } from './engine-stats.ts';
import { ClosedError } from './errors.ts';
import { type RecoveryReport, type WalRecoveryReport, walRecoveryOf } from './recovery-report.ts';
import { RoomWatch } from './room-watch.ts';
import { Sealer } from './sealer.ts';
import { snapshotWithoutFlush } from './unflushed-part.ts';
import { WriteGate } from './write-gate.ts';

/** What an engine is opened with. */
export interface WriteEngineOptions {
  readonly storage: Storage;
  /** What is not given is as in {@link defaultWriteEngineConfig}. */
  readonly config?: Partial<WriteEngineConfig>;
  /** The platform's if absent. */
  readonly clock?: Clock;
  /** {@link defaultScheduler} if absent. */
  readonly scheduler?: Scheduler;
  /** Numbers from 0 up to but without 1, for what tells WAL segments apart; the platform's if absent. */
  readonly random?: () => number;
  /** Starts a worker that flushes and compacts, on the same files; absent: the engine does it itself, in slices. */
  readonly maintenance?: MaintenanceStarter;
}

/** Replayed WAL segments from which on a start flushes what it replayed, so that the next one need not do it again. */
const REPLAYED_SEGMENTS_MAX = 8;

/**
 * The engine of one store: all its keyspaces and tables, one WAL, a memtable and SSTables a table. Mutations go in as bytes
 * (MutationBuilder makes them), unfiltereds come out through cursors; CQL stands in front of it in `Database`.
 *
 * A write is in the WAL, durable, then visible, then acknowledged. All of a mutation becomes visible at once, and so does all
 * of one call of `apply`, to whoever reads without giving up his turn.
 */
export class WriteEngine {
  /** Timestamps for those who write, the time for those who read. */
  readonly clock: MonotonicClock;
  /** What opening found. */
  readonly recovery: RecoveryReport;
  private readonly state: EngineState;
  private readonly wal: WriteAheadLog;
  private readonly flusher: Flusher;
  private readonly sealer: Sealer;
  private readonly gate: WriteGate;
  private readonly compactor: Compactor;
  private readonly roomWatch: RoomWatch;
  private readonly adoption: Adoption;
  private readonly validator = new MutationValidator();
  private readonly validating = new MutationReader();
  private readonly random: () => number;
  /** Whether a mutation that was validated last is of a table whose keyspace has durable writes. */
  private isDurableTable = false;
  private closing: Promise<void> | null = null;

  private constructor(state: EngineState, wal: WriteAheadLog, flusher: Flusher, recovery: RecoveryReport, random: () => number) {
    this.state = state;
    this.random = random;
    this.clock = state.clock;
    this.recovery = recovery;
    this.wal = wal;
    this.flusher = flusher;
    this.sealer = new Sealer(state, wal, flusher);
    this.compactor = new Compactor(state);
    this.roomWatch = new RoomWatch(state);
    this.adoption = new Adoption(state);
    this.gate = new WriteGate(
      state,
      wal,
      () => this.sealer.sealSoon(),
      () => flusher.lastFailure,
    );
  }

  /**
   * Opens a store, empty or not: takes it for this one writer, replays the WAL, sweeps what a crash left. Damaged files are told
   * in {@link recovery} and the rest opens. A full disk opens too: for reading, and for writing once there is room. Throws
   * StoreLockedError where another has it, StorageError, and CassetteError with code STORE_FORMAT or WAL_VERSION for a store of
   * another version, INVALID_OPTION for a `config` that can't be, CATALOG_MISSING for files without a catalog.
   */
  static async open(options: WriteEngineOptions): Promise<WriteEngine> {
    const { storage, clock = systemClock, scheduler = defaultScheduler() } = options;
    const config = checkedConfig(options.config);
    await storage.acquire();
    const state = new EngineState(storage, scheduler, config, new MonotonicClock(clock));
    if (options.maintenance !== undefined) state.maintenance = new MaintenanceThread(state, options.maintenance);
    try {
      return await WriteEngine.start(state, options.random ?? systemRandom);
    } catch (error) {
      state.maintenance?.end();
      for (const { sstables } of state.tables.values()) for (const sstable of sstables) sstable.close();
      await storage.close();
      throw error;
    }
  }

  private static async start(state: EngineState, random: () => number): Promise<WriteEngine> {
    // The parts know each other by way of the engine, which is there once all of them are.
    let engine: WriteEngine | undefined;
    const flusher = new Flusher(state, {
      progress: () => {
        engine?.sealer.flushed();
        engine?.gate.open();
      },
      flushed: () => engine?.compactor.wake(),
      failed: (error) => engine?.gate.refuse(engine.gate.full('flushing them to SSTables fails', error)),
      retire: async (before) => engine?.wal.retire(before),
      cutRefused: async () => {
        if (state.changeLog.isWanted) await engine?.wal.cutRefused();
      },
      // Until there is an engine only what was replayed is flushed: up to segments that were read.
      hasSegment: (segment) => engine?.wal.has(segment) ?? true,
      oldestSegment: () => (engine === undefined ? 0 : oldestSegment(state, engine.wal)),
    });
    const reader = new MutationReader();
    const { storage, scheduler, config, clock, events } = state;
    const host: WalHost = {
      lastTimestamp: () => clock.lastTimestamp,
      description: () => state.description,
      apply: (bytes, from, to, isLogged) => applyToMemtables(state, reader, bytes, from, to, isLogged),
      committed: (writes, bytes, segment) => {
        if (events.isHeard) events.emit({ type: 'committed', writes, bytes, segment });
        engine?.sealer.sealIfFull();
      },
      failed: (writes, error) =>
        events.emit({ type: 'commit-failed', writes, message: error instanceof Error ? error.message : String(error) }),
      inDoubt: (error) => {
        events.emit({ type: 'wal-flush-failed', bytes: Number(error.data['bytes']), message: error.message });
        engine?.sealer.sealSoon();
      },
      segmentCreated: (segment) => events.emit({ type: 'wal-segment-created', segment }),
      segmentRetired: (segment) => events.emit({ type: 'wal-segment-retired', segment }),
    };
    try {
      const recovery = new Recovery(state, (segment) => flushReplayed(state, flusher, segment));
      const { report, segments, physical, nextSegment } = await recovery.run();
      const keep = (segment: number, size: number, physicalSize: number) => state.changeLog.keep(segment, size, physicalSize);
      const options = { storage, scheduler, durability: config.durability, random, host, firstSegment: nextSegment, keep };
      const wal = await WriteAheadLog.open(options, segments, physical);
      engine = new WriteEngine(state, wal, flusher, report, random);
      events.opened(report);
      await recordWal(state, wal, random);
      engine.compactor.wake();
      if (segments.size > REPLAYED_SEGMENTS_MAX) engine.sealer.sealSoon();
      return engine;
    } catch (error) {
      await flusher.stop();
      throw error;
    }
  }

  /** The schema as it is now. */
  get schema(): Schema {
    return this.state.schema;
  }

  /** What happens in here, for those who draw it. */
  get events(): EngineEvents {
    return this.state.events;
  }

  /**
   * Reads what was written, in the order of the log; see `Database.changes`. Throws InvalidRequestError, CassetteError CHANGES_TRUNCATED and
   * CHANGES_UNKNOWN_POSITION.
   */
  changes(options: ChangeFeedOptions): ChangeFeed {
    this.checkOpen();
    return new changeFeeds.module.ChangeFeed(this.state, this.wal, options);
  }

  /** Whether `changes` has any of a table, or will have. */
  hasChanges(table: TableMetadata): boolean {
    return this.state.changeLog.hasChanges(table, oldestSegment(this.state, this.wal));
  }

  /** Tells of what is written, table by table. */
  get watch(): WriteWatch {
    return this.state.watch;
  }

  /** Exports that were made, and what they have. */
  get exports(): ExportLedger {
    return new ExportLedger(this.state);
  }

  /** The storage it stands on. */
  get storage(): Storage {
    return this.state.storage;
  }

  /** What it was opened with. */
  get config(): WriteEngineConfig {
    return this.state.config;
  }

  /**
   * Writes one or many encoded mutations, one after the other in `mutations`: all of them or none, also after a crash. Resolves
   * when they are visible and as durable as `durability` says (absent: as `unlessSaid`, by default the store's, says, or Disabled where
   * all their keyspaces have `durable_writes = false`); the bytes are the caller's again at once. Rejects with InvalidRequestError or CorruptionError
   * for mutations that can't be, StorageError where they could not be written (then they are not there), WalFlushError where an
   * earlier write is in doubt (the same), MemtableFullError, ClosedError.
   */
  async apply(
    mutations: Uint8Array,
    durability?: Durability,
    tracer: Tracer | null = null,
    unlessSaid: Durability = this.state.config.durability,
  ): Promise<void> {
    this.checkOpen();
    const { counters, scheduler, tally, writeActivity } = this.state;
    const began = scheduler.now();
    try {
      const count = this.validate(mutations);
      if (count === 0) return;
      const mode = durability ?? (this.isDurableTable ? unlessSaid : Durability.Disabled);
      const failure = mode.kind === 'disabled' ? null : this.wal.takeFailure();
      if (failure !== null) throw failure;
      if (!this.gate.admits(mutations.length)) {
        // The caller may use his bytes for something else while we wait.
        mutations = mutations.slice();
        await this.gate.enter(mutations.length);
        this.checkOpen();
        tracer?.add({ kind: 'waited', reason: 'memtable room', spent: tracer.since(began) });
      }
      if (mode.kind === 'sync-each-write' && this.wal.isInDoubt) {
        // It is durable with everything before it, or not made.
        mutations = mutations.slice();
        await this.sealer.flushAll();
        this.checkOpen();
      }
      const appended = tracer === null ? 0 : tracer.now();
      // Those who work in the background give way to what is between the two.
      writeActivity.begun++;
      writeActivity.underWay++;
      try {
        await this.wal.append(mutations, mode);
      } finally {
        writeActivity.underWay--;
      }
      const { lastCommit } = this.wal;
      tally.writes.add(lastCommit.at - began);
      tracer?.committed(lastCommit, appended);
      counters.writes++;
      counters.mutations += count;
      counters.mutationBytes += mutations.length;
    } catch (error) {
      counters.writesFailed++;
      throw error;
    }
  }

  /**
   * What the command asks of a table, memtables and SSTables merged; deletions and expired cells are still in it. Synchronous;
   * to be closed. `table` is the form of the table that rows are wanted in: the one of {@link schema}. `tracer` writes down what it costs.
   */
  read(table: TableMetadata, command: ReadCommand, tracer: Tracer | null = null): UnfilteredCursor {
    this.checkOpen();
    this.state.counters.reads++;
    return openCursor(this.state, tableKey(table), table, command, tracer);
  }

  /** Says that a SELECT was answered, after so many milliseconds: for the figures, and for those who want to know of slow ones. */
  answered(query: string, milliseconds: number): void {
    const { tally, config, events } = this.state;
    tally.selects.add(milliseconds);
    if (milliseconds < config.slowQueryThreshold || !events.isHeard) return;
    events.emit({ type: 'slow-query', query: query.slice(0, 1000), milliseconds });
  }

  /**
   * The 16 bytes that what this store counts goes by in counters; made when it first counts, durable when this resolves. Rejects with
   * StorageError, ClosedError.
   */
  async counterId(): Promise<Uint8Array> {
    this.checkOpen();
    return this.state.counterId ?? counterIdOf(this.state, this.random);
  }

  /** Gives the store another one, durably; null where it has none yet. Nothing may be counted meanwhile. Rejects with StorageError, ClosedError. */
  async renewCounterId(): Promise<Uint8Array | null> {
    this.checkOpen();
    return renewCounterIdOf(this.state, this.random);
  }

  /**
   * Makes `next` the schema, durably. Tables that are not in it any more go with all they hold; tables that are keep it, by id.
   * Writes that are on their way reach the tables they were made for. Throws StorageError; then nothing has changed.
   */
  async changeSchema(next: Schema): Promise<void> {
    this.checkOpen();
    const isSwitch = switchedTables(this.state, next).length > 0;
    const release = isSwitch ? this.state.changeLog.hold() : null;
    try {
      await this.wal.drain();
      // What was written so far, under the old `cdc` of a table, gets segments of its own.
      if (isSwitch) await this.sealer.seal();
      await this.exchangeSchema(next);
    } finally {
      release?.();
    }
    if (isSwitch) this.flusher.start();
    this.compactor.tablesChanged();
  }

  private async exchangeSchema(next: Schema): Promise<void> {
    await this.state.exclusive(async () => {
      this.checkOpen();
      const { state } = this;
      const ids = new Set(next.tables.map(tableKey));
      const dropped = [...state.tables.values()].filter(({ id }) => !ids.has(id));
      const transaction = new CatalogTransaction().putSchema(next).delete(...this.adoption.doubtfulKeys());
      for (const table of dropped) transaction.delete(...this.keysOf(table), truncatedKey(table.id), cdcKey(table.id));
      const switched = switchedTables(state, next);
      const { changeLog } = state;
      const switches = switched.map((table) => [
        ...changeLog.switchesAfter(table, oldestSegment(state, this.wal)),
        state.active.firstSegment,
      ]);
      switched.forEach((table, i) => void transaction.putCdcSwitches(tableKey(table), switches[i]));
      // Readable in their new form before anyone can ask for it.
      for (const table of next.tables) {
        for (const sstable of state.tables.get(tableKey(table))?.sstables ?? []) await sstable.alter(table);
      }
      await state.storage.catalog.commit(transaction.changes);
      switched.forEach((table, i) => void changeLog.switches.set(tableKey(table), switches[i]));
      for (const { table, sstables } of state.setSchema(next)) discardSSTables(state, table, sstables);
      this.wal.describe();
      state.watch.schemaChanged();
      state.events.emit({ type: 'schema-changed' });
    });
  }

  /** Removes all rows of a table that were acknowledged before this was called, durably. Throws InvalidRequestError, StorageError. */
  async truncate(tableId: Uuid): Promise<void> {
    this.checkOpen();
    await this.wal.drain();
    // Its mutations so far get memtables and segments of their own, so that "before" can be said by segment.
    await this.sealer.seal();
    await this.state.exclusive(async () => {
      this.checkOpen();
      const { state } = this;
      const table = this.tableOf(tableId);
      const { firstSegment } = state.active;
      const { sstables } = table;
      const transaction = new CatalogTransaction().putTruncated(table.id, firstSegment).delete(...this.keysOf(table));
      // No SSTable tells of it: who exports since one of these is told.
      const told = new Map(withTruncated(state.exports, table.id).map((record) => [record.number, record]));
      for (const record of told.values()) transaction.putExport(record);
      await state.storage.catalog.commit(transaction.changes);
      state.exports = state.exports.map((record) => told.get(record.number) ?? record);
      state.setTruncated(table.id, firstSegment);
      this.wal.describe();
      state.forgetMemtables(table.id, true);
      table.sstables = [];
      table.setAside = [];
      state.watch.replaced(table.id);
      discardSSTables(state, table.table, sstables);
    });
    this.compactor.tablesChanged();
    this.flusher.start();
  }

  /** Flushes all memtables to SSTables. Throws StorageError where that fails; what was acknowledged stays in the WAL then. */
  async flush(): Promise<void> {
    this.checkOpen();
    await this.wal.drain();
    try {
      await this.sealer.flushAll();
    } catch (error) {
      throw this.reasonOf(error);
    }
  }

  /**
   * Flushes, and holds on to what there is then: all that was acknowledged before this was called. Where there is no room for a flush, what
   * memory holds is in it as it is. To be released. Throws StorageError, PartUnavailableError.
   */
  async snapshot(): Promise<EngineSnapshot> {
    try {
      await this.flush();
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      return snapshotWithoutFlush(this.state, error, () => this.checkOpen());
    }
    return new EngineSnapshot(this.state);
  }

  /** A generation for an SSTable that {@link adopt} will be given; no other file of that table has it, or gets it. */
  nextGeneration(tableId: string): number {
    this.checkOpen();
    return this.adoption.nextGeneration(tableId);
  }

  /**
   * Makes SSTables live whose files are in the store, and which nothing names yet, in the schema that `planned` gives for the one that there
   * is then: all in one transaction. Rejects with StorageError, CorruptionError, and what `planned` throws, and `checkWanted`, which is asked
   * until the transaction begins; nothing has changed then.
   */
  async adopt(records: readonly SSTableRecord[], planned: (current: Schema) => Schema, checkWanted?: () => void): Promise<void> {
    this.checkOpen();
    await this.wal.drain();
    await this.adoption.adopt(records, planned, checkWanted);
    this.wal.describe();
    this.compactor.tablesChanged();
  }

  /** Removes the files of SSTables that were not adopted; what can't be removed is swept at the next start. */
  abandon(records: readonly SSTableRecord[]): Promise<void> {
    return this.adoption.abandon(records);
  }

  /**
   * Flushes, and compacts all SSTables of a table, or of every table: purging what gc_grace_seconds let go. Resolves when that is
   * done. Rejects with InvalidRequestError, StorageError, CorruptionError; the SSTables are then as they were.
   */
  async compact(table?: TableMetadata): Promise<CompactionStats[]> {
    const { state } = this;
    const only = table === undefined ? undefined : state.tableStateOf(table);
    await this.flush();
    return this.compactor.compact(only === undefined ? [...state.tables.values()] : [only]);
  }

  /**
   * Compacts for about so many milliseconds what the tables' policies ask for, and remembers where it was: for those who know when
   * there is time. Rejects with InvalidRequestError, StorageError, CorruptionError.
   */
  async maintenanceStep(budgetMilliseconds: number): Promise<MaintenanceReport> {
    this.checkOpen();
    if (typeof budgetMilliseconds !== 'number' || !(budgetMilliseconds >= 0)) {
      throw new InvalidRequestError(`maintenanceStep takes a number of milliseconds, not ${String(budgetMilliseconds)}`);
    }
    return this.compactor.maintain(budgetMilliseconds);
  }

  /** What opening found in the WAL: mutations replayed, ends trimmed, corruption, and what was set aside of it. */
  walRecovery(): WalRecoveryReport {
    return walRecoveryOf(this.recovery);
  }

  /** What it holds and has done. */
  stats(): EngineStats {
    return statsOf(this.state, this.wal, this.compactor);
  }

  /**
   * Ends: writes that are on their way are committed, later calls get ClosedError, the store is given free. Memtables are flushed
   * if `flushOnClose` says so, or where the WAL does not have all of it. Rejects with StorageError where not all could be made durable. Calling it again waits for the same end.
   */
  close(): Promise<void> {
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const { state } = this;
    this.sealer.stop();
    this.roomWatch.stop();
    const compacted = this.compactor.stop();
    this.gate.refuse(new ClosedError('The store'));
    try {
      await this.wal.drain();
      const isUnlogged = [state.active, ...state.sealed].some(({ holdsUnlogged }) => holdsUnlogged);
      // What is in no log, or in one that can't be made durable, is so in SSTables.
      if (state.config.flushOnClose || isUnlogged || !this.wal.sync()) await this.sealer.flushAll();
    } finally {
      await this.flusher.stop();
      await compacted;
      state.maintenance?.end();
      // A change of the schema that has begun ends before the store is another's.
      await state.exclusive(async () => undefined);
      try {
        await this.wal.close();
      } finally {
        for (const { sstables } of state.tables.values()) for (const sstable of sstables) sstable.close();
        await state.storage.close();
        state.events.emit({ type: 'closed' });
      }
    }
  }

  /** Writes that came as far as the log: who sees more than his own is not alone. */
  get writesBegun(): number {
    return this.state.writeActivity.begun;
  }

  private validate(mutations: Uint8Array): number {
    const { state, validating, validator } = this;
    if (mutations.length > state.config.mutationSizeMax) {
      throw new InvalidRequestError(
        `A write of ${mutations.length} bytes is larger than mutationSizeMax, ${state.config.mutationSizeMax}: write it in parts`,
        undefined,
        { size: mutations.length, limit: state.config.mutationSizeMax },
      );
    }
    let count = 0;
    this.isDurableTable = false;
    for (let at = 0; at < mutations.length; at = validating.end) {
      validating.begin(mutations, at, mutations.length);
      const table = state.tableAt(mutations, validating.tableIdFrom);
      if (table === undefined) {
        const id = toHex(mutations.subarray(validating.tableIdFrom, validating.tableIdFrom + 16));
        throw new InvalidRequestError(`There is no table of id ${id} (any more): prepare the statement again`, undefined, { id });
      }
      validator.validate(validating, table.table);
      if (table.durableWrites) this.isDurableTable = true;
      count++;
    }
    return count;
  }

  /** Of the table's SSTables, also of those that can't be read: their files are swept at the next start. */
  private keysOf({ id, sstables, setAside }: TableState): string[] {
    const generations = [...sstables.map(({ record }) => record.generation), ...setAside.map(({ generation }) => generation)];
    return [
      ...generations.map((generation) => sstableKey(id, generation)),
      ...this.flusher.doubtfulKeys(id),
      ...this.compactor.doubtfulKeys(id),
      ...this.adoption.doubtfulKeys(id),
    ];
  }

  private tableOf(id: Uuid): TableState {
    const table = this.state.tables.get(toHex(id.bytes));
    if (table === undefined) throw new InvalidRequestError(`There is no table of id ${id}`);
    return table;
  }

  /** Throws ClosedError once {@link close} was called. */
  checkOpen(): void {
    if (this.closing !== null) throw new ClosedError('The store');
  }

  /** Why something failed that was under way: of a store that was closed meanwhile, ClosedError, for what failed is not the disk. */
  reasonOf(error: unknown): unknown {
    const isClosed = error instanceof StorageError && error.code === 'STORAGE_CLOSED' && this.closing !== null;
    return isClosed ? new ClosedError('The store') : error;
  }
}

/** Tables whose `cdc` is another in the schema to come. */
function switchedTables(state: EngineState, next: Schema): TableMetadata[] {
  return next.tables.filter((table) => {
    const now = state.tables.get(tableKey(table));
    return now !== undefined && now.table.params.cdc !== table.params.cdc;
  });
}

/** Takes mutations that the log has written; those of a table that was dropped since are nobody's. */
function applyToMemtables(
  state: EngineState,
  reader: MutationReader,
  bytes: Uint8Array,
  from: number,
  to: number,
  isLogged: boolean,
): void {
  if (!isLogged) state.active.holdsUnlogged = true;
  for (let at = from; at < to; at = reader.end) {
    reader.begin(bytes, at, to);
    const table = state.tableAt(bytes, reader.tableIdFrom);
    if (table === undefined) continue;
    state.active.of(table.id, table.table).apply(reader);
    if (state.watch.isWatched) state.watch.mutated(table.id, bytes, at, to);
  }
}
