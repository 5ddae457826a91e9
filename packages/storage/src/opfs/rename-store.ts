import { StorageError, StorageFullError } from '../errors.ts';
import { connect } from './catalog-database.ts';
import { domError, nameOf } from './dom-errors.ts';
import { removeLockedStore, storesFolder } from './manage-stores.ts';
import { encodeStoreName, lockAndDatabaseName, mirrorName } from './store-names.ts';
import { takeWebLock } from './web-lock.ts';

const lockWaitMs = 1_500;

/**
 * Gives a store another name. Throws StoreLockedError while anybody has one of the two open, StorageError STORE_NOT_FOUND where there is
 * none of the first name and STORE_EXISTS where there is one of the second, StorageFullError where there is no room: the browser can't
 * rename a folder, so all files are copied before the old ones go. A crash in between leaves the store under its old name; what it may
 * leave under the new one is no store, or the same store whole, and goes when the store is renamed again, or with `destroyOpfs`.
 */
export async function renameOpfs(from: string, to: string): Promise<void> {
  const [source, target] = [encodeStoreName(from), encodeStoreName(to)];
  const stores = await storesFolder();
  if (stores === undefined || !(await isStore(stores, source, from))) {
    throw new StorageError('STORE_NOT_FOUND', `There is no store "${from}"`, { store: from });
  }
  if (from === to) return;
  // In one order everywhere, so that two renames never wait for each other.
  const locks = [];
  try {
    for (const name of [from, to].sort()) locks.push(await takeWebLock(name, lockWaitMs));
    if (await isStore(stores, target, to)) {
      throw new StorageError('STORE_EXISTS', `There is a store "${to}" already: give another name, or destroy it first`, {
        store: to,
      });
    }
    await removeLockedStore(to);
    await copyStore(stores, source, target, from, to);
    await removeLockedStore(from);
  } catch (error) {
    throw domError(error, 'rename', `opfs:${from}`);
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** Whether there is a store: a folder whose catalog says something. */
async function isStore(stores: FileSystemDirectoryHandle, folder: string, name: string): Promise<boolean> {
  let directory: FileSystemDirectoryHandle;
  try {
    directory = await stores.getDirectoryHandle(folder);
  } catch (error) {
    if (nameOf(error) === 'NotFoundError') return false;
    throw domError(error, 'look for', `opfs:${name}`);
  }
  try {
    if ((await (await directory.getFileHandle(mirrorName)).getFile()).size > 0) return true;
  } catch (error) {
    if (nameOf(error) !== 'NotFoundError') throw domError(error, 'look for', `opfs:${name}`);
  }
  return (await recordsOf(name)).size > 0;
}

/** The catalog's first copy goes first and its second one last: until that is there, what is there is no store. */
async function copyStore(
  stores: FileSystemDirectoryHandle,
  source: string,
  target: string,
  from: string,
  to: string,
): Promise<void> {
  const directory = await stores.getDirectoryHandle(source);
  const copy = await stores.getDirectoryHandle(target, { create: true });
  const files: FileSystemFileHandle[] = [];
  let bytes = 0;
  for await (const handle of directory.values()) {
    if (handle.kind !== 'file') continue;
    files.push(handle as FileSystemFileHandle);
    bytes += (await (handle as FileSystemFileHandle).getFile()).size;
  }
  await checkRoom(bytes, from);
  files.sort((a, b) => Number(a.name === mirrorName) - Number(b.name === mirrorName));
  for (const file of files) {
    if (file.name === mirrorName) await copyCatalog(from, to);
    const made = await copy.getFileHandle(file.name, { create: true });
    await (await file.getFile()).stream().pipeTo(await made.createWritable());
  }
}

async function checkRoom(bytes: number, from: string): Promise<void> {
  const { usage, quota } = await navigator.storage.estimate();
  if (usage === undefined || quota === undefined || usage + bytes <= quota) return;
  throw new StorageFullError(`No room for a copy of "${from}" of ${bytes} bytes: ${usage} of ${quota} are taken`, {
    usage,
    quota,
  });
}

async function copyCatalog(from: string, to: string): Promise<void> {
  const records = await recordsOf(from);
  const { database } = await connect(lockAndDatabaseName(to), `the catalog of opfs:${to}`, () => undefined);
  try {
    const transaction = database.transaction('catalog', 'readwrite', { durability: 'strict' });
    await Promise.all([...[...records].map(([key, json]) => transaction.store.put(json, key)), transaction.done]);
  } finally {
    database.close();
  }
}

async function recordsOf(name: string): Promise<Map<string, string>> {
  const { database } = await connect(lockAndDatabaseName(name), `the catalog of opfs:${name}`, () => undefined);
  try {
    const transaction = database.transaction('catalog', 'readonly');
    const [keys, texts] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll(), transaction.done]);
    return new Map(keys.map((key, index) => [key, texts[index]]));
  } finally {
    database.close();
  }
}
