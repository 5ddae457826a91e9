import { CorruptionError } from '@cassette/bytes';
import type { IDBPDatabase } from 'idb';
import { StorageError } from '../errors.ts';
import { applyChanges, decodeCatalog, type EncodedChanges, encodeChanges } from '../shared/catalog-values.ts';
import type { StoreSession } from '../shared/store-session.ts';
import type { Catalog, CatalogChanges, CatalogDamage, CatalogValue } from '../storage.ts';
import { type CatalogSchema, connect } from './catalog-database.ts';
import type { CatalogMirror } from './catalog-mirror.ts';
import { domError, nameOf, storageFull } from './dom-errors.ts';

/**
 * The catalog in IndexedDB, with a copy in memory for reading and a {@link CatalogMirror} in the store's folder. A transaction
 * is durable in the mirror before IndexedDB gets it, and resolves when IndexedDB has synced it (strict durability). A
 * connection that the browser drops is opened again; a database that has vanished is filled again from the other copies.
 */
export class IdbCatalog implements Catalog {
  readonly #session: StoreSession;
  readonly #name: string;
  #database: IDBPDatabase<CatalogSchema> | undefined;
  #mirror: CatalogMirror | undefined;
  #values = new Map<string, string>();
  /** Whether the database may hold something else than `#values`: then the next commit writes all of it. */
  #inDoubt = false;
  #damage: CatalogDamage | null = null;
  /** Commits go one by one, for both copies must see them in one order. */
  #tail: Promise<void> = Promise.resolve();

  constructor(session: StoreSession, name: string) {
    this.#session = session;
    this.#name = name;
  }

  /** Of the mirror, where that is all there is. */
  get damage(): CatalogDamage | null {
    return this.#damage;
  }

  /** Bytes of the mirror's file; 0 while it is closed. */
  get mirrorBytes(): number {
    return this.#mirror?.bytes ?? 0;
  }

  /**
   * Opens the database and reconciles it with the mirror: the database decides, unless it is empty and the mirror is not; then
   * the database was lost, or never got the first transaction. Throws CorruptionError when it is empty and the mirror damaged, and what
   * `opening` rejects with. The two are opened at the same time.
   */
  async open(opening: Promise<CatalogMirror>): Promise<void> {
    this.#inDoubt = false;
    this.#damage = null;
    const session = this.#session.number;
    const connecting = this.#connect();
    const [opened, connected] = await Promise.allSettled([opening, connecting]);
    const isClosed = !this.#session.active || session !== this.#session.number;
    if (isClosed || opened.status === 'rejected' || connected.status === 'rejected') {
      // Who has acquired the store again meanwhile has its own.
      if (opened.status === 'fulfilled') opened.value.close();
      if (connected.status === 'fulfilled') connected.value.database.close();
      if (opened.status === 'rejected') throw opened.reason;
      if (connected.status === 'rejected') throw connected.reason;
      throw new StorageError('STORAGE_CLOSED', `Store ${this.#session.description} was closed while it was being opened`);
    }
    const mirror = opened.value;
    const { database } = connected.value;
    this.#mirror = mirror;
    this.#database = database;
    const transaction = database.transaction('catalog', 'readonly');
    const [keys, texts] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll(), transaction.done]);
    this.#values = new Map(keys.map((key, index) => [key, texts[index]]));
    const mirrored = mirror.read();
    if (this.#values.size > 0) {
      if (mirrored instanceof CorruptionError || !sameValues(mirrored, this.#values)) mirror.outdate();
      return;
    }
    if (mirrored instanceof CorruptionError) throw mirrored;
    // Nothing is written yet, so that a store on a full device opens; until the next commit the mirror decides again.
    this.#values = mirrored;
    this.#damage = mirror.damage;
    this.#inDoubt = mirrored.size > 0;
  }

  /** Closes the connection once running transactions are through. */
  close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#mirror?.close();
    this.#mirror = undefined;
  }

  async load(): Promise<Map<string, CatalogValue>> {
    this.#session.check();
    return decodeCatalog(this.#values);
  }

  async commit(changes: CatalogChanges): Promise<void> {
    this.#session.check();
    const encoded = encodeChanges(changes);
    const before = this.#tail;
    let done: () => void = () => undefined;
    this.#tail = new Promise((resolve) => {
      done = resolve;
    });
    try {
      await before;
      await this.#run(encoded);
    } finally {
      done();
    }
  }

  async #run(changes: EncodedChanges): Promise<void> {
    const mirror = this.#open();
    const after = new Map(this.#values);
    applyChanges(after, changes);
    mirror.append(changes, this.#values);
    try {
      await this.#write(changes, after);
    } catch (error) {
      this.#inDoubt = true;
      // The store may have been closed meanwhile; the next opening then finds the transaction in the mirror, in the
      // database, in both or in neither, and goes by the database: there whole or not at all.
      if (this.#mirror !== mirror) throw domError(error, 'write', this.#where);
      mirror.undo();
      // A full device reaches us under several names (DataError, UnknownError, AbortError): ask the file system.
      throw mirror.isFull() ? storageFull('write', this.#where, error) : domError(error, 'write', this.#where);
    }
    this.#values = after;
    this.#inDoubt = false;
  }

  /** Writes the transaction; once more on a new connection if the browser had closed the old one before it began. */
  async #write(changes: EncodedChanges, after: ReadonlyMap<string, string>): Promise<void> {
    const all: EncodedChanges = { deletes: [], puts: [...after] };
    const database = this.#database;
    if (database !== undefined) {
      try {
        await (this.#inDoubt ? write(database, all, true) : write(database, changes, false));
        return;
      } catch (error) {
        // InvalidStateError comes from starting a transaction on a closed connection: nothing has been written.
        if (nameOf(error) !== 'InvalidStateError') throw error;
        this.#database = undefined;
      }
    }
    const session = this.#session.number;
    const fresh = await this.#connect();
    if (!this.#session.active || session !== this.#session.number) {
      fresh.database.close();
      throw new StorageError('STORAGE_CLOSED', `Store ${this.#session.description} was closed meanwhile`);
    }
    this.#database = fresh.database;
    await (this.#inDoubt || fresh.created ? write(fresh.database, all, true) : write(fresh.database, changes, false));
  }

  #connect(): Promise<{ database: IDBPDatabase<CatalogSchema>; created: boolean }> {
    return connect(this.#name, this.#where, () => {
      this.#database = undefined;
    });
  }

  #open(): CatalogMirror {
    this.#session.check();
    const mirror = this.#mirror;
    if (mirror === undefined) throw new StorageError('STORAGE_CLOSED', `${this.#where} is not open`);
    return mirror;
  }

  get #where(): string {
    return `the catalog of ${this.#session.description}`;
  }
}

/** Requests are issued at once and awaited together, so that the transaction is one round trip and cannot close early. */
async function write(database: IDBPDatabase<CatalogSchema>, changes: EncodedChanges, replaceAll: boolean): Promise<void> {
  const transaction = database.transaction('catalog', 'readwrite', { durability: 'strict' });
  const { store } = transaction;
  const requests: Promise<unknown>[] = [];
  if (replaceAll) requests.push(store.clear());
  for (const key of changes.deletes) requests.push(store.delete(key));
  for (const [key, json] of changes.puts) requests.push(store.put(json, key));
  // The transaction's own error (a full quota, say) says more than that of the request it aborted.
  const outcomes = await Promise.allSettled([transaction.done, ...requests]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function sameValues(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, json] of a) if (b.get(key) !== json) return false;
  return true;
}
