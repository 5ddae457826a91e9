import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { StorageError } from '@cassette/storage';
import { FaultyStorage } from '@cassette/storage/testing';
import { Durability, type WriteEngineConfig } from '../config/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import type { Subscription } from '../live/index.ts';
import { applyPatch } from '../live/row-patch.ts';
import type { Row } from '../result/index.ts';
import type { ExportedFiles } from '../testing/load-exports.ts';
import { ClosedError, MemtableFullError } from '../write-engine/index.ts';
import { Chance } from './chance.ts';
import { CrashImages, mustBeSound } from './crash-images.ts';
import { FEED, FeedReader } from './feed-reader.ts';
import { LooseWrites } from './loose-writes.ts';
import { CONDITIONAL, LOOSE, type World } from './model/world.ts';
import { exported, importPlan, readExports } from './movements.ts';
import { differences, type Operation, Possibilities } from './operations.ts';
import { checkRead } from './read-checks.ts';
import { addedColumns, KEYSPACE, modelRow, readLoose, readStore, selectorsOf } from './read-store.ts';
import { isPowerCut } from './simulated-life.ts';
import { SimulatedClock, SimulatedScheduler } from './simulated-time.ts';
import { MAIN, newWorld, otherTables, type Plan, schemaScript, Workload } from './workload.ts';

/** An export under way, and what it may hold: one of these. */
interface RunningExport {
  readonly possible: Possibilities[];
  readonly since: readonly ExportedFiles[];
  files: ExportedFiles | null;
  failed: boolean;
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

/**
 * A store from its making to its end: owners that write, read, flush, compact, import, export, subscribe, and that die one after the other,
 * with the power, without it, or in good order; the next one goes on with what is there. All of it follows from a seed.
 */
export class CrashLife {
  readonly clock = new SimulatedClock();
  readonly loose = new LooseWrites();
  readonly feed = new FeedReader();
  readonly exports: string[] = [];
  readonly images: CrashImages;
  isThinned = false;
  /** What was done, for the test of the simulation itself. */
  readonly seen: Record<string, number> = {};
  private readonly chance: Chance;
  private readonly options: LifeOptions;
  private readonly workload: Workload;
  private readonly config: Partial<WriteEngineConfig>;
  private readonly tableOptions: string;
  private readonly others: readonly string[];
  private readonly isPurging: boolean;
  private storage: FaultyStorage;
  private scheduler: SimulatedScheduler;
  private db: Database | null = null;
  private isMade = false;
  private isClosing = false;
  private isFaulty = false;
  /** What is there for certain, and what came after it. */
  private world: World;
  private open: Operation[] = [];
  private readonly errors: unknown[] = [];
  private running: RunningExport | null = null;
  private chain: ExportedFiles[] = [];
  private lastExport: string | undefined;
  private subscription: Subscription | null = null;
  private mirror: readonly Row[] = [];
  private imports = 0;

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
    this.scheduler = new SimulatedScheduler(this.clock, chance);
    this.storage = new FaultyStorage({
      random: chance.random,
      pause: () => chance.turns(3),
      onChange: (kind) => {
        if (this.isMade) this.images.before(kind, this.storage);
      },
    });
  }

  /** All of it. Throws where the store breaks a promise. */
  async live(): Promise<void> {
    this.db = await this.opened(schemaScript(this.tableOptions, this.others));
    this.isMade = true;
    for (let owner = 1; owner < this.options.owners; owner++) {
      await this.ownerLives();
      await this.handOver();
    }
    await this.ownerLives();
    await this.end();
  }

  private opened(schema?: string): Promise<Database> {
    const { storage, clock, scheduler, config, chance } = this;
    return openDatabase({ storage, clock, scheduler, config, random: chance.random, ...(schema !== undefined && { schema }) });
  }

  // What an owner does.

  private async ownerLives(): Promise<void> {
    const { chance, options } = this;
    if (chance.is(0.6)) this.storage.crashAfter(chance.below(chance.is(0.5) ? 40 : 800));
    for (let step = 1 + chance.below(options.steps); step > 0 && !this.storage.crashed; step--) {
      await this.step();
      // Too many changes of which nobody knows what became of them: a new owner finds out.
      if (this.open.length > 3) return;
    }
  }

  private async step(): Promise<void> {
    const { chance } = this;
    this.passTime();
    if (chance.is(0.06) && !this.isPurging) this.planFaults();
    const started: Promise<void>[] = [];
    for (let n = 1 + chance.below(chance.is(0.2) ? 4 : 2); n > 0; n--) {
      const plan = await this.plan();
      if (plan !== null && !this.storage.crashed) started.push(this.start(plan));
    }
    if (this.others.includes(LOOSE) && chance.is(0.3)) started.push(...this.writeLoose());
    this.maintain(started);
    if (chance.is(0.15)) await this.guard(this.readBeside());
    if (this.subscription === null && chance.is(0.3)) this.subscribe();
    await Promise.all(started);
    this.throwErrors();
    await this.afterStep();
  }

  private passTime(): void {
    const { chance, clock } = this;
    if (chance.is(0.4)) clock.micros += chance.below(300_000);
    if (chance.is(0.1)) clock.micros += chance.below(5_000_000);
    if (chance.is(0.02)) clock.micros += chance.below(400_000_000);
    this.runTimers();
  }

  private runTimers(): void {
    try {
      this.scheduler.runTimers();
    } catch (error) {
      if (!this.mayFail(error)) throw error;
    }
  }

  /** Something to do that goes with what is under way; null where the seed wanted what does not. */
  private async plan(): Promise<Plan | null> {
    const { chance, workload, open } = this;
    const kind = chance.weighted({
      statement: 55,
      batch: 10,
      many: 4,
      feed: 8,
      count: 10,
      conditional: 8,
      truncate: 2,
      create: 2,
      drop: 2,
      alter: 2,
      import: 2,
    });
    // What is under way may have been made: then the model is ahead.
    const world = open.reduce((before, { apply }) => apply(before), this.world);
    const isBusy = (table: string) => open.some(({ tables }) => tables.includes(table));
    const isLocked = (table: string) => open.some(({ tables, isExclusive }) => isExclusive && tables.includes(table));
    const rich = [...world.tables.keys()].filter((name) => name !== FEED && this.world.tables.has(name));
    const table = chance.is(0.75) ? MAIN : chance.pick(rich);
    const others = rich.filter((name) => name !== MAIN);
    switch (kind) {
      case 'statement':
        return isLocked(table) ? null : workload.statement(world, table);
      case 'batch':
        return isLocked(MAIN) ? null : workload.batch(world);
      case 'many':
        return isLocked(MAIN) ? null : workload.many(world);
      case 'feed':
        return world.tables.has(FEED) ? workload.feed() : null;
      case 'count':
        return world.counts !== null ? workload.count() : null;
      case 'conditional':
        return world.conditional === null || isBusy(CONDITIONAL) ? null : workload.conditional(world);
      case 'truncate':
        return isBusy(table) ? null : workload.truncate(table);
      case 'create':
        return others.length > 1 ? null : workload.create();
      case 'drop': {
        if (others.length === 0) return null;
        const dropped = chance.pick(others);
        return isBusy(dropped) ? null : workload.drop(dropped);
      }
      case 'alter':
        return isBusy(table) ? null : workload.alter(world, table);
      case 'import': {
        if (isLocked(MAIN) || open.some(({ kind }) => kind === 'import')) return null;
        return importPlan(chance, this.clock, workload, world, `imported${++this.imports}`);
      }
    }
  }

  /** Asks for a change; resolves when it is answered, whatever the answer. Long ones are not waited for. */
  private start(plan: Plan): Promise<void> {
    const { db, images } = this;
    if (db === null) return Promise.resolve();
    // TRUNCATE, DROP and ALTER are in no later part of an export.
    if (plan.isExclusive && plan.kind !== 'conditional') this.chain = [];
    const operation: Operation = {
      ...plan,
      sentAt: images.point,
      acknowledgedAt: Number.POSITIVE_INFINITY,
      state: 'pending',
      again: plan.isRepeatable ? plan.run : null,
    };
    this.open.push(operation);
    const answered = plan.run(db).then(
      () => {
        if (this.db !== db) return;
        operation.state = 'acknowledged';
        operation.acknowledgedAt = images.point;
        this.count(plan.kind);
        // A write that is durable makes those of before durable that the log has.
        if (!plan.isExclusive && plan.kind !== 'import') this.loose.keep(logged, images.point);
      },
      (error: unknown) => {
        if (this.db !== db) return;
        operation.state = 'refused';
        this.count('refused');
        if (!this.mayFail(error)) this.errors.push(new Error(`refused: ${plan.what}`, { cause: error }));
      },
    );
    const logged = this.loose.acknowledged(true);
    return plan.kind === 'import' && this.chance.is(0.7) ? Promise.resolve() : answered;
  }

  private writeLoose(): Promise<void>[] {
    const { db, chance, images } = this;
    if (db === null) return [];
    return Array.from({ length: 1 + chance.below(3) }, () => {
      const mode = chance.pick([Durability.SyncEachWrite, Durability.Periodic(100), Durability.Disabled, undefined]);
      const k = chance.below(2);
      const rows = [...new Set(Array.from({ length: 1 + chance.below(3) }, () => `${k}/${chance.below(6)}`))];
      const isSync = mode === undefined || mode.kind === 'sync-each-write';
      const write = this.loose.begin(rows, mode?.kind !== 'disabled', images.point);
      const before = this.loose.acknowledged(true);
      const queries = rows.map((row) => ({
        query: `INSERT INTO ${KEYSPACE}.${LOOSE} (k, c, v) VALUES (?, ?, ?) USING TIMESTAMP ?`,
        params: [...row.split('/').map(Number), write.number, write.number],
      }));
      return db.batch(queries, { ...(mode !== undefined && { durability: mode }) }).then(
        () => {
          if (this.db !== db) return;
          write.acknowledged = true;
          if (isSync) this.loose.keep([write, ...before], images.point);
          this.count(`loose ${mode?.kind ?? 'default'}`);
        },
        (error: unknown) => {
          if (!this.mayFail(error)) this.errors.push(error);
        },
      );
    });
  }

  /** What goes on by the way, waited for or not. */
  private maintain(started: Promise<void>[]): void {
    const { chance, db, images } = this;
    if (db === null || this.storage.crashed) return;
    const beside = (what: string, work: Promise<unknown>) => {
      const done = work.then(
        () => this.count(what),
        (error: unknown) => {
          if (!this.mayFail(error)) this.errors.push(new Error(what, { cause: error }));
        },
      );
      if (chance.is(0.5)) started.push(done);
    };
    if (chance.is(0.08)) {
      const written = this.loose.acknowledged(false);
      beside(
        'flush',
        db.flush().then(() => {
          if (this.db === db) this.loose.keep(written, images.point);
        }),
      );
    }
    if (chance.is(0.04)) beside('compact', db.compact());
    if (chance.is(0.04)) beside('maintenance', db.maintenanceStep(chance.below(20)));
    if (chance.is(0.05) && this.running === null) beside('export', this.export(db));
  }

  private async export(db: Database): Promise<void> {
    const { chance } = this;
    const goesOn = this.lastExport !== undefined && this.chain.length > 0 && chance.is(0.6);
    const running: RunningExport = { possible: [], since: goesOn ? [...this.chain] : [], files: null, failed: false };
    this.running = running;
    const options = {
      format: chance.pick(['nb', 'nb', 'oa', 'da'] as const),
      compact: chance.is(0.5),
      ...(goesOn && { since: this.lastExport as string }),
    };
    try {
      running.files = await exported(
        db,
        options,
        () => chance.turns(2),
        (id) => {
          if (this.db !== db) return;
          this.exports.push(id);
          this.lastExport = id;
        },
      );
    } catch (error) {
      running.failed = true;
      // A table was dropped while it was exported.
      if (!(error instanceof InvalidRequestError)) throw error;
    }
  }

  // What is looked at.

  /** Reads while others write: what comes is of some moment between. */
  private async readBeside(): Promise<void> {
    const { db, chance, clock, images } = this;
    if (db === null || this.open.some(({ isExclusive, tables }) => isExclusive && tables.includes(MAIN))) return;
    const { point } = images;
    const possible = new Possibilities(this.world, [...this.open]);
    const must = ({ acknowledgedAt }: Operation) => acknowledgedAt < point;
    await checkRead(db, chance, clock.seconds, () => [...possible.of(must, () => true)].map(({ world }) => world), true);
    this.count('reads beside writes');
  }

  private async afterStep(): Promise<void> {
    const { images, chance } = this;
    const possible = new Possibilities(this.world, [...this.open]);
    await images.check(possible);
    if (this.running !== null && !this.storage.crashed) await this.checkExport(possible);
    this.fold();
    if (this.storage.crashed || this.db === null) return;
    if (this.isFaulty && chance.is(0.4)) await this.heal();
    if (this.storage.crashed || this.isFaulty || this.open.some(({ state }) => state === 'pending')) return;
    if (chance.is(0.3)) await this.guard(this.checkQuiet());
  }

  /** What was acknowledged is certain from now on. */
  private fold(): void {
    const { oldest } = this.images;
    const isCertain = ({ state, acknowledgedAt }: Operation) => state === 'acknowledged' && acknowledgedAt < oldest;
    for (const operation of this.open) if (isCertain(operation)) this.world = operation.apply(this.world);
    this.open = this.open.filter((operation) => !isCertain(operation));
  }

  private async checkQuiet(): Promise<void> {
    const { db, chance, clock } = this;
    if (db === null) return;
    const { seconds } = clock;
    const possible = new Possibilities(this.world, [...this.open]);
    const must = ({ state }: Operation) => state === 'acknowledged';
    const worlds = () => [...possible.of(must, () => true)].map(({ world }) => world);
    for (let n = 1 + chance.below(4); n > 0; n--) await checkRead(db, chance, seconds, worlds);
    this.count('reads');
    if (chance.is(0.3)) {
      const found = await readStore(db, seconds);
      const [match] = possible.matching(found, seconds, must, () => true, true);
      if (match === undefined) throw new Error(`the store shows what can't be:\n${differences(found, this.world, seconds)}`);
      if (this.others.includes(FEED)) {
        await this.feed.drain(db);
        if (this.open.length === 0) this.feed.check(this.world.table(FEED), seconds);
        this.count('feeds');
      }
    }
    await this.checkSubscription(db);
  }

  private subscribe(): void {
    const { db } = this;
    if (db === null || this.storage.crashed) return;
    const added = addedColumns(db, MAIN);
    const selectors = selectorsOf(added).replace(', ttl(v) AS ttl', '');
    this.mirror = [];
    this.subscription = db.subscribe(
      `SELECT ${selectors} FROM ${KEYSPACE}.${MAIN}`,
      null,
      {
        onError: (error) => {
          // A column that it names was dropped meanwhile.
          const isOutdated = error instanceof InvalidRequestError;
          if (!isOutdated && !this.mayFail(error) && !this.isFaulty) this.errors.push(error);
          this.subscription?.close();
          this.subscription = null;
        },
      },
      (rows, patch) => {
        this.mirror = patch === null ? rows : applyPatch(this.mirror, patch);
      },
    );
  }

  private async checkSubscription(db: Database): Promise<void> {
    const { subscription } = this;
    if (subscription === null || subscription.closed) return;
    const added = addedColumns(db, MAIN);
    const selectors = selectorsOf(added).replace(', ttl(v) AS ttl', '');
    let shown = '';
    let wanted = '';
    const textOf = (rows: readonly Row[]) => rows.map((row) => JSON.stringify({ ...modelRow(row, []), ttl: null })).join('\n');
    for (let turn = 0; turn < 40; turn++) {
      for (let i = 0; i < 100; i++) await null;
      if (this.storage.crashed || this.subscription !== subscription) return;
      // A timer may be a millisecond late, and here no time passes by itself.
      this.clock.micros += 1000;
      this.runTimers();
      wanted = textOf((await db.execute(`SELECT ${selectors} FROM ${KEYSPACE}.${MAIN}`)).rows);
      shown = textOf(this.mirror);
      if (shown === wanted) {
        this.count('subscriptions');
        return;
      }
    }
    throw new Error(`a subscription shows\n${shown}\nand not\n${wanted}`);
  }

  private async checkExport(possible: Possibilities): Promise<void> {
    const { running, db, clock } = this;
    if (running === null || db === null) return;
    running.possible.push(possible);
    if (running.failed) this.running = null;
    if (running.failed || running.files === null) return;
    this.running = null;
    const exports = [...running.since, running.files];
    this.chain = exports;
    if (this.open.some(({ isExclusive }) => isExclusive)) return;
    const found = await readExports(db, exports, clock);
    const { seconds } = clock;
    const fits = running.possible.some(
      (one) =>
        one.matching(
          found,
          seconds,
          () => false,
          () => true,
          true,
        ).length > 0,
    );
    if (!fits && [...found.keys()].length === this.world.names.length) {
      throw new Error(`an export of ${exports.length} parts holds what never was:\n${differences(found, this.world, seconds)}`);
    }
    this.count(`exports of ${Math.min(exports.length, 2)} parts`);
  }

  // Faults.

  private planFaults(): void {
    const { chance, storage } = this;
    this.isFaulty = true;
    this.count('faults');
    if (chance.is(0.3)) {
      const usage = storage.names.reduce((sum, name) => sum + storage.contentOf(name).length, 0);
      storage.quotaBytes = usage + chance.below(20_000);
      return;
    }
    const kinds = ['write', 'flush', 'truncate', 'create', 'commit', 'sync', 'remove', 'open', 'read', 'rename'] as const;
    for (let n = 1 + chance.below(3); n > 0; n--) {
      storage.failOn(chance.pick(kinds), 1 + chance.below(8), chance.is(0.5) ? 'io' : 'full', 1 + chance.below(3));
    }
  }

  /** The disk is well again. */
  private async heal(): Promise<void> {
    const { db, clock } = this;
    this.storage.quotaBytes = Number.POSITIVE_INFINITY;
    if (!this.storage.crashed) this.storage.clearFaults();
    for (let round = 0; round < 3; round++) {
      clock.micros += 1_000_000;
      this.runTimers();
      for (let turn = 0; turn < 300; turn++) await null;
    }
    this.subscription?.close();
    this.subscription = null;
    if (db !== null) await this.guard(db.flush());
    this.isFaulty = false;
  }

  // Deaths and hand-overs.

  /** This owner ends somehow, and the next one finds what there is and goes on. */
  private async handOver(): Promise<void> {
    const { chance } = this;
    const how = this.storage.crashed ? 'power' : chance.weighted({ power: 4, process: 3, close: 3 });
    const started: Promise<void>[] = [];
    if (!this.storage.crashed) {
      // It dies, or closes, with calls under way.
      for (let n = chance.below(3); n > 0; n--) {
        const plan = await this.plan();
        if (plan !== null) started.push(this.start(plan));
      }
      await chance.turns(20);
    }
    this.count(`end by ${how}`);
    if (how === 'close' && this.db !== null && !this.storage.crashed) await this.close(started);
    else await this.die(how === 'process' ? 'keep' : undefined);
    this.subscription = null;
    this.running = null;
    this.storage.quotaBytes = Number.POSITIVE_INFINITY;
    this.storage.clearFaults();
    this.isFaulty = false;
    await this.takeOver(how !== 'power' && chance.is(0.5));
  }

  private async close(started: readonly Promise<void>[]): Promise<void> {
    const { db } = this;
    const written = this.loose.acknowledged(false);
    this.isClosing = true;
    try {
      await db?.close();
      await Promise.all(started);
      this.loose.keep(written, this.images.point);
    } catch (error) {
      if (!this.mayFail(error)) throw error;
      if (isPowerCut(error)) return this.die(undefined);
    }
    this.throwErrors();
    this.db = null;
    await this.images.check(new Possibilities(this.world, [...this.open]));
    this.fold();
    this.storage.clearFaults();
    if (this.chance.is(0.5)) this.storage = this.storage.crash();
  }

  private async die(temper: 'keep' | undefined): Promise<void> {
    const next = this.storage.crash(temper);
    this.db = null;
    for (let turn = 0; turn < 100; turn++) await null;
    await this.images.check(new Possibilities(this.world, [...this.open]));
    this.storage = next;
  }

  /** `resends`: what was under way is asked for again, as tabs do whose owner is gone. */
  private async takeOver(resends: boolean): Promise<void> {
    const { chance, clock } = this;
    for (;;) {
      this.scheduler = new SimulatedScheduler(clock, chance);
      this.isClosing = false;
      if (chance.is(0.15)) this.storage.crashAfter(chance.below(30));
      try {
        this.db = await this.opened();
        await this.settle(this.db, resends);
        if (!this.storage.crashed) return;
      } catch (error) {
        if (!isPowerCut(error)) throw error;
      }
      this.count('crashes while opening');
      this.db = null;
      const next = this.storage.crash();
      for (let turn = 0; turn < 100; turn++) await null;
      await this.images.check(new Possibilities(this.world, [...this.open]));
      this.storage = next;
    }
  }

  /** Finds out what of the last owner's calls is there. */
  private async settle(db: Database, resends: boolean): Promise<void> {
    const { seconds } = this.clock;
    mustBeSound(db);
    const found = await readStore(db, seconds);
    const loose = await readLoose(db);
    const complaints = this.loose.complaints(loose, Number.POSITIVE_INFINITY);
    if (complaints.length > 0) throw new Error(`of the loose table: ${complaints.join('; ')}`);
    const operations = [...this.open];
    const possible = new Possibilities(this.world, operations);
    const must = ({ state }: Operation) => state === 'acknowledged';
    const matches = possible.matching(found, seconds, must, () => true, false);
    if (matches.length === 0) {
      throw new Error(
        `an owner found what can't be:\n${differences(found, this.world, seconds)}\n${operations.map((one) => `${one.state} ${one.what}`).join('\n')}`,
      );
    }
    await this.images.check(possible);
    const isIn = (i: number) => matches.filter(({ mask }) => mask & (1 << i)).length;
    const again: Operation[] = [];
    const isThere = operations.map((operation, i) => {
      const times = isIn(i);
      const isClear = times === matches.length || times === 0;
      if (operation.again !== null && !this.isPurging && (!isClear || resends)) again.push(operation);
      return isClear ? times > 0 : (matches[0].mask & (1 << i)) !== 0;
    });
    for (const [i, operation] of operations.entries()) {
      if (isThere[i] && !again.includes(operation)) this.world = operation.apply(this.world);
    }
    this.open = again;
    for (const operation of again) {
      operation.state = 'pending';
      operation.acknowledgedAt = Number.POSITIVE_INFINITY;
    }
    for (const operation of again) {
      await operation.again?.(db);
      operation.state = 'acknowledged';
      operation.acknowledgedAt = this.images.point;
      this.count('calls resent');
    }
    await this.images.check(new Possibilities(this.world, [...this.open]));
    this.fold();
    this.loose.settle(await readLoose(db));
  }

  /** The last owner: everything is exported, said to be in the cluster and dropped; together they have all of it. */
  private async end(): Promise<void> {
    if (this.storage.crashed || this.open.length > 0) await this.handOver();
    if (this.isFaulty) await this.heal();
    this.storage.clearFaults();
    const { db, clock, chance } = this;
    if (db === null) throw new Error('nobody has the store');
    while (this.open.some(({ state }) => state === 'pending')) await null;
    await this.images.check(new Possibilities(this.world, [...this.open]));
    this.fold();
    await this.checkQuiet();
    const parts = [
      await exported(
        db,
        {},
        () => chance.turns(2),
        (id) => (this.lastExport = id),
      ),
    ];
    await this.images.check(new Possibilities(this.world, []));
    this.isThinned = true;
    const { dropped } = await db.confirmExported(this.lastExport as string, { drop: true });
    if (dropped.length > 0) this.count('drops');
    parts.push(await exported(db, {}));
    const found = await readExports(db, parts, clock);
    if (differences(found, this.world, clock.seconds) !== '') {
      throw new Error(`cluster and store together lack something:\n${differences(found, this.world, clock.seconds)}`);
    }
    await db.close();
    await this.images.check(new Possibilities(this.world, []));
    this.throwErrors();
  }

  private async guard(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (!this.mayFail(error)) throw error;
    }
  }

  private mayFail(error: unknown): boolean {
    if (isPowerCut(error) || this.storage.crashed) return true;
    if (error instanceof ClosedError) return this.isClosing;
    // An import or an export that a closing store called off.
    if (error instanceof CassetteError && error.code === 'ABORTED') return this.isClosing;
    return this.isFaulty && (error instanceof StorageError || error instanceof MemtableFullError);
  }

  private count(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  private throwErrors(): void {
    const [error] = this.errors;
    if (error !== undefined) throw error;
  }
}
