import { InvalidRequestError } from '@cassette/cql';
import { Durability } from '../config/index.ts';
import type { Database } from '../database/index.ts';
import { FEED } from './feed-reader.ts';
import { LifeState, type RunningExport } from './life-state.ts';
import { CONDITIONAL, LOOSE } from './model/world.ts';
import { exported, importPlan } from './movements.ts';
import type { Operation } from './operations.ts';
import { KEYSPACE } from './read-store.ts';
import { MAIN, type Plan } from './workload.ts';

/** What an owner asks for: changes, and what goes on by the way. */
export class LifeCalls extends LifeState {
  /** Something to do that goes with what is under way; null where the seed wanted what does not. */
  protected async plan(): Promise<Plan | null> {
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
    if (this.isFeedNext && world.tables.has(FEED)) {
      this.isFeedNext = false;
      return workload.feed();
    }
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
  protected start(plan: Plan): Promise<void> {
    const { db, images } = this;
    if (db === null) return Promise.resolve();
    // TRUNCATE, DROP and ALTER are in no later part of an export.
    if (plan.isExclusive && plan.kind !== 'conditional') {
      this.chain = [];
      if (this.running !== null) this.running.isCrossed = true;
    }
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

  protected writeLoose(): Promise<void>[] {
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
          if (this.db === db && !this.mayFail(error)) this.errors.push(error);
        },
      );
    });
  }

  /** What goes on by the way, waited for or not. */
  protected maintain(started: Promise<void>[]): void {
    const { chance, db, images } = this;
    if (db === null || this.storage.crashed) return;
    const beside = (what: string, work: Promise<unknown>) => {
      const done = work.then(
        () => this.count(what),
        (error: unknown) => {
          // It may be told only when the next owner is there already.
          if (this.db === db && !this.mayFail(error)) this.errors.push(new Error(what, { cause: error }));
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

  protected async export(db: Database): Promise<void> {
    const { chance } = this;
    const goesOn = this.lastExport !== undefined && this.chain.length > 0 && chance.is(0.6);
    const running: RunningExport = {
      possible: [],
      since: goesOn ? [...this.chain] : [],
      files: null,
      failed: false,
      isCrossed: false,
    };
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
}
