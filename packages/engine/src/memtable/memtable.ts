import { ByteReader, ByteWriter, toHex } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import {
  type ClusteringComparator,
  DeletionTime,
  EncodingStatsCollector,
  type HashedKey,
  type ReadCommand,
  Row,
  type UnfilteredCursor,
} from '@cassette/sstable';
import { comparatorOf } from '../deletion/comparator-of.ts';
import { RangeTombstoneList } from '../deletion/range-tombstone-list.ts';
import { UpdateMerger } from '../merge/merge-updates.ts';
import { type PathOrder, pathOrderOf } from '../merge/path-order.ts';
import type { MutationReader } from '../mutation/mutation-reader.ts';
import { decodeRowBody, encodeRowBody } from '../mutation/row-codec.ts';
import { MemtableCursor } from './memtable-cursor.ts';
import { MemtableStore, PartitionNode, RowNode } from './memtable-store.ts';
import { StoredMemtableCells } from './stored-memtable-cells.ts';

/** Deletions of one partition. */
export interface PartitionDeletions {
  readonly partition: DeletionTime;
  ranges: RangeTombstoneList | null;
}

/** What a range tombstone and a partition with deletions take in memory, about. */
const RANGE_OVERHEAD = 200;
const DELETIONS_OVERHEAD = 120;
/** Of a partition that nothing was left in. */
const EMPTY_OVERHEAD = 100;

/**
 * One table's writes that are not in an SSTable yet. A row written again is merged into what is there, so that it is one row
 * however often it is written. Follows Cassandra to what a flush of the same writes would contain.
 * Cassandra: db.memtable.SkipListMemtable and partitions.AtomicBTreePartition.
 */
export class Memtable {
  /** The table as its last writer saw it. */
  table: TableMetadata;
  comparator: ClusteringComparator;
  readonly store: MemtableStore;
  readonly deletions: PartitionDeletions[] = [];
  /**
   * Minima of all times ever written to it, also of what has been overwritten since: Data.db tells times as differences to them,
   * so a flushed file is only the same bytes as Cassandra's if they are.
   */
  readonly stats = new EncodingStatsCollector();
  /** Cursors that are open: while there are any, nothing is changed in its place, and they are told what is about to be. */
  readonly cursors = new Set<MemtableCursor>();
  /** Writes it took. */
  mutationCount = 0;
  private readonly columnsSeen = new Set<number>();
  /** Keys of partitions that mutations named and left nothing in, as text. */
  private readonly leftEmpty = new Set<string>();
  private otherBytes = 0;
  private paths: PathOrder;
  private merger: UpdateMerger;
  private readonly existing = new Row();
  private readonly update = new Row();
  private readonly merged = new Row();
  private readonly scratch = new ByteWriter(256);
  private readonly reader = new ByteReader(new Uint8Array(0), 'memtable');

  constructor(table: TableMetadata) {
    this.table = table;
    this.comparator = comparatorOf(table);
    this.store = new MemtableStore(this.comparator);
    this.paths = pathOrderOf(table);
    this.merger = new UpdateMerger(this.paths);
  }

  /** Bytes of memory it takes. */
  get bytes(): number {
    return this.store.bytes + this.otherBytes;
  }

  get partitionCount(): number {
    return this.store.partitionCount;
  }

  /**
   * Partitions that a flush makes the bloom filter for: also those that mutations named and left nothing in (`SET s = s + {}`), for
   * Cassandra's memtable has them.
   */
  get expectedPartitions(): number {
    return this.store.partitionCount + this.leftEmpty.size;
  }

  get rowCount(): number {
    return this.store.rowCount;
  }

  get isEmpty(): boolean {
    return this.store.partitionCount === 0;
  }

  /** Whether anything was written to the partition of that token and key. */
  hasPartition(tokenHi: number, tokenLo: number, key: Uint8Array, from: number, to: number): boolean {
    return this.store.findPartition(tokenHi, tokenLo, key, from, to) !== 0;
  }

  /** Whether it has something that tells of a row: the row, static cells or a deletion of its partition. */
  saysOf({ tokenHi, tokenLo, key }: HashedKey, clustering: Uint8Array): boolean {
    const { store } = this;
    if (store.partitionCount === 0) return false;
    const partition = store.findPartition(tokenHi, tokenLo, key, 0, key.length);
    if (partition === 0) return false;
    if (store.nodes[partition + PartitionNode.DELETIONS] !== 0 || store.nodes[partition + PartitionNode.STATIC_LENGTH] !== 0)
      return true;
    return store.findRow(partition, clustering, 0, clustering.length) !== 0;
  }

  /** Goes on with another version of the table: the order of clusterings never changes, their types may get more fields. */
  alter(table: TableMetadata): void {
    if (table === this.table) return;
    this.table = table;
    this.comparator = comparatorOf(table);
    this.store.comparator = this.comparator;
    for (const { ranges } of this.deletions) if (ranges !== null) ranges.comparator = this.comparator;
    this.paths = pathOrderOf(table);
    this.merger = new UpdateMerger(this.paths);
  }

  /** The columns that were written, in storage order, of the table as `table` has it: what a flushed file's header lists. */
  columnsWritten(table: TableMetadata): { statics: ColumnMetadata[]; regulars: ColumnMetadata[] } {
    const seen = (columns: readonly ColumnMetadata[]) => columns.filter((column) => this.columnsSeen.has(column.id));
    return { statics: seen(table.staticColumns), regulars: seen(table.regularColumns) };
  }

  /** Takes the mutation that `reader` has begun. */
  apply(reader: MutationReader): void {
    const { store, table } = this;
    this.mutationCount++;
    for (const id of reader.columnIds) this.columnsSeen.add(id);
    const hasDeletions = !reader.partitionDeletion.isLive || reader.ranges.length > 0;
    // A mutation may name columns and leave nothing in them: then there is no partition either.
    if (!hasDeletions && reader.staticTo === reader.staticFrom && reader.rowCount === 0) {
      this.leaveEmpty(reader);
      return;
    }
    const partition = store.partition(reader.tokenHi, reader.tokenLo, reader.bytes, reader.keyFrom, reader.keyTo);
    if (this.leftEmpty.size > 0 && this.leftEmpty.delete(keyOf(reader))) this.otherBytes -= EMPTY_OVERHEAD;
    for (const cursor of this.cursors) cursor.hold(partition);
    if (hasDeletions) this.applyDeletions(partition, reader);
    if (reader.staticTo > reader.staticFrom) this.applyStatic(partition, reader);
    while (reader.nextRow()) {
      reader.decodeRow(this.update, table);
      this.seen(this.update, table.regularColumns);
      const row = store.findRow(partition, reader.bytes, reader.clusteringFrom, reader.clusteringTo);
      if (row === 0) {
        const { clusteringFrom, clusteringTo, bodyFrom, bodyTo } = reader;
        store.insertRow(partition, reader.bytes, clusteringFrom, clusteringTo, bodyFrom, bodyTo);
      } else {
        this.decodeRow(row, this.existing, table);
        this.merger.merge(this.existing, this.update, this.merged);
        this.scratch.clear();
        encodeRowBody(this.scratch, this.merged, table.regularColumns);
        store.replaceBody(row, this.scratch.buffer, this.scratch.length, this.cursors.size === 0);
      }
    }
  }

  /** Reads it; what one deletion in it takes from another is left out, deletions and expired cells are not. */
  cursor(command: ReadCommand, table: TableMetadata = this.table): UnfilteredCursor {
    return new MemtableCursor(this, command, table);
  }

  /**
   * Reads all of it for an SSTable whose header lists these regular columns: where nothing speaks against it a row has its cells as Data.db
   * will have them (`Row.stored`), which saves a flush a third of its time.
   */
  flushCursor(table: TableMetadata, regulars: readonly ColumnMetadata[]): UnfilteredCursor {
    const stored = table.isCounter ? null : new StoredMemtableCells(this, table, regulars);
    return new MemtableCursor(this, { partitions: { range: {} } }, table, stored);
  }

  /** Fills `row` with the row of a node. */
  decodeRow(node: number, row: Row, table: TableMetadata): void {
    const { nodes } = this.store;
    const { ADDRESS, CLUSTERING_LENGTH, BODY_LENGTH } = RowNode;
    this.decodeRowAt(nodes[node + ADDRESS], nodes[node + CLUSTERING_LENGTH], nodes[node + BODY_LENGTH], row, table);
  }

  /** Fills `row` with one that lies at an address of the arena. */
  decodeRowAt(address: number, clusteringLength: number, bodyLength: number, row: Row, table: TableMetadata): void {
    const { arena } = this.store;
    const bytes = arena.bytes(address);
    const from = arena.offset(address);
    const bodyFrom = from + clusteringLength;
    this.reader.reset(bytes, bodyFrom, bodyFrom + bodyLength);
    decodeRowBody(this.reader, row, table, false);
    row.setClustering(bytes, from, bodyFrom);
  }

  /** Fills `row` with a partition's static row; false if there is none. */
  decodeStatic(partition: number, row: Row, table: TableMetadata): boolean {
    const { nodes, arena } = this.store;
    const length = nodes[partition + PartitionNode.STATIC_LENGTH];
    if (length === 0) return false;
    const address = nodes[partition + PartitionNode.STATIC];
    const from = arena.offset(address);
    this.reader.reset(arena.bytes(address), from, from + length);
    decodeRowBody(this.reader, row, table, true);
    return true;
  }

  private leaveEmpty(reader: MutationReader): void {
    const { tokenHi, tokenLo, bytes, keyFrom, keyTo } = reader;
    if (this.store.findPartition(tokenHi, tokenLo, bytes, keyFrom, keyTo) !== 0) return;
    const key = keyOf(reader);
    if (this.leftEmpty.has(key)) return;
    this.leftEmpty.add(key);
    this.otherBytes += EMPTY_OVERHEAD;
  }

  private applyStatic(partition: number, reader: MutationReader): void {
    const { table, store } = this;
    reader.decodeStatic(this.update, table);
    this.seen(this.update, table.staticColumns);
    if (!this.decodeStatic(partition, this.existing, table)) {
      store.replaceStatic(partition, reader.bytes, reader.staticFrom, reader.staticTo, false);
      return;
    }
    this.merger.merge(this.existing, this.update, this.merged);
    this.scratch.clear();
    encodeRowBody(this.scratch, this.merged, table.staticColumns);
    store.replaceStatic(partition, this.scratch.buffer, 0, this.scratch.length, this.cursors.size === 0);
  }

  private applyDeletions(partition: number, reader: MutationReader): void {
    const { nodes } = this.store;
    let index = nodes[partition + PartitionNode.DELETIONS];
    if (index === 0) {
      index = this.deletions.push({ partition: new DeletionTime(), ranges: null });
      nodes[partition + PartitionNode.DELETIONS] = index;
      this.otherBytes += DELETIONS_OVERHEAD;
    }
    const deletions = this.deletions[index - 1];
    this.stats.deletion(reader.partitionDeletion);
    if (reader.partitionDeletion.supersedes(deletions.partition)) deletions.partition.set(reader.partitionDeletion);
    if (reader.ranges.length === 0) return;
    for (const range of reader.ranges) {
      this.stats.deletion(range.deletion);
      this.otherBytes += RANGE_OVERHEAD + range.start.bytes.length + range.end.bytes.length;
    }
    const added = new RangeTombstoneList(this.comparator, reader.ranges);
    if (deletions.ranges === null) deletions.ranges = added;
    else {
      // A cursor walks over the list it found.
      if (this.cursors.size > 0) deletions.ranges = deletions.ranges.copy();
      deletions.ranges.addAll(added);
    }
  }

  private seen(row: Row, columns: readonly ColumnMetadata[]): void {
    this.stats.row(row);
    let last = -1;
    for (let i = 0; i < row.cellCount; i++) {
      const column = row.cellColumn[i];
      if (column === last) continue;
      last = column;
      this.columnsSeen.add(columns[column].id);
    }
  }
}

function keyOf({ bytes, keyFrom, keyTo }: MutationReader): string {
  return toHex(bytes, keyFrom, keyTo);
}
