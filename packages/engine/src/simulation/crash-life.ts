import { loadParts } from '@cassette/bytes';
import type { Database } from '../database/index.ts';
import { mustBeSound, mustBeTidy } from './crash-images.ts';
import { LifeChecks } from './life-checks.ts';
import { LOOSE } from './model/world.ts';
import { exported, readExports } from './movements.ts';
import { differences, type Operation, Possibilities } from './operations.ts';
import { readLoose, readStore } from './read-store.ts';
import { isPowerCut } from './simulated-life.ts';
import { schemaScript } from './workload.ts';

/**
 * A store from its making to its end: owners that write, read, flush, compact, import, export, subscribe, and that die one after the other,
 * with the power, without it, or in good order; the next one goes on with what is there. All of it follows from a seed.
 */
export class CrashLife extends LifeChecks {
  /** All of it. Throws where the store breaks a promise. */
  live(): Promise<void> {
    return Promise.race([this.lives(), this.hung]);
  }

  private async lives(): Promise<void> {
    // They would come at a moment of the platform's, which follows from no seed, and for which time that passes by itself does not wait.
    await loadParts();
    this.db = await this.opened(schemaScript(this.tableOptions, this.others));
    this.isMade = true;
    for (let owner = 1; owner < this.options.owners; owner++) {
      await this.ownerLives();
      await this.handOver();
    }
    await this.ownerLives();
    await this.end();
  }

  protected async ownerLives(): Promise<void> {
    const { chance, options } = this;
    if (chance.is(0.6)) this.storage.crashAfter(chance.below(chance.is(0.5) ? 40 : 800));
    for (let step = 1 + chance.below(options.steps); step > 0 && !this.storage.crashed; step--) {
      await this.step();
      // Too many changes of which nobody knows what became of them: a new owner finds out.
      if (this.open.length > 3) return;
    }
  }

  protected async step(): Promise<void> {
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

  /** This owner ends somehow, and the next one finds what there is and goes on. */
  protected async handOver(): Promise<void> {
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

  protected async close(started: readonly Promise<void>[]): Promise<void> {
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
    this.ownerEnds();
    await this.checkImages();
    this.fold();
    this.storage.clearFaults();
    if (this.chance.is(0.5)) this.storage = this.storage.crash();
  }

  protected async die(temper: 'keep' | undefined): Promise<void> {
    const next = this.storage.crash(temper);
    this.ownerEnds();
    this.db = null;
    for (let turn = 0; turn < 100; turn++) await null;
    await this.checkImages();
    this.storage = next;
  }

  /** `resends`: what was under way is asked for again, as tabs do whose owner is gone. */
  protected async takeOver(resends: boolean): Promise<void> {
    const { chance } = this;
    for (;;) {
      this.scheduler = this.newScheduler();
      this.isClosing = false;
      this.wasFaulty = false;
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
      this.ownerEnds();
      const next = this.storage.crash();
      for (let turn = 0; turn < 100; turn++) await null;
      await this.checkImages();
      this.storage = next;
    }
  }

  /** Finds out what of the last owner's calls is there. */
  protected async settle(db: Database, resends: boolean): Promise<void> {
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
    await this.checkImages(operations);
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
    await this.checkImages();
    this.fold();
    this.loose.settle(await readLoose(db));
  }

  /** Whoever closed the store has removed what nobody needs, what workers left that failed included. */
  private async mustHaveLeftNothing(): Promise<void> {
    const disk = this.storage.image({ random: this.chance.random }, 'keep');
    await disk.acquire();
    await mustBeTidy(disk);
    this.count('left tidy');
  }

  /** The last owner: everything is exported, said to be in the cluster and dropped; together they have all of it. */
  protected async end(): Promise<void> {
    if (this.storage.crashed || this.open.length > 0) await this.handOver();
    if (this.isFaulty) await this.heal();
    this.storage.clearFaults();
    const { db, clock, chance } = this;
    if (db === null) throw new Error('nobody has the store');
    while (this.open.some(({ state }) => state === 'pending')) await chance.turns();
    await this.checkImages();
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
    await this.checkImages([]);
    this.isThinned = true;
    const { dropped } = await db.confirmExported(this.lastExport as string, { drop: true });
    if (dropped.length > 0) this.count('drops');
    parts.push(await exported(db, {}));
    const { seconds } = clock;
    const found = await readExports(db, parts, clock.stopped());
    const lacking = differences(found, this.world, seconds);
    if (lacking !== '') throw new Error(`cluster and store together lack something:\n${lacking}`);
    await db.close();
    this.ownerEnds();
    await this.checkImages([]);
    this.throwErrors();
    if (!this.wasFaulty) await this.mustHaveLeftNothing();
  }
}
