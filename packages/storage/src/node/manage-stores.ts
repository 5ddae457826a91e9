import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StorageError } from '../errors.ts';
import { makeDirectory, syncDirectory } from './fs-calls.ts';
import { lockDirectory } from './lock-file.ts';
import { guarded } from './node-errors.ts';

const CATALOG = 'catalog';

/** Names of the stores in a directory: of its folders those that have a catalog, sorted. None where there is no such directory. */
export function listNodeStores(directory: string): string[] {
  const path = resolve(directory);
  if (!existsSync(path)) return [];
  const entries = guarded('list', path, () => readdirSync(path, { withFileTypes: true }));
  return entries
    .filter((entry) => entry.isDirectory() && existsSync(join(path, entry.name, CATALOG)))
    .map(({ name }) => name)
    .sort();
}

/**
 * Removes the store of a directory with all it holds, and the directory; one that is not there is no error. Throws StoreLockedError
 * while anybody has it open, StorageError NOT_A_STORE for a directory with other things in it than a store's. The catalog goes first: a
 * crash in between leaves files that no catalog names.
 */
export async function destroyNodeStore(directory: string): Promise<void> {
  const path = resolve(directory);
  if (!existsSync(path)) return;
  if (!existsSync(join(path, CATALOG)) && readdirSync(path).length > 0) throw noStore(path);
  const foreign = readdirSync(path, { withFileTypes: true }).find((entry) => entry.isDirectory());
  if (foreign !== undefined) throw noStore(path, foreign.name);
  const lock = await lockDirectory(path);
  try {
    guarded('remove', path, () => rmSync(join(path, CATALOG), { force: true }));
    guarded('sync', path, () => syncDirectory(path));
    guarded('remove', path, () => rmSync(path, { recursive: true, force: true }));
  } finally {
    lock.release();
  }
}

/**
 * Gives the store of a directory another one, which must not be there, or be empty: one rename, there or not after a crash. Throws
 * StoreLockedError while anybody has it open, StorageError STORE_EXISTS, NOT_A_STORE.
 */
export async function renameNodeStore(from: string, to: string): Promise<void> {
  const [source, target] = [resolve(from), resolve(to)];
  if (!existsSync(join(source, CATALOG))) throw noStore(source);
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new StorageError('STORE_EXISTS', `${target} is not empty: give another name, or remove what is there first`, {
      to: target,
    });
  }
  // The lock is a file of the directory and goes with it; released there, so that nobody takes the store in between.
  const lock = await lockDirectory(source);
  try {
    guarded('make', dirname(target), () => makeDirectory(dirname(target)));
    guarded('rename', source, () => renameSync(source, target));
    guarded('sync', target, () => syncDirectory(dirname(target)));
  } finally {
    lock.release();
    rmSync(join(target, 'lock'), { force: true });
  }
}

function noStore(path: string, what?: string): StorageError {
  const why = what === undefined ? 'it has no catalog' : `it has a folder, ${what}`;
  return new StorageError('NOT_A_STORE', `${path} is no store: ${why}. Nothing was changed`, { directory: path });
}
