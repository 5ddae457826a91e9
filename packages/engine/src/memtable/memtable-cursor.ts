import { compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  ClusteringBound,
  DeletionTime,
  RangeTombstoneMarker,
  type ReadCommand,
  Row,
  type Slice,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import { setMarkerAt } from '../deletion/marker-at.ts';
import type { RangeTombstone, RangeTombstoneList } from '../deletion/range-tombstone-list.ts';
import { removeShadowed } from '../merge/remove-shadowed.ts';
import { HeldRows, type RowOrder } from './held-rows.ts';
import type { Memtable } from './memtable.ts';
import { PartitionNode } from './memtable-store.ts';
import type { StoredMemtableCells } from './stored-memtable-cells.ts';

const EVERYTHING: readonly Slice[] = [{ start: ClusteringBound.BOTTOM, end: ClusteringBound.TOP }];
const NO_RANGES: readonly RangeTombstone[] = [];
const NONE = new Uint8Array(0);
const LIVE = new DeletionTime();

/** A partition key that was asked for. */
interface Wanted {
  readonly hi: number;
  readonly lo: number;
  readonly key: Uint8Array;
}

/**
 * Reads a memtable: rows and range tombstones of each partition woven together, without what a deletion of the same partition
 * takes. Stays good while others write: a partition is seen as it was when the cursor came to it, and so a mutation whole or not at
 * all. Cassandra: db.rows.RowAndDeletionMergeIterator over an AtomicBTreePartition, which is a snapshot too.
 */
export class MemtableCursor implements UnfilteredCursor {
  keyBytes: Uint8Array = NONE;
  keyFrom = 0;
  keyTo = 0;
  tokenHi = 0;
  tokenLo = 0;
  readonly partitionDeletion = new DeletionTime();
  staticRow: Row | null = null;
  readonly row = new Row();
  readonly marker = new RangeTombstoneMarker();

  private readonly memtable: Memtable;
  private readonly table: TableMetadata;
  private readonly slices: readonly Slice[];
  private readonly reversed: boolean;
  private readonly wanted: readonly Wanted[] | null;
  private readonly end: { readonly hi: number; readonly lo: number; readonly inclusive: boolean } | undefined;
  private readonly statics = new Row();
  private wantedNext = 0;
  private partition = 0;
  private upcoming = 0;
  private deletions: RangeTombstoneList | null = null;
  /** The rows: those of the memtable, or what was kept of them when the partition was written to. */
  private rows: RowOrder;
  private held: HeldRows | null = null;
  private sliceNext = 0;
  /** The next row of the slice; 0 when there is none. */
  private node = 0;
  private slice: Slice = EVERYTHING[0];
  private ranges: readonly RangeTombstone[] = NO_RANGES;
  private rangeNext = 0;
  private open: RangeTombstone | null = null;
  private closed = false;
  private readonly stored: StoredMemtableCells | null;

  /** Rows come with their cells as `stored` turns them, where one is given. */
  constructor(memtable: Memtable, command: ReadCommand, table: TableMetadata, stored: StoredMemtableCells | null = null) {
    this.memtable = memtable;
    this.stored = stored;
    this.table = table;
    this.slices = command.slices ?? EVERYTHING;
    this.reversed = command.reversed === true;
    this.rows = memtable.store;
    memtable.cursors.add(this);
    if ('keys' in command.partitions) {
      this.wanted = inTokenOrder(command.partitions.keys);
      return;
    }
    this.wanted = null;
    const { start, end } = command.partitions.range;
    this.end = end;
    this.upcoming = start === undefined ? memtable.store.firstPartition : this.firstFrom(start);
  }

  nextPartition(): boolean {
    if (this.closed) return false;
    const node = this.wanted === null ? this.nextInRange() : this.nextWanted(this.wanted);
    if (node === 0) return false;
    const { nodes, arena } = this.memtable.store;
    this.partition = node;
    const address = nodes[node + PartitionNode.KEY];
    this.keyBytes = arena.bytes(address);
    this.keyFrom = arena.offset(address);
    this.keyTo = this.keyFrom + nodes[node + PartitionNode.KEY_LENGTH];
    this.tokenHi = nodes[node + PartitionNode.TOKEN_HI];
    this.tokenLo = nodes[node + PartitionNode.TOKEN_LO];
    const deletions = nodes[node + PartitionNode.DELETIONS];
    const found = deletions === 0 ? null : this.memtable.deletions[deletions - 1];
    this.deletions = found === null ? null : found.ranges;
    this.partitionDeletion.set(found === null ? LIVE : found.partition);
    this.rows = this.memtable.store;
    this.held = null;
    this.staticRow = null;
    if (this.memtable.decodeStatic(node, this.statics, this.table)) {
      removeShadowed(this.statics, this.partitionDeletion);
      if (!this.statics.isEmpty) this.staticRow = this.statics;
    }
    this.sliceNext = 0;
    this.node = 0;
    this.ranges = NO_RANGES;
    this.rangeNext = 0;
    this.open = null;
    return true;
  }

  next(): Unfiltered {
    if (this.partition === 0) return Unfiltered.END;
    for (;;) {
      const found = this.nextInSlice();
      if (found !== Unfiltered.END) return found;
      if (this.sliceNext === this.slices.length) return Unfiltered.END;
      this.beginSlice(this.slices[this.reversed ? this.slices.length - 1 - this.sliceNext : this.sliceNext]);
      this.sliceNext++;
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.partition = 0;
    this.held = null;
    this.memtable.cursors.delete(this);
  }

  /** The partition of that node is about to be written to: what is still to be read of it is kept as it is. */
  hold(partition: number): void {
    if (this.partition !== partition || this.held !== null) return;
    const { slices, reversed, sliceNext, node } = this;
    const { store } = this.memtable;
    const held = new HeldRows(store);
    // Where a slice was read to its end, rows that lie between it and the next one are kept for nothing.
    if (reversed) {
      const limit = slices.length === 0 ? null : slices[0].start;
      const next = sliceNext < slices.length ? slices[slices.length - 1 - sliceNext].end : null;
      let row = node;
      if (row === 0 && next !== null) row = next.size === 0 ? store.lastRow(partition) : store.rowBefore(partition, next);
      for (; row !== 0 && (limit!.size === 0 || store.compareRowToBound(row, limit!) > 0); row = store.previousRow(row))
        held.push(row);
      held.reverse();
      if (node !== 0) this.node = held.lastRow();
    } else {
      const limit = slices.at(-1)?.end;
      const next = sliceNext < slices.length ? slices[sliceNext].start : null;
      let row = node;
      if (row === 0 && next !== null) row = next.size === 0 ? store.firstRow(partition) : store.rowAfter(partition, next);
      for (; row !== 0 && (limit!.size === 0 || store.compareRowToBound(row, limit!) < 0); row = store.nextRow(row))
        held.push(row);
      if (node !== 0) this.node = held.firstRow();
    }
    this.held = held;
    this.rows = held;
  }

  private nextInSlice(): Unfiltered {
    for (;;) {
      if (this.open !== null) {
        const close = this.reversed ? this.open.start : this.open.end;
        if (this.node === 0 || this.isBefore(close)) {
          if (this.closeRange(close)) return Unfiltered.MARKER;
          continue;
        }
      } else {
        const range = this.peekRange();
        if (range !== null) {
          const opening = this.reversed ? range.end : range.start;
          if (this.node === 0 || this.isBefore(opening)) {
            this.rangeNext++;
            this.open = range;
            this.mark(opening, LIVE, range.deletion);
            return Unfiltered.MARKER;
          }
        } else if (this.node === 0) return Unfiltered.END;
      }
      if (this.takeRow()) return Unfiltered.ROW;
    }
  }

  /** Fills `row` with the next one and moves past it; false where deletions leave nothing of it. */
  private takeRow(): boolean {
    const { row, node, rows, held, memtable, stored } = this;
    const isDeletedHere = this.open !== null || !this.partitionDeletion.isLive;
    if (stored !== null && held === null && !isDeletedHere && stored.take(node, row)) {
      // Its cells stay as they are, for nothing takes any of them.
    } else if (held === null) memtable.decodeRow(node, row, this.table);
    else memtable.decodeRowAt(held.address(node), held.clusteringLength(node), held.bodyLength(node), row, this.table);
    const next = this.reversed ? rows.previousRow(node) : rows.nextRow(node);
    this.node = next !== 0 && this.isInSlice(next) ? next : 0;
    removeShadowed(row, this.open === null ? this.partitionDeletion : this.open.deletion);
    return !row.isEmpty;
  }

  /** Closes the open range; false where the next one goes on with the very same deletion and so nothing is to be told. */
  private closeRange(close: ClusteringBound): boolean {
    const closing = this.open!;
    const following = this.peekRange();
    if (following !== null) {
      const opening = this.reversed ? following.end : following.start;
      if (this.memtable.comparator.compareBounds(close, opening) === 0) {
        this.rangeNext++;
        this.open = following;
        if (closing.deletion.equals(following.deletion)) return false;
        this.mark(close, closing.deletion, following.deletion);
        return true;
      }
    }
    this.open = null;
    this.mark(close, closing.deletion, LIVE);
    return true;
  }

  /** A marker between what ends and what begins, in the order of reading. */
  private mark({ kind, size, bytes }: ClusteringBound, ending: DeletionTime, beginning: DeletionTime): void {
    const before = this.reversed ? beginning : ending;
    const after = this.reversed ? ending : beginning;
    setMarkerAt(this.marker, kind, size, bytes, 0, bytes.length, before, after);
  }

  /** The next range that the partition's deletion leaves, or null. */
  private peekRange(): RangeTombstone | null {
    for (; this.rangeNext < this.ranges.length; this.rangeNext++) {
      const range = this.ranges[this.reversed ? this.ranges.length - 1 - this.rangeNext : this.rangeNext];
      if (range.deletion.supersedes(this.partitionDeletion) && this.memtable.comparator.compareBounds(range.start, range.end) < 0)
        return range;
    }
    return null;
  }

  /** Whether a bound comes before the next row, in the order of reading. */
  private isBefore(bound: ClusteringBound): boolean {
    const order = this.rows.compareRowToBound(this.node, bound);
    return this.reversed ? order < 0 : order > 0;
  }

  private beginSlice(slice: Slice): void {
    const { partition, reversed, rows, deletions: list } = this;
    this.slice = slice;
    let node: number;
    if (reversed) node = slice.end.size === 0 ? rows.lastRow(partition) : rows.rowBefore(partition, slice.end);
    else node = slice.start.size === 0 ? rows.firstRow(partition) : rows.rowAfter(partition, slice.start);
    this.node = node !== 0 && this.isInSlice(node) ? node : 0;
    if (list === null) this.ranges = NO_RANGES;
    else this.ranges = slice.start.size === 0 && slice.end.size === 0 ? list.ranges : list.within(slice);
    this.rangeNext = 0;
    this.open = null;
  }

  /** Whether a row is not past the slice, in the order of reading. */
  private isInSlice(row: number): boolean {
    const limit = this.reversed ? this.slice.start : this.slice.end;
    if (limit.size === 0) return true;
    const order = this.rows.compareRowToBound(row, limit);
    return this.reversed ? order > 0 : order < 0;
  }

  private nextWanted(wanted: readonly Wanted[]): number {
    while (this.wantedNext < wanted.length) {
      const { hi, lo, key } = wanted[this.wantedNext++];
      const found = this.memtable.store.findPartition(hi, lo, key, 0, key.length);
      if (found !== 0) return found;
    }
    return 0;
  }

  private nextInRange(): number {
    const { store } = this.memtable;
    const node = this.partition === 0 ? this.upcoming : store.nextPartition(this.partition);
    if (node === 0 || this.end === undefined) return node;
    const order = compareInt64(
      store.nodes[node + PartitionNode.TOKEN_HI],
      store.nodes[node + PartitionNode.TOKEN_LO],
      this.end.hi,
      this.end.lo,
    );
    return order < 0 || (order === 0 && this.end.inclusive) ? node : 0;
  }

  private firstFrom(start: { hi: number; lo: number; inclusive: boolean; afterKey?: Uint8Array }): number {
    const { store } = this.memtable;
    const { hi, lo, inclusive, afterKey } = start;
    let node = store.ceiling(hi, lo, afterKey ?? null, 0, afterKey?.length ?? 0);
    const hasToken = (at: number) =>
      at !== 0 && store.nodes[at + PartitionNode.TOKEN_HI] === hi && store.nodes[at + PartitionNode.TOKEN_LO] === (lo | 0);
    if (afterKey !== undefined) {
      if (node !== 0 && node === store.findPartition(hi, lo, afterKey, 0, afterKey.length)) node = store.nextPartition(node);
    } else if (!inclusive) while (hasToken(node)) node = store.nextPartition(node);
    return node;
  }
}

function inTokenOrder(keys: readonly Uint8Array[]): Wanted[] {
  const wanted = keys.map((key) => {
    token(key);
    return { hi: tokenWords[0], lo: tokenWords[1], key };
  });
  const order = (a: Wanted, b: Wanted) =>
    compareInt64(a.hi, a.lo, b.hi, b.lo) || compareBytes(a.key, 0, a.key.length, b.key, 0, b.key.length);
  wanted.sort(order);
  return wanted.filter((one, n) => n === 0 || order(wanted[n - 1], one) !== 0);
}
