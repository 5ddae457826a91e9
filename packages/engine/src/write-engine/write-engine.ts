import type { Loadable } from '@cassette/bytes';
import { InvalidRequestError, type Schema, type TableMetadata, type Uuid } from '@cassette/cql';
import type { HashedKey, ReadCommand, Slice, UnfilteredCursor } from '@cassette/sstable';
import { type Storage, StorageError, StorageFullError } from '@cassette/storage';
import { type SSTableRecord, tableKey } from '../catalog/index.ts';
import type { ChangeFeed, ChangeFeedOptions } from '../changes/change-feed.ts';
import { changeFeeds } from '../changes/change-feed-part.ts';
import { oldestSegment } from '../changes/oldest-segment.ts';
import { type MonotonicClock, systemRandom } from '../clock/index.ts';
import type { CompactionStats, MaintenanceReport } from '../compaction/compaction-stats.ts';
import type { Durability, WriteEngineConfig } from '../config/index.ts';
import { counterIdOf, renewCounterIdOf } from '../counters/counter-id.ts';
import { checkOpened, openUnopened } from '../late/unopened-sstables.ts';
import { ExportLedger } from '../lineage/index.ts';
import type { WriteWatch } from '../live/write-watch.ts';
import type { Tracer } from '../observe/tracer.ts';
import { checkAborted, untilAborted } from '../scheduler/index.ts';
import { removalsEnd } from './discard-sstables.ts';
import { openCursor } from './engine-cursor.ts';
import type { EngineEvents } from './engine-events.ts';
import type { EngineParts } from './engine-parts.ts';
import { EngineSnapshot } from './engine-snapshot.ts';
import type { EngineState } from './engine-state.ts';
import { type EngineStats, statsOf } from './engine-stats.ts';
import { ClosedError } from './errors.ts';
import { openPoint } from './open-point.ts';
import { type RecoveryReport, type WalRecoveryReport, walRecoveryOf } from './recovery-report.ts';
import { startEngine, type WriteEngineOptions } from './start-engine.ts';
import { TableChanges } from './table-changes.ts';
import { snapshotWithoutFlush } from './unflushed-part.ts';
import { WritePath } from './write-path.ts';

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
  private readonly parts: EngineParts;
  private readonly writes: WritePath;
  private readonly tableChanges: TableChanges;
  private readonly random: () => number;
  private closing: Promise<void> | null = null;

  private constructor(parts: EngineParts, recovery: RecoveryReport, random: () => number) {
    this.state = parts.state;
    this.parts = parts;
    this.writes = new WritePath(parts);
    this.tableChanges = new TableChanges(parts);
    this.random = random;
    this.clock = parts.state.clock;
    this.recovery = recovery;
  }

  /**
   * Opens a store, empty or not: takes it for this one writer, replays the WAL, sweeps what a crash left. Damaged files are told
   * in {@link recovery} and the rest opens. A full disk opens too: for reading, and for writing once there is room. Throws
   * StoreLockedError where another has it, StorageError, and CassetteError with code STORE_FORMAT or WAL_VERSION for a store of
   * another version, INVALID_OPTION for a `config` that can't be, CATALOG_MISSING for files without a catalog.
   */
  static async open(options: WriteEngineOptions): Promise<WriteEngine> {
    const { parts, report } = await startEngine(options);
    return new WriteEngine(parts, report, options.random ?? systemRandom);
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
    return new changeFeeds.module.ChangeFeed(this.state, this.parts.wal, options);
  }

  /** Whether `changes` has any of a table, or will have. */
  hasChanges(table: TableMetadata): boolean {
    return this.state.changeLog.hasChanges(table, oldestSegment(this.state, this.parts.wal));
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
   * earlier write is in doubt (the same), MemtableFullError, ClosedError. `writes`: how many calls asked for them, for the figures. `isAlone`: no other
   * write is about to come, which one commit of the log could be shared with: it is made in this turn.
   */
  apply(
    mutations: Uint8Array,
    durability?: Durability,
    tracer: Tracer | null = null,
    unlessSaid: Durability = this.state.config.durability,
    writes = 1,
    isAlone = false,
  ): Promise<void> {
    return this.writes.apply(mutations, durability, tracer, unlessSaid, writes, isAlone);
  }

  /**
   * What the command asks of a table, memtables and SSTables merged; deletions and expired cells are still in it. Synchronous;
   * to be closed. `table` is the form of the table that rows are wanted in: the one of {@link schema}. `tracer` writes down what it costs.
   */
  read(table: TableMetadata, command: ReadCommand, tracer: Tracer | null = null): UnfilteredCursor {
    this.checkOpen();
    if (this.state.unopened.size > 0) checkOpened(this.state, table);
    this.state.counters.reads++;
    return openCursor(this.state, tableKey(table), table, command, tracer);
  }

  /**
   * As {@link read} for one row, where one SSTable alone says anything of it; null where nothing does, undefined where it takes `read`. To be
   * read and closed before anything else happens. `slices`: the row's clustering, null in a table that has none.
   */
  readPoint(table: TableMetadata, key: HashedKey, slices: readonly Slice[] | null): UnfilteredCursor | null | undefined {
    this.checkOpen();
    if (this.state.unopened.size > 0) checkOpened(this.state, table);
    const cursor = openPoint(this.state, tableKey(table), table, key, slices);
    if (cursor !== undefined) this.state.counters.reads++;
    return cursor;
  }

  /**
   * What has to be loaded before anything of a table is read, `read` throwing PartUnavailableError until then: SSTables of it wait for code that
   * could not be loaded when the store was opened. Null where nothing does.
   */
  unopened(table: TableMetadata): Loadable | null {
    const { state } = this;
    if (state.unopened.size === 0) return null;
    const id = tableKey(table);
    return state.unopened.get(id) === undefined ? null : { name: `SSTables of ${table}`, load: () => this.openAll([id]) };
  }

  /** Loads what SSTables of those tables wait for. Rejects with PartUnavailableError, StorageError, ClosedError. */
  async openAll(tableIds: Iterable<string>): Promise<void> {
    const { state } = this;
    const waiting = [...tableIds].filter((id) => state.unopened.has(id));
    if (waiting.length === 0) return;
    this.checkOpen();
    // Side by side: what does not come is waited for once.
    const ends = await Promise.allSettled(waiting.map((id) => openUnopened(state, id)));
    this.parts.compactor.wake();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw this.reasonOf(failed.reason);
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
    await this.tableChanges.changeSchema(next);
  }

  /** Removes all rows of a table that were acknowledged before this was called, durably. Throws InvalidRequestError, StorageError. */
  async truncate(tableId: Uuid): Promise<void> {
    this.checkOpen();
    await this.tableChanges.truncate(tableId);
  }

  /** Flushes all memtables to SSTables. Throws StorageError where that fails; what was acknowledged stays in the WAL then. */
  async flush(): Promise<void> {
    this.checkOpen();
    await this.parts.wal.drain();
    try {
      await this.parts.sealer.flushAll();
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
    return this.parts.adoption.nextGeneration(tableId);
  }

  /**
   * Makes SSTables live whose files are in the store, and which nothing names yet, in the schema that `planned` gives for the one that there
   * is then: all in one transaction. Rejects with StorageError, CorruptionError, and what `planned` throws, and `checkWanted`, which is asked
   * until the transaction begins; nothing has changed then.
   */
  async adopt(records: readonly SSTableRecord[], planned: (current: Schema) => Schema, checkWanted?: () => void): Promise<void> {
    this.checkOpen();
    await this.parts.wal.drain();
    await this.parts.adoption.adopt(records, planned, checkWanted);
    this.parts.describeStore();
    this.parts.compactor.tablesChanged();
  }

  /** Removes the files of SSTables that were not adopted; what can't be removed is swept at the next start. */
  abandon(records: readonly SSTableRecord[]): Promise<void> {
    return this.parts.adoption.abandon(records);
  }

  /**
   * Flushes, and compacts all SSTables of a table, or of every table: purging what gc_grace_seconds let go. Resolves when that is
   * done. Rejects with InvalidRequestError, StorageError, CorruptionError, CassetteError ABORTED where `signal` ends it; the SSTables are then as
   * they were, but for tables that were done.
   */
  async compact(table?: TableMetadata, signal?: AbortSignal): Promise<CompactionStats[]> {
    const { state } = this;
    const only = table === undefined ? undefined : state.tableStateOf(table);
    checkAborted('The compaction', signal);
    await untilAborted(this.flush(), signal, 'The compaction');
    const wanted = only === undefined ? [...state.tables.values()] : [only];
    // Those that can't be read are left alone, and told of when the others are done.
    const unopened = await this.openAll(wanted.map(({ id }) => id)).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    const done = await this.parts.compactor.compact(
      wanted.filter(({ id }) => !state.unopened.has(id)),
      signal,
    );
    if (unopened !== null) throw unopened.error;
    return done;
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
    return this.parts.compactor.maintain(budgetMilliseconds);
  }

  /** What opening found in the WAL: mutations replayed, ends trimmed, corruption, and what was set aside of it. */
  walRecovery(): WalRecoveryReport {
    return walRecoveryOf(this.recovery);
  }

  /** What it holds and has done. */
  stats(): EngineStats {
    return statsOf(this.state, this.parts.wal, this.parts.compactor);
  }

  /**
   * Ends: writes that are on their way are committed, later calls get ClosedError, the store is given free. Memtables are flushed
   * if `flushOnClose` says so, or where the WAL does not have all of it. Rejects with StorageError where not all could be made durable. Calling it again waits for the same end.
   */
  close(): Promise<void> {
    this.parts.isClosing = true;
    this.closing ??= this.end();
    return this.closing;
  }

  private async end(): Promise<void> {
    const { state } = this;
    this.parts.sealer.stop();
    this.parts.roomWatch.stop();
    const compacted = this.parts.compactor.stop();
    this.parts.gate.refuse(new ClosedError('The store'));
    try {
      await this.parts.wal.drain();
      const isUnlogged = [state.active, ...state.sealed].some(({ holdsUnlogged }) => holdsUnlogged);
      // What is in no log, or in one that can't be made durable, is so in SSTables.
      if (state.config.flushOnClose || isUnlogged || !this.parts.wal.sync()) await this.parts.sealer.flushAll();
    } finally {
      await this.parts.flusher.stop();
      await compacted;
      state.maintenance?.end();
      state.unopened.clear();
      // A change of the schema that has begun ends before the store is another's.
      await state.exclusive(async () => undefined);
      await removalsEnd(state);
      try {
        await this.parts.wal.close();
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

  /** Throws ClosedError once {@link close} was called. */
  checkOpen(): void {
    this.parts.checkOpen();
  }

  /** Why something failed that was under way: of a store that was closed meanwhile, ClosedError, for what failed is not the disk. */
  reasonOf(error: unknown): unknown {
    const isClosed = error instanceof StorageError && (error.code === 'STORAGE_CLOSED' || error.code === 'FILE_CLOSED');
    return isClosed && this.closing !== null ? new ClosedError('The store') : error;
  }
}
