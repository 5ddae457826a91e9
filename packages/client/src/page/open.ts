import type { DatabaseOptions } from '@cassette/engine';
import type { Encryption } from '@cassette/storage/encrypted';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import { browserPlatform, mayOwn } from '../tabs/platform.ts';
import { StoreLink } from '../tabs/store-link.ts';
import { checkedOpenOptions } from './check-open-options.ts';
import { removeOldDownloads } from './downloads.ts';
import { checkedEncryption, proveKey } from './prove-key.ts';
import { RemoteDatabase } from './remote-database.ts';
import { startOwner } from './start-owner.ts';

/** How a page opens a store. */
export interface OpenOptions extends Pick<DatabaseOptions, 'schema' | 'keyspace' | 'durability' | 'config'> {
  /**
   * The store's name: one directory, one catalog, one log. Up to 200 letters, digits, `_` and `-`; each other character counts
   * as three for every byte of its UTF-8.
   */
  readonly name: string;
  /** Go on in memory where the browser can't keep data; the database says so in `persistent`. Default: reject. */
  readonly allowInMemory?: boolean;
  /**
   * Ask the browser to keep the data, at this tab's first write or import; default true. Firefox shows its user a question then. With false the app asks
   * when it likes, with `requestPersistence`.
   */
  readonly askPersistence?: boolean;
  /** Where the worker's script lies, if not beside this module. Same origin. */
  readonly workerUrl?: string | URL;
  /**
   * For shared and service workers, which can't hold a store: what calls do while no tab holds it. `reject` (the default): they
   * reject with NoOwnerError after some two seconds; `wait`: they wait for one.
   */
  readonly ownerless?: 'reject' | 'wait';
  /**
   * Keeps all that the store holds encrypted on the device (AES-256-GCM), under a random key that this opens: a passphrase, or a key of 256
   * bits (32 bytes, or a CryptoKey for AES-GCM that may encrypt and decrypt). Every tab gives it; an export is plain. A store is encrypted
   * from its beginning or not at all; `copyStore` makes an encrypted copy of a plain one. There is no way to the data without it.
   */
  readonly encryption?: Encryption;
}

/**
 * Opens a store, making it if need be. Any number of tabs and workers may have it open: one of them holds it, the others' calls go to
 * that one, and another follows it when it closes, crashes or is frozen.
 * Rejects with StorageUnsupportedError where the browser can't keep data and `allowInMemory` isn't set, with WorkerDiedError
 * where the worker's script does not load or is not Cassette's, with StoreLockedError where something else than a tab keeps the
 * store, with ProtocolMismatchError where a tab of another version holds it, with NoOwnerError (see `ownerless`), with CQL errors of
 * the schema, with StorageError ENCRYPTION_KEY_MISSING, ENCRYPTION_KEY_WRONG, ENCRYPTION_STORE_PLAIN and ENCRYPTION_RECORD_LOST where
 * `encryption` does not fit the store, and with CassetteError INVALID_OPTION.
 */
export async function open(options: OpenOptions): Promise<RemoteDatabase> {
  const { name, allowInMemory = false, workerUrl, schema, keyspace, durability, config, ownerless } = checkedOpenOptions(options);
  installErrorTransfer();
  const encryption = options.encryption === undefined ? undefined : await checkedEncryption(options.encryption);
  const given = present({ keyspace, durability });
  const platform = browserPlatform();
  const link = new StoreLink({
    name,
    platform,
    canOwn: mayOwn(),
    waitsForOwner: ownerless === 'wait',
    join: present({ ...given, schema, config }),
    proveKey: (challenge) => proveKey(challenge, encryption, name),
    startOwner: ({ isFirst, used, ...start }) => {
      const engine = present({ ...given, config, schema: isFirst ? schema : undefined });
      return startOwner(
        {
          name,
          allowInMemory,
          options: engine,
          ...(used !== undefined && { used }),
          ...(encryption !== undefined && { encryption }),
        },
        workerUrl,
        platform,
        start,
      );
    },
  });
  try {
    link.begin();
    const { role, reply } = await link.connected();
    if (role === 'owner' && reply!.persistent) {
      // A file that can't be removed now is tried again next time; the store itself is fine.
      await removeOldDownloads(name).catch((error: unknown) =>
        console.warn('Cassette: files of older downloads could not be removed', error),
      );
    }
    return new RemoteDatabase(name, link, reply!, options.askPersistence !== false, durability ?? config?.durability);
  } catch (error) {
    link.end(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** What of an object is not undefined. */
function present<T extends object>(all: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never;
}
