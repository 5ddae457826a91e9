import { StorageError } from '../errors.ts';
import type { Storage } from '../storage.ts';

/**
 * Key of the record that a store has in its catalog while it is made as a copy: it is there before anything else and goes with the commit
 * that makes the copy whole. Never encrypted, so that whoever opens the store finds it, with a key or without.
 */
export const COPY_MARK = 'copy-under-way';

/** Whether a catalog's records, as they lie there, are those of a copy that was not finished. */
export function isUnfinishedCopy(records: ReadonlyMap<string, unknown>): boolean {
  return records.has(COPY_MARK);
}

/** The error for what an interrupted copy left where a store is opened. Nothing was changed. */
export function unfinishedCopy(store?: string): StorageError {
  return new StorageError(
    'COPY_UNFINISHED',
    `The store${store === undefined ? '' : ` ${store}`} is what a copy left that was interrupted: it is not whole, and its original was not ` +
      'changed. Copy again under the same name, which replaces it, or destroy it',
    store === undefined ? {} : { store },
  );
}

/**
 * Makes an acquired storage the target of a copy: what an interrupted one left is removed, and it says durably that a copy is under way.
 * Throws StorageError STORE_EXISTS for a storage with anything else in it; nothing was changed then.
 */
export async function beginCopy(storage: Storage): Promise<void> {
  const records = await storage.catalog.load();
  const names = await storage.list();
  const marked = isUnfinishedCopy(records);
  if (!marked && (records.size > 0 || names.length > 0)) {
    throw new StorageError('STORE_EXISTS', `${storage.description} is not empty: give a name that no store has`, {
      store: storage.description,
    });
  }
  // The mark stays to the end: a crash in between leaves an unfinished copy again.
  for (const name of names) await storage.remove(name);
  await storage.sync();
  const old = [...records.keys()].filter((key) => key !== COPY_MARK);
  if (marked && old.length === 0) return;
  await storage.catalog.commit({ delete: old, put: new Map([[COPY_MARK, true]]) });
}
