import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { type Change, type ChangeFeed, type ChangesOptions, changeFromTransfer } from '../changes/index.ts';
import { checkTableNames } from '../config/check-config.ts';
import { checkKnown } from '../config/known-options.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import { tableNamed } from './table-named.ts';

/** Who reads the changes of a store: a store that is closed ends them. */
export class ChangeReaders {
  private readonly engine: WriteEngine;
  private readonly feeds = new Set<ChangeFeed>();

  constructor(engine: WriteEngine) {
    this.engine = engine;
  }

  /** How many read. */
  get size(): number {
    return this.feeds.size;
  }

  /** A reader; see `Database.changes`. `keyspace`: that of names of tables that tell none. */
  open(options: ChangesOptions, keyspace: string): ChangeFeed {
    checkKnown(options, ['since', 'tables', 'follow', 'signal'], 'changes');
    const { engine } = this;
    const { since, tables } = options;
    checkTableNames(tables ?? undefined);
    const names = tables?.map((name) => {
      const table = tableNamed(engine.schema, name, keyspace);
      if (engine.hasChanges(table)) return table.toString();
      throw new InvalidRequestError(`Table ${table} has no changes to be read: ALTER TABLE ${table} WITH cdc = true`);
    });
    const includes = (table: TableMetadata) => names === undefined || names.includes(table.toString());
    const feed = engine.changes({ ...(since !== undefined && { since }), includes });
    this.feeds.add(feed);
    feed.onClose = () => this.feeds.delete(feed);
    return feed;
  }

  /** Ends all of them. */
  close(): void {
    for (const feed of this.feeds) feed.close();
  }
}

/** What a reader finds, change by change, until it is aborted or, where it is not to follow, at its end; closes it then. */
export async function* changesOf(open: () => ChangeFeed, options: ChangesOptions): AsyncGenerator<Change, void, void> {
  const { follow = true, signal } = options;
  const feed = open();
  const end = () => feed.close();
  const hasEnded = () => signal?.aborted === true;
  signal?.addEventListener('abort', end);
  try {
    while (!hasEnded()) {
      const found = await feed.next();
      for (const change of found) {
        yield changeFromTransfer(change);
        if (hasEnded()) return;
      }
      if (found.length > 0) continue;
      if (!follow) return;
      await feed.changed();
    }
  } catch (error) {
    if (!hasEnded()) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
    feed.close();
  }
}
