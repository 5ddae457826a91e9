import { InvalidRequestError } from '@cassette/cql';
import type { Database } from '../database/index.ts';
import { applyPatch } from '../live/row-patch.ts';
import type { Row } from '../result/index.ts';
import { FEED } from './feed-reader.ts';
import { LifeCalls } from './life-calls.ts';
import { readExports } from './movements.ts';
import { differences, type Operation, Possibilities } from './operations.ts';
import { checkRead } from './read-checks.ts';
import { addedColumns, KEYSPACE, modelRow, readStore, selectorsOf } from './read-store.ts';
import { MAIN } from './workload.ts';

/** What is looked at while an owner lives, and the faults of its disk. */
export class LifeChecks extends LifeCalls {
  /** Reads while others write: what comes is of some moment between. */
  protected async readBeside(): Promise<void> {
    const { db, chance, clock, images } = this;
    if (db === null || this.open.some(({ isExclusive, tables }) => isExclusive && tables.includes(MAIN))) return;
    const { point } = images;
    const possible = new Possibilities(this.world, [...this.open]);
    const must = ({ acknowledgedAt }: Operation) => acknowledgedAt < point;
    await checkRead(db, chance, clock.seconds, () => [...possible.of(must, () => true)].map(({ world }) => world), true);
    this.count('reads beside writes');
  }

  protected async afterStep(): Promise<void> {
    const { chance } = this;
    const possible = await this.checkImages();
    if (this.running !== null && !this.storage.crashed) await this.checkExport(possible);
    this.fold();
    if (this.storage.crashed || this.db === null) return;
    if (this.isFaulty && chance.is(0.4)) await this.heal();
    if (this.storage.crashed || this.isFaulty || this.open.some(({ state }) => state === 'pending')) return;
    if (chance.is(0.3)) await this.guard(this.checkQuiet());
  }

  protected async checkQuiet(): Promise<void> {
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

  protected subscribe(): void {
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

  protected async checkSubscription(db: Database): Promise<void> {
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

  protected async checkExport(possible: Possibilities): Promise<void> {
    const { running, db, clock } = this;
    if (running === null || db === null) return;
    running.possible.push(possible);
    if (running.failed) this.running = null;
    if (running.failed || running.files === null) return;
    this.running = null;
    const exports = [...running.since, running.files];
    this.chain = exports;
    if (running.isCrossed || this.open.some(({ isExclusive }) => isExclusive)) return;
    // Time may go on while they are read.
    const { seconds } = clock;
    const found = await readExports(db, exports, clock.stopped());
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

  protected planFaults(): void {
    const { chance, storage } = this;
    this.isFaulty = true;
    this.wasFaulty = true;
    this.count('faults');
    if (chance.is(0.3)) {
      const usage = storage.names.reduce((sum, name) => sum + storage.contentOf(name).length, 0);
      storage.quotaBytes = usage + chance.below(20_000);
      return;
    }
    // Where somebody reads the changes, the log that can't be made durable is the one that matters.
    if (this.others.includes(FEED) && chance.is(0.25)) {
      storage.failOn('flush', 1);
      this.isFeedNext = true;
      return;
    }
    const kinds = ['write', 'flush', 'truncate', 'create', 'commit', 'sync', 'remove', 'open', 'read', 'rename'] as const;
    for (let n = 1 + chance.below(3); n > 0; n--) {
      storage.failOn(chance.pick(kinds), 1 + chance.below(8), chance.is(0.5) ? 'io' : 'full', 1 + chance.below(3));
    }
  }

  /** The disk is well again. */
  protected async heal(): Promise<void> {
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
}
