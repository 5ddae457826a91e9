import { ByteWriter, compareBytes } from '@cassette/bytes';
import {
  decodeBlockPayload,
  decodePartitionPayload,
  decodePartitionsFooter,
  decodeRowsEntry,
  type PartitionsFooter,
  putClusteringKey,
  putDecoratedKey,
  TrieCursor,
  TriePages,
} from '../bti/index.ts';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { ByteWindow } from '../data/byte-window.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import type { Findings } from './findings.ts';
import type { PartitionBegin, PartitionIndexCheck } from './partition-index-check.ts';

/**
 * Partitions.db and Rows.db against Data.db: every partition is in the trie, in the order of the data, with its hash and its place, and is
 * found by its key; blocks begin at unfiltereds, know what is open before them, and are found by the names in them. Memory: pages of the
 * tries that were used last.
 */
export class BtiIndexCheck implements PartitionIndexCheck {
  private readonly footer: PartitionsFooter;
  private readonly rowPages: TriePages;
  private readonly rows: ByteWindow;
  private readonly walk: TrieCursor;
  private readonly finder: TrieCursor;
  private readonly columns: readonly ClusteringColumn[];
  private readonly findings: Findings;
  private readonly form = new ByteWriter(64);
  private readonly lastKey = new ByteWriter(64);
  private more = true;
  private partitions = 0;
  private partition = 0;
  // The trie of the partition's rows, null without one; the next block to begin, and what is open before it.
  private blocks: TrieCursor | null = null;
  private blockFinder: TrieCursor | null = null;
  private blockCount = 0;
  private blocksTold = 0;
  private block = 0;
  private nextBlock = 0;
  private hasNext = false;
  private readonly open = new DeletionTime();
  private readonly unused = new DeletionTime();
  // The name before, as the trie has names.
  private name = new ByteWriter(64);
  private hasName = false;
  // Where the entries end that were seen.
  private rowsEnd = 0;

  /** Throws CorruptionError. */
  constructor(partitions: ByteSource, rows: ByteSource, columns: readonly ClusteringColumn[], findings: Findings) {
    this.footer = decodePartitionsFooter(partitions);
    const pages = new TriePages(partitions);
    this.rowPages = new TriePages(rows);
    this.rows = new ByteWindow(rows, 4096);
    this.walk = new TrieCursor(pages, this.footer.root);
    this.finder = new TrieCursor(pages, this.footer.root);
    this.columns = columns;
    this.findings = findings;
    this.walk.first();
  }

  beginPartition(begin: PartitionBegin): void {
    const { findings, lastKey, footer } = this;
    const { key, keyTo, position } = begin;
    this.blocks = null;
    this.partition = position;
    lastKey.clear();
    lastKey.bytesOf(key, 0, keyTo);
    if (this.partitions === 0 && compareBytes(key, 0, keyTo, footer.firstKey, 0, footer.firstKey.length) !== 0) {
      findings.error('index: the first key is not the first partition’s');
    }
    this.partitions++;
    if (!this.more) {
      findings.error(`index: the partition at ${position} is not in the trie`);
      return;
    }
    const place = this.placeOf(this.walk, begin);
    this.form.clear();
    putDecoratedKey(this.form, begin.tokenHi, begin.tokenLo, key, 0, keyTo);
    if (!this.finder.candidate(this.form.buffer, this.form.length) || this.placeOf(this.finder, begin) !== place) {
      findings.error(`index: the partition at ${position} is not found by its key`);
    }
    if (place < 0) {
      if (-1 - place !== position) findings.error(`index: the trie says ${-1 - place}, the partition is at ${position}`);
    } else this.enterRows(place, begin);
  }

  beginUnfiltered(position: number, kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    const { blockFinder, form, name } = this;
    if (this.blocks === null || blockFinder === null) return;
    form.clear();
    putClusteringKey(form, this.columns, kind, size, bytes, from, to);
    const at = position - this.partition;
    if (this.hasNext && at === this.nextBlock) {
      if (this.hasName) this.mustFind(blockFinder, name, this.block, 'the last');
      this.enterBlock();
      this.mustFind(blockFinder, form, this.block, 'the first');
    } else if (this.hasNext && at > this.nextBlock) {
      this.wrong(`has a block at ${this.nextBlock}, inside an unfiltered`);
      this.enterBlock();
    }
    name.clear();
    name.bytesOf(form.buffer, 0, form.length);
    this.hasName = true;
  }

  endUnfiltered(position: number, open: DeletionTime): void {
    if (this.blocks === null || !this.hasNext || position - this.partition !== this.nextBlock) return;
    if (!this.open.equals(open)) this.wrong(`has another deletion open before the block at ${this.nextBlock}`);
  }

  endPartition(position: number): void {
    if (this.blocks !== null) {
      const end = position - this.partition;
      // One key may lead to the byte that ends the partition.
      if (this.hasNext && this.nextBlock === end - 1) {
        this.hasNext = this.blocks.next();
        if (this.hasNext) this.takeBlock();
      }
      if (this.hasNext) this.wrong(`has a block at ${this.nextBlock}, the partition ends at ${end}`);
      if (this.blocksTold !== this.blockCount) this.wrong(`has ${this.blocksTold} blocks and says ${this.blockCount}`);
    }
    this.more = this.more && this.walk.next();
  }

  skipPartition(): number {
    this.more = this.more && this.walk.next();
    if (!this.more) return -1;
    const { position } = decodePartitionPayload(this.walk.payload(), this.walk.flags, 0);
    const place = position < 0 ? -1 - position : this.entryAt(position).entry.dataPosition;
    return place > this.partition ? place : -1;
  }

  finish(): void {
    const { footer, findings, lastKey } = this;
    if (this.more) findings.error('index: the trie has more partitions than the data');
    if (footer.partitions !== this.partitions) {
      findings.error(`index: Partitions.db says ${footer.partitions} partitions, there are ${this.partitions}`);
    }
    if (compareBytes(lastKey.buffer, 0, lastKey.length, footer.lastKey, 0, footer.lastKey.length) !== 0) {
      findings.error('index: the last key is not the last partition’s');
    }
    if (this.rowsEnd !== this.rows.size) {
      findings.error(`index: Rows.db goes on behind its last entry, from ${this.rowsEnd} to ${this.rows.size}`);
    }
  }

  private placeOf(cursor: TrieCursor, { position, hash }: PartitionBegin): number {
    const payload = decodePartitionPayload(cursor.payload(), cursor.flags, hash & 0xff);
    if (!payload.sameHash) this.findings.error(`index: the partition at ${position} has another hash in the trie`);
    return payload.position;
  }

  private entryAt(place: number): { key: Uint8Array; entry: ReturnType<typeof decodeRowsEntry> } {
    const length = this.rows.at(place, 2).u16('key length');
    const input = this.rows.at(place, 2 + length + 40);
    const key = input.take(2 + length, 'key').slice(2);
    const entry = decodeRowsEntry(input);
    this.rowsEnd = Math.max(this.rowsEnd, input.filePosition);
    return { key, entry };
  }

  private enterRows(place: number, begin: PartitionBegin): void {
    const { key, entry } = this.entryAt(place);
    if (compareBytes(key, 0, key.length, begin.key, 0, begin.keyTo) !== 0) this.wrong('has another key');
    if (entry.dataPosition !== begin.position) this.wrong(`says ${entry.dataPosition}`);
    if (!entry.partitionDeletion.equals(begin.deletion)) this.wrong('has another partition deletion');
    this.blockCount = entry.blockCount;
    this.blocksTold = 0;
    this.blocks = new TrieCursor(this.rowPages, entry.root);
    this.blockFinder = new TrieCursor(this.rowPages, entry.root);
    this.hasName = false;
    this.blocks.first();
    this.hasNext = true;
    this.takeBlock();
    const header = begin.rowsFrom - begin.position;
    if (this.nextBlock !== header) this.wrong(`begins at ${this.nextBlock}, the rows at ${header}`);
    if (!this.open.isLive) this.wrong('has a deletion open before the first row');
  }

  private enterBlock(): void {
    this.block = this.nextBlock;
    this.blocksTold++;
    this.hasNext = this.blocks?.next() ?? false;
    if (this.hasNext) this.takeBlock();
  }

  private takeBlock(): void {
    const { blocks } = this;
    if (blocks !== null) this.nextBlock = decodeBlockPayload(blocks.payload(), blocks.flags, this.open);
  }

  private mustFind(finder: TrieCursor, name: ByteWriter, block: number, which: string): void {
    const found = finder.floor(name.buffer, name.length) ? decodeBlockPayload(finder.payload(), finder.flags, this.unused) : -1;
    if (found !== block) this.wrong(`leads to ${found} for ${which} name of the block at ${block}`);
  }

  private wrong(what: string): void {
    this.findings.error(`index: the row index of the partition at ${this.partition} ${what}`);
  }
}
