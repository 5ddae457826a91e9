/**
 * Where a store's bytes lie. One directory of flat names; opening is async, everything on an open file is synchronous,
 * as OPFS sync access handles are in a worker and `fs` is in Node.
 *
 * What `flush` promises: when it returns, every byte written to that file before, and the file's existence and size,
 * survive a crash of the machine. Without it a crash may lose, tear or reorder anything written since the last one.
 * `remove` and `rename` may be undone by a crash until `sync` has resolved.
 */
export interface Storage {
  /** For messages: `opfs:survey`, `memory`, a directory's path. */
  readonly description: string;
  /**
   * Takes the store for this one writer and prepares the directory. Until `close` a second `acquire` on the same place,
   * from anywhere, fails with `StoreLockedError`.
   */
  acquire(): Promise<void>;
  /**
   * Opens a file for reading and writing; creates an empty one when `create` is set, else throws FileNotFoundError. A file is
   * open once at a time (`FILE_IN_USE`), as sync access handles are exclusive.
   */
  open(name: string, options?: OpenFileOptions): Promise<StorageFile>;
  /** Whether a file of that name exists. */
  exists(name: string): Promise<boolean>;
  /** Names of all files, sorted; those of the lock and of the catalog are not shown. */
  list(): Promise<string[]>;
  /** Removes a file that nobody has open; removing what is not there is no error. */
  remove(name: string): Promise<void>;
  /** Renames a file that nobody has open; replaces a file of the new name. */
  rename(from: string, to: string): Promise<void>;
  /** Makes creations, removals and renames so far durable (directory sync where the platform has one). */
  sync(): Promise<void>;
  /** The durable truth about what the store holds. */
  readonly catalog: Catalog;
  /** Bytes the store may still take, where the platform tells; else undefined. */
  estimate(): Promise<{ usage?: number; quota?: number }>;
  /** Bytes that a file of `size` bytes takes which is written at once, where that is another number: see StorageFile.physicalSize. */
  physicalSizeOf?(size: number): number;
  /**
   * Bytes of the store's files that `list` does not show: of the catalog, and of an encrypted store's key; not of a lock, which goes when the
   * store is closed. Absent where there are none. Cached, costs nothing.
   */
  readonly ownBytes?: number;
  /** Closes what is open and gives the store free; after it the same object can be acquired again. Closing twice is fine. */
  close(): Promise<void>;
}

/** What is needed of a storage to read and to write files: also what a worker has that helps the one who has acquired the store. */
export type StorageFiles = Pick<Storage, 'description' | 'open' | 'exists' | 'remove' | 'physicalSizeOf'>;

/** How a file is opened. */
export interface OpenFileOptions {
  /** Make an empty one where there is none. */
  readonly create?: boolean;
  /**
   * What is written counts only after a flush, so that a storage may hold it back until then, or until `close`; readers of the file see
   * it all the same. Default: a `write` that returned is there if the machine goes on, whatever becomes of the program.
   */
  readonly bulk?: boolean;
  /**
   * A storage that finds damage by itself, as one that encrypts does, shows the bytes as 0xff, and does not throw: for those who check
   * whatever they read. Default: CorruptionError.
   */
  readonly lenient?: boolean;
}

/** An open file. Positions and lengths in bytes. All calls throw `StorageError` subclasses; a full device is StorageFullError. */
export interface StorageFile {
  readonly name: string;
  /** Size in bytes; cached, costs nothing. */
  readonly size: number;
  /** Bytes that it takes where it lies, if they are not `size`, as those of an encrypted file: without what waits for a flush. */
  readonly physicalSize?: number;
  /**
   * What the storage itself wrote for these bytes, where that is something else, as for an encrypted file: a copy of the header of the file
   * and of all frames that have one of the bytes, damaged ones too. It is what remains of bytes that `lenient` shows as 0xff.
   */
  storedBytes?(position: number, size: number): Uint8Array;
  /** Reads up to `target.length` bytes at `position`; returns how many there were (short only at the end of the file). */
  read(target: Uint8Array, position: number): number;
  /** Writes all of `bytes` at `position` (growing the file as needed), or throws and leaves the old size. */
  write(bytes: Uint8Array, position: number): void;
  /** Cuts or extends (with zeros) to `size` bytes. */
  truncate(size: number): void;
  /**
   * See Storage: durable when it returns. After one that throws, what was written since the last good one is in doubt and
   * every later flush of this file throws `FLUSH_FAILED`: write the bytes to another file.
   */
  flush(): void;
  /**
   * Begins to make durable what was written so far, beside whoever calls it, so that the `flush` that is needed all the same finds little to do.
   * Resolves when nothing is under way any more, and rejects as `flush` throws, which then does so too. To be awaited before that flush, for of
   * two that fail at a time one alone is told. Absent where a flush keeps its caller waiting in any case.
   */
  flushAhead?(): Promise<void>;
  /** Closes; does not flush. Closing twice is fine. */
  close(): void;
}

/**
 * A small durable map from string keys to JSON values, changed by transactions: each is there whole or not at all.
 * IndexedDB in a browser (strict durability), a journalled file in Node.
 */
export interface Catalog {
  /** What could not be read of it when the store was acquired; null if all could. */
  readonly damage: CatalogDamage | null;
  /** Everything in it. */
  load(): Promise<Map<string, CatalogValue>>;
  /** Puts and deletes in one transaction; durable when it resolves. */
  commit(changes: CatalogChanges): Promise<void>;
}

/** A part of a catalog's file that can't be read. */
export interface CatalogDamage {
  readonly file: string;
  /** Where it begins, and how much it is, in bytes. */
  readonly offset: number;
  readonly size: number;
  /** Whether it is the end of the file: most likely a commit that a crash interrupted. */
  readonly atEnd: boolean;
  /** Whether a transaction may have been there: of one that was damaged once, a copy was good. */
  readonly mayHaveLost: boolean;
}

/** What a catalog can hold: plain JSON. */
export type CatalogValue = string | number | boolean | null | readonly CatalogValue[] | { readonly [key: string]: CatalogValue };

/** One transaction: deletes first, then puts. */
export interface CatalogChanges {
  readonly put?: ReadonlyMap<string, CatalogValue>;
  readonly delete?: readonly string[];
}
