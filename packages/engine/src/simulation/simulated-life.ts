import { ByteWriter } from '@cassette/bytes';
import { nativeTypes, type TableMetadata } from '@cassette/cql';
import { NO_DELETION_TIME, Row } from '@cassette/sstable';
import { StorageError } from '@cassette/storage';
import { type FaultyStorage, type Random, SimulatedCrash } from '@cassette/storage/testing';
import type { WriteEngineConfig } from '../config/index.ts';
import { MutationBuilder } from '../mutation/index.ts';
import { intBytes, intClustering, schemaOf, tableOf } from '../testing/tables.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import { MemtableFullError, WriteEngine } from '../write-engine/index.ts';
import { complaintsAbout, readTable, type TrackedWrite } from './store-model.ts';

const { int } = nativeTypes;

/** A table `k int, c int, v int`; another number is another table. */
export function smallTable(number: number): TableMetadata {
  return tableOf(
    [
      { name: 'k', kind: 'partition_key', type: int },
      { name: 'c', kind: 'clustering', type: int },
      { name: 'v', kind: 'regular', type: int },
    ],
    number,
  );
}

/** A truncation or a drop of a table: what was written before it is void once it is acknowledged. */
interface Removal {
  readonly table: string;
  /** Writes with a smaller number had been acknowledged when it began. */
  readonly from: number;
  /** Writes with a number from here on began after it was acknowledged. */
  to: number;
  outcome: 'pending' | 'acknowledged';
}

/** Everything small, so that thresholds are met all the time. */
const config: Partial<WriteEngineConfig> = {
  memtableFlushThreshold: 6000,
  memtableHardLimit: 60_000,
  walSegmentSizeMax: 6000,
  sliceMilliseconds: 0,
};

/**
 * A store that lives through one crash after another. Whoever drives it says what to do and when the power goes; it remembers
 * what it was promised and checks after each recovery that the promises were kept.
 */
export class SimulatedLife {
  storage: FaultyStorage;
  readonly tables: readonly TableMetadata[] = [smallTable(1), smallTable(2)];
  private readonly random: Random;
  private readonly builder = new MutationBuilder();
  private readonly row = new Row();
  private readonly out = new ByteWriter();
  private readonly writes: TrackedWrite[] = [];
  private readonly removals: Removal[] = [];
  private engine: WriteEngine | null = null;
  private scheduler = new TestScheduler();
  private nextNumber = 1;
  private faulty = false;
  /** Greatest timestamp that an acknowledged write may have used. */
  private lastTimestamp = 0;
  /** Of all recoveries: what they found. */
  readonly seen = {
    crashes: 0,
    tornTails: 0,
    litter: 0,
    replayed: 0,
    flushes: 0,
    crashesWhileOpening: 0,
    refused: 0,
    compactions: 0,
    crashesWhileCompacting: 0,
  };

  constructor(storage: FaultyStorage, random: Random) {
    this.storage = storage;
    this.random = random;
  }

  /** Opens the store; false where the power went meanwhile. */
  async open(): Promise<boolean> {
    this.scheduler = new TestScheduler();
    this.scheduler.step = 1;
    try {
      this.engine = await WriteEngine.open({
        storage: this.storage,
        config,
        scheduler: this.scheduler,
        random: this.random,
        // Set back at every start: timestamps must go on all the same.
        clock: { nowMicros: () => 1_000_000 },
      });
      if (this.engine.schema.tables.length === 0) await this.engine.changeSchema(schemaOf(...this.tables));
      const { litterSwept, tornTails, corruption, mutationsReplayed } = this.engine.recovery;
      this.seen.litter += litterSwept.length;
      this.seen.tornTails += tornTails.length;
      this.seen.replayed += mutationsReplayed;
      if (corruption.length > 0) throw new Error(`a crash is no corruption: ${JSON.stringify(corruption)}`);
      return true;
    } catch (error) {
      if (!isPowerCut(error)) throw error;
      this.seen.crashesWhileOpening++;
      return false;
    }
  }

  /** The power goes, if it hasn't; the disk keeps what it must and some of the rest. */
  async crash(): Promise<void> {
    // What was under way gets to know that the machine is off, before another one starts on the same objects.
    const next = this.storage.crash();
    const { engine } = this;
    this.engine = null;
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    if (engine !== null) {
      this.count(engine);
      const { compaction, counters } = engine.stats();
      // Most have noticed by now.
      if (compaction.running !== null || counters.compactionsFailed > 0) this.seen.crashesWhileCompacting++;
    }
    this.storage = next;
    this.seen.crashes++;
    for (const write of this.writes) if (write.outcome === 'pending') write.outcome = 'refused';
  }

  /** Lets the power go after so many more changes of the disk. */
  planCrash(changes: number): void {
    this.storage.crashAfter(changes);
  }

  get isDown(): boolean {
    return this.storage.crashed;
  }

  /** Writes some rows of one partition, or of two tables at once; returns when it began, not when it is done. */
  startWrite(): Promise<void> {
    const { engine, random, out } = this;
    const number = this.nextNumber++;
    out.clear();
    const tracked: TrackedWrite[] = [];
    for (const table of random() < 0.15 ? this.tables : [this.tables[below(random, 2)]]) {
      const k = below(random, 6);
      const rows: string[] = [];
      this.builder.begin(table, intBytes(k));
      for (let n = 1 + below(random, random() < 0.1 ? 40 : 4); n > 0; n--) {
        const c = below(random, 50);
        this.row.clear();
        this.row.setClustering(intClustering(c), 0, 5);
        this.row.addCell(0, 0, 0, number, NO_DELETION_TIME, 0);
        this.row.setValue(0, intBytes(number), 0, 4);
        this.builder.addRow(this.row);
        rows.push(`${k}/${c}`);
      }
      this.builder.finish(out);
      tracked.push({ number, table: table.name, rows: [...new Set(rows)], outcome: 'pending' });
    }
    this.writes.push(...tracked);
    const settle = (outcome: TrackedWrite['outcome']) => {
      for (const write of tracked) write.outcome = outcome;
    };
    const timestamp = engine!.clock.timestamp();
    return engine!.apply(out.toBytes()).then(
      () => {
        settle('acknowledged');
        this.lastTimestamp = Math.max(this.lastTimestamp, timestamp);
      },
      (error: unknown) => {
        settle('refused');
        this.seen.refused++;
        this.mayFail(error);
      },
    );
  }

  /** Truncates a table while nothing is written. */
  async truncate(): Promise<void> {
    const table = this.tables[below(this.random, 2)];
    const removal: Removal = { table: table.name, from: this.nextNumber, to: this.nextNumber, outcome: 'pending' };
    this.removals.push(removal);
    try {
      await this.engine!.truncate(table.id);
      removal.outcome = 'acknowledged';
    } catch (error) {
      // Whether the catalog says so is not known: what was written before may come back or not.
      this.mayFail(error);
    }
  }

  async flush(): Promise<void> {
    await this.engine!.flush().catch((error: unknown) => this.mayFail(error));
  }

  /** Compacts both tables by hand; background compaction goes on all the time. */
  async compact(): Promise<void> {
    await this.engine!.compact().catch((error: unknown) => this.mayFail(error));
  }

  /** Shuts down in order. */
  async close(): Promise<void> {
    const { engine } = this;
    this.engine = null;
    if (engine === null) return;
    this.count(engine);
    await engine.close().catch((error: unknown) => this.mayFail(error));
  }

  /** Gives background work some turns. */
  async pause(turns: number): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  }

  /** What is wrong with what is there now. */
  check(): string[] {
    const complaints: string[] = [];
    const engine = this.engine!;
    for (const table of this.tables) {
      const writes = this.writes.filter((write) => write.table === table.name);
      const removals = this.removals.filter((removal) => removal.table === table.name);
      const found = readTable(engine, table);
      complaints.push(
        ...complaintsAbout(
          found,
          writes,
          (write) => removals.some((removal) => write.number < removal.to),
          (write) => removals.some((removal) => removal.outcome === 'acknowledged' && write.number < removal.from),
        ).map((complaint) => `${table.name}: ${complaint}`),
      );
    }
    const timestamp = engine.clock.timestamp();
    if (timestamp <= this.lastTimestamp) complaints.push(`timestamp ${timestamp} was given before`);
    return complaints;
  }

  /** Everything there is, for comparing. */
  contents(): string {
    return JSON.stringify(this.tables.map((table) => [...readTable(this.engine!, table)]));
  }

  /** Lets some operations of the disk fail, or be refused for lack of room; later ones go well. */
  planFaults(): void {
    const { random, storage } = this;
    const kinds = ['write', 'flush', 'truncate', 'create', 'commit', 'sync', 'remove', 'open'] as const;
    for (let n = 1 + below(random, 3); n > 0; n--) {
      const kind = kinds[below(random, kinds.length)];
      storage.failOn(kind, 1 + below(random, 5), random() < 0.5 ? 'io' : 'full', 1 + below(random, 3));
    }
    this.faulty = true;
  }

  /** The disk is well again; what was put off is tried again. */
  async heal(): Promise<void> {
    this.storage.clearFaults();
    // What was under way may still fail for a fault of before, and is put off once more.
    for (let round = 0; round < 3; round++) {
      this.scheduler.runTimers();
      await this.pause(2000);
    }
    this.faulty = false;
  }

  private count(engine: WriteEngine): void {
    const { flushes, compactions } = engine.stats().counters;
    this.seen.flushes += flushes;
    this.seen.compactions += compactions;
  }

  private mayFail(error: unknown): void {
    if (isPowerCut(error)) return;
    const expected = error instanceof StorageError || error instanceof MemtableFullError;
    if (!this.faulty || !expected) throw error;
  }
}

/** Whether an error is the power that went, at first hand or as the cause of another. */
export function isPowerCut(error: unknown): boolean {
  if (error instanceof SimulatedCrash) return true;
  if (!(error instanceof Error)) return false;
  // A store whose power went is closed from under whoever opens it.
  return error.cause !== undefined && isPowerCut(error.cause);
}

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}
