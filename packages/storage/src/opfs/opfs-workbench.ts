import { FileNotFoundError, StorageError } from '../errors.ts';
import { checkFileName } from '../shared/file-name.ts';
import type { OpenFileOptions, StorageFile, StorageFiles } from '../storage.ts';
import { domError, nameOf } from './dom-errors.ts';
import { OpfsFile } from './opfs-file.ts';
import { OpfsSnapshot } from './opfs-snapshot.ts';
import { asWorkerHandle } from './opfs-types.ts';
import { patiently } from './patience.ts';
import { encodeStoreName, rootFolder } from './store-names.ts';
import { type HeldWebLock, takeHelperLock } from './web-lock.ts';

const handleWaitMs = 5_000;

/**
 * The files of a store for a worker that helps the one who has the store: it makes files of its own, and reads those that the other may have
 * open, as long as nobody changes them. As long as it is open nobody else can open the store anew, so that a worker that outlives the one
 * it helps by a moment is in nobody's way.
 */
export class OpfsWorkbench implements StorageFiles {
  readonly description: string;
  readonly #directory: FileSystemDirectoryHandle;
  readonly #lock: HeldWebLock;
  readonly #open = new Set<OpfsFile>();

  private constructor(name: string, directory: FileSystemDirectoryHandle, lock: HeldWebLock) {
    this.description = `opfs:${name}`;
    this.#directory = directory;
    this.#lock = lock;
  }

  /** Opens it for a store that is there. Rejects with StorageError; StoreLockedError where another worker helps already. */
  static async open(name: string): Promise<OpfsWorkbench> {
    const lock = await takeHelperLock(name, handleWaitMs);
    try {
      const root = await navigator.storage.getDirectory();
      const stores = await root.getDirectoryHandle(rootFolder);
      return new OpfsWorkbench(name, await stores.getDirectoryHandle(encodeStoreName(name)), lock);
    } catch (error) {
      await lock.release();
      throw domError(error, 'open', `opfs:${name}`);
    }
  }

  /** With `create`, for writing; else for reading what somebody else may have open, and it must not change. */
  async open(name: string, options: OpenFileOptions = {}): Promise<StorageFile> {
    checkFileName(name);
    const where = `${this.description}/${name}`;
    try {
      const handle = asWorkerHandle(await this.#directory.getFileHandle(name, { create: options.create === true }));
      if (options.create !== true) return new OpfsSnapshot(name, where, await handle.getFile());
      const access = await patiently(() => handle.createSyncAccessHandle(), where, handleWaitMs);
      const file: OpfsFile = new OpfsFile(name, where, access, () => this.#open.delete(file));
      this.#open.add(file);
      return file;
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') throw new FileNotFoundError(name, this.description);
      throw domError(error, 'open', where);
    }
  }

  async exists(name: string): Promise<boolean> {
    checkFileName(name);
    try {
      await this.#directory.getFileHandle(name);
      return true;
    } catch (error) {
      if (nameOf(error) === 'NotFoundError') return false;
      throw domError(error, 'look for', `${this.description}/${name}`);
    }
  }

  /** Removes a file that nobody has open. */
  async remove(name: string): Promise<void> {
    checkFileName(name);
    const where = `${this.description}/${name}`;
    for (const file of this.#open) {
      if (file.name === name)
        throw new StorageError('FILE_IN_USE', `Cannot remove ${where}: it is open; close it first`, { where });
    }
    try {
      await patiently(() => this.#directory.removeEntry(name), where, handleWaitMs);
    } catch (error) {
      if (nameOf(error) !== 'NotFoundError') throw domError(error, 'remove', where);
    }
  }

  /** Closes what it has open, and lets others open the store. */
  async close(): Promise<void> {
    try {
      for (const file of this.#open) file.close();
    } finally {
      await this.#lock.release();
    }
  }
}
