import { ByteWriter, CorruptionError, compareBytes } from '@cassette/bytes';
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
      scanner.seekBefore(form.buffer, form.length);
    }
    return scanner;
  }

  scannerAt(): null {
    return null;
  }

  around(): undefined {
    return undefined;
  }

  keys(): PartitionScanner {
    return new BtiPartitionScanner(this);
  }
}

/** Walks over the trie of Partitions.db; keys are in Rows.db or in Data.db, and are read when they are looked at. */
class BtiPartitionScanner implements PartitionScanner {
  dataPosition = 0;
  hasRowIndex = false;
  readonly bookmark = -1;
  private readonly index: BtiPartitionIndex;
  private readonly cursor: TrieCursor;
  private readonly keys: ByteWindow;
  private readonly entries: ByteWindow;
  private state: 'at the start' | 'before the current' | 'moving' = 'at the start';
  private entry: RowsEntry | null = null;
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

  /** The next call of `next` moves to the last partition whose part of the key is not greater. */
  seekBefore(form: Uint8Array, length: number): void {
    if (this.cursor.floor(form, length)) this.state = 'before the current';
  }

  next(): boolean {
    // A damaged trie may have more keys than anyone can count, but partitions lie one behind the other.
    let least = 0;
    if (this.state === 'at the start') this.cursor.first();
    else if (this.state === 'moving') {
      least = this.dataPosition + 1;
      if (!this.cursor.next()) return false;
    }
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
    } else {
      const { entries } = this;
      const length = entries.at(position, 64).u16('key length');
      const entry = entries.at(position, 2 + length + 40);
      entry.skip(2 + length, 'key');
      this.keyAt = position;
      this.entry = decodeRowsEntry(entry);
      this.dataPosition = this.entry.dataPosition;
    }
    if (this.dataPosition >= index.data.size) {
      throw new CorruptionError(
        `a partition can't begin at ${this.dataPosition}, Data.db has ${index.data.size} bytes`,
        index.partitionPages.name,
        at,
      );
    }
    return sameHash;
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
  }
}
