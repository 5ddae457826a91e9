import { ByteWriter } from '@cassette/bytes';
import { nativeTypes, type TableMetadata } from '@cassette/cql';
import { FaultyStorage, seededRandom } from '@cassette/storage/testing';
import type { WriteEngineConfig } from '../config/index.ts';
import { draftMutation } from '../mutation/index.ts';
import { readTable } from '../simulation/store-model.ts';
import { WriteEngine } from '../write-engine/index.ts';
import { schemaOf, tableOf } from './tables.ts';
import { TestScheduler } from './test-scheduler.ts';

/** A table `k int, c int, v int`; another number is another table. */
export function numbersTable(number = 1): TableMetadata {
  const { int } = nativeTypes;
  return tableOf(
    [
      { name: 'k', kind: 'partition_key', type: int },
      { name: 'c', kind: 'clustering', type: int },
      { name: 'v', kind: 'regular', type: int },
    ],
    number,
  );
}

/** A store on a simulated disk, with one table or two. */
export class SmallStore {
  storage = new FaultyStorage({ random: seededRandom(1) });
  readonly tables = [numbersTable(1), numbersTable(2)];
  scheduler = new TestScheduler();
  readonly clock = { micros: 5_000_000, nowMicros: () => this.clock.micros };
  private opened: WriteEngine | undefined;
  private number = 0;

  /** The engine. */
  get engine(): WriteEngine {
    return this.opened!;
  }

  /** Opens the store, with the tables made if they aren't there. */
  async open(config: Partial<WriteEngineConfig> = {}): Promise<WriteEngine> {
    this.scheduler = new TestScheduler();
    const { storage, scheduler, clock } = this;
    this.opened = await WriteEngine.open({ storage, scheduler, clock, config, random: seededRandom(2) });
    if (this.opened.schema.tables.length === 0) await this.opened.changeSchema(schemaOf(...this.tables));
    return this.opened;
  }

  /** The power goes; the disk is as it is without what was not flushed. */
  crash(): void {
    this.storage = this.storage.crash('lose');
    this.opened = undefined;
  }

  /** Writes one row; each write has a greater timestamp and `v` than the one before. */
  write(k: number, c: number, table = this.tables[0]): Promise<void> {
    return this.engine.apply(this.mutation(k, c, table));
  }

  /** The bytes of such a write. */
  mutation(k: number, c: number, table = this.tables[0]): Uint8Array {
    this.number++;
    const time = { timestamp: BigInt(this.number), nowInSeconds: 1 };
    return draftMutation(table, [k], time)
      .update([c], [{ column: 'v', value: this.number }])
      .build().bytes;
  }

  /** What is in a table: `k/c` and `v`, in the order of `k/c`. */
  rows(table = this.tables[0]): string[] {
    return [...readTable(this.engine, table)].map(([row, value]) => `${row}=${value}`).sort();
  }

  /** Lets background work go on until nothing more happens. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3000; turn++) await Promise.resolve();
  }
}

/** Mutations one after the other, for one call of `apply`. */
export function together(...mutations: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter();
  for (const mutation of mutations) out.bytes(mutation);
  return out.toBytes();
}
