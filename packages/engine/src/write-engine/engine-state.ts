import { toHex } from '@cassette/bytes';
import { InvalidRequestError, Schema, type TableMetadata } from '@cassette/cql';
import type { Storage } from '@cassette/storage';
import { DescribedStore, type ExportRecord, tableKey } from '../catalog/index.ts';
import { ChangeLog } from '../changes/change-log.ts';
import type { MonotonicClock } from '../clock/index.ts';
import type { WriteEngineConfig } from '../config/index.ts';
import type { UnopenedSSTables } from '../late/unopened-sstables.ts';
import { WriteWatch } from '../live/write-watch.ts';
import type { MaintenanceThread } from '../maintenance/maintenance-thread.ts';
import { MemtableSet } from '../memtable/index.ts';
import type { FlushProgress } from '../observe/figures.ts';
import { Tally } from '../observe/tally.ts';
import { BackgroundTurns, type Scheduler, type WriteActivity } from '../scheduler/index.ts';
import type { LiveSSTable } from '../sstables/index.ts';
import { EngineEvents } from './engine-events.ts';
import type { EngineCounters } from './engine-stats.ts';

/** An SSTable that the catalog names and that can't be read. */
export interface SetAsideSSTable {
  readonly generation: number;
  /** Where the damage is. */
  readonly file: string;
}

/** One table, as the engine has it now. */
export interface TableState {
  readonly id: string;
  table: TableMetadata;
  /** Of its keyspace: whether its writes go to the WAL where they do not say otherwise. */
  durableWrites: boolean;
  /** Those that reads see; replaced as a whole. */
  sstables: readonly LiveSSTable[];
  /** What recovery could not open. */
  setAside: readonly SetAsideSSTable[];
  /** Bytes of Data.db that its flushes made, an average; absent: there was none since the store was opened. */
  meanFlush?: number;
  /** Given once: numbers of files that were never named by the catalog are not given again either. */
  nextGeneration: number;
}

/**
 * What the parts of an engine share: what it holds at this moment. Everything that readers see is changed in one turn, so that
 * they see all of a flush, truncation or schema change, or nothing of it.
 */
export class EngineState {
  readonly storage: Storage;
  readonly scheduler: Scheduler;
  readonly config: WriteEngineConfig;
  readonly clock: MonotonicClock;
  readonly events: EngineEvents;
  /** What is kept of the log for those who read changes. */
  readonly changeLog: ChangeLog;
  /** Who wants to know of what is written. */
  readonly watch = new WriteWatch();
  readonly counters: Omit<EngineCounters, 'walCommits' | 'walFlushes' | 'walFlushesFailed' | 'walBytesWritten'> = {
    writes: 0,
    mutations: 0,
    mutationBytes: 0,
    writesFailed: 0,
    reads: 0,
    flushes: 0,
    flushesFailed: 0,
    bytesFlushed: 0,
    compactions: 0,
    compactionsFailed: 0,
    bytesCompacted: 0,
    bytesWrittenByCompactions: 0,
  };
  /** On the scheduler's clock. */
  readonly openedAt: number;
  /** What is counted of reads and writes. */
  readonly tally = new Tally();
  /** Writes on their way through the log. */
  readonly writeActivity: WriteActivity = { begun: 0, underWay: 0 };
  /** When flushes and compactions have their turn. */
  readonly turns: BackgroundTurns;
  /** Who does them elsewhere; null where everything is done here. */
  maintenance: MaintenanceThread | null = null;
  schema: Schema = Schema.empty;
  readonly tables = new Map<string, TableState>();
  /** Takes writes. */
  active = new MemtableSet(0);
  /** Wait for their flush, oldest first. */
  readonly sealed: MemtableSet[] = [];
  /** SSTables that the catalog no longer names and whose files are still there, and when they will have gone. */
  readonly removals = new Map<{ readonly isRead: boolean }, Promise<void>>();
  /** By table, SSTables that wait for code that could not be loaded. */
  readonly unopened = new Map<string, UnopenedSSTables>();
  /** The flush under way; null for none. */
  flushing: FlushProgress | null = null;
  /** Tables whose mutations in WAL segments before that number are void. */
  readonly truncated = new Map<string, number>();
  /** 16 bytes that this store's addends of counters go by; null until it counts. */
  counterId: Uint8Array | null = null;
  /** Exports that the catalog remembers, oldest first. */
  exports: readonly ExportRecord[] = [];
  /** Numbers of those that are being made. */
  readonly exportsUnderWay = new Set<number>();
  /** Given once. */
  nextExportNumber = 1;
  /** Of files that were set aside, now or earlier, as opening found them. */
  asideBytes = 0;
  /** The oldest WAL segment of which something was set aside. */
  oldestAside = Number.POSITIVE_INFINITY;
  /** Oldest segment that is needed, as the catalog has it. */
  lowestWalSegment = 0;
  /** Whether the catalog says that this segment has its file. */
  hasWal = false;
  private described: DescribedStore | null = null;
  private transaction: Promise<unknown> = Promise.resolve();
  private lastId: Uint8Array = new Uint8Array(16);
  private lastTable: TableState | undefined;

  constructor(storage: Storage, scheduler: Scheduler, config: WriteEngineConfig, clock: MonotonicClock) {
    this.storage = storage;
    this.scheduler = scheduler;
    this.openedAt = scheduler.now();
    this.config = config;
    this.clock = clock;
    this.events = new EngineEvents(() => Math.floor(clock.nowMicros() / 1000));
    this.turns = new BackgroundTurns(scheduler, this.writeActivity);
    this.changeLog = new ChangeLog(storage, config.cdcTotalSpace, () => this.schema);
  }

  /** Bytes of all memtables. */
  get memtableBytes(): number {
    return this.active.bytes + this.sealedBytes;
  }

  get sealedBytes(): number {
    return this.sealed.reduce((sum, set) => sum + set.bytes, 0);
  }

  /** The table whose id stands at `at`, or undefined if there is none (any more). */
  tableAt(bytes: Uint8Array, at: number): TableState | undefined {
    const { lastId } = this;
    let same = this.lastTable !== undefined;
    for (let i = 0; same && i < 16; i++) same = bytes[at + i] === lastId[i];
    if (same) return this.lastTable;
    const found = this.tables.get(toHex(bytes.subarray(at, at + 16)));
    if (found !== undefined) {
      lastId.set(bytes.subarray(at, at + 16));
      this.lastTable = found;
    }
    return found;
  }

  /** The state of a table of the schema. */
  tableStateOf(table: TableMetadata): TableState {
    const state = this.tables.get(tableKey(table));
    if (state === undefined) throw new InvalidRequestError(`There is no table ${table} (any more)`);
    return state;
  }

  /** Takes another schema: tables come, change and go. Returns those that went. */
  setSchema(next: Schema): TableState[] {
    const ids = new Set<string>();
    for (const table of next.tables) {
      const id = tableKey(table);
      ids.add(id);
      const state = this.tables.get(id);
      const durableWrites = next.keyspace(table.keyspace)?.durableWrites !== false;
      if (state === undefined) this.tables.set(id, { id, table, durableWrites, sstables: [], setAside: [], nextGeneration: 1 });
      else Object.assign(state, { table, durableWrites });
    }
    const gone = [...this.tables.values()].filter(({ id }) => !ids.has(id));
    for (const { id } of gone) {
      this.tables.delete(id);
      this.forgetMemtables(id);
      this.truncated.delete(id);
      this.changeLog.switches.delete(id);
    }
    this.lastTable = undefined;
    this.active.alter(next.tables);
    for (const set of this.sealed) set.alter(next.tables);
    this.schema = next;
    this.described = null;
    return gone;
  }

  /** What the log says of the store: the same object until it changes. */
  get description(): DescribedStore {
    this.described ??= new DescribedStore(this);
    return this.described;
  }

  /** Mutations of a table in WAL segments before that number are void from now on. */
  setTruncated(tableId: string, segment: number): void {
    this.truncated.set(tableId, segment);
    this.described = null;
  }

  /** Forgets what memtables hold of a table; with `sealedOnly`, only those that were sealed. */
  forgetMemtables(tableId: string, sealedOnly = false): void {
    if (!sealedOnly) this.active.drop(tableId);
    for (const set of this.sealed) set.drop(tableId);
  }

  /** Runs one task at a time: those that change what the catalog says. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const done = this.transaction.then(task, task);
    this.transaction = done.catch(() => undefined);
    return done;
  }
}
