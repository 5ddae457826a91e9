import { type Catalog, type CatalogChanges, ForwardingStorage, type OpenFileOptions, type StorageFile } from '@cassette/storage';
import type { FaultyStorage } from '@cassette/storage/testing';

/** What an operation is about. */
export interface OperationTarget {
  readonly file: string;
  readonly bytes: number;
}

/** A simulated disk that notes, before each operation, which file it is about: the disk itself tells only of what kind it is. */
export class WatchedStorage extends ForwardingStorage {
  /** The last operation that began. */
  target: OperationTarget = { file: '', bytes: 0 };
  readonly #catalog: Catalog;

  constructor(disk: FaultyStorage) {
    super(disk);
    const note = (file: string, bytes: number) => this.#note(file, bytes);
    this.#catalog = {
      get damage() {
        return disk.catalog.damage;
      },
      load: () => disk.catalog.load(),
      commit: (changes: CatalogChanges) => {
        note('catalog', 0);
        return disk.catalog.commit(changes);
      },
    };
  }

  override get catalog(): Catalog {
    return this.#catalog;
  }

  override async open(name: string, options?: OpenFileOptions): Promise<StorageFile> {
    this.#note(name, 0);
    const file = await super.open(name, options);
    const note = (bytes: number) => this.#note(name, bytes);
    return {
      name,
      get size() {
        return file.size;
      },
      read: (target, position) => file.read(target, position),
      write: (bytes, position) => {
        note(bytes.length);
        file.write(bytes, position);
      },
      truncate: (size) => {
        note(0);
        file.truncate(size);
      },
      flush: () => {
        note(0);
        file.flush();
      },
      close: () => file.close(),
    };
  }

  override remove(name: string): Promise<void> {
    this.#note(name, 0);
    return super.remove(name);
  }

  override rename(from: string, to: string): Promise<void> {
    this.#note(to, 0);
    return super.rename(from, to);
  }

  override sync(): Promise<void> {
    this.#note('', 0);
    return super.sync();
  }

  #note(file: string, bytes: number): void {
    this.target = { file, bytes };
  }
}
