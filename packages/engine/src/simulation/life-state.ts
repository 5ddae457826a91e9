import { CassetteError } from '@cassette/bytes';
import { StorageError } from '@cassette/storage';
import { FaultyStorage } from '@cassette/storage/testing';
import type { WriteEngineConfig } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import type { Subscription } from '../live/index.ts';
import type { Row } from '../result/index.ts';
import type { ExportedFiles } from '../testing/load-exports.ts';
import { ClosedError, MemtableFullError } from '../write-engine/index.ts';
import { Chance } from './chance.ts';
import { CrashImages } from './crash-images.ts';
import { FeedReader } from './feed-reader.ts';
import { LooseWrites } from './loose-writes.ts';
import type { World } from './model/world.ts';
import { type Operation, Possibilities } from './operations.ts';
import { isPowerCut } from './simulated-life.ts';
import { SimulatedClock, SimulatedScheduler } from './simulated-time.ts';
import { SimulatedWorkers } from './simulated-worker.ts';
import { newWorld, otherTables, Workload } from './workload.ts';

/** An export under way, and what it may hold: one of these. */
export interface RunningExport {
  readonly possible: Possibilities[];
  readonly since: readonly ExportedFiles[];
  files: ExportedFiles | null;
  failed: boolean;
  /** Tables were made, changed, emptied or dropped meanwhile: what it holds is of no world then. */
  isCrossed: boolean;
}

/** How long a life is. */
export interface LifeOptions {
  /** Owners, one after the other. */
  readonly owners: number;
  /** Steps of each, at most. */
  readonly steps: number;
  /** How many of the crash points are looked at, of those that are most interesting; 1: all. */
  readonly density: number;
}

const compactions = [
  "{'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2}",
  "{'class': 'LeveledCompactionStrategy', 'sstable_size_in_mb': 1}",
  "{'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES', 'min_threshold': 2}",
  "{'class': 'UnifiedCompactionStrategy', 'min_sstable_size': '0B', 'base_shard_count': 2}",
];

/** What a life is made of, whoever goes on with it: the store, its clock and its disk, and what is known of what is in it. */
export class LifeState {
  readonly clock = new SimulatedClock();
  readonly loose = new LooseWrites();
  readonly feed = new FeedReader();
  readonly exports: string[] = [];
  readonly images: CrashImages;
  isThinned = false;
  /** What was done, for the test of the simulation itself. */
  readonly seen: Record<string, number> = {};
  protected readonly chance: Chance;
  protected readonly options: LifeOptions;
  protected readonly workload: Workload;
  protected readonly config: Partial<WriteEngineConfig>;
  protected readonly tableOptions: string;
  protected readonly others: readonly string[];
  protected readonly isPurging: boolean;
  protected storage: FaultyStorage;
  protected scheduler: SimulatedScheduler;
  /** Workers that flush and compact for the owner; null in a life without. */
  protected workers: SimulatedWorkers | null = null;
  /** Decides what befalls workers; null in a life without. */
  private readonly workersChance: Chance | null;
  /** Rejects when somebody waits for ever. */
  protected readonly hung: Promise<never>;
  private hang: (error: Error) => void = () => undefined;
  protected db: Database | null = null;
  protected isMade = false;
  protected isClosing = false;
  protected isFaulty = false;
  /** The next change is one of those that are told. */
  protected isFeedNext = false;
  /** The disk of this owner failed once, or lost its power. */
  protected wasFaulty = false;
  /** What is there for certain, and what came after it. */
  protected world: World;
  protected open: Operation[] = [];
  protected readonly errors: unknown[] = [];
  protected running: RunningExport | null = null;
  protected chain: ExportedFiles[] = [];
  protected lastExport: string | undefined;
  protected subscription: Subscription | null = null;
  protected mirror: readonly Row[] = [];
  protected imports = 0;

  constructor(seed: number, options: LifeOptions) {
    this.options = options;
    this.chance = new Chance(seed);
    const { chance } = this;
    this.isPurging = chance.is(0.3);
    this.others = otherTables.filter(() => chance.is(0.5));
    this.world = newWorld(this.others);
    this.workload = new Workload(chance, this.clock, !this.isPurging);
    this.images = new CrashImages(this, new Chance(seed + 1_000_000_007), options.density);
    this.tableOptions = `compaction = ${chance.pick(compactions)} AND gc_grace_seconds = ${this.isPurging ? 0 : 864_000}`;
    this.config = {
      memtableFlushThreshold: 2000 + chance.below(8000),
      memtableHardLimit: 60_000,
      walSegmentSizeMax: 2000 + chance.below(8000),
      sliceMilliseconds: 0,
      flushOnClose: chance.is(0.5),
      keepDeletionsUntilConfirmed: chance.pick(['always', 'once-exported'] as const),
      compaction: { enabled: chance.is(0.8), sliceMilliseconds: 0 },
    };
    this.hung = new Promise((_, reject) => {
      this.hang = reject;
    });
    // By another chance, so that a life without is what it was before there were any.
    const workersChance = new Chance(seed + 2_000_000_011);
    this.workersChance = workersChance.is(0.4) ? workersChance : null;
    this.scheduler = this.newScheduler();
    this.storage = new FaultyStorage({
      random: chance.random,
      pause: () => chance.turns(3),
      onChange: (kind) => {
        if (this.isMade) this.images.before(kind, this.storage);
      },
    });
  }

  protected opened(schema?: string): Promise<Database> {
    const { storage, clock, scheduler, config, chance, workersChance } = this;
    const count = (what: string) => this.count(what);
    this.workers = workersChance === null ? null : new SimulatedWorkers({ chance: workersChance, clock, storage, count });
    return openDatabase({
      storage,
      clock,
      scheduler,
      config,
      random: chance.random,
      ...(schema !== undefined && { schema }),
      ...(this.workers !== null && { maintenance: this.workers.start }),
    });
  }

  /** Time goes on by itself where workers are waited for. */
  protected newScheduler(): SimulatedScheduler {
    const scheduler = new SimulatedScheduler(this.clock, this.chance, this.workersChance !== null);
    scheduler.onHang = () => this.hang(new Error('somebody waits for ever: nothing happened but timers for twenty minutes'));
    return scheduler;
  }

  /** The owner is gone: its timers and its workers are too. */
  protected ownerEnds(): void {
    this.scheduler.end();
    this.workers?.end();
    this.workers = null;
  }

  protected passTime(): void {
    const { chance, clock } = this;
    if (chance.is(0.4)) clock.micros += chance.below(300_000);
    if (chance.is(0.1)) clock.micros += chance.below(5_000_000);
    if (chance.is(0.02)) clock.micros += chance.below(400_000_000);
    this.runTimers();
  }

  protected runTimers(): void {
    try {
      this.scheduler.runTimers();
    } catch (error) {
      if (!this.mayFail(error)) throw error;
    }
  }

  /** Time stands still meanwhile: an owner that tries in vain, again and again, would make new ones for ever. */
  protected async checkImages(operations: readonly Operation[] = [...this.open]): Promise<Possibilities> {
    const possible = new Possibilities(this.world, operations);
    this.scheduler.hold();
    try {
      await this.images.check(possible);
    } finally {
      this.scheduler.release();
    }
    return possible;
  }

  /** What was acknowledged is certain from now on. */
  protected fold(): void {
    const { oldest } = this.images;
    const isCertain = ({ state, acknowledgedAt }: Operation) => state === 'acknowledged' && acknowledgedAt < oldest;
    for (const operation of this.open) if (isCertain(operation)) this.world = operation.apply(this.world);
    this.open = this.open.filter((operation) => !isCertain(operation));
  }

  protected async guard(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.mayFail(error)) throw error;
    }
  }

  protected mayFail(error: unknown): boolean {
    if (isPowerCut(error) || this.storage.crashed) return true;
    if (error instanceof ClosedError) return this.isClosing;
    // An import or an export that a closing store called off.
    if (error instanceof CassetteError && error.code === 'ABORTED') return this.isClosing;
    return this.isFaulty && (error instanceof StorageError || error instanceof MemtableFullError);
  }

  protected count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  protected throwErrors(): void {
    const [error] = this.errors;
    if (error !== undefined) throw error;
  }
}
