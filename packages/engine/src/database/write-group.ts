import { ByteWriter } from '@cassette/bytes';
import type { Durability } from '../config/index.ts';
import type { Environment } from '../prepared/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import type { CheckedOptions } from './check-arguments.ts';
import type { Params } from './database-options.ts';
import type { ModificationExecutor, WriteContext } from './modification-executor.ts';
import type { StatementRunner } from './statement-runner.ts';

/** Bytes of one group: as many small writes as come in one turn, and no record of the log that is large for them. */
const GROUP_BYTES_MAX = 64 * 1024;

/** What a {@link WriteGroup} is made with. */
export interface WriteGroupParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly runner: StatementRunner;
  readonly modifications: ModificationExecutor;
}

/** What is said for all writes of a group. */
export interface WriteGroupOptions {
  /** The keyspace of names that tell none. */
  readonly keyspace: string;
  /** When the writes resolve; absent: as the store says. */
  readonly defaultDurability?: Durability;
}

/**
 * Writes that were asked for in one turn by calls of their own, as one record of the log: bound one after the other, each with a timestamp of
 * its own, then checked, written and applied together. Of 64 writers each of whom waits for his own write this takes a third of the time that
 * as many calls of `execute` take. Not for whom one write counts without another: all of them become durable, or none.
 */
export class WriteGroup {
  private readonly parts: WriteGroupParts;
  private readonly options: CheckedOptions;
  private readonly context: WriteContext;
  private readonly out = new ByteWriter(1024);
  private readonly bytesMax: number;
  private keyspace = '';
  private writes = 0;

  constructor(parts: WriteGroupParts, { keyspace, defaultDurability }: WriteGroupOptions) {
    this.parts = parts;
    this.options = { keyspace };
    const nowInSeconds = parts.environment.nowInSeconds();
    this.context = { nowInSeconds, timestamp: undefined, durability: undefined, defaultDurability, tracer: null };
    // What is refused only because it comes together would count as failed, and be tried again behind what came after it.
    this.bytesMax = Math.min(GROUP_BYTES_MAX, parts.engine.config.mutationSizeMax);
  }

  /** How many it has. */
  get size(): number {
    return this.writes;
  }

  /**
   * Takes a statement with its parameters. False, with nothing done, for one that is to be executed by itself, behind those that the group
   * has: it is no INSERT, UPDATE or DELETE that needs no read, or something is wrong with it, which `execute` then says, or it waits for code,
   * or there is no room for it here.
   */
  add(query: string, params: Params | null | undefined): boolean {
    const { runner, modifications } = this.parts;
    // What has its constants in its text has a plan with others that differ in them alone, which `execute` finds.
    if (params === undefined || params === null || runner.order.isWaiting) return false;
    const { length } = this.out;
    try {
      const prepared = runner.prepared(query, this.options);
      const { plan } = prepared;
      if (plan === null || 'kind' in plan) return false;
      // Whether a write is logged at all may be the keyspace's to say.
      if (length > 0 && plan.table.keyspace !== this.keyspace) return false;
      const mutations = modifications.encode(plan, prepared.values(params), this.context);
      if (mutations === null || length + mutations.length > this.bytesMax) return false;
      this.out.bytes(mutations);
      this.keyspace = plan.table.keyspace;
      this.writes++;
      return true;
    } catch {
      // Nothing was written, and who executes it by itself is told what there is to tell.
      return false;
    }
  }

  /**
   * Writes all of them; resolves and rejects as `Database.execute` would for each. `isAlone`: nobody else's write is on its way, so that
   * the log need not wait a turn of the event loop for others to share the flush.
   */
  write(isAlone = false): Promise<void> {
    const { defaultDurability } = this.context;
    return this.parts.engine.apply(this.out.written(), undefined, null, defaultDurability, this.writes, isAlone);
  }
}
