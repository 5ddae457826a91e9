import { compareBytes, compareInt64 } from '@cassette/bytes';
import type { ClusteringBound, ClusteringComparator } from '@cassette/sstable';
import { ByteArena } from './byte-arena.ts';
import { PartitionSlots } from './partition-slots.ts';
import { LEVELS_MAX, NodeHeights } from './tower.ts';

// Nodes are ranges of one Int32Array, called by where they begin; 0 is none. A node never moves, so cursors hold on to numbers.

/** Fields of a partition's node. */
export const PartitionNode = {
  TOKEN_HI: 0,
  TOKEN_LO: 1,
  /** Address and length of the key. */
  KEY: 2,
  KEY_LENGTH: 3,
  /** Address, length (0: no static row) and capacity of the static row's body. */
  STATIC: 4,
  STATIC_LENGTH: 5,
  STATIC_CAPACITY: 6,
  /** Index of its deletions, counted from 1; 0 for none. */
  DELETIONS: 7,
  /** The tower of its rows: first row by level, then last row by level. */
  TOWER: 8,
  LEVELS: 9,
  ROWS: 10,
  /** Next partition by level. */
  NEXT: 11,
} as const;

/** Fields of a row's node. */
export const RowNode = {
  /** Address of the clustering, which the body follows. */
  ADDRESS: 0,
  CLUSTERING_LENGTH: 1,
  BODY_LENGTH: 2,
  /** Bytes that the body may take where it is. */
  CAPACITY: 3,
  PREVIOUS: 4,
  /** Next row by level. */
  NEXT: 5,
} as const;

const FIRST_LEVELS = 2;
/** Rows from which on a partition's tower has all levels. */
const TALL_FROM = 16;

/**
 * Partitions by token and key, and in each its rows by clustering: skip lists of numbers over an arena of bytes, no object
 * a partition or row. It knows order and place, not what the bytes mean.
 */
export class MemtableStore {
  readonly arena = new ByteArena();
  nodes = new Int32Array(256);
  private used = 1;
  /** The order of clusterings; another one may take its place that orders those that are here as it did. */
  comparator: ClusteringComparator;
  private readonly heights = new NodeHeights();
  private readonly head: number;
  private readonly path = new Int32Array(LEVELS_MAX);
  /** The partition found last: the next mutation is often of the same one. */
  private lastPartition = 0;
  /** Null where the partitions are those of another store: it is read and has few that are looked up. */
  private slots: PartitionSlots | null = new PartitionSlots();
  private readonly tokenLowOf = (partition: number) => this.nodes[partition + PartitionNode.TOKEN_LO];
  partitionCount = 0;
  rowCount = 0;

  constructor(comparator: ClusteringComparator) {
    this.comparator = comparator;
    // Laid out like the end of a partition's node, so that the head's links are found as any node's are.
    this.head = this.newNode(PartitionNode.NEXT + LEVELS_MAX);
  }

  /** Bytes that are in use or reserved. */
  get bytes(): number {
    return this.arena.allocatedBytes + this.used * 4 + (this.slots?.bytes ?? 0);
  }

  /** A view on the numbers in use, for whoever copies them. */
  get usedNodes(): Int32Array {
    return this.nodes.subarray(0, this.used);
  }

  /** Takes over what another store had, for reading. */
  restore(nodes: Int32Array<ArrayBuffer>, chunks: readonly Uint8Array[], partitionCount: number, rowCount: number): void {
    this.nodes = nodes;
    this.used = nodes.length;
    this.slots = null;
    this.arena.restore(chunks);
    this.partitionCount = partitionCount;
    this.rowCount = rowCount;
  }

  /** The first partition; 0 if there is none. */
  get firstPartition(): number {
    return this.nodes[this.head + PartitionNode.NEXT];
  }

  /** The partition after that one; 0 at the end. */
  nextPartition(partition: number): number {
    return this.nodes[partition + PartitionNode.NEXT];
  }

  /** The partition of that key, or 0. */
  findPartition(hi: number, lo: number, key: Uint8Array, from: number, to: number): number {
    const { slots } = this;
    if (slots !== null) {
      for (let slot = slots.first(lo); ; slot = slots.next(slot)) {
        const node = slots.node(slot);
        if (node === 0 || this.comparePartition(node, hi, lo, key, from, to) === 0) return node;
      }
    }
    const found = this.ceiling(hi, lo, key, from, to);
    return found !== 0 && this.comparePartition(found, hi, lo, key, from, to) === 0 ? found : 0;
  }

  /** The first partition at or after that token and key, or 0. `key` null: before all keys of the token. */
  ceiling(hi: number, lo: number, key: Uint8Array | null, from: number, to: number): number {
    const { nodes, path } = this;
    let at = this.head;
    for (let level = LEVELS_MAX - 1; level >= 0; level--) {
      let next = nodes[at + PartitionNode.NEXT + level];
      while (next !== 0 && this.comparePartition(next, hi, lo, key, from, to) < 0) {
        at = next;
        next = nodes[at + PartitionNode.NEXT + level];
      }
      path[level] = at;
    }
    return nodes[at + PartitionNode.NEXT];
  }

  /** The partition of that key, made if it isn't there. */
  partition(hi: number, lo: number, key: Uint8Array, from: number, to: number): number {
    const last = this.lastPartition;
    if (last !== 0 && this.comparePartition(last, hi, lo, key, from, to) === 0) return last;
    const found = this.findPartition(hi, lo, key, from, to);
    if (found !== 0) {
      this.lastPartition = found;
      return found;
    }
    // Leaves in `path` where it will stand.
    this.ceiling(hi, lo, key, from, to);
    const height = this.heights.next(LEVELS_MAX);
    const address = this.arena.store(key, from, to);
    const made = this.newNode(PartitionNode.NEXT + height);
    const tower = this.newNode(FIRST_LEVELS * 2);
    const { nodes, path } = this;
    nodes[made + PartitionNode.TOKEN_HI] = hi;
    nodes[made + PartitionNode.TOKEN_LO] = lo;
    nodes[made + PartitionNode.KEY] = address;
    nodes[made + PartitionNode.KEY_LENGTH] = to - from;
    nodes[made + PartitionNode.TOWER] = tower;
    nodes[made + PartitionNode.LEVELS] = FIRST_LEVELS;
    for (let level = 0; level < height; level++) {
      const before = path[level] + PartitionNode.NEXT + level;
      nodes[made + PartitionNode.NEXT + level] = nodes[before];
      nodes[before] = made;
    }
    this.slots?.add(made, lo, this.tokenLowOf);
    this.partitionCount++;
    this.lastPartition = made;
    return made;
  }

  /** The partition's first row, or 0. */
  firstRow(partition: number): number {
    return this.nodes[this.nodes[partition + PartitionNode.TOWER]];
  }

  /** The partition's last row, or 0. */
  lastRow(partition: number): number {
    return this.nodes[this.nodes[partition + PartitionNode.TOWER] + this.nodes[partition + PartitionNode.LEVELS]];
  }

  /** The row after that one, or 0. */
  nextRow(row: number): number {
    return this.nodes[row + RowNode.NEXT];
  }

  /** The row before that one, or 0. */
  previousRow(row: number): number {
    return this.nodes[row + RowNode.PREVIOUS];
  }

  /** The first row after a bound, or 0. */
  rowAfter(partition: number, bound: ClusteringBound): number {
    const before = this.rowBefore(partition, bound);
    return before === 0 ? this.firstRow(partition) : this.nextRow(before);
  }

  /** The last row before a bound, or 0. */
  rowBefore(partition: number, bound: ClusteringBound): number {
    const { nodes } = this;
    const tower = nodes[partition + PartitionNode.TOWER];
    let at = 0;
    for (let level = nodes[partition + PartitionNode.LEVELS] - 1; level >= 0; level--) {
      let next = nodes[at === 0 ? tower + level : at + RowNode.NEXT + level];
      while (next !== 0 && this.compareRowToBound(next, bound) < 0) {
        at = next;
        next = nodes[at + RowNode.NEXT + level];
      }
    }
    return at;
  }

  /** Order of a row and a bound; never 0. */
  compareRowToBound(row: number, bound: ClusteringBound): number {
    const address = this.nodes[row + RowNode.ADDRESS];
    const from = this.arena.offset(address);
    const to = from + this.nodes[row + RowNode.CLUSTERING_LENGTH];
    return this.comparator.compareToBound(this.arena.bytes(address), from, to, bound);
  }

  /** The row of that clustering, or 0; remembers where it would stand, for {@link insertRow}. */
  findRow(partition: number, clustering: Uint8Array, from: number, to: number): number {
    const { nodes, path } = this;
    const tower = nodes[partition + PartitionNode.TOWER];
    const levels = nodes[partition + PartitionNode.LEVELS];
    const last = nodes[tower + levels];
    // Rows mostly come in order: one look at the last one instead of a search.
    const order = last === 0 ? -1 : this.compareRow(last, clustering, from, to);
    if (order <= 0) {
      for (let level = 0; level < levels; level++) path[level] = nodes[tower + levels + level];
      return last !== 0 && order === 0 ? last : 0;
    }
    let at = 0;
    for (let level = levels - 1; level >= 0; level--) {
      let next = nodes[at === 0 ? tower + level : at + RowNode.NEXT + level];
      while (next !== 0 && this.compareRow(next, clustering, from, to) < 0) {
        at = next;
        next = nodes[at + RowNode.NEXT + level];
      }
      path[level] = at;
    }
    const found = at === 0 ? nodes[tower] : nodes[at + RowNode.NEXT];
    return found !== 0 && this.compareRow(found, clustering, from, to) === 0 ? found : 0;
  }

  /** Adds a row that {@link findRow} has just not found. */
  insertRow(partition: number, bytes: Uint8Array, from: number, clusteringTo: number, bodyFrom: number, bodyTo: number): void {
    const clusteringLength = clusteringTo - from;
    const address = this.arena.allocate(clusteringLength + bodyTo - bodyFrom);
    this.arena.write(address, 0, bytes, from, clusteringTo);
    this.arena.write(address, clusteringLength, bytes, bodyFrom, bodyTo);
    const rows = ++this.nodes[partition + PartitionNode.ROWS];
    this.rowCount++;
    if (rows === TALL_FROM) this.growTower(partition);
    const levels = this.nodes[partition + PartitionNode.LEVELS];
    const height = this.heights.next(levels);
    const made = this.newNode(RowNode.NEXT + height);
    const { nodes, path } = this;
    const tower = nodes[partition + PartitionNode.TOWER];
    nodes[made + RowNode.ADDRESS] = address;
    nodes[made + RowNode.CLUSTERING_LENGTH] = clusteringLength;
    nodes[made + RowNode.BODY_LENGTH] = bodyTo - bodyFrom;
    nodes[made + RowNode.CAPACITY] = bodyTo - bodyFrom;
    nodes[made + RowNode.PREVIOUS] = path[0];
    for (let level = 0; level < height; level++) {
      const link = path[level] === 0 ? tower + level : path[level] + RowNode.NEXT + level;
      const next = nodes[link];
      nodes[made + RowNode.NEXT + level] = next;
      nodes[link] = made;
      if (next === 0) nodes[tower + levels + level] = made;
      else if (level === 0) nodes[next + RowNode.PREVIOUS] = made;
    }
  }

  /** Gives a row another body: in its place if it fits and `inPlace`, else in a new one, so that open cursors keep the old. */
  replaceBody(row: number, body: Uint8Array, length: number, inPlace: boolean): void {
    const { nodes, arena } = this;
    const address = nodes[row + RowNode.ADDRESS];
    const clusteringLength = nodes[row + RowNode.CLUSTERING_LENGTH];
    nodes[row + RowNode.BODY_LENGTH] = length;
    if (inPlace && length <= nodes[row + RowNode.CAPACITY]) {
      arena.write(address, clusteringLength, body, 0, length);
      return;
    }
    // Some room to grow: a row that was written twice is likely to be written again.
    const capacity = length + (length >> 2);
    const moved = arena.allocate(clusteringLength + capacity);
    const from = arena.offset(address);
    arena.write(moved, 0, arena.bytes(address), from, from + clusteringLength);
    arena.write(moved, clusteringLength, body, 0, length);
    nodes[row + RowNode.ADDRESS] = moved;
    nodes[row + RowNode.CAPACITY] = capacity;
  }

  /** The same for a partition's static row. */
  replaceStatic(partition: number, body: Uint8Array, from: number, to: number, inPlace: boolean): void {
    const { nodes, arena } = this;
    const length = to - from;
    if (inPlace && length <= nodes[partition + PartitionNode.STATIC_CAPACITY]) {
      arena.write(nodes[partition + PartitionNode.STATIC], 0, body, from, to);
    } else {
      nodes[partition + PartitionNode.STATIC] = arena.store(body, from, to);
      nodes[partition + PartitionNode.STATIC_CAPACITY] = length;
    }
    nodes[partition + PartitionNode.STATIC_LENGTH] = length;
  }

  private compareRow(row: number, clustering: Uint8Array, from: number, to: number): number {
    const address = this.nodes[row + RowNode.ADDRESS];
    const at = this.arena.offset(address);
    const end = at + this.nodes[row + RowNode.CLUSTERING_LENGTH];
    return this.comparator.compareClusterings(this.arena.bytes(address), at, end, clustering, from, to);
  }

  private comparePartition(node: number, hi: number, lo: number, key: Uint8Array | null, from: number, to: number): number {
    const { nodes, arena } = this;
    const byToken = compareInt64(nodes[node + PartitionNode.TOKEN_HI], nodes[node + PartitionNode.TOKEN_LO], hi, lo);
    if (byToken !== 0) return byToken;
    if (key === null) return 1;
    const address = nodes[node + PartitionNode.KEY];
    const at = arena.offset(address);
    return compareBytes(arena.bytes(address), at, at + nodes[node + PartitionNode.KEY_LENGTH], key, from, to);
  }

  private growTower(partition: number): void {
    const tower = this.newNode(LEVELS_MAX * 2);
    const { nodes } = this;
    const old = nodes[partition + PartitionNode.TOWER];
    for (let level = 0; level < FIRST_LEVELS; level++) {
      nodes[tower + level] = nodes[old + level];
      nodes[tower + LEVELS_MAX + level] = nodes[old + FIRST_LEVELS + level];
    }
    nodes[partition + PartitionNode.TOWER] = tower;
    nodes[partition + PartitionNode.LEVELS] = LEVELS_MAX;
    // The levels above are empty: what was looked up before is before them all.
    this.path.fill(0, FIRST_LEVELS);
  }

  private newNode(size: number): number {
    if (this.used + size > this.nodes.length) {
      const grown = new Int32Array(Math.max(this.nodes.length * 2, this.used + size));
      grown.set(this.nodes);
      this.nodes = grown;
    }
    const node = this.used;
    this.used += size;
    return node;
  }
}
