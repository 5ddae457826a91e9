import { checkFileName } from '../shared/file-name.ts';
import { StoreSession } from '../shared/store-session.ts';
import type { Storage, StorageFile } from '../storage.ts';
import { ChunkedBytes } from './chunked-bytes.ts';
import { MemoryCatalog } from './memory-catalog.ts';
import { MemoryFile } from './memory-file.ts';

/**
 * A store in memory: for tests, and for browsers without OPFS where the app allows it. Its content lives as long as this
 * object: after `close` it can be acquired again and holds what it held. Nothing survives the end of the process.
 */
export class MemoryStorage implements Storage {
  readonly description: string;
  readonly catalog: MemoryCatalog;
  readonly #session: StoreSession;
  readonly #files = new Map<string, ChunkedBytes>();

  /** `description` is for messages only. */
  constructor(description = 'memory') {
    this.description = description;
    this.#session = new StoreSession(description);
    this.catalog = new MemoryCatalog(this.#session);
  }

  async acquire(): Promise<void> {
    this.#session.begin();
  }

  async open(name: string, options: { create?: boolean } = {}): Promise<StorageFile> {
    const session = this.#session.number;
    this.#session.claim(name);
    let content = this.#files.get(name);
    if (content === undefined) {
      if (options.create !== true) {
        this.#session.release(name, session);
        throw this.#session.notFound(name);
      }
      content = new ChunkedBytes();
      this.#files.set(name, content);
    }
    const file = new MemoryFile(name, content, () => this.#session.release(name, session));
    this.#session.attach(name, file, session);
    return file;
  }

  async exists(name: string): Promise<boolean> {
    this.#session.check();
    checkFileName(name);
    return this.#files.has(name);
  }

  async list(): Promise<string[]> {
    this.#session.check();
    return [...this.#files.keys()].sort();
  }

  async remove(name: string): Promise<void> {
    this.#session.checkRemove(name);
    this.#files.delete(name);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#session.checkRename(from, to);
    const content = this.#files.get(from);
    if (content === undefined) throw this.#session.notFound(from);
    this.#files.delete(from);
    this.#files.set(to, content);
  }

  async sync(): Promise<void> {
    this.#session.check();
  }

  /** `usage` is the sum of the files' sizes; memory has no quota that anyone could tell. */
  async estimate(): Promise<{ usage?: number; quota?: number }> {
    this.#session.check();
    let usage = 0;
    for (const content of this.#files.values()) usage += content.size;
    return { usage };
  }

  async close(): Promise<void> {
    this.#session.end();
  }
}
