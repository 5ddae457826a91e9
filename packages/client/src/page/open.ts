import type { DatabaseOptions } from '@cassette/engine';
import { destroyOpfs } from '@cassette/storage/browser';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { OpenReply } from '../wire/protocol.ts';
import { invalidOption } from './check-arguments.ts';
import { checkedOpenOptions } from './check-open-options.ts';
import { removeDownloads, removeOldDownloads } from './downloads.ts';
import { RemoteDatabase } from './remote-database.ts';
import { startWorker } from './start-worker.ts';

/** How a page opens a store. */
export interface OpenOptions extends Pick<DatabaseOptions, 'schema' | 'keyspace' | 'config'> {
  /**
   * The store's name: one directory, one catalog, one log. Up to 200 letters, digits, `_` and `-`; each other character counts
   * as three for every byte of its UTF-8.
   */
  readonly name: string;
  /** Go on in memory where the browser can't keep data; the database says so in `persistent`. Default: reject. */
  readonly allowInMemory?: boolean;
  /** Where the worker's script lies, if not beside this module. Same origin. */
  readonly workerUrl?: string | URL;
}

/**
 * Opens a store, making it if need be. One tab holds a store; a second one rejects with StoreLockedError.
 * Rejects with StorageUnsupportedError where the browser can't keep data and `allowInMemory` isn't set, with WorkerDiedError
 * where the worker's script does not load or is not Cassette's, and with CassetteError INVALID_OPTION.
 */
export async function open(options: OpenOptions): Promise<RemoteDatabase> {
  const { name, allowInMemory = false, workerUrl, schema, keyspace, config } = checkedOpenOptions(options);
  installErrorTransfer();
  const { worker, host, failed } = startWorker(workerUrl);
  try {
    const given = { schema, keyspace, config };
    const engineOptions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const reply = (await Promise.race([host.open({ name, allowInMemory, options: engineOptions }), failed])) as OpenReply;
    if (reply.persistent) {
      // A file that can't be removed now is tried again next time; the store itself is fine.
      await removeOldDownloads(name).catch((error: unknown) =>
        console.warn('Cassette: files of older downloads could not be removed', error),
      );
    }
    return new RemoteDatabase(name, worker, host, reply);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/**
 * Removes a store and all that is in it, files of its downloads included. Rejects with StoreLockedError while it is open
 * somewhere.
 */
export async function destroy(name: string): Promise<void> {
  if (typeof name !== 'string') throw invalidOption('The argument of destroy()', 'the name of a store', name);
  await destroyOpfs(name);
  await removeDownloads(name);
}
