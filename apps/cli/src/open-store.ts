import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CassetteError } from '@cassette/bytes';
import { type Database, Durability, openDatabase, type RecoveryReport } from '@cassette/engine';
import { storageOf } from './store-key.ts';
import { tellWarning } from './tell-error.ts';

/** How a command opens the store of a directory. */
export interface OpenStoreOptions {
  /** Refuse a directory without a store, instead of making one there. */
  readonly mustExist?: boolean;
  /** Seconds at which the wall clock stands still. */
  readonly now?: number;
  /** Whether SSTables are compacted in the background. Default: not, a command does what it says. */
  readonly autoCompaction?: boolean;
  /** Where `work` fails, a store that was made for it, of nothing or in an empty directory, is removed again. */
  readonly removeIfNew?: boolean;
  /** When a write resolves. Default: when it is durable. */
  readonly durability?: Durability;
}

/**
 * Opens the store, runs `work` and closes the store, whatever happens. What recovery had to trim or set aside is told on
 * standard error: the rest of the store is open all the same.
 */
export async function withStore<T>(dir: string, options: OpenStoreOptions, work: (database: Database) => Promise<T>): Promise<T> {
  if (options.mustExist && !existsSync(join(dir, 'catalog'))) {
    throw new CassetteError('NO_STORE', `There is no store in ${dir}: exec makes one`, { dir });
  }
  const { now, removeIfNew = false } = options;
  const isMade = !existsSync(dir);
  if (!isMade && !statSync(dir).isDirectory()) {
    throw new CassetteError('NO_STORE', `${dir} is no directory: a store is one`, { dir });
  }
  // What recovery has set aside, for one, must stay.
  const before = isMade ? [] : readdirSync(dir);
  const database = await openDatabase({
    storage: storageOf(dir),
    ...(now === undefined ? {} : { clock: { nowMicros: () => now * 1_000_000 } }),
    config: {
      durability: options.durability ?? Durability.SyncEachWrite,
      compaction: { enabled: options.autoCompaction === true },
    },
  });
  tellRecovery(database.recovery);
  let result: T;
  try {
    result = await work(database);
  } catch (error) {
    // What went wrong first is what is told; that the store could not be closed either comes second.
    await database.close().catch((second: unknown) => tellWarning(`closing the store failed too: ${String(second)}`));
    if (removeIfNew && before.length === 0) removeStore(dir, isMade);
    throw error;
  }
  await database.close();
  return result;
}

function removeStore(dir: string, andDirectory: boolean): void {
  for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true });
  if (andDirectory) rmdirSync(dir);
}

function tellRecovery({ corruption, tornTails, filesSetAside }: RecoveryReport): void {
  for (const { file, offset, size } of tornTails) {
    tellWarning(`${file} ends in a record that a crash cut off at ${offset} (${size} bytes): trimmed`);
  }
  for (const { file, offset, size, message, setAside } of corruption) {
    tellWarning(`corruption in ${file} at ${offset} (${size} bytes): ${message}${setAside ? `; kept in ${setAside}` : ''}`);
  }
  if (filesSetAside.length > 0) {
    tellWarning(`kept aside, for the damaged catalog may have named them: ${filesSetAside.join(', ')}`);
  }
}
