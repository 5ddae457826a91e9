import { checkKnown } from '@cassette/engine';
import { destroyOpfs, listOpfsStores, StorageError } from '@cassette/storage/browser';
import type { Encryption } from '@cassette/storage/encrypted';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { browserPlatform } from '../tabs/platform.ts';
import { unowned } from '../tabs/unowned.ts';
import { invalidOption } from './check-arguments.ts';
import { checkedEncryption } from './prove-key.ts';
import { type StartedWorker, startWorker } from './start-worker.ts';
import { askToKeep } from './storage-facts.ts';
import type { CopyStoreOptions, WorkerOptions } from './stores.ts';

/**
 * Gives an encrypted store another passphrase, or a key: a text is a passphrase. The files stay as they are: it is the store's own random
 * key that is encrypted anew. Who has an older copy of the store and the old passphrase still reads that copy. Rejects with StorageError
 * ENCRYPTION_KEY_WRONG, ENCRYPTION_STORE_PLAIN, STORE_NOT_FOUND, with CassetteError INVALID_OPTION, and with StoreLockedError while the
 * store is open somewhere.
 */
export async function changePassphrase(
  name: string,
  old: string | Encryption,
  next: string | Encryption,
  options: WorkerOptions = {},
): Promise<void> {
  checkKnown(options, ['workerUrl'], 'changePassphrase()');
  await requireStore(name);
  const request = { name, old: await given(old), next: await given(next) };
  await unowned(browserPlatform(), [name], () => inWorker(options.workerUrl, ({ host }) => host.rewrapKey(request)));
}

/**
 * Copies a store into a new one: so a plain store gets an encrypted copy, an encrypted one a plain copy or one under a new random key. The
 * original stays. What an interrupted copy left under the new name (opening it says COPY_UNFINISHED) is replaced. Both may
 * go on to count with counter columns: the copy does so under an id of its own. Rejects with StorageError STORE_NOT_FOUND, STORE_EXISTS, StorageFullError and
 * those of keys, with CassetteError INVALID_OPTION, and with StoreLockedError while one of the two is open somewhere.
 */
export async function copyStore(from: string, to: string, options: CopyStoreOptions = {}): Promise<void> {
  // A misspelt `toEncryption` would else make a plain copy.
  checkKnown(options, ['encryption', 'toEncryption', 'askPersistence', 'workerUrl'], 'copyStore()');
  await requireStore(from);
  if (typeof to !== 'string') throw invalidOption('The second argument of copyStore()', 'the name of a store', to);
  if (from === to) throw new StorageError('STORE_EXISTS', `There is a store "${to}" already`, { store: to });
  // Whether it is a store, or what an interrupted copy left, its catalog says, which only the worker reads.
  const isThere = (await listOpfsStores()).includes(to);
  const { encryption, toEncryption, askPersistence = true, workerUrl } = options;
  const request = {
    from,
    to,
    ...(encryption !== undefined && { encryption: await checkedEncryption(encryption) }),
    ...(toEncryption !== undefined && { toEncryption: await checkedEncryption(toEncryption) }),
  };
  await unowned(browserPlatform(), [from, to], async () => {
    try {
      await inWorker(workerUrl, ({ host }) => host.copyStore(request));
    } catch (error) {
      // Half a copy is none. What can't be removed now says that it is not whole; and what was there before is not this call's to remove.
      const isTaken = isThere || (error as { code?: unknown }).code === 'STORE_EXISTS';
      if (!isTaken) await destroyOpfs(to).catch(() => undefined);
      throw error;
    }
  });
  // Not waited for: it is the user who may be asked.
  if (askPersistence) void askToKeep();
}

function given(secret: string | Encryption): Promise<Encryption> {
  return checkedEncryption(typeof secret === 'string' ? { passphrase: secret } : secret);
}

async function requireStore(name: unknown): Promise<void> {
  if (typeof name !== 'string') throw invalidOption('The first argument', 'the name of a store', name);
  if ((await listOpfsStores()).includes(name)) return;
  throw new StorageError('STORE_NOT_FOUND', `There is no store "${name}" here`, { store: name });
}

async function inWorker<T>(workerUrl: string | URL | undefined, run: (started: StartedWorker) => Promise<T>): Promise<T> {
  installErrorTransfer();
  const started = await startWorker(workerUrl);
  try {
    return await Promise.race([run(started), started.failed]);
  } finally {
    started.worker.terminate();
  }
}
