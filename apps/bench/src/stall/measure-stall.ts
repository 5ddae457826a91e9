import { batchRows } from '../measure/workload.ts';
import { sensorRow, sensorRows } from '../rows/sensor-row.ts';
import { insertCql, keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';
import { type StallCondition, type StallRun, type StallSeries, stallConditions, stallWriters } from './stall-run.ts';
import type { StallStore } from './stall-store.ts';
import { WriteTimes } from './write-times.ts';

/** What one may choose. */
export interface StallOptions {
  readonly rounds: number;
  /** Milliseconds of a round's idle writes, and of an ingest at least; a flush and a compaction take what they take. */
  readonly milliseconds: number;
  /** Rows in the table that is compacted, in {@link SSTABLES} SSTables. */
  readonly loadedRows: number;
  /** Rows of a flush beside a compaction: fewer than fill a memtable of {@link stallConfig}. */
  readonly flushedRows: number;
  readonly where: string;
}

const SSTABLES = 4;
/** Between two flushes beside a compaction. */
const COMPACTION_ONLY_MILLISECONDS = 200;
/** Rows of one call while tables are filled. */
const LOAD_ROWS = 5000;
/** Flushes that an ingest goes on for at least. */
const INGEST_FLUSHES = 2;
/** Batches that an ingest writes again and again: more than a memtable holds, so that they are always new to it. */
const INGEST_BATCHES = 100;
/** What the store is to be opened with: memtables that are flushed often. */
export const stallConfig = { memtableFlushThreshold: 4 * 1024 * 1024 } as const;
const unlogged = { durability: { kind: 'disabled' } } as const;
const lz4 = "compression = {'class': 'LZ4Compressor'}";
const byHand = "compaction = {'class': 'SizeTieredCompactionStrategy', 'enabled': 'false'}";

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * How long a durable write takes beside maintenance, against one on an idle store: rounds in which the conditions come one after the
 * other, so that what else the machine does falls on all. Throws where what should have gone on beside the writes did not.
 */
export async function measureStall(store: StallStore, options: StallOptions, tell: (line: string) => void): Promise<StallRun> {
  tell(`stall: loading ${options.loadedRows} rows`);
  await store.execute(keyspaceCql);
  await store.execute(tableCql('loaded', `${lz4} AND ${byHand}`));
  await store.execute(tableCql('filler', `${lz4} AND ${byHand}`));
  await store.execute(tableCql('ingested'));
  await store.execute(tableCql('written'));
  for (let part = 0; part < SSTABLES; part++) {
    await fill(store, 'loaded', part, options.loadedRows / SSTABLES, SSTABLES);
    await store.flush();
  }
  const loadedBytes = await bytesOf(store, 'loaded');
  const measured = new Stall(store, options);
  await measured.round(1000, 0);
  const before = await store.stats();
  const began = performance.now();
  for (let round = 1; round <= options.rounds; round++) {
    tell(`stall: round ${round} of ${options.rounds}`);
    await measured.round(options.milliseconds, round);
  }
  const { counters, maintenance } = await store.stats();
  if (maintenance !== null) {
    const { flushesInWorker, compactionsInWorker, failures, lastFailure } = maintenance;
    tell(
      `stall: in the worker ${flushesInWorker} flushes, ${compactionsInWorker} compactions, ${failures} failures (${lastFailure ?? 'none'})`,
    );
  }
  return {
    where: options.where,
    loadedRows: options.loadedRows,
    loadedBytes,
    cassette: measured.series(),
    raw: [],
    work: {
      flushes: counters.flushes - before.counters.flushes,
      bytesFlushed: counters.bytesFlushed - before.counters.bytesFlushed,
      compactions: counters.compactions - before.counters.compactions,
      bytesCompacted: counters.bytesCompacted - before.counters.bytesCompacted,
      milliseconds: performance.now() - began,
      rowsIngested: measured.rowsIngested,
    },
  };
}

class Stall {
  rowsIngested = 0;
  private readonly store: StallStore;
  private readonly options: StallOptions;
  private readonly times = new Map<string, number[][]>();
  private nextRow = 10_000_000;
  /** Made before they are measured: the page has other things to do then. */
  private readonly batches = Array.from({ length: INGEST_BATCHES }, (_, i) =>
    sensorRows(i * batchRows, batchRows).map(rowParams),
  );

  constructor(store: StallStore, options: StallOptions) {
    this.store = store;
    this.options = options;
  }

  series(): StallSeries[] {
    return stallWriters.flatMap((writers) =>
      stallConditions.map((condition) => ({ condition, writers, rounds: this.times.get(`${condition} ${writers}`) ?? [] })),
    );
  }

  /** All conditions once; round 0 warms up and does not count. */
  async round(milliseconds: number, round: number): Promise<void> {
    for (const writers of stallWriters) {
      // The order turns, for what one condition leaves to the disk falls into the next one's time.
      const steps = [this.idle, this.maintenance, this.ingest];
      for (let i = 0; i < steps.length; i++) {
        await this.store.flush();
        await pause(200);
        const times = await steps[(i + round) % steps.length].call(this, writers, milliseconds);
        for (const [condition, values] of Object.entries(times)) if (round > 0) this.add(condition, writers, values);
      }
    }
  }

  private add(condition: string, writers: number, values: number[]): void {
    const key = `${condition} ${writers}`;
    this.times.set(key, [...(this.times.get(key) ?? []), values]);
  }

  private begin(writers: number): WriteTimes {
    return new WriteTimes(this.store, 'written', writers, () => this.nextRow++);
  }

  private async idle(writers: number, milliseconds: number): Promise<Partial<Record<StallCondition, number[]>>> {
    const times = this.begin(writers);
    times.phase = 'idle';
    await pause(milliseconds);
    await times.stop();
    return { idle: times.of('idle') };
  }

  /** A major compaction, beside which memtables are filled, which does not count, and flushed, which does, one after the other. */
  private async maintenance(writers: number): Promise<Partial<Record<StallCondition, number[]>>> {
    const { store, options } = this;
    let isCompacted = false;
    const times = this.begin(writers);
    const compacting = store.compact('bench.loaded').finally(() => {
      isCompacted = true;
      times.phase = null;
    });
    while ((await store.stats()).compaction.running === null) await pause(5);
    let flushes = 0;
    while (!isCompacted) {
      times.phase = null;
      await fill(store, 'filler', flushes * options.flushedRows, options.flushedRows, 1);
      if (isCompacted) break;
      times.phase = 'flush and compaction';
      await store.flush();
      if (isCompacted) break;
      flushes++;
      times.phase = 'compaction';
      await pause(COMPACTION_ONLY_MILLISECONDS);
    }
    const done = await compacting;
    await times.stop();
    if (done.length !== 1) throw new Error(`There was not one compaction but ${done.length}`);
    if (flushes === 0) throw new Error('The compaction ended before the first flush: load more rows');
    return { compaction: times.of('compaction'), 'flush and compaction': times.of('flush and compaction') };
  }

  /** Batches of rows, one after the other: memtables fill and are flushed, SSTables gather and are compacted. */
  private async ingest(writers: number, milliseconds: number): Promise<Partial<Record<StallCondition, number[]>>> {
    const { store } = this;
    const flushed = async () => (await store.stats()).counters.flushes;
    const enough = (await flushed()) + INGEST_FLUSHES;
    const times = this.begin(writers);
    const until = performance.now() + milliseconds;
    times.phase = 'ingest';
    while (performance.now() < until || (await flushed()) < enough) {
      await store.executeMany(insertCql('ingested'), this.batches[(this.rowsIngested / batchRows) % INGEST_BATCHES]);
      this.rowsIngested += batchRows;
    }
    times.phase = null;
    await times.stop();
    return { ingest: times.of('ingest') };
  }
}

/** Every `stride`th row from `first` on, in memory only. */
async function fill(store: StallStore, table: string, first: number, rows: number, stride: number): Promise<void> {
  for (let done = 0; done < rows; done += LOAD_ROWS) {
    const count = Math.min(LOAD_ROWS, rows - done);
    const params = Array.from({ length: count }, (_, i) => rowParams(sensorRow(first + (done + i) * stride)));
    await store.executeMany(insertCql(table), params, unlogged);
  }
}

async function bytesOf(store: StallStore, name: string): Promise<number> {
  const { tables } = await store.stats();
  return tables.find(({ table }) => table === name)?.sstables.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
}
