import type { DatabaseOptions } from '@cassette/engine';
import { destroyOpfs } from '@cassette/storage/browser';
import { wrap } from 'comlink';
import { WorkerDiedError } from '../errors/client-errors.ts';
import { installErrorTransfer } from '../errors/error-transfer.ts';
import type { OpenReply } from '../wire/protocol.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { checkedOpenOptions } from './check-open-options.ts';
import { RemoteDatabase } from './remote-database.ts';

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
 * Rejects with StorageUnsupportedError where the browser can't keep data and `allowInMemory` isn't set.
 */
export async function open(options: OpenOptions): Promise<RemoteDatabase> {
  const { name, allowInMemory = false, workerUrl, schema, keyspace, config } = checkedOpenOptions(options);
  installErrorTransfer();
  const worker =
    workerUrl === undefined
      ? new Worker(/* @vite-ignore */ new URL(/* @vite-ignore */ './worker.js', import.meta.url), {
          type: 'module',
          name: 'cassette',
        })
      : new Worker(workerUrl, { type: 'module', name: 'cassette' });
  const host = wrap<WorkerHost>(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener(
      'error',
      (event) => reject(new WorkerDiedError(`The worker could not start: ${event.message || 'its script did not load'}`)),
      {
        once: true,
      },
    );
  });
  try {
    const given = { schema, keyspace, config };
    const engineOptions = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const reply = (await Promise.race([host.open({ name, allowInMemory, options: engineOptions }), failed])) as OpenReply;
    return new RemoteDatabase(name, worker, host, reply);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** Removes a store and all that is in it. Rejects with StoreLockedError while it is open somewhere. */
export function destroy(name: string): Promise<void> {
  return destroyOpfs(name);
}
