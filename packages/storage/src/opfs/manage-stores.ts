import { CorruptionError } from '@cassette/bytes';
import { deleteDB } from 'idb';
import { isUnfinishedCopy } from '../encrypted/unfinished-copy.ts';
import { StorageUnsupportedError, StoreLockedError } from '../errors.ts';
import { decodeJournal } from '../shared/catalog-journal.ts';
import { domError, nameOf, wordsOf } from './dom-errors.ts';
import { patiently } from './patience.ts';
import { decodeStoreName, encodeStoreName, lockAndDatabaseName, mirrorName, rootFolder } from './store-names.ts';
import { takeWebLock } from './web-lock.ts';

const lockWaitMs = 1_500;
const handleWaitMs = 5_000;
const blockedWaitMs = 5_000;

/** A mirror of the catalog that has more bytes has more than the mark of a copy that is under way. */
const markedBytesMax = 4096;

/**
 * Names of the stores of this origin, sorted, what interrupted copies left included. Works in pages and workers; throws
 * StorageUnsupportedError without OPFS.
 */
export async function listOpfsStores(): Promise<string[]> {
  const stores = await storesFolder();
  const names: string[] = [];
  if (stores === undefined) return names;
  try {
    for await (const [folder, handle] of stores.entries()) {
      const name = handle.kind === 'directory' ? decodeStoreName(folder) : undefined;
      if (name !== undefined) names.push(name);
    }
  } catch (error) {
    throw domError(error, 'list', 'the stores of this site');
  }
  return names.sort();
}

/**
 * Those of {@link listOpfsStores} that are no stores but what a copy left that was interrupted, or has so far while it is made. Looked up in the
 * catalog's copy in the store's folder, without opening anything: where that can't be read, opening tells. Throws as that does.
 */
export async function listUnfinishedCopies(): Promise<string[]> {
  const stores = await storesFolder();
  const names: string[] = [];
  if (stores === undefined) return names;
  for (const name of await listOpfsStores()) if (await isMarked(stores, name)) names.push(name);
  return names;
}

async function isMarked(stores: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    const folder = await stores.getDirectoryHandle(encodeStoreName(name));
    const file = await (await folder.getFileHandle(mirrorName)).getFile();
    if (file.size > markedBytesMax) return false;
    return isUnfinishedCopy(decodeJournal(new Uint8Array(await file.arrayBuffer()), mirrorName).values);
  } catch (error) {
    // It went, is being made, is kept by its owner, or is damaged: none of that is for a list to tell.
    if (error instanceof CorruptionError || error instanceof DOMException) return false;
    throw error;
  }
}

/**
 * Removes a store with all it holds; one that is not there is no error. Throws StoreLockedError while anybody has it open.
 * The catalog goes first, its second copy before the database: a crash in between leaves files that no catalog names, never a
 * catalog that names missing files.
 */
export async function destroyOpfs(name: string): Promise<void> {
  encodeStoreName(name);
  const lock = await takeWebLock(name, lockWaitMs);
  try {
    await removeLockedStore(name);
  } finally {
    await lock.release();
  }
}

/** The same by whoever has the store's lock. Throws StorageError. */
export async function removeLockedStore(name: string): Promise<void> {
  const folder = encodeStoreName(name);
  const stores = await storesFolder();
  try {
    if (stores !== undefined) await removeMirror(stores, folder, `opfs:${name}`);
    await deleteDatabase(name);
    if (stores !== undefined) await removeFolder(stores, folder, `opfs:${name}`);
  } catch (error) {
    throw domError(error, 'remove', `opfs:${name}`);
  }
}

/** The folder that holds all stores; undefined where there is none yet. Throws StorageUnsupportedError. */
export async function storesFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  if (typeof navigator === 'undefined' || typeof navigator.storage?.getDirectory !== 'function') {
    throw new StorageUnsupportedError('This browser has no origin private file system (OPFS) here');
  }
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(rootFolder);
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return undefined;
    throw new StorageUnsupportedError(`The browser refuses its private file system (${wordsOf(error)})`, {}, error);
  }
}

async function removeMirror(stores: FileSystemDirectoryHandle, folder: string, where: string): Promise<void> {
  try {
    const directory = await stores.getDirectoryHandle(folder);
    await patiently(() => directory.removeEntry(mirrorName), where, handleWaitMs);
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw error;
  }
}

async function removeFolder(stores: FileSystemDirectoryHandle, folder: string, where: string): Promise<void> {
  try {
    await patiently(() => stores.removeEntry(folder, { recursive: true }), where, handleWaitMs);
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw error;
  }
}

/** We hold the store's lock, so only a stranger's connection (developer tools, say) can block this. */
async function deleteDatabase(name: string): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      deleteDB(lockAndDatabaseName(name), {
        blocked: () => {
          timer = setTimeout(
            () =>
              reject(
                new StoreLockedError(`The catalog of "${name}" is still open elsewhere: close other tabs of this site`, {
                  store: name,
                }),
              ),
            blockedWaitMs,
          );
        },
      }).then(resolve, reject);
    });
  } finally {
    clearTimeout(timer);
  }
}
