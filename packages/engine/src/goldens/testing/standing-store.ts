import { toHex } from '@cassette/bytes';
import { MemoryStorage, type Storage } from '@cassette/storage';
import type { ScriptStep } from '../../../../../e2e/cassandra/cql-script.ts';
import type { Clock } from '../../clock/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { SSTableCollection, type SSTablesOfStore } from './sstable-files.ts';

/**
 * A clock that stands at a second of the epoch until it is set to another; a microsecond past it, so that statements without a timestamp
 * count up from there as the judge's do.
 */
export class StandingClock implements Clock {
  seconds: number;

  constructor(seconds = 0) {
    this.seconds = seconds;
  }

  nowMicros(): number {
    return this.seconds * 1_000_000 + 1;
  }
}

/** When what is in memory becomes an SSTable: where the script says and at its end, never, or every so many statements. */
export type FlushWhen = 'asScripted' | 'never' | { readonly everyStatements: number };

/** A store in memory that executes scripts at a standing clock, as the judge's embedded node does. */
export class StandingStore {
  readonly clock = new StandingClock();
  readonly storage: Storage = new MemoryStorage();
  private opened: Database | null = null;
  private seed = 1;

  /** Opens a store with that schema; `now`: where the clock stands at first. */
  static async open(schemaCql: string, now = 1_700_000_000): Promise<StandingStore> {
    const store = new StandingStore();
    store.clock.seconds = now;
    await store.reopen(schemaCql);
    return store;
  }

  /** The database; closed ones throw. */
  get database(): Database {
    if (this.opened === null) throw new Error('the store is closed');
    return this.opened;
  }

  /** Executes a script; flushes of one table are flushes of the store. Tables do not compact by themselves. */
  async run(steps: readonly ScriptStep[], flush: FlushWhen = 'asScripted'): Promise<void> {
    let statements = 0;
    for (const step of steps) {
      if ('clock' in step) {
        this.clock.seconds = step.clock;
      } else if ('cql' in step) {
        try {
          await this.database.execute(step.cql);
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          throw new Error(`${message} in: ${step.cql.slice(0, 300)}`, { cause: error });
        }
        statements++;
        if (typeof flush === 'object' && statements % flush.everyStatements === 0) await this.database.flush();
      } else if (!('flush' in step || 'compact' in step || 'background' in step)) {
        throw new Error(`a step that only Cassandra takes: ${JSON.stringify(step)}`);
      } else if (flush === 'asScripted') {
        if ('background' in step) await this.database.maintenanceStep(3_600_000);
        else if ('compact' in step) await this.database.compact(step.compact === '' ? undefined : step.compact);
        else await this.database.flush();
      }
    }
    if (flush === 'asScripted') await this.database.flush();
  }

  /** Closes and opens again: what was not flushed comes back from the WAL. */
  async reopen(schemaCql?: string): Promise<void> {
    await this.close();
    this.opened = await openDatabase({
      storage: this.storage,
      clock: this.clock,
      config: { compaction: { enabled: false } },
      random: () => this.random(),
      ...(schemaCql !== undefined && { schema: schemaCql }),
    });
  }

  async close(): Promise<void> {
    const { opened } = this;
    this.opened = null;
    await opened?.close();
  }

  /** The SSTables as they lie in the storage. The store is closed after it. */
  async sstables(): Promise<SSTablesOfStore> {
    const names = new Map(this.database.schema.tables.map((table) => [toHex(table.id.bytes), table.toString()]));
    await this.close();
    await this.storage.acquire();
    try {
      const found = new SSTableCollection();
      for (const name of await this.storage.list()) {
        const [, id, generation, component] = /^([0-9a-f]{32})-nb-(\d+)-big-(.+)$/.exec(name) ?? [];
        if (component === undefined) continue;
        found.add(names.get(id) ?? id, Number(generation), component, await this.content(name));
      }
      return found.tables;
    } finally {
      await this.storage.close();
    }
  }

  /** The same numbers in every run (a linear congruential generator). */
  private random(): number {
    this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
    return this.seed / 0x100000000;
  }

  private async content(name: string): Promise<Uint8Array> {
    const file = await this.storage.open(name);
    try {
      const bytes = new Uint8Array(file.size);
      file.read(bytes, 0);
      return bytes;
    } finally {
      file.close();
    }
  }
}
