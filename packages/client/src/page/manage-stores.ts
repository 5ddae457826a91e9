import { destroyOpfs, listOpfsStores, listUnfinishedCopies, renameOpfs } from '@cassette/storage/browser';
import { browserPlatform } from '../tabs/platform.ts';
import { unowned } from '../tabs/unowned.ts';
import { invalidOption } from './check-arguments.ts';
import { removeDownloads } from './downloads.ts';
import type { ListOptions } from './stores.ts';

/** See `list` in stores.ts. */
export async function list({ unfinishedCopies = false }: ListOptions): Promise<string[]> {
  const unfinished = await listUnfinishedCopies();
  return unfinishedCopies ? unfinished : (await listOpfsStores()).filter((name) => !unfinished.includes(name));
}

/**
 * Gives a store another name. Rejects with StoreLockedError while one of the two is open somewhere, StorageError STORE_NOT_FOUND and
 * STORE_EXISTS, and StorageFullError: there has to be room for a copy, for browsers can't rename folders. A crash leaves it under its old
 * name, or under the new one.
 */
export async function rename(from: string, to: string): Promise<void> {
  checkName(from, 'The first argument of rename()');
  checkName(to, 'The second argument of rename()');
  await unowned(browserPlatform(), [from, to], () => renameOpfs(from, to));
  await removeDownloads(from);
}

/**
 * Removes a store and all that is in it, files of its downloads included. Rejects with StoreLockedError while it is open
 * somewhere.
 */
export async function destroy(name: string): Promise<void> {
  checkName(name, 'The argument of destroy()');
  await unowned(browserPlatform(), [name], () => destroyOpfs(name));
  await removeDownloads(name);
}

function checkName(name: unknown, what: string): void {
  if (typeof name !== 'string') throw invalidOption(what, 'the name of a store', name);
}
