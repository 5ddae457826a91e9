import { existsSync } from 'node:fs';
import { CassetteError } from '@cassette/bytes';
import { type Database, Durability, openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';

/** How a command opens the store of a directory. */
export interface OpenStoreOptions {
  /** Refuse a directory that isn't there, instead of making it. */
  readonly mustExist?: boolean;
  /** Seconds at which the wall clock stands still. */
  readonly now?: number;
  /** When a write resolves. Default: when it is durable. */
  readonly durability?: Durability;
}

/**
 * Opens the store, runs `work` and closes the store, whatever happens. What recovery had to set aside is told on standard
 * error: the rest of the store is open all the same.
 */
export async function withStore<T>(dir: string, options: OpenStoreOptions, work: (database: Database) => Promise<T>): Promise<T> {
  if (options.mustExist && !existsSync(dir)) throw new CassetteError('NO_STORE', `There is no directory ${dir}`, { dir });
  const { now } = options;
  const database = await openDatabase({
    storage: new NodeStorage(dir),
    ...(now === undefined ? {} : { clock: { nowMicros: () => now * 1_000_000 } }),
    config: { durability: options.durability ?? Durability.SyncEachWrite },
  });
  for (const { file, offset, size, message, setAside } of database.recovery.corruption) {
    process.stderr.write(
      `cassette: corruption in ${file} at ${offset} (${size} bytes): ${message}${setAside ? `; kept in ${setAside}` : ''}\n`,
    );
  }
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
