import { compareBytes, compareInt64 } from '@cassette/bytes';
import type { Slice } from '../clustering/clustering-bound.ts';
import type { DataLayout } from '../data/data-layout.ts';
import type { BloomFilter } from '../filter/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { slicesMeet } from './covered-slice.ts';
import { CursorPartsPool } from './cursor-parts.ts';
import { IndexCheck, LeftEntry } from './index-check.ts';
import { type HashedKey, hashKey } from './partition-header.ts';
import type { PartitionIndex, PartitionScanner } from './partition-index.ts';
import { PointCursor } from './point-cursor.ts';

/** What cursors need of an open SSTable: where its rows and its index are, and how to find a key. */
export class SSTableAccess {
  /** Uncompressed. */
  readonly data: ByteSource;
  readonly layout: DataLayout;
  readonly index: PartitionIndex;
  /** Keys that the bloom filter said are not here, for statistics. */
  filtered = 0;
  /** Keys that it let pass and that are here, and those that are not. */
  truePositives = 0;
  falsePositives = 0;
  /** Partitions whose row index was used. */
  rowIndexesRead = 0;
  /** Of what the index says, where a search relies on it. */
  readonly check: IndexCheck;
  /** For cursors that look keys up. */
  readonly parts: CursorPartsPool;
  /** What all rows and range tombstones lie in. */
  readonly covered: Slice;
  private readonly filter: BloomFilter | null;
  private readonly before = new LeftEntry();
  private pointCursor: PointCursor | null = null;

  constructor(
    data: ByteSource,
    pointData: ByteSource,
    index: PartitionIndex,
    layout: DataLayout,
    filter: BloomFilter | null,
    covered: Slice,
  ) {
    this.data = data;
    this.index = index;
    this.layout = layout;
    this.filter = filter;
    this.covered = covered;
    this.check = new IndexCheck(index, data, layout);
    this.parts = new CursorPartsPool(pointData, layout);
  }

  /** A cursor on the partition of a key: always the same one, unless somebody has it. */
  point(key: HashedKey, slices: readonly Slice[] | null): PointCursor {
    this.pointCursor ??= new PointCursor(this);
    return (this.pointCursor.isInUse ? new PointCursor(this) : this.pointCursor).begin(key, slices);
  }

  /** The keys with their tokens, in token order, each once. */
  hashedInOrder(keys: readonly Uint8Array[]): HashedKey[] {
    if (keys.length === 1) return [hashKey(keys[0])];
    const hashed = keys.map(hashKey).sort(compareHashed);
    return hashed.filter((key, i) => i === 0 || compareHashed(hashed[i - 1], key) !== 0);
  }

  /** Those slices that may have something here; in the others there is neither a row nor a range tombstone. */
  slicesHere(slices: readonly Slice[]): readonly Slice[] {
    const { comparator } = this.layout;
    const { covered } = this;
    // In stored order they lie within it if the first and the last one do: an IN has a slice for each row that it names.
    const last = slices.length - 1;
    if (last > 0 && comparator.compareBounds(covered.start, slices[0].start) <= 0) {
      if (comparator.compareBounds(slices[last].end, covered.end) <= 0) return slices;
    }
    return slices.every((slice) => slicesMeet(comparator, slice, this.covered))
      ? slices
      : slices.filter((slice) => slicesMeet(comparator, slice, this.covered));
  }

  /** Whether the key may be here: false is certain. */
  mightContain(key: HashedKey): boolean {
    const [h1Hi, h1Lo, h2Hi, h2Lo] = key.hash;
    return this.filter === null || this.filter.mightContain(h1Hi, h1Lo, h2Hi, h2Lo);
  }

  /** A scanner at the key's partition, or null where the key is not here; `scanner` is used again. */
  find(key: HashedKey, scanner: PartitionScanner | null): PartitionScanner | null {
    if (!this.mightContain(key)) {
      this.filtered++;
      return null;
    }
    const found = this.index.find(key, scanner);
    if (found !== null) {
      this.truePositives++;
      return found;
    }
    this.falsePositives++;
    // The filter is rarely wrong, so that there is time to make sure that it was.
    const after = this.index.around(key, this.before);
    if (after !== undefined) this.check.mustFollow(this.before, after);
    return null;
  }
}

function compareHashed(a: HashedKey, b: HashedKey): number {
  return compareInt64(a.tokenHi, a.tokenLo, b.tokenHi, b.tokenLo) || compareBytes(a.key, 0, a.key.length, b.key, 0, b.key.length);
}
