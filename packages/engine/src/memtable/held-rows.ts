import type { ClusteringBound } from '@cassette/sstable';
import type { ByteArena } from './byte-arena.ts';
import { type MemtableStore, RowNode } from './memtable-store.ts';

/** What a cursor walks over: the rows of a partition in their order, called by numbers; 0 is none. */
export interface RowOrder {
  firstRow(partition: number): number;
  lastRow(partition: number): number;
  nextRow(row: number): number;
  previousRow(row: number): number;
  rowAfter(partition: number, bound: ClusteringBound): number;
  rowBefore(partition: number, bound: ClusteringBound): number;
  compareRowToBound(row: number, bound: ClusteringBound): number;
}

const FIELDS = 3;

/**
 * Rows of one partition as they were, for a cursor that somebody writes behind: where their bytes lie, which nobody changes in their
 * place while a cursor is open. Rows are called 1, 2, … in stored order.
 */
export class HeldRows implements RowOrder {
  private readonly store: MemtableStore;
  private readonly arena: ByteArena;
  private places: Int32Array;
  private count = 0;

  constructor(store: MemtableStore) {
    this.store = store;
    this.arena = store.arena;
    this.places = new Int32Array(64 * FIELDS);
  }

  /** Adds a row of the store behind the others. */
  push(row: number): void {
    if (this.places.length < (this.count + 1) * FIELDS) {
      const places = new Int32Array(this.places.length * 2);
      places.set(this.places);
      this.places = places;
    }
    const { nodes } = this.store;
    const at = this.count++ * FIELDS;
    this.places[at] = nodes[row + RowNode.ADDRESS];
    this.places[at + 1] = nodes[row + RowNode.CLUSTERING_LENGTH];
    this.places[at + 2] = nodes[row + RowNode.BODY_LENGTH];
  }

  /** Turns the order around, of rows that were added from last to first. */
  reverse(): void {
    const { places, count } = this;
    const turned = new Int32Array(count * FIELDS);
    for (let n = 0; n < count; n++) turned.set(places.subarray(n * FIELDS, (n + 1) * FIELDS), (count - 1 - n) * FIELDS);
    this.places = turned;
  }

  /** Where the row lies in the arena, clustering first. */
  address(row: number): number {
    return this.places[(row - 1) * FIELDS];
  }

  clusteringLength(row: number): number {
    return this.places[(row - 1) * FIELDS + 1];
  }

  bodyLength(row: number): number {
    return this.places[(row - 1) * FIELDS + 2];
  }

  firstRow(): number {
    return this.count === 0 ? 0 : 1;
  }

  lastRow(): number {
    return this.count;
  }

  nextRow(row: number): number {
    return row === this.count ? 0 : row + 1;
  }

  previousRow(row: number): number {
    return row - 1;
  }

  rowAfter(_partition: number, bound: ClusteringBound): number {
    return this.nextRow(this.rowBefore(_partition, bound));
  }

  rowBefore(_partition: number, bound: ClusteringBound): number {
    let before = 0;
    let after = this.count + 1;
    while (after - before > 1) {
      const middle = (before + after) >>> 1;
      if (this.compareRowToBound(middle, bound) < 0) before = middle;
      else after = middle;
    }
    return before;
  }

  compareRowToBound(row: number, bound: ClusteringBound): number {
    const address = this.address(row);
    const from = this.arena.offset(address);
    return this.store.comparator.compareToBound(this.arena.bytes(address), from, from + this.clusteringLength(row), bound);
  }
}
