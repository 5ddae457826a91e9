import { StorageError, StorageUnsupportedError } from '../errors.ts';
import { checkFileName, reservedNames } from '../shared/file-name.ts';
import { StoreSession } from '../shared/store-session.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { CatalogMirror } from './catalog-mirror.ts';
import { detectStore, missingApi, type OpfsDetection } from './detect-opfs.ts';
import { domError, nameOf } from './dom-errors.ts';
import { IdbCatalog } from './idb-catalog.ts';
import { OpfsFile } from './opfs-file.ts';
import { asWorkerHandle, type WorkerFileHandle } from './opfs-types.ts';
import { patiently } from './patience.ts';
import { renameFile } from './rename-file.ts';
import { encodeStoreName, lockAndDatabaseName, mirrorName, rootFolder } from './store-names.ts';
import { type HeldWebLock, takeWebLock } from './web-lock.ts';

/** How long OpfsStorage waits for what a crashed tab leaves behind. */
export interface OpfsOptions {
  /** For the store's Web Lock, in milliseconds; default 1,500. */
  readonly lockWaitMs?: number;
  /** For a file's lingering access handle, in milliseconds; default 5,000. */
  readonly handleWaitMs?: number;
}

/**
 * A store in the browser: files in the folder `cassette/<name>` of the origin private file system through sync access
 * handles, so in a dedicated worker only; the catalog in the IndexedDB database `cassette:<name>` with a second copy in the
 * folder's file `catalog`; one writer through the Web
 * Lock of that name. `acquire` throws StorageUnsupportedError where {@link detectStore} says no. OPFS has no directory sync:
 * `sync` does nothing, and names are as durable as the browser makes them.
 */
export class OpfsStorage implements Storage {
  readonly description: string;
  readonly catalog: IdbCatalog;
  readonly #name: string;
  readonly #lockWaitMs: number;
  readonly #handleWaitMs: number;
  readonly #session: StoreSession;
  #directory: FileSystemDirectoryHandle | undefined;
  #lock: HeldWebLock | undefined;

  /** `name` is any text up to about 200 letters; see {@link encodeStoreName} for what is refused. */
  constructor(name: string, options: OpfsOptions = {}) {
    encodeStoreName(name);
    this.#name = name;
    this.#lockWaitMs = options.lockWaitMs ?? 1_500;
    this.#handleWaitMs = options.handleWaitMs ?? 5_000;
    this.description = `opfs:${name}`;
    this.#session = new StoreSession(this.description);
    this.catalog = new IdbCatalog(this.#session, lockAndDatabaseName(name));
  }

  async acquire(): Promise<void> {
    this.#session.begin();
    const session = this.#session.number;
    try {
      throwUnlessOk(missingApi() ?? { ok: true });
      // Each is some calls of the browser's other processes: a start does not wait for one after the other.
      const detecting = detectStore(this.#name);
      const lock = await takeWebLock(this.#name, this.#lockWaitMs);
      if (!this.#session.active || session !== this.#session.number) {
        await lock.release();
        throw new StorageError('STORAGE_CLOSED', `Store ${this.description} was closed while it was being opened`);
      }
      this.#lock = lock;
      this.#endWhenLost(lock);
      throwUnlessOk(await detecting);
      await this.catalog.open(this.#openDirectory());
    } catch (error) {
      if (session === this.#session.number) await this.close();
      throw domError(error, 'open', this.description);
    }
  }

  async open(name: string, options: { create?: boolean } = {}): Promise<StorageFile> {
    const session = this.#session.number;
    this.#session.claim(name);
    try {
      const handle = await this.#fileHandle(name, options.create === true);
      const access = await patiently(() => handle.createSyncAccessHandle(), this.#where(name), this.#handleWaitMs);
      const file = new OpfsFile(name, this.#where(name), access, () => this.#session.release(name, session));
      if (this.#session.attach(name, file, session)) return file;
      file.close();
      throw this.#session.closedMeanwhile(name);
    } catch (error) {
      this.#session.release(name, session);
      throw domError(error, 'open', this.#where(name));
    }
  }

  async exists(name: string): Promise<boolean> {
    this.#session.check();
    checkFileName(name);
    try {
      await this.#files().getFileHandle(name);
      return true;
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return false;
      throw domError(error, 'look for', this.#where(name));
    }
  }

  async list(): Promise<string[]> {
    this.#session.check();
    const names: string[] = [];
    try {
      for await (const [name, handle] of this.#files().entries()) {
        if (handle.kind === 'file' && !reservedNames.has(name)) names.push(name);
      }
    } catch (error) {
      throw domError(error, 'list', this.description);
    }
    return names.sort();
  }

  async remove(name: string): Promise<void> {
    this.#session.checkRemove(name);
    const free = this.#session.hold(name);
    try {
      await patiently(() => this.#files().removeEntry(name), this.#where(name), this.#handleWaitMs);
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw domError(error, 'remove', this.#where(name));
    } finally {
      free();
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#session.checkRename(from, to);
    const free = this.#session.hold(from, to);
    try {
      const handle = await this.#fileHandle(from, false);
      if (from !== to) await patiently(() => renameFile(this.#files(), handle, to), this.#where(from), this.#handleWaitMs);
    } catch (error) {
      throw domError(error, 'rename', this.#where(from));
    } finally {
      free();
    }
  }

  async sync(): Promise<void> {
    this.#session.check();
  }

  /** What the browser says of the whole origin: usage is rounded and lags, and the quota is no promise. */
  async estimate(): Promise<{ usage?: number; quota?: number }> {
    this.#session.check();
    try {
      return await navigator.storage.estimate();
    } catch (error) {
      throw domError(error, 'measure', this.description);
    }
  }

  /** Of the catalog's second copy; the first one is no file. */
  get ownBytes(): number {
    return this.catalog.mirrorBytes;
  }

  async close(): Promise<void> {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      this.#session.end();
      this.catalog.close();
      this.#directory = undefined;
    } finally {
      await lock?.release();
    }
  }

  /** Whoever steals the lock becomes the writer; two would ruin the store, so this one stops at once. */
  #endWhenLost(lock: HeldWebLock): void {
    lock.lost.then(() => {
      if (this.#lock === lock) return this.close();
      return undefined;
    });
  }

  async #openDirectory(): Promise<CatalogMirror> {
    const session = this.#session.number;
    const directory = await storeDirectory(this.#name);
    if (!this.#session.active || session !== this.#session.number) {
      throw new StorageError('STORAGE_CLOSED', `Store ${this.description} was closed while it was being opened`);
    }
    this.#directory = directory;
    return this.#openMirror(directory);
  }

  async #openMirror(directory: FileSystemDirectoryHandle): Promise<CatalogMirror> {
    const handle = asWorkerHandle(await directory.getFileHandle(mirrorName, { create: true }));
    const access = await patiently(() => handle.createSyncAccessHandle(), this.#where(mirrorName), this.#handleWaitMs);
    return new CatalogMirror(new OpfsFile(mirrorName, this.#where(mirrorName), access, () => undefined));
  }

  async #fileHandle(name: string, create: boolean): Promise<WorkerFileHandle> {
    try {
      return asWorkerHandle(await this.#files().getFileHandle(name, { create }));
    } catch (error) {
      if (nameOf(error) === 'NotFoundError' && !create) throw this.#session.notFound(name);
      throw error;
    }
  }

  #files(): FileSystemDirectoryHandle {
    const directory = this.#directory;
    if (directory === undefined)
      throw new StorageError('STORAGE_CLOSED', `Store ${this.description} is not open: call acquire() first`);
    return directory;
  }

  #where(name: string): string {
    return `${this.description}/${name}`;
  }
}

function throwUnlessOk(detection: OpfsDetection): void {
  if (detection.ok) return;
  const { reason, why } = detection;
  throw new StorageUnsupportedError(`Cassette cannot keep data here: ${reason}`, { reason, why });
}

async function storeDirectory(name: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const stores = await root.getDirectoryHandle(rootFolder, { create: true });
  return stores.getDirectoryHandle(encodeStoreName(name), { create: true });
}
