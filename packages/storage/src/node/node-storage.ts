import { closeSync, existsSync, fstatSync, openSync, readdirSync, renameSync, statfsSync, statSync, unlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StorageError } from '../errors.ts';
import { checkFileName, reservedNames } from '../shared/file-name.ts';
import { StoreSession } from '../shared/store-session.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { makeDirectory, syncDirectory } from './fs-calls.ts';
import { type HeldLock, lockDirectory } from './lock-file.ts';
import { nameTagPrefix } from './name-tag.ts';
import { NodeCatalog } from './node-catalog.ts';
import { errnoOf, guarded, nodeError } from './node-errors.ts';
import { NodeFile } from './node-file.ts';

/**
 * A store in a directory of the file system, under Node. One writer: a lock file names the process that has it; one left by
 * a killed process is taken over. The lock holds among the processes of one machine that see each other: do not share the
 * directory between machines or containers. Can be acquired again after `close`.
 */
export class NodeStorage implements Storage {
  readonly description: string;
  readonly catalog: NodeCatalog;
  readonly #directory: string;
  readonly #session: StoreSession;
  /** Names whose directory entries an fsync of the directory has covered. */
  readonly #durableEntries = new Set<string>();
  #lock: HeldLock | undefined;

  /** `directory` is made, with its parents, by `acquire`. */
  constructor(directory: string) {
    this.#directory = resolve(directory);
    this.description = this.#directory;
    this.#session = new StoreSession(this.description);
    this.catalog = new NodeCatalog(this.#session, this.#directory);
  }

  async acquire(): Promise<void> {
    this.#session.begin();
    const session = this.#session.number;
    try {
      guarded('make', this.#directory, () => makeDirectory(this.#directory));
      const lock = await this.#takeLock();
      if (!this.#session.active || session !== this.#session.number) {
        lock.release();
        throw new StorageError('STORAGE_CLOSED', `Store ${this.description} was closed while it was being opened`);
      }
      this.#lock = lock;
      this.#durableEntries.clear();
      this.catalog.open();
    } catch (error) {
      if (session === this.#session.number) this.#end();
      throw error;
    }
  }

  async open(name: string, options: { create?: boolean } = {}): Promise<StorageFile> {
    const session = this.#session.number;
    this.#session.claim(name);
    try {
      const file = this.#openFile(name, options.create === true, session);
      this.#session.attach(name, file, session);
      return file;
    } catch (error) {
      this.#session.release(name, session);
      throw error;
    }
  }

  async exists(name: string): Promise<boolean> {
    this.#session.check();
    checkFileName(name);
    return existsSync(this.#path(name));
  }

  async list(): Promise<string[]> {
    this.#session.check();
    const entries = guarded('list', this.#directory, () => readdirSync(this.#directory, { withFileTypes: true }));
    const files = entries.filter((entry) => entry.isFile() && !isOwn(entry.name));
    return files.map((entry) => entry.name).sort();
  }

  async remove(name: string): Promise<void> {
    this.#session.checkRemove(name);
    this.#durableEntries.delete(name);
    try {
      unlinkSync(this.#path(name));
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw nodeError(error, 'remove', this.#path(name));
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#session.checkRename(from, to);
    this.#durableEntries.delete(from);
    this.#durableEntries.delete(to);
    try {
      renameSync(this.#path(from), this.#path(to));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') throw this.#session.notFound(from);
      throw nodeError(error, 'rename', this.#path(from));
    }
  }

  async sync(): Promise<void> {
    this.#session.check();
    guarded('sync', this.#directory, () => syncDirectory(this.#directory));
    for (const name of this.#session.openNames()) this.#durableEntries.add(name);
  }

  /** `usage`: sum of the sizes of all files of the directory; `quota`: that and what the file system has free. */
  async estimate(): Promise<{ usage?: number; quota?: number }> {
    this.#session.check();
    return guarded('measure', this.#directory, () => {
      let usage = 0;
      for (const entry of readdirSync(this.#directory, { withFileTypes: true })) {
        if (entry.isFile()) usage += statSync(join(this.#directory, entry.name)).size;
      }
      const system = statfsSync(this.#directory);
      return { usage, quota: usage + system.bavail * system.bsize };
    });
  }

  /** Of the catalog. */
  get ownBytes(): number {
    return this.catalog.fileBytes;
  }

  async close(): Promise<void> {
    this.#end();
  }

  async #takeLock(): Promise<HeldLock> {
    try {
      return await lockDirectory(this.#directory);
    } catch (error) {
      throw nodeError(error, 'lock', this.#directory);
    }
  }

  #openFile(name: string, create: boolean, session: number): NodeFile {
    const path = this.#path(name);
    let fd: number;
    try {
      fd = openSync(path, 'r+');
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw nodeError(error, 'open', path);
      if (!create) throw this.#session.notFound(name);
      fd = guarded('create', path, () => openSync(path, 'wx+'));
    }
    try {
      return new NodeFile(name, path, fd, fstatSync(fd).size, {
        makeEntryDurable: () => this.#makeEntryDurable(name),
        closed: () => this.#session.release(name, session),
      });
    } catch (error) {
      closeSync(fd);
      throw nodeError(error, 'open', path);
    }
  }

  #makeEntryDurable(name: string): void {
    if (this.#durableEntries.has(name)) return;
    syncDirectory(this.#directory);
    this.#durableEntries.add(name);
  }

  #end(): void {
    const lock = this.#lock;
    this.#lock = undefined;
    try {
      this.#session.end();
      this.catalog.close();
    } finally {
      lock?.release();
    }
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }
}

function isOwn(name: string): boolean {
  return reservedNames.has(name) || name.startsWith('lock.takeover.') || name.startsWith(nameTagPrefix);
}
