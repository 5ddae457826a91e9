import { StorageError } from '../errors.ts';
import type { Storage } from '../storage.ts';
import { isEncryptedCatalog, missingKey } from './missing-key.ts';

const CHUNK_BYTES = 1 << 20;

/**
 * Copies a store into an empty one, whichever of them is encrypted, and under whatever keys: so a plain store gets an encrypted copy, an
 * encrypted one a plain copy, and one whose key is known to others a new one. Both are acquired and closed here; the catalog comes last, in
 * one transaction, and a copy without it is none. Throws StorageError STORE_EXISTS for a target that is not empty, ENCRYPTION_KEY_MISSING for
 * an encrypted store that is read without its key, CorruptionError for a damaged file of one, and what the storages throw.
 */
export async function copyStore(from: Storage, to: Storage): Promise<void> {
  await from.acquire();
  try {
    await to.acquire();
    try {
      await copyAcquired(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

async function copyAcquired(from: Storage, to: Storage): Promise<void> {
  const values = await from.catalog.load();
  if (isEncryptedCatalog(values)) throw missingKey();
  if ((await to.catalog.load()).size > 0 || (await to.list()).length > 0) {
    throw new StorageError('STORE_EXISTS', `${to.description} is not empty: give a name that no store has`, {
      store: to.description,
    });
  }
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (const name of await from.list()) {
    const source = await from.open(name);
    try {
      const target = await to.open(name, { create: true, bulk: true });
      try {
        for (let at = 0; at < source.size; ) {
          const count = source.read(buffer, at);
          target.write(buffer.subarray(0, count), at);
          at += count;
        }
        target.flush();
      } finally {
        target.close();
      }
    } finally {
      source.close();
    }
  }
  await to.sync();
  await to.catalog.commit({ put: values });
}
