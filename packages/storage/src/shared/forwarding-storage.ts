import type { Catalog, OpenFileOptions, Storage, StorageFile } from '../storage.ts';

/**
 * A storage that is another one: for those who look at some of what goes by, or change it, and override that alone. What is optional of
 * `Storage` it does not have.
 */
export class ForwardingStorage<T extends Storage = Storage> implements Storage {
  /** The one that everything goes to. */
  readonly inner: T;

  constructor(inner: T) {
    this.inner = inner;
  }

  get description(): string {
    return this.inner.description;
  }

  get catalog(): Catalog {
    return this.inner.catalog;
  }

  acquire(): Promise<void> {
    return this.inner.acquire();
  }

  open(name: string, options?: OpenFileOptions): Promise<StorageFile> {
    return this.inner.open(name, options);
  }

  exists(name: string): Promise<boolean> {
    return this.inner.exists(name);
  }

  list(): Promise<string[]> {
    return this.inner.list();
  }

  remove(name: string): Promise<void> {
    return this.inner.remove(name);
  }

  rename(from: string, to: string): Promise<void> {
    return this.inner.rename(from, to);
  }

  sync(): Promise<void> {
    return this.inner.sync();
  }

  estimate(): Promise<{ usage?: number; quota?: number }> {
    return this.inner.estimate();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
