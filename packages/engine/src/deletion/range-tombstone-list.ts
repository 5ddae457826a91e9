import { BoundKind, ClusteringBound, type ClusteringComparator, type DeletionTime, type Slice } from '@cassette/sstable';

/** The deletion of a range of clusterings. Cassandra: db.RangeTombstone. */
export interface RangeTombstone {
  readonly start: ClusteringBound;
  readonly end: ClusteringBound;
  /** Never LIVE; not to be changed once it is here. */
  readonly deletion: DeletionTime;
}

const inverse: Partial<Record<number, BoundKind>> = {
  [BoundKind.INCL_START_BOUND]: BoundKind.EXCL_END_BOUND,
  [BoundKind.EXCL_START_BOUND]: BoundKind.INCL_END_BOUND,
  [BoundKind.INCL_END_BOUND]: BoundKind.EXCL_START_BOUND,
  [BoundKind.EXCL_END_BOUND]: BoundKind.INCL_START_BOUND,
};

/** The bound that meets this one from the other side: what a range ending here leaves to the next. */
function invert(bound: ClusteringBound): ClusteringBound {
  return new ClusteringBound(inverse[bound.kind]!, bound.size, bound.bytes);
}

/**
 * The range tombstones of one partition, resolved: in order, not overlapping, each stretch with the deletion that wins there.
 * It splits and joins exactly as Cassandra does, because how ranges are cut shows in the files.
 * Cassandra: db.RangeTombstoneList.
 */
export class RangeTombstoneList {
  /** The order of clusterings; another one may take its place that orders the bounds that are here as it did. */
  comparator: ClusteringComparator;
  private readonly entries: RangeTombstone[];

  constructor(comparator: ClusteringComparator, entries: readonly RangeTombstone[] = []) {
    this.comparator = comparator;
    this.entries = [...entries];
  }

  /** Number of ranges. */
  get size(): number {
    return this.entries.length;
  }

  /** The ranges, in stored order. */
  get ranges(): readonly RangeTombstone[] {
    return this.entries;
  }

  /** A list of its own; the ranges in it are shared, being immutable. */
  copy(): RangeTombstoneList {
    return new RangeTombstoneList(this.comparator, this.entries);
  }

  /** Adds a range; cheap where it sorts after all others. */
  add(range: RangeTombstone): void {
    const last = this.entries.at(-1);
    if (last === undefined || this.compare(last.end, range.start) <= 0) {
      this.entries.push(range);
      return;
    }
    this.insertFrom(this.firstEndingAfter(range.start), range);
  }

  /** Adds all ranges of another list. */
  addAll(other: RangeTombstoneList): void {
    if (this.entries.length === 0) {
      for (const range of other.entries) this.entries.push(range);
      return;
    }
    if (this.entries.length > 10 * other.entries.length) {
      for (const range of other.entries) this.add(range);
      return;
    }
    let i = 0;
    let j = 0;
    while (i < this.entries.length && j < other.entries.length) {
      if (this.compare(other.entries[j].start, this.entries[i].end) < 0) this.insertFrom(i, other.entries[j++]);
      else i++;
    }
    for (; j < other.entries.length; j++) this.entries.push(other.entries[j]);
  }

  /** The ranges that touch a slice, cut to it; in stored order. */
  within(slice: Slice): RangeTombstone[] {
    const found: RangeTombstone[] = [];
    for (let i = this.firstEndingAfter(slice.start); i < this.entries.length; i++) {
      const range = this.entries[i];
      if (this.compare(slice.end, range.start) <= 0) break;
      const start = this.compare(range.start, slice.start) < 0 ? slice.start : range.start;
      const end = this.compare(slice.end, range.end) < 0 ? slice.end : range.end;
      if (!this.isEmpty(start, end)) found.push(start === range.start && end === range.end ? range : { ...range, start, end });
    }
    return found;
  }

  /** The first range that ends after a start; one that ends where it stands is before it. */
  private firstEndingAfter(start: ClusteringBound): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.compare(this.entries[middle].end, start) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private compare(a: ClusteringBound, b: ClusteringBound): number {
    return this.comparator.compareBounds(a, b);
  }

  private isEmpty(start: ClusteringBound, end: ClusteringBound): boolean {
    return this.compare(start, end) >= 0;
  }

  /** Inserts from entry `i` on, where the end of the entry before it <= start < the end of entry i. */
  private insertFrom(i: number, range: RangeTombstone): void {
    const { entries } = this;
    const { end, deletion } = range;
    let start = range.start;
    while (i < entries.length) {
      if (this.isEmpty(start, end)) return;
      const current = entries[i];
      // Only the timestamp decides here, not the local deletion time: the first of two with the same timestamp stays.
      if (this.isNewer(deletion, current.deletion)) {
        const next = this.overwrite(i, start, range);
        if (next < 0) return;
        i = next;
        start = entries[i].start;
      } else {
        if (this.compare(start, current.start) < 0) {
          if (this.compare(end, current.start) <= 0) {
            entries.splice(i, 0, { start, end, deletion });
            return;
          }
          const newEnd = invert(current.start);
          if (!this.isEmpty(start, newEnd)) entries.splice(i++, 0, { start, end: newEnd, deletion });
        }
        if (this.compare(end, current.end) <= 0) return;
        start = invert(current.end);
        i++;
      }
    }
    entries.push({ start, end, deletion });
  }

  /**
   * Puts the part of a newer range that lies before and over entry `i` into its place. Returns the index of the entry to go
   * on with, whose start is where what is left of the range begins; or -1 when nothing is left.
   */
  private overwrite(i: number, start: ClusteringBound, { end, deletion }: RangeTombstone): number {
    const { entries } = this;
    if (this.compare(entries[i].start, start) < 0) {
      const newEnd = invert(start);
      if (!this.isEmpty(entries[i].start, newEnd)) {
        entries.splice(i, 0, { ...entries[i], end: newEnd });
        i++;
        entries[i] = { ...entries[i], start };
      }
    }
    const current = entries[i];
    if (this.compare(end, current.start) < 0) {
      entries.splice(i, 0, { start, end, deletion });
      return -1;
    }
    if (this.compare(current.end, end) > 0) {
      entries.splice(i, 0, { start, end, deletion });
      i++;
      const newStart = invert(end);
      if (!this.isEmpty(newStart, current.end)) entries[i] = { ...current, start: newStart };
      return -1;
    }
    const following = entries[i + 1];
    if (following === undefined || this.compare(end, following.start) <= 0) {
      entries[i] = { start, end, deletion };
      return -1;
    }
    entries[i] = { start, end: invert(following.start), deletion };
    return i + 1;
  }

  private isNewer(a: DeletionTime, b: DeletionTime): boolean {
    return a.hi !== b.hi ? a.hi > b.hi : a.lo >>> 0 > b.lo >>> 0;
  }
}
