import { closeSync, fdatasyncSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CorruptionError } from '@cassette/bytes';
import { decodeJournal, encodeSnapshot, encodeTransaction, journalMagic } from '../shared/catalog-journal.ts';
import { applyChanges, decodeCatalog, encodeChanges } from '../shared/catalog-values.ts';
import type { StoreSession } from '../shared/store-session.ts';
import type { Catalog, CatalogChanges, CatalogDamage, CatalogValue } from '../storage.ts';
import { syncDirectory, writeAll } from './fs-calls.ts';
import { errnoOf, guarded, nodeError } from './node-errors.ts';

/** A journal is rewritten when it is larger than this and than four times what its last rewrite took. */
const rewriteSizeMin = 64 * 1024;

/** The catalog as a journal in the file `catalog` of a store's directory. A commit is one append and one fdatasync. */
export class NodeCatalog implements Catalog {
  readonly #session: StoreSession;
  readonly #directory: string;
  readonly #path: string;
  #values = new Map<string, string>();
  #fd: number | undefined;
  #size = 0;
  #snapshotSize = 0;
  /** Whether bytes of an interrupted write lie behind `#size`: they must go before a record is written over them. */
  #tornTail = false;
  #damage: CatalogDamage | null = null;
  #fileBytes = 0;

  constructor(session: StoreSession, directory: string) {
    this.#session = session;
    this.#directory = directory;
    this.#path = join(directory, 'catalog');
  }

  get damage(): CatalogDamage | null {
    return this.#damage;
  }

  /** Bytes of its file, what is damaged or torn included. */
  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Reads the journal. A torn tail is left where it is until the first commit: reading changes nothing. */
  open(): void {
    guarded('read', this.#path, () => {
      removeIfThere(`${this.#path}.tmp`);
      const bytes = readIfThere(this.#path);
      this.#values = new Map();
      this.#size = 0;
      this.#snapshotSize = 0;
      this.#damage = null;
      this.#fileBytes = bytes?.length ?? 0;
      // An empty file is as none: what that means for a store that has data is for its engine to say.
      if (bytes === undefined || bytes.length === 0) return;
      const journal = decodeJournal(bytes, this.#path);
      if (journal.damage !== null && journal.validBytes === journalMagic.length) {
        // A journal gets its name after its first transaction is durable: no crash tears that one.
        throw new CorruptionError('The catalog is damaged: none of it can be read', this.#path, journal.damage.offset);
      }
      this.#values = journal.values;
      this.#size = journal.validBytes;
      this.#snapshotSize = journal.validBytes;
      this.#damage = journal.damage;
      // What is damaged and not at the end goes with the next commit, which writes a new file where there is none open.
      if (journal.damage?.atEnd === false) return;
      this.#fd = openSync(this.#path, 'r+');
      this.#tornTail = bytes.length > journal.validBytes;
    });
  }

  /** Closes the file. */
  close(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    this.#tornTail = false;
    if (fd !== undefined) guarded('close', this.#path, () => closeSync(fd));
  }

  async load(): Promise<Map<string, CatalogValue>> {
    this.#session.check();
    return decodeCatalog(this.#values);
  }

  async commit(changes: CatalogChanges): Promise<void> {
    this.#session.check();
    const encoded = encodeChanges(changes);
    const after = new Map(this.#values);
    applyChanges(after, encoded);
    const record = encodeTransaction(encoded);
    const fd = this.#fd;
    try {
      if (fd === undefined || this.#size + record.length > Math.max(rewriteSizeMin, 4 * this.#snapshotSize)) this.#rewrite(after);
      else this.#append(fd, record);
    } catch (error) {
      throw nodeError(error, 'write', this.#path);
    }
    this.#values = after;
  }

  #append(fd: number, record: Uint8Array): void {
    try {
      if (this.#tornTail) {
        ftruncateSync(fd, this.#size);
        this.#fileBytes = this.#size;
        this.#tornTail = false;
      }
      writeAll(fd, record, this.#size);
      fdatasyncSync(fd);
    } catch (error) {
      this.#undo(fd);
      throw error;
    }
    this.#size += record.length;
    this.#fileBytes = this.#size;
  }

  /**
   * After a failed append the file may hold the record, or part of it, and after a failed fdatasync nobody can say what the
   * disk holds: cut it away now so that a reopened store does not see it, and write a new file at the next commit.
   */
  #undo(fd: number): void {
    this.#fd = undefined;
    try {
      ftruncateSync(fd, this.#size);
      this.#fileBytes = this.#size;
    } finally {
      closeSync(fd);
    }
  }

  /** New file, fsync, rename, directory fsync: a crash at any point leaves the old journal or the new one, both whole. */
  #rewrite(values: ReadonlyMap<string, string>): void {
    const bytes = encodeSnapshot(values);
    const temporary = `${this.#path}.tmp`;
    const fd = openSync(temporary, 'w+');
    try {
      writeAll(fd, bytes, 0);
      fsyncSync(fd);
      renameSync(temporary, this.#path);
    } catch (error) {
      closeSync(fd);
      removeIfThere(temporary);
      throw error;
    }
    this.#fileBytes = bytes.length;
    const old = this.#fd;
    this.#fd = undefined;
    if (old !== undefined) closeSync(old);
    try {
      // Until this is done a crash may bring the old journal back; if it fails, the next commit writes a new file again.
      syncDirectory(this.#directory);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.#fd = fd;
    this.#size = bytes.length;
    this.#snapshotSize = bytes.length;
    this.#tornTail = false;
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
