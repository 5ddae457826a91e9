import { ByteWriter, CorruptionError, compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import {
  decodePartitionPayload,
  decodePartitionsFooter,
  decodeRowsEntry,
  type PartitionsFooter,
  putDecoratedKey,
  putToken,
  type RowsEntry,
  TrieCursor,
  TriePages,
} from '../bti/index.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { TokenRange } from '../io/read-command.ts';
import type { CountingSource } from './counting-source.ts';
import type { LeftEntry } from './index-check.ts';
import type { HashedKey, PartitionHeader } from './partition-header.ts';
import type { PartitionIndex, PartitionRowIndex, PartitionScanner } from './partition-index.ts';
import { TrieBlocks } from './trie-blocks.ts';

/** Partitions by Partitions.db and Rows.db. Cassandra: bti.BtiTableReader. */
export class BtiPartitionIndex implements PartitionIndex {
  /** What stands behind the trie of Partitions.db. */
  readonly footer: PartitionsFooter;
  /** Uncompressed. */
  readonly data: ByteSource;
  readonly layout: DataLayout;
  readonly partitionPages: TriePages;
  readonly rowPages: TriePages;
  readonly rows: CountingSource;
  private readonly partitions: CountingSource;
  private readonly form = new ByteWriter(64);

  /** Throws CorruptionError. */
  constructor(partitions: CountingSource, rows: CountingSource, data: ByteSource, layout: DataLayout) {
    this.partitions = partitions;
    this.rows = rows;
    this.data = data;
    this.layout = layout;
    this.footer = decodePartitionsFooter(partitions);
    this.partitionPages = new TriePages(partitions);
    this.rowPages = new TriePages(rows);
  }

  get firstKey(): Uint8Array {
    return this.footer.firstKey;
  }

  get lastKey(): Uint8Array {
    return this.footer.lastKey;
  }

  get bytesRead(): number {
    return this.partitions.bytesRead + this.rows.bytesRead;
  }

  get steps(): number {
    return this.partitionPages.nodesVisited + this.rowPages.nodesVisited;
  }

  find(key: HashedKey, scanner: PartitionScanner | null): PartitionScanner | null {
    const found = scanner instanceof BtiPartitionScanner ? scanner : new BtiPartitionScanner(this);
    const { form } = this;
    form.clear();
    putDecoratedKey(form, key.tokenHi, key.tokenLo, key.key, 0, key.key.length);
    return found.find(form.buffer, form.length, key) ? found : null;
  }

  scannerFor(start: TokenRange['start']): PartitionScanner {
    const scanner = new BtiPartitionScanner(this);
    if (start !== undefined) {
      const { form } = this;
      form.clear();
      putToken(form, start.hi, start.lo);
      scanner.seekBefore(form.buffer, form.length, start.hi, start.lo);
    }
    return scanner;
  }

  scannerAt(bookmark: number): PartitionScanner {
    const scanner = new BtiPartitionScanner(this);
    scanner.goTo(bookmark);
    return scanner;
  }

  around(key: HashedKey, before: LeftEntry): PartitionScanner | null {
    const { form } = this;
    form.clear();
    putDecoratedKey(form, key.tokenHi, key.tokenLo, key.key, 0, key.key.length);
    const scanner = new BtiPartitionScanner(this);
    before.dataPosition = -1;
    if (scanner.goAround(form.buffer, form.length, key)) {
      token(scanner.keyBytes, 0, scanner.keyTo);
      before.set(scanner, tokenWords[0], tokenWords[1]);
      if (!scanner.next()) return null;
    }
    scanner.mustBeBehind(key);
    return scanner;
  }

  keys(): PartitionScanner {
    return new BtiPartitionScanner(this);
  }
}

/** Walks over the trie of Partitions.db; keys are in Rows.db or in Data.db, and are read when they are looked at. */
class BtiPartitionScanner implements PartitionScanner {
  dataPosition = 0;
  hasRowIndex = false;
  /** Position of the entry in Rows.db. */
  bookmark = -1;
  private readonly index: BtiPartitionIndex;
  private readonly cursor: TrieCursor;
  private readonly keys: ByteWindow;
  private readonly entries: ByteWindow;
  private state: 'at the start' | 'before the current' | 'moving' = 'at the start';
  private entry: RowsEntry | null = null;
  // How many it moved to since it was at the start; less than zero if it never was.
  private passed = Number.NEGATIVE_INFINITY;
  // Where the key is, and its bytes if they were looked at.
  private keyAt = 0;
  private keyIsRead = false;
  private key: Uint8Array = new Uint8Array(64);
  private keyLength = 0;

  constructor(index: BtiPartitionIndex) {
    this.index = index;
    this.cursor = new TrieCursor(index.partitionPages, index.footer.root);
    this.keys = new ByteWindow(index.data, 256);
    this.entries = new ByteWindow(index.rows, 256);
  }

  get keyBytes(): Uint8Array {
    this.readKey();
    return this.key;
  }

  get keyFrom(): number {
    return 0;
  }

  get keyTo(): number {
    this.readKey();
    return this.keyLength;
  }

  find(form: Uint8Array, length: number, { key, hash }: HashedKey): boolean {
    this.state = 'moving';
    if (!this.cursor.candidate(form, length) || !this.take(hash[3] & 0xff)) return false;
    this.readKey();
    return compareBytes(this.key, 0, this.keyLength, key, 0, key.length) === 0;
  }

  /** The next call of `next` moves to a partition whose token is less, the last one or the one before it, or to the first of all. */
  seekBefore(form: Uint8Array, length: number, tokenHi: number, tokenLo: number): void {
    if (!this.cursor.floor(form, length)) return;
    this.take(0);
    // It has a part of its key that is less, the key may be greater.
    token(this.keyBytes, 0, this.keyTo);
    const isLess = compareInt64(tokenWords[0], tokenWords[1], tokenHi, tokenLo) < 0;
    if (isLess || this.cursor.previous()) this.state = 'before the current';
  }

  /** Takes in the entry at that place of Rows.db. */
  goTo(entry: number): void {
    this.takeEntry(entry);
  }

  /**
   * Moves to the last partition before a key that was not found; false where there is none, and then to the first of all. Throws
   * CorruptionError where it is here after all, or behind another.
   */
  goAround(form: Uint8Array, length: number, key: HashedKey): boolean {
    this.state = 'moving';
    const { cursor } = this;
    const hasLess = cursor.floor(form, length);
    if (!hasLess) cursor.first();
    this.take(0);
    if (!hasLess) return false;
    // Keys are in the trie as far as they differ from their neighbours: this one may be the first behind.
    if (this.compareTo(key) > 0) {
      if (!cursor.previous()) {
        cursor.first();
        return false;
      }
      this.take(0);
    }
    if (this.compareTo(key) >= 0) throw cursor.payload().corrupt('partitions are not where the trie says');
    return true;
  }

  /** Throws CorruptionError unless the current partition is behind the key. */
  mustBeBehind(key: HashedKey): void {
    if (this.compareTo(key) <= 0) throw this.cursor.payload().corrupt('partitions are not where the trie says');
  }

  // What is behind the trie tells how many there are: none may be hidden.
  private mustBeAll(): void {
    const { partitions, lastKey } = this.index.footer;
    if (this.passed > 0 && this.passed !== partitions) {
      throw this.cursor.payload().corrupt(`the trie has ${this.passed} partitions, ${partitions} there should be`);
    }
    if (compareBytes(this.keyBytes, 0, this.keyTo, lastKey, 0, lastKey.length) !== 0) {
      throw this.cursor.payload().corrupt('the trie does not end with the last partition');
    }
  }

  private compareTo({ tokenHi, tokenLo, key }: HashedKey): number {
    const { keyBytes, keyTo } = this;
    token(keyBytes, 0, keyTo);
    return compareInt64(tokenWords[0], tokenWords[1], tokenHi, tokenLo) || compareBytes(keyBytes, 0, keyTo, key, 0, key.length);
  }

  next(): boolean {
    // A damaged trie may have more keys than anyone can count, but partitions lie one behind the other.
    let least = 0;
    if (this.state === 'at the start') {
      this.cursor.first();
      this.passed = 0;
    } else if (this.state === 'moving') {
      least = this.dataPosition + 1;
      if (!this.cursor.next()) {
        this.mustBeAll();
        return false;
      }
    }
    this.passed++;
    this.state = 'moving';
    this.take(0);
    if (this.dataPosition < least) {
      throw this.cursor.payload().corrupt(`a partition at ${this.dataPosition} can't come after one at ${least - 1}`);
    }
    return true;
  }

  rowIndex(): PartitionRowIndex {
    const { rowPages, layout } = this.index;
    const { root } = this.entry!;
    return {
      blocks: (file, from, rowsFrom, end) => new TrieBlocks(rowPages, root, layout.comparator.columns, file, from, rowsFrom, end),
    };
  }

  check(header: PartitionHeader, position: number): void {
    // Without a row index the key is the header's own.
    if (this.hasRowIndex) header.mustBe(this.keyBytes, 0, this.keyTo, position);
  }

  // Takes in the payload; false where it has another hash, and then the rest is not taken in.
  private take(hash: number): boolean {
    const { cursor, index } = this;
    const input = cursor.payload();
    const at = input.filePosition;
    const { position, sameHash } = decodePartitionPayload(input, cursor.flags, hash);
    this.keyIsRead = false;
    this.hasRowIndex = position >= 0;
    if (position < 0) {
      this.dataPosition = -1 - position;
      this.keyAt = this.dataPosition;
      this.entry = null;
      this.bookmark = -1;
    } else this.takeEntry(position);
    if (this.dataPosition >= index.data.size) {
      throw new CorruptionError(
        `a partition can't begin at ${this.dataPosition}, Data.db has ${index.data.size} bytes`,
        index.partitionPages.name,
        at,
      );
    }
    return sameHash;
  }

  private takeEntry(position: number): void {
    const { entries } = this;
    const length = entries.at(position, 64).u16('key length');
    const entry = entries.at(position, 2 + length + 40);
    entry.skip(2 + length, 'key');
    this.hasRowIndex = true;
    this.bookmark = position;
    this.keyAt = position;
    this.keyIsRead = false;
    this.entry = decodeRowsEntry(entry);
    this.dataPosition = this.entry.dataPosition;
  }

  private readKey(): void {
    if (this.keyIsRead) return;
    const window = this.hasRowIndex ? this.entries : this.keys;
    // No more than the key is of use.
    window.readAhead = this.keyAt + 64;
    const length = window.at(this.keyAt, 64).u16('key length');
    const input = window.at(this.keyAt, 2 + length);
    const from = input.position + 2;
    input.skip(2 + length, 'key');
    if (this.key.length < length) this.key = new Uint8Array(length * 2);
    for (let i = 0; i < length; i++) this.key[i] = input.bytes[from + i];
    this.keyLength = length;
    this.keyIsRead = true;
    // A scanner is kept for the next look-up: a chunk that the key lies in is not kept with it.
    window.giveBack();
  }
}
