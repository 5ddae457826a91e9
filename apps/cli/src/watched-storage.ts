import { ForwardingStorage, type OpenFileOptions, type Storage, type StorageFile } from '@cassette/storage';

/** A storage that tells how many bytes of its files were read: of work that reads a store from one end to the other. */
export class WatchedStorage extends ForwardingStorage {
  private readonly onRead: (name: string, bytes: number) => void;

  /** `onRead` is called behind each reading, with the file and with the bytes that it gave. */
  constructor(inner: Storage, onRead: (name: string, bytes: number) => void) {
    super(inner);
    this.onRead = onRead;
  }

  override async open(name: string, options?: OpenFileOptions): Promise<StorageFile> {
    return new WatchedFile(await super.open(name, options), this.onRead);
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
