import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { StorageError, StoreLockedError } from '../errors.ts';
import { decodeCatalog, type EncodedChanges, encodeChanges } from '../shared/catalog-values.ts';
import type { StoreSession } from '../shared/store-session.ts';
import type { Catalog, CatalogChanges, CatalogValue } from '../storage.ts';
import { domError, nameOf } from './dom-errors.ts';

/** One object store; keys are the catalog's keys, values their JSON text. */
interface CatalogSchema extends DBSchema {
  catalog: { key: string; value: string };
}

const databaseVersion = 1;
const blockedWaitMs = 5_000;

/**
 * The catalog in IndexedDB. Transactions are strict: they complete when the browser has synced them. A connection that the
 * browser drops is opened again; a database that has vanished meanwhile (site data cleared) is an error, never an empty catalog.
 */
export class IdbCatalog implements Catalog {
  readonly #session: StoreSession;
  readonly #name: string;
  #database: IDBPDatabase<CatalogSchema> | undefined;

  constructor(session: StoreSession, name: string) {
    this.#session = session;
    this.#name = name;
  }

  /** Opens the database, making it if need be. */
  async open(): Promise<void> {
    this.#database = await this.#connect(true);
  }

  /** Closes the connection once running transactions are through. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  async load(): Promise<Map<string, CatalogValue>> {
    this.#session.check();
    return this.#withDatabase('read', async (database) => {
      const transaction = database.transaction('catalog', 'readonly');
      const [keys, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll(), transaction.done]);
      const texts = new Map<string, string>();
      keys.forEach((key, index) => {
        texts.set(key, values[index]);
      });
      return decodeCatalog(texts);
    });
  }

  async commit(changes: CatalogChanges): Promise<void> {
    this.#session.check();
    const encoded = encodeChanges(changes);
    await this.#withDatabase('write', (database) => write(database, encoded));
  }

  /** Runs `action`; once more on a new connection if the browser had closed the old one before the transaction began. */
  async #withDatabase<T>(what: string, action: (database: IDBPDatabase<CatalogSchema>) => Promise<T>): Promise<T> {
    try {
      const database = this.#database;
      if (database !== undefined) {
        try {
          return await action(database);
        } catch (error) {
          // InvalidStateError comes from starting a transaction on a closed connection: nothing has been written.
          if (nameOf(error) !== 'InvalidStateError') throw error;
        }
      }
      this.#session.check();
      const session = this.#session.number;
      const reopened = await this.#connect(false);
      if (!this.#session.active || session !== this.#session.number) {
        reopened.close();
        this.#session.check();
        throw new StorageError('STORAGE_CLOSED', `Store ${this.#session.description} was closed meanwhile`);
      }
      this.#database = reopened;
      return await action(reopened);
    } catch (error) {
      throw domError(error, what, `the catalog of ${this.#session.description}`);
    }
  }

  async #connect(mayCreate: boolean): Promise<IDBPDatabase<CatalogSchema>> {
    let gone = false;
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    let abandoned = false;
    const description = this.#session.description;
    return await new Promise<IDBPDatabase<CatalogSchema>>((resolve, reject) => {
      openDB<CatalogSchema>(this.#name, databaseVersion, {
        upgrade(database, _from, _to, transaction) {
          if (mayCreate) {
            database.createObjectStore('catalog');
            return;
          }
          gone = true;
          // Aborting makes the whole opening fail, which is where it is reported; this promise only repeats it.
          transaction.done.catch(() => undefined);
          transaction.abort();
        },
        // Only a deletion that another scope has begun can block us, and it waits for a connection of somebody else.
        blocked: () => {
          giveUp = setTimeout(() => {
            abandoned = true;
            reject(
              new StoreLockedError(`The catalog of ${description} is being deleted or upgraded in another tab`, {
                store: description,
              }),
            );
          }, blockedWaitMs);
        },
        // `blocking` (another scope wants to delete or upgrade the database) is left unanswered on purpose: whoever
        // deletes a store takes its Web Lock first, so this is a stranger, and the deletion waits until we close.
        terminated: () => {
          this.#database = undefined;
        },
      })
        .then((database) => {
          if (abandoned) database.close();
          else resolve(database);
        })
        .catch((error: unknown) =>
          reject(gone ? catalogLost(description, error) : domError(error, 'open', `the catalog of ${description}`)),
        )
        .finally(() => clearTimeout(giveUp));
    });
  }
}

/** Requests are issued at once and awaited together, so that the transaction is one round trip and cannot close early. */
async function write(database: IDBPDatabase<CatalogSchema>, changes: EncodedChanges): Promise<void> {
  const transaction = database.transaction('catalog', 'readwrite', { durability: 'strict' });
  const { store } = transaction;
  const requests: Promise<unknown>[] = [];
  for (const key of changes.deletes) requests.push(store.delete(key));
  for (const [key, json] of changes.puts) requests.push(store.put(json, key));
  // The transaction's own error (a full quota, say) says more than that of the request it aborted.
  const outcomes = await Promise.allSettled([transaction.done, ...requests]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function catalogLost(description: string, cause: unknown): StorageError {
  return new StorageError(
    'CATALOG_LOST',
    `The catalog of ${description} has vanished while the store was open: its site data was cleared`,
    { store: description },
    cause,
  );
}
