import { LazyPart } from '@cassette/bytes';
import { checkKnown } from '@cassette/engine';
import type { Encryption } from '@cassette/storage/encrypted';
import { NoWorkerError } from '../errors/client-errors.ts';
import { mayOwn } from '../tabs/platform.ts';

/** Where the worker's script lies, if not beside this module. Same origin. */
export interface WorkerOptions {
  /** Where the script lies: `worker.js` of this package or a bundle of it. */
  readonly workerUrl?: string | URL;
}

/** How a store is copied. */
export interface CopyStoreOptions extends WorkerOptions {
  /** Opens the store that is copied, if it is encrypted. */
  readonly encryption?: Encryption;
  /** Opens the copy; absent: the copy is not encrypted. */
  readonly toEncryption?: Encryption;
  /** Ask the browser to keep the site's data, once the copy is made; default true. See `open`. */
  readonly askPersistence?: boolean;
}

// Most pages open a store and no more: what is done with stores that are not open comes with the first call.
/** What `list`, `rename` and `destroy` need. */
export const managing = new LazyPart('management of stores', () => import('./manage-stores.ts'));
const copying = new LazyPart('copies of stores', () => import('./encrypted-stores.ts'));

/** Which names `list` gives. */
export interface ListOptions {
  /**
   * In place of the stores what copies left that were interrupted (`copyStore`), or are being made: to be copied again under the same name, or
   * destroyed. Default false.
   */
  readonly unfinishedCopies?: boolean;
}

/**
 * Names of the stores of this site, sorted; those in memory are not among them, nor is what an interrupted `copyStore` left, which is no store
 * (opening it says COPY_UNFINISHED) and takes room all the same: `unfinishedCopies` tells. Rejects with StorageUnsupportedError, and with
 * CassetteError INVALID_OPTION for options that are not ours.
 */
export async function list(options: ListOptions = {}): Promise<string[]> {
  checkKnown(options, ['unfinishedCopies'], 'list()');
  return (await managing.load()).list(options);
}

/**
 * Gives a store another name. Rejects with StoreLockedError while one of the two is open somewhere, StorageError STORE_NOT_FOUND and
 * STORE_EXISTS, and StorageFullError: there has to be room for a copy, for browsers can't rename folders. A crash leaves it under its old
 * name, or under the new one.
 */
export async function rename(from: string, to: string): Promise<void> {
  return (await managing.load()).rename(from, to);
}

/**
 * Removes a store and all that is in it, files of its downloads included. Rejects with StoreLockedError while it is open
 * somewhere.
 */
export async function destroy(name: string): Promise<void> {
  return (await managing.load()).destroy(name);
}

/**
 * Gives an encrypted store another passphrase, or a key: a text is a passphrase. The files stay as they are: it is the store's own random
 * key that is encrypted anew. Who has an older copy of the store and the old passphrase still reads that copy. Rejects with StorageError
 * ENCRYPTION_KEY_WRONG, ENCRYPTION_STORE_PLAIN, STORE_NOT_FOUND, with CassetteError INVALID_OPTION, with StoreLockedError while the
 * store is open somewhere, and with NoWorkerError in a shared or service worker.
 */
export async function changePassphrase(
  name: string,
  old: string | Encryption,
  next: string | Encryption,
  options: WorkerOptions = {},
): Promise<void> {
  requireWorker('changePassphrase()');
  return (await copying.load()).changePassphrase(name, old, next, options);
}

/**
 * Copies a store into a new one: so a plain store gets an encrypted copy, an encrypted one a plain copy or one under a new random key. The
 * original stays. What an interrupted copy left under the new name (opening it says COPY_UNFINISHED) is replaced. Both may
 * go on to count with counter columns: the copy does so under an id of its own. Rejects with StorageError STORE_NOT_FOUND, STORE_EXISTS, StorageFullError and
 * those of keys, with CassetteError INVALID_OPTION, with StoreLockedError while one of the two is open somewhere, and with NoWorkerError in
 * a shared or service worker.
 */
export async function copyStore(from: string, to: string, options: CopyStoreOptions = {}): Promise<void> {
  requireWorker('copyStore()');
  return (await copying.load()).copyStore(from, to, options);
}

/** Before anything is loaded: a service worker can't even do that. */
function requireWorker(call: string): void {
  if (!mayOwn()) throw new NoWorkerError(call);
}
