import { CorruptionError } from '@cassette/bytes';
import { StorageFullError } from '../errors.ts';
import { decodeJournal, encodeSnapshot, encodeTransaction } from '../shared/catalog-journal.ts';
import type { EncodedChanges } from '../shared/catalog-values.ts';
import type { CatalogDamage, StorageFile } from '../storage.ts';

const rewriteSizeMin = 64 * 1024;
/** Room that must be left before IndexedDB is asked to write: its log and tables grow by less than this for one commit. */
const marginBytes = 256 * 1024;

/**
 * A second copy of the catalog, as a journal in the store's own folder. It is there because IndexedDB can vanish: Chromium,
 * when the device runs full during a commit, closes the database and at the next opening makes a new, empty one. Each
 * commit is written here first, so this copy is never behind; a full device shows here first, where it does no harm.
 */
export class CatalogMirror {
  /** What `read` found damaged and mended or cut away; it only matters if IndexedDB is empty. */
  damage: CatalogDamage | null = null;
  readonly #file: StorageFile;
  #size: number;
  #snapshotSize: number;
  #lastRecordSize = 0;

  /** `file` stays open until `close`. Call `read` first. */
  constructor(file: StorageFile) {
    this.#file = file;
    this.#size = 0;
    this.#snapshotSize = 0;
  }

  /** Bytes of its file, what is damaged or torn included. */
  get bytes(): number {
    return this.#file.size;
  }

  /** What the journal holds, as JSON texts; a damaged one gives its CorruptionError, which only matters if IndexedDB is empty too. */
  read(): Map<string, string> | CorruptionError {
    if (this.#file.size === 0) return new Map();
    const bytes = new Uint8Array(this.#file.size);
    this.#file.read(bytes, 0);
    try {
      const journal = decodeJournal(bytes, `${this.#file.name} (second copy)`);
      this.#size = journal.validBytes;
      this.#snapshotSize = journal.validBytes;
      this.damage = journal.damage;
      return journal.values;
    } catch (error) {
      if (error instanceof CorruptionError) return error;
      throw error;
    }
  }

  /** Appends a transaction, durably; `before` is what the catalog holds without it. Leaves nothing behind when it throws. */
  append(changes: EncodedChanges, before: ReadonlyMap<string, string>): void {
    const record = encodeTransaction(changes);
    if (this.#size === 0 || this.#size + record.length > Math.max(rewriteSizeMin, 4 * this.#snapshotSize)) this.#rewrite(before);
    if (this.#file.size > this.#size) this.#file.truncate(this.#size);
    this.#file.write(record, this.#size);
    try {
      // A transaction that deletes is one that gives room: it must not be refused for the lack of it.
      if (changes.deletes.length === 0) this.#checkMargin();
      this.#file.flush();
    } catch (error) {
      this.#file.truncate(this.#size);
      throw error;
    }
    this.#size += record.length;
    this.#lastRecordSize = record.length;
  }

  /** Takes the last append back: IndexedDB did not take the transaction. Cutting needs no room. */
  undo(): void {
    this.#size -= this.#lastRecordSize;
    this.#lastRecordSize = 0;
    this.#file.truncate(this.#size);
    this.#file.flush();
  }

  /** Says that IndexedDB holds something else, and decides: the next append writes all of it anew. */
  outdate(): void {
    this.#size = 0;
  }

  /** Whether the device or the quota has less room than a commit may need. */
  isFull(): boolean {
    try {
      this.#checkMargin();
      return false;
    } catch (error) {
      if (error instanceof StorageFullError) return true;
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  /** Writes over the old journal, which mostly is larger: that needs no room. One that fails half-way is done again. */
  #rewrite(values: ReadonlyMap<string, string>): void {
    const bytes = encodeSnapshot(values);
    this.#size = 0;
    this.#file.write(bytes, 0);
    this.#file.truncate(bytes.length);
    this.#file.flush();
    this.#size = bytes.length;
    this.#snapshotSize = bytes.length;
  }

  #checkMargin(): void {
    const { size } = this.#file;
    this.#file.write(new Uint8Array(marginBytes), size);
    this.#file.truncate(size);
  }
}
