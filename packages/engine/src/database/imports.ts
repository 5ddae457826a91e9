import { LazyPart } from '@cassette/bytes';
import { tableOptions } from '@cassette/cql';
import { btiFormat, rareCompressors } from '@cassette/sstable';
import { alterations } from '../ddl/index.ts';
import type { ImportOptions, ImportReport, ImportSource } from '../import/index.ts';
import type { Environment } from '../prepared/index.ts';
import type { Scheduler } from '../scheduler/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import type { SchemaExecutor } from './schema-executor.ts';

// Few pages import, and those that do can wait for its code, and for all that SSTables of others may have.
const importing = new LazyPart('imports', () => import('../import/import-run.ts'));

/** What imports are made with. */
export interface ImportsParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly schemaChanges: SchemaExecutor;
  /** Runs a task while no counter is being read and written. */
  betweenCounts(task: () => Promise<void>): Promise<void>;
}

/** The imports of a store that are under way: a store that is closed ends them first. */
export class Imports {
  private readonly parts: ImportsParts;
  private readonly running = new Map<AbortController, Promise<unknown>>();

  constructor(parts: ImportsParts) {
    this.parts = parts;
  }

  /** Imports; see `Database.import`. `keyspace`: that of names in CQL that tell none. */
  async run(source: ImportSource, options: ImportOptions, keyspace: string): Promise<ImportReport> {
    const ends = new AbortController();
    const { signal } = options ?? {};
    const abort = () => ends.abort(signal?.reason);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    const result = this.import(source, { ...options, signal: ends.signal }, keyspace);
    this.running.set(ends, result);
    try {
      return await result;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.running.delete(ends);
    }
  }

  /** Ends what is under way: its calls reject with ABORTED, and nothing of it is left. */
  async close(): Promise<void> {
    const all = [...this.running];
    for (const [ends] of all) ends.abort();
    await Promise.allSettled(all.map(([, result]) => result));
  }

  private async import(source: ImportSource, options: ImportOptions, keyspace: string): Promise<ImportReport> {
    const { engine, environment, scheduler, schemaChanges } = this.parts;
    const parts = [rareCompressors.load(), btiFormat.load(), alterations.load(), tableOptions.load()];
    const [{ importInto }] = await Promise.all([importing.load(), ...parts]);
    return importInto(
      {
        storage: engine.storage,
        scheduler,
        clock: engine.clock,
        sliceMilliseconds: engine.config.sliceMilliseconds,
        schema: engine.schema,
        keyspace,
        randomBytes: (target) => environment.randomBytes(target),
        nextGeneration: (tableId) => engine.nextGeneration(tableId),
        // No other change of the schema comes in between, and no count that was made of what is not all there.
        adopt: (records, planned, checkWanted) =>
          schemaChanges.alone(() => this.parts.betweenCounts(() => engine.adopt(records, planned, checkWanted))),
        abandon: (records) => engine.abandon(records),
      },
      source,
      options,
    );
  }
}
