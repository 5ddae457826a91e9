import { StorageFullError } from '../errors.ts';
import type { CatalogValue, Storage } from '../storage.ts';
import { lostKeyRecord, plainStore } from './errors.ts';
import { isEncryptedFile } from './file-format.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';
import { type KeyRecord, newKey, recordFromValue, recordToValue, unwrap, wrap } from './key-record.ts';
import { isEncryptedCatalog, KEY_FILE, KEY_RECORD, NEW_KEY_FILE } from './missing-key.ts';
import type { Encryption } from './owner-key.ts';
import { StoreKeys } from './store-keys.ts';
import { COPY_MARK, isUnfinishedCopy, unfinishedCopy } from './unfinished-copy.ts';

/** The keys of a store, and the record they came from. */
export interface StoredKeys {
  readonly keys: StoreKeys;
  readonly record: KeyRecord;
  /** Whether the catalog has it. */
  readonly isInCatalog: boolean;
  /** Bytes of the file that has the second copy of it. */
  readonly fileBytes: number;
}

/**
 * The keys of a store that was acquired; an empty one gets some. Throws StorageError ENCRYPTION_KEY_WRONG, ENCRYPTION_STORE_PLAIN and
 * ENCRYPTION_RECORD_LOST before anything is changed.
 */
export async function openKeys(storage: Storage, encryption: Encryption): Promise<StoredKeys> {
  const catalog = await storage.catalog.load();
  const found = await findRecord(storage, catalog);
  if (found === null) {
    await requireEmpty(storage, catalog);
    const { record, dataKey } = await newKey(encryption);
    const keys = await StoreKeys.make(record.keyId, dataKey);
    return { keys, record, isInCatalog: true, fileBytes: await storeRecord(storage, record) };
  }
  const dataKey = await unwrap(found.record, encryption, storage.description);
  const keys = await StoreKeys.make(found.record.keyId, dataKey);
  let { fileBytes } = found;
  if (!found.isInFile) {
    try {
      fileBytes = await writeKeyFile(storage, found.record);
    } catch (error) {
      // One copy does; a store opens on a full device, too.
      if (!(error instanceof StorageFullError)) throw error;
    }
  }
  return { keys, ...found, fileBytes };
}

/** Throws StorageError COPY_UNFINISHED where a copy of a store was begun and not finished. */
export async function requireWhole(storage: Storage): Promise<void> {
  if (isUnfinishedCopy(await storage.catalog.load())) throw unfinishedCopy(storage.description);
}

/**
 * Wraps a store's key for another owner: the passphrase changes, the files stay as they are. The storage was acquired. Throws StorageError
 * ENCRYPTION_KEY_WRONG, ENCRYPTION_STORE_PLAIN, ENCRYPTION_RECORD_LOST, COPY_UNFINISHED.
 */
export async function rewrapKey(storage: Storage, old: Encryption, next: Encryption): Promise<void> {
  await requireWhole(storage);
  const catalog = await storage.catalog.load();
  const found = await findRecord(storage, catalog);
  if (found === null) throw plainStore(storage.description);
  const dataKey = await unwrap(found.record, old, storage.description);
  try {
    const record = await wrap(dataKey, found.record.keyId, next);
    // A catalog that was lost stays empty until it is put back.
    await (found.isInCatalog ? storeRecord(storage, record) : writeKeyFile(storage, record));
  } finally {
    dataKey.fill(0);
  }
}

/** In the catalog first: its commit is there whole or not at all. Resolves with the bytes of the file. */
async function storeRecord(storage: Storage, record: KeyRecord): Promise<number> {
  await storage.catalog.commit({ put: new Map([[KEY_RECORD, recordToValue(record)]]) });
  return writeKeyFile(storage, record);
}

/** Null for a store without one. Of two copies that differ the catalog's decides. */
async function findRecord(
  storage: Storage,
  catalog: ReadonlyMap<string, CatalogValue>,
): Promise<(Pick<StoredKeys, 'record' | 'isInCatalog' | 'fileBytes'> & { readonly isInFile: boolean }) | null> {
  const stored = catalog.get(KEY_RECORD);
  const inCatalog = recordFromValue(stored);
  const { record: inFile, bytes: fileBytes } = await readKeyFile(storage);
  const record = inCatalog ?? inFile;
  if (record === null) {
    if (stored !== undefined) throw lostKeyRecord(storage.description);
    return null;
  }
  const isInFile = inFile !== null && JSON.stringify(recordToValue(inFile)) === JSON.stringify(recordToValue(record));
  return { record, isInCatalog: inCatalog !== null, isInFile, fileBytes };
}

/** A store gets keys before it gets anything else. What a crash cut off before the first commit is a damaged key file alone. */
async function requireEmpty(storage: Storage, catalog: ReadonlyMap<string, CatalogValue>): Promise<void> {
  if (isEncryptedCatalog(catalog)) throw lostKeyRecord(storage.description);
  if ([...catalog.keys()].some((key) => key !== COPY_MARK)) throw plainStore(storage.description);
  for (const name of await storage.list()) {
    if (name === KEY_FILE || name === NEW_KEY_FILE) continue;
    const file = await storage.open(name);
    const beginning = new Uint8Array(8);
    try {
      file.read(beginning, 0);
    } finally {
      file.close();
    }
    throw isEncryptedFile(beginning) ? lostKeyRecord(storage.description) : plainStore(storage.description);
  }
}
