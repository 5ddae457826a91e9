import { compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { ColumnMetadata, TableMetadata } from '@cassette/cql';
import { ClusteringComparator, DeletionTime, NO_DELETION_TIME, Row, type SSTableWriter } from '@cassette/sstable';

/** Bytes that a value of a key may have here, and in a key of several columns: what a vint of two bytes can say. */
const KEY_VALUE_MAX = 0x3fff;
/** Bytes that the values of a key, or of a clustering, may have together, with what stands around each in a key of several columns. */
const KEY_MAX = 0xffff;
const NOT_THERE = -1;
const HASH_SEED = 0x811c9dc5 | 0;

/** What {@link RowBuffer} is told in the place of where a value lies: that it is null. */
export const NULL_VALUE = -2;

/**
 * Rows of INSERTs that are to become one SSTable, in any order: values as Data.db has them in one array of bytes, and where they lie in others, no
 * object a row. `begin` a row, append the values to `bytes` and say where they lie, then `commit` or `reset`. It is what a memtable is, but for what
 * loading needs none of: an order while rows come, deletions, rows merged in place.
 */
export class RowBuffer {
  /** Values; there is room for `roomFor` more behind `end`. */
  bytes: Uint8Array;
  view: DataView;
  end = 0;
  rows = 0;
  /** Where the values of the row lie that was begun, by the columns' places in TableMetadata.columns; NULL_VALUE where one is null. */
  readonly valueFrom: Int32Array;
  readonly valueTo: Int32Array;
  private readonly table: TableMetadata;
  private readonly keys: number;
  private readonly clusterings: number;
  private readonly clusteringFixed: readonly number[];
  private readonly firstRegular: number;
  private readonly regulars: number;
  private readonly comparator: ClusteringComparator;
  private readonly limit: number;
  private rowStart = 0;
  /** Of each row where its clustering and its regular columns lie: from and to. */
  private readonly stride: number;
  private ranges: Int32Array;
  private rowPartition: Int32Array;
  private stamps: Float64Array;
  private readonly hasRegular: Uint8Array;
  private minStamp = Number.POSITIVE_INFINITY;
  // Partitions, and a hash table of their numbers + 1.
  private partitions = 0;
  private keyFrom = new Int32Array(1024);
  private keyTo = new Int32Array(1024);
  private slots = new Int32Array(4096);

  /** `limit`: bytes from which on it is full. */
  constructor(table: TableMetadata, limit: number) {
    this.table = table;
    this.limit = limit;
    this.keys = table.partitionKey.length;
    this.clusterings = table.clustering.length;
    this.clusteringFixed = table.clustering.map(({ type }) => type.fixedLength);
    this.regulars = table.regularColumns.length;
    this.firstRegular = this.keys + this.clusterings + table.staticColumns.length;
    const columns = this.firstRegular + this.regulars;
    this.valueFrom = new Int32Array(columns).fill(NOT_THERE);
    this.valueTo = new Int32Array(columns);
    this.comparator = new ClusteringComparator(table.clustering);
    this.stride = 2 + 2 * this.regulars;
    this.bytes = new Uint8Array(1 << 20);
    this.view = new DataView(this.bytes.buffer);
    this.ranges = new Int32Array(this.stride * 1024);
    this.rowPartition = new Int32Array(1024);
    this.stamps = new Float64Array(1024);
    this.hasRegular = new Uint8Array(this.regulars);
  }

  /** Whether it takes as much memory as it may. */
  get isFull(): boolean {
    return this.end + this.rows * (this.stride * 4 + 12) + this.partitions * 16 >= this.limit;
  }

  /** Begins a row whose values, and its key once more, have at most so many bytes. */
  begin(bytes: number): void {
    if (this.bytes.length - this.end < bytes) {
      const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.end + bytes));
      wider.set(this.bytes.subarray(0, this.end));
      this.bytes = wider;
      this.view = new DataView(wider.buffer);
    }
    this.rowStart = this.end;
    this.valueFrom.fill(NOT_THERE);
  }

  /** Forgets the row that was begun. */
  reset(): void {
    this.end = this.rowStart;
  }

  /** Takes the row that was begun, of that timestamp (microseconds); false, and it is not taken, where its key is none for here. */
  commit(stamp: number): boolean {
    const { valueFrom, valueTo, keys, clusterings, stride, firstRegular } = this;
    let size = 0;
    for (let i = 0; i < keys + clusterings; i++) {
      const length = valueTo[i] - valueFrom[i];
      if (valueFrom[i] < 0 || length === 0 || length > KEY_VALUE_MAX) return false;
      size = i === keys ? length : size + length;
      // Perhaps more than there can be, which statements refuse.
      if (size + 3 * (keys + clusterings) > KEY_MAX) return false;
    }
    const clusteringFrom = this.end;
    if (clusterings > 0) this.appendClustering();
    const clusteringTo = this.end;
    let from = valueFrom[0];
    let to = valueTo[0];
    if (keys > 1) {
      from = this.end;
      this.appendKey();
      to = this.end;
    }
    const known = this.partitions;
    const partition = this.partitionOf(from, to);
    if (keys > 1 && partition < known) this.end = clusteringTo;
    if (this.rows === this.stamps.length) this.grow();
    const { ranges, rows } = this;
    let at = rows * stride;
    ranges[at++] = clusteringFrom;
    ranges[at++] = clusteringTo;
    for (let i = 0; i < this.regulars; i++) {
      const start = valueFrom[firstRegular + i];
      ranges[at++] = start;
      ranges[at++] = valueTo[firstRegular + i];
      if (start >= 0) this.hasRegular[i] = 1;
    }
    this.rowPartition[rows] = partition;
    this.stamps[rows] = stamp;
    if (stamp < this.minStamp) this.minStamp = stamp;
    this.rows++;
    return true;
  }

  /** The earliest timestamp. Microseconds. */
  get minTimestamp(): number {
    return this.minStamp;
  }

  /** Partitions. */
  get partitionCount(): number {
    return this.partitions;
  }

  /** The columns outside the key that have a value, in storage order. */
  get columns(): readonly ColumnMetadata[] {
    return this.table.regularColumns.filter((_, i) => this.hasRegular[i] === 1);
  }

  /** Writes all rows, those of one key as the one that Cassandra would merge them to. `finish` is the caller's. */
  writeTo(writer: SSTableWriter): void {
    const { bytes, keyFrom, keyTo } = this;
    const { order, starts } = this.rowsByPartition();
    const row = new Row();
    const live = new DeletionTime();
    for (const partition of this.partitionsByToken()) {
      const rows = order.subarray(starts[partition], starts[partition + 1]);
      this.sort(rows);
      writer.startPartition(bytes, keyFrom[partition], keyTo[partition], live);
      for (let i = 0; i < rows.length; ) {
        let next = i + 1;
        while (next < rows.length && this.compare(rows[i], rows[next]) === 0) next++;
        if (next === i + 1) this.fill(row, rows[i]);
        else this.fillMerged(row, rows.subarray(i, next));
        writer.addRow(row);
        i = next;
      }
      writer.endPartition();
    }
  }

  /** Forgets all rows; the memory is kept. */
  clear(): void {
    this.end = 0;
    this.rows = 0;
    this.partitions = 0;
    this.slots.fill(0);
    this.hasRegular.fill(0);
    this.minStamp = Number.POSITIVE_INFINITY;
  }

  /** As Data.db has it: a header that says that no value is empty or null, then the values, with their lengths where the type has no fixed one. */
  private appendClustering(): void {
    const { bytes, valueFrom, valueTo, keys, clusterings } = this;
    let { end } = this;
    bytes[end++] = 0;
    for (let i = 0; i < clusterings; i++) {
      const from = valueFrom[keys + i];
      const to = valueTo[keys + i];
      if (this.clusteringFixed[i] < 0) {
        const length = to - from;
        if (length >= 0x80) bytes[end++] = 0x80 | (length >> 8);
        bytes[end++] = length;
      }
      for (let at = from; at < to; at++) bytes[end++] = bytes[at];
    }
    this.end = end;
  }

  /** As the key of several columns is: of each a length in two bytes, the value and a zero. */
  private appendKey(): void {
    const { bytes, valueFrom, valueTo } = this;
    let { end } = this;
    for (let i = 0; i < this.keys; i++) {
      const length = valueTo[i] - valueFrom[i];
      bytes[end++] = length >> 8;
      bytes[end++] = length;
      for (let at = valueFrom[i]; at < valueTo[i]; at++) bytes[end++] = bytes[at];
      bytes[end++] = 0;
    }
    this.end = end;
  }

  /** The number of the partition whose key lies there. */
  private partitionOf(from: number, to: number): number {
    const { bytes } = this;
    const hash = hashOf(bytes, from, to);
    let { slots } = this;
    let slot = hash & (slots.length - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const found = slots[slot] - 1;
      if (isSame(bytes, this.keyFrom[found], this.keyTo[found], from, to)) return found;
    }
    if (this.partitions === this.keyFrom.length) {
      this.keyFrom = wider(this.keyFrom, new Int32Array(this.partitions * 2));
      this.keyTo = wider(this.keyTo, new Int32Array(this.partitions * 2));
    }
    const partition = this.partitions++;
    this.keyFrom[partition] = from;
    this.keyTo[partition] = to;
    slots[slot] = partition + 1;
    if (this.partitions * 2 > slots.length) {
      slots = new Int32Array(slots.length * 4);
      for (let i = 0; i < this.partitions; i++) {
        let free = hashOf(bytes, this.keyFrom[i], this.keyTo[i]) & (slots.length - 1);
        while (slots[free] !== 0) free = (free + 1) & (slots.length - 1);
        slots[free] = i + 1;
      }
      this.slots = slots;
    }
    return partition;
  }

  /** The numbers of all rows, partition by partition in the order in which they came; and where each partition's begin. */
  private rowsByPartition(): { readonly order: Int32Array; readonly starts: Int32Array } {
    const { rows, partitions, rowPartition } = this;
    const starts = new Int32Array(partitions + 1);
    for (let i = 0; i < rows; i++) starts[rowPartition[i] + 1]++;
    for (let i = 0; i < partitions; i++) starts[i + 1] += starts[i];
    const next = starts.slice();
    const order = new Int32Array(rows);
    for (let i = 0; i < rows; i++) order[next[rowPartition[i]]++] = i;
    return { order, starts };
  }

  private partitionsByToken(): Int32Array {
    const { bytes, partitions, keyFrom, keyTo } = this;
    const hi = new Int32Array(partitions);
    const lo = new Int32Array(partitions);
    for (let i = 0; i < partitions; i++) {
      token(bytes, keyFrom[i], keyTo[i]);
      hi[i] = tokenWords[0];
      lo[i] = tokenWords[1];
    }
    const order = Int32Array.from({ length: partitions }, (_, i) => i);
    return order.sort(
      (a, b) =>
        compareInt64(hi[a], lo[a], hi[b], lo[b]) || compareBytes(bytes, keyFrom[a], keyTo[a], bytes, keyFrom[b], keyTo[b]),
    );
  }

  /** Sorts rows of one partition by clustering, and those of the same one as they came. What comes in order, as measurements do, costs a look. */
  private sort(rows: Int32Array): void {
    for (let i = 1; i < rows.length; i++) {
      if (this.compare(rows[i - 1], rows[i]) <= 0) continue;
      rows.sort((a, b) => this.compare(a, b) || a - b);
      return;
    }
  }

  private compare(a: number, b: number): number {
    if (this.clusterings === 0) return 0;
    const { ranges, stride, bytes } = this;
    const i = a * stride;
    const j = b * stride;
    return this.comparator.compareClusterings(bytes, ranges[i], ranges[i + 1], bytes, ranges[j], ranges[j + 1]);
  }

  private fill(row: Row, number: number): void {
    const { ranges, bytes } = this;
    let at = number * this.stride;
    const stamp = this.stamps[number];
    const hi = highOf(stamp);
    const lo = lowOf(stamp);
    row.clear();
    row.setClustering(bytes, ranges[at++], ranges[at++]);
    row.setLiveness(hi, lo);
    for (let i = 0; i < this.regulars; i++) {
      const from = ranges[at++];
      const to = ranges[at++];
      if (from >= 0) row.setValue(row.addCell(i, 0, hi, lo, NO_DELETION_TIME, 0), bytes, from, to);
    }
  }

  /** Of each column the latest value, of those of one time the greater one: all of them live. Cassandra: Cells#reconcile. */
  private fillMerged(row: Row, rows: Int32Array): void {
    const { ranges, bytes, stride, stamps } = this;
    let latest = rows[0];
    for (const one of rows) if (stamps[one] > stamps[latest]) latest = one;
    row.clear();
    row.setClustering(bytes, ranges[latest * stride], ranges[latest * stride + 1]);
    row.setLiveness(highOf(stamps[latest]), lowOf(stamps[latest]));
    for (let i = 0; i < this.regulars; i++) {
      const place = 2 + 2 * i;
      let best = -1;
      for (const one of rows) {
        const from = ranges[one * stride + place];
        if (from < 0) continue;
        if (best < 0 || stamps[one] > stamps[best]) best = one;
        else if (stamps[one] === stamps[best]) {
          const at = best * stride + place;
          const to = ranges[one * stride + place + 1];
          if (compareBytes(bytes, from, to, bytes, ranges[at], ranges[at + 1]) > 0) best = one;
        }
      }
      if (best < 0) continue;
      const cell = row.addCell(i, 0, highOf(stamps[best]), lowOf(stamps[best]), NO_DELETION_TIME, 0);
      row.setValue(cell, bytes, ranges[best * stride + place], ranges[best * stride + place + 1]);
    }
  }

  private grow(): void {
    const rows = this.stamps.length * 2;
    this.ranges = wider(this.ranges, new Int32Array(rows * this.stride));
    this.rowPartition = wider(this.rowPartition, new Int32Array(rows));
    this.stamps = wider(this.stamps, new Float64Array(rows));
  }
}

function wider<T extends Int32Array | Float64Array>(old: T, made: T): T {
  made.set(old);
  return made;
}

/** The words of microseconds. */
function highOf(stamp: number): number {
  return Math.floor(stamp / 0x1_0000_0000);
}

function lowOf(stamp: number): number {
  return (stamp - Math.floor(stamp / 0x1_0000_0000) * 0x1_0000_0000) | 0;
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = HASH_SEED;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i], 0x01000193);
  return hash ^ (hash >>> 15);
}

function isSame(bytes: Uint8Array, aFrom: number, aTo: number, bFrom: number, bTo: number): boolean {
  if (aTo - aFrom !== bTo - bFrom) return false;
  for (let i = aFrom, j = bFrom; i < aTo; i++, j++) if (bytes[i] !== bytes[j]) return false;
  return true;
}
