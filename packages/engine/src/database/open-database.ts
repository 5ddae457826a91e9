import { LazyPart } from '@cassette/bytes';
import type { Storage } from '@cassette/storage';
import type { Encryption } from '@cassette/storage/encrypted';
import { systemClock, systemRandom } from '../clock/index.ts';
import { type Environment, TimeUuidGenerator } from '../prepared/index.ts';
import { defaultScheduler } from '../scheduler/index.ts';
import { WriteEngine } from '../write-engine/index.ts';
import { checkDatabaseOptions } from './check-arguments.ts';
import { Database } from './database.ts';
import type { DatabaseOptions } from './database-options.ts';
import { DEFAULT_KEYSPACE } from './database-parts.ts';

/**
 * Opens a store, empty or not, and executes the schema. Rejects with what `WriteEngine.open` rejects with, with CassetteError
 * INVALID_OPTION, with ENCRYPTION_KEY_WRONG, ENCRYPTION_KEY_MISSING, ENCRYPTION_STORE_PLAIN and ENCRYPTION_RECORD_LOST where `encryption` does
 * not fit the store, and with CQL errors of the schema; the store is then closed again.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  checkDatabaseOptions(options);
  const { keyspace = DEFAULT_KEYSPACE, schema, durability, encryption, clock = systemClock } = options;
  const storage = encryption === undefined ? options.storage : await encrypted(options.storage, encryption);
  const { scheduler = defaultScheduler(), random = systemRandom } = options;
  const config = durability === undefined ? options.config : { ...options.config, durability };
  // The worker has no key.
  const maintenance = encryption === undefined ? options.maintenance : undefined;
  const engine = await WriteEngine.open({
    storage,
    clock,
    scheduler,
    random,
    ...(config !== undefined && { config }),
    ...(maintenance !== undefined && { maintenance }),
  });
  try {
    const randomBytes = (target: Uint8Array) => {
      for (let i = 0; i < target.length; i++) target[i] = Math.floor(random() * 256);
    };
    const environment: Environment = {
      nowInSeconds: () => engine.clock.nowInSeconds(),
      nowInMillis: () => Math.floor(clock.nowMicros() / 1000),
      timestamp: () => engine.clock.timestamp(),
      randomBytes,
      // Elements of a list are in the order of these: they go on where an earlier run ended, as timestamps do.
      timeUuids: new TimeUuidGenerator(
        () => engine.clock.nowMicros(),
        randomBytes,
        (micros) => engine.clock.advanceTo(micros),
      ),
    };
    const database = new Database({ engine, environment, scheduler, keyspace });
    if (schema !== undefined) await database.applySchema(schema);
    return database;
  } catch (error) {
    await engine.close();
    throw error;
  }
}

// Few stores are encrypted.
const encrypting = new LazyPart('encryption', () => import('@cassette/storage/encrypted'));

async function encrypted(storage: Storage, encryption: Encryption): Promise<Storage> {
  const { EncryptedStorage } = await encrypting.load();
  return new EncryptedStorage(storage, encryption);
}
