import { CorruptionError } from '@cassette/bytes';
import type { CatalogValue, Storage } from '../storage.ts';
import { EncryptedStorage } from './encrypted-storage.ts';
import { isEncryptedCatalog, missingKey } from './missing-key.ts';
import { beginCopy, COPY_MARK, isUnfinishedCopy, unfinishedCopy } from './unfinished-copy.ts';

const CHUNK_BYTES = 1 << 20;

/** What the names of log segments begin with that are kept for `changes()`: its readers check all they read, and pass over what is damaged. */
const KEPT_LOG = 'cdc-wal-';

/**
 * Copies a store into an empty one, whichever of them is encrypted, and under whatever keys: so a plain store gets an encrypted copy, an
 * encrypted one a plain copy, and one whose key is known to others a new one. Both are acquired and closed here; the catalog comes last, in
 * one transaction, and until then the target says that it is none: it is not opened (COPY_UNFINISHED), and copied onto as if it were empty.
 * Both may go on to count: the id that counters go by is not copied.
 * What is damaged of a log that is kept for `changes()` is 0xff in the copy, as its readers see it in the original, and is passed over by
 * them there too.
 * `pause` is awaited behind each MiB: for those who would hear of a signal meanwhile, which storages alone may keep from them to the end. What it
 * rejects with ends the copy.
 * Throws StorageError STORE_EXISTS for a target that is not empty, ENCRYPTION_KEY_MISSING for an encrypted store that is read without its
 * key, COPY_UNFINISHED for a source that is no whole copy itself, CorruptionError for another damaged file of an encrypted store, and
 * what the storages throw.
 */
export async function copyStore(from: Storage, to: Storage, pause?: () => Promise<unknown>): Promise<void> {
  await from.acquire();
  try {
    const values = await from.catalog.load();
    if (isUnfinishedCopy(values)) throw unfinishedCopy(from.description);
    if (isEncryptedCatalog(values)) throw missingKey();
    await acquireTarget(to);
    try {
      await copyAcquired(from, to, values, pause);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function acquireTarget(to: Storage): Promise<void> {
  if (to instanceof EncryptedStorage) return to.acquireForCopy();
  await to.acquire();
  try {
    await beginCopy(to);
  } catch (error) {
    await to.close();
    throw error;
  }
}

async function copyAcquired(
  from: Storage,
  to: Storage,
  values: ReadonlyMap<string, CatalogValue>,
  pause: (() => Promise<unknown>) | undefined,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (const name of await from.list()) {
    const source = await from.open(name, { lenient: name.startsWith(KEPT_LOG) });
    try {
      const target = await to.open(name, { create: true, bulk: true });
      try {
        for (let at = 0; at < source.size; ) {
          const count = source.read(buffer, at);
          target.write(buffer.subarray(0, count), at);
          at += count;
          if (pause !== undefined) await pause();
        }
        target.flush();
      } finally {
        target.close();
      }
    } catch (error) {
      throw error instanceof CorruptionError ? damagedSource(error, from.description) : error;
    } finally {
      source.close();
    }
  }
  await to.sync();
  await to.catalog.commit({ put: withoutIdentity(values), delete: [COPY_MARK] });
}

/**
 * Records without the one that only one store may have: the id that it counts by (the engine's `counter-id`). The copy takes another one
 * when it first counts; under one id what one of the two counts would undo what the other did.
 */
function withoutIdentity(values: ReadonlyMap<string, CatalogValue>): ReadonlyMap<string, CatalogValue> {
  return new Map([...values].filter(([key]) => key !== 'counter-id'));
}

/** A copy would seal damaged bytes as if they were good ones: what to do instead depends on whose they are. */
function damagedSource({ file, offset, data, cause }: CorruptionError, store: string): CorruptionError {
  const message =
    `The store ${store} can't be copied, for a file of it is damaged. If it is of the log (wal-…): open the store, flush(), close() and copy ` +
    'again, and what is damaged is set aside. If it is kept for changes() (cdc-wal-…) its head is damaged: it goes as the oldest do that ' +
    'config.cdcTotalSpace has no room for. If it is of an SSTable: get the rows out with "cassette salvage"';
  return new CorruptionError(message, file, offset, data, cause);
}
