import { FileNotFoundError, StorageError, StoreLockedError } from '../errors.ts';
import type { StorageFile } from '../storage.ts';
import { checkFileName } from './file-name.ts';

/** A stay in the map of open files from the moment somebody asks for the file, before the platform has opened it. */
const opening = Symbol('opening');

/**
 * What all storages do alike between `acquire` and `close`: refuse calls outside of it, refuse to open, remove or rename a
 * file that is open (a sync access handle is exclusive, so the others are too), and close what is open at the end.
 */
export class StoreSession {
  readonly description: string;
  #acquired = false;
  /** Counts sessions, so that an `open` that ends after its session did is noticed. */
  #number = 0;
  readonly #files = new Map<string, StorageFile | typeof opening>();

  constructor(description: string) {
    this.description = description;
  }

  /** Begins a session; throws StoreLockedError when there is one. */
  begin(): void {
    if (this.#acquired) throw new StoreLockedError(`Store ${this.description} is already open here`, { store: this.description });
    this.#acquired = true;
    this.#number++;
  }

  /** Whether a session is on. */
  get active(): boolean {
    return this.#acquired;
  }

  /** Which session this is; changes with each `begin`. */
  get number(): number {
    return this.#number;
  }

  /** Names of the files that are open now. */
  openNames(): string[] {
    return [...this.#files.keys()];
  }

  /** Throws `STORAGE_CLOSED` outside of a session. */
  check(): void {
    if (!this.#acquired) {
      throw new StorageError('STORAGE_CLOSED', `Store ${this.description} is not open: call acquire() first`, {
        store: this.description,
      });
    }
  }

  /** Claims a name for opening; throws `FILE_IN_USE` when it is open or being opened. */
  claim(name: string): void {
    this.check();
    checkFileName(name);
    this.mustBeFree(name, 'open');
    this.#files.set(name, opening);
  }

  /** Turns a claim into an open file. False when the session has ended meanwhile: then the caller must close the file. */
  attach(name: string, file: StorageFile, session: number): boolean {
    if (!this.#acquired || session !== this.#number) return false;
    this.#files.set(name, file);
    return true;
  }

  /** Gives a name free: its file was closed or could not be opened. */
  release(name: string, session: number): void {
    if (session === this.#number) this.#files.delete(name);
  }

  /** Throws `FILE_IN_USE` when the file is open. */
  mustBeFree(name: string, what: 'open' | 'remove' | 'rename' | 'replace'): void {
    if (this.#files.has(name)) {
      throw new StorageError('FILE_IN_USE', `Cannot ${what} ${name} in ${this.description}: it is open; close it first`, {
        file: name,
        store: this.description,
      });
    }
  }

  /** Checks that come before a removal. */
  checkRemove(name: string): void {
    this.check();
    checkFileName(name);
    this.mustBeFree(name, 'remove');
  }

  /** Checks that come before a rename. */
  checkRename(from: string, to: string): void {
    this.check();
    checkFileName(from);
    checkFileName(to);
    this.mustBeFree(from, 'rename');
    this.mustBeFree(to, 'replace');
  }

  /** Keeps names from being opened while they are being removed or renamed; returns what gives them free. */
  hold(...names: string[]): () => void {
    const session = this.#number;
    for (const name of names) this.#files.set(name, opening);
    return () => {
      for (const name of names) this.release(name, session);
    };
  }

  /** The error for a file that is not there. */
  notFound(name: string): FileNotFoundError {
    return new FileNotFoundError(name, this.description);
  }

  /** The error for an `open` during which the store was closed. */
  closedMeanwhile(name: string): StorageError {
    return new StorageError('STORAGE_CLOSED', `Store ${this.description} was closed while ${name} was being opened`, {
      file: name,
      store: this.description,
    });
  }

  /** Ends the session and closes every open file. Ending twice is fine. */
  end(): void {
    if (!this.#acquired) return;
    const files = [...this.#files.values()];
    this.#acquired = false;
    this.#files.clear();
    for (const file of files) if (file !== opening) file.close();
  }
}
