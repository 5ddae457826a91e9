import type { Catalog, OpenFileOptions, Storage, StorageFile } from '@cassette/storage';

/** A storage that tells how many bytes of its files were read: of work that reads a store from one end to the other. */
export class WatchedStorage implements Storage {
  private readonly inner: Storage;
  private readonly onRead: (name: string, bytes: number) => void;

  /** `onRead` is called behind each reading, with the file and with the bytes that it gave. */
  constructor(inner: Storage, onRead: (name: string, bytes: number) => void) {
    this.inner = inner;
    this.onRead = onRead;
  }

  get description(): string {
    return this.inner.description;
  }

  get catalog(): Catalog {
    return this.inner.catalog;
  }

  async open(name: string, options?: OpenFileOptions): Promise<StorageFile> {
    return new WatchedFile(await this.inner.open(name, options), this.onRead);
  }

  acquire(): Promise<void> {
    return this.inner.acquire();
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

class WatchedFile implements StorageFile {
  readonly storedBytes?: NonNullable<StorageFile['storedBytes']>;
  private readonly inner: StorageFile;
  private readonly onRead: (name: string, bytes: number) => void;

  constructor(inner: StorageFile, onRead: (name: string, bytes: number) => void) {
    this.inner = inner;
    this.onRead = onRead;
    // Those who find it take the file for one of an encrypted store.
    if (inner.storedBytes !== undefined) this.storedBytes = (position, size) => inner.storedBytes!(position, size);
  }

  get name(): string {
    return this.inner.name;
  }

  get size(): number {
    return this.inner.size;
  }

  read(target: Uint8Array, position: number): number {
    const count = this.inner.read(target, position);
    this.onRead(this.inner.name, count);
    return count;
  }

  write(bytes: Uint8Array, position: number): void {
    this.inner.write(bytes, position);
  }

  truncate(size: number): void {
    this.inner.truncate(size);
  }

  flush(): void {
    this.inner.flush();
  }

  close(): void {
    this.inner.close();
  }
}
