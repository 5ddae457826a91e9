import { compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import {
  BoundKind,
  ClusteringBound,
  type ClusteringComparator,
  isTokenWithin,
  type Slice,
  type TokenRange,
} from '@cassette/sstable';
import { comparatorOf } from '../deletion/index.ts';
import type { MutationReader } from '../mutation/mutation-reader.ts';
import type { Binding } from '../prepared/binding.ts';
import { comparePartitionKeys, readPlaces } from '../select/read-steps.ts';
import type { SelectPlan } from '../select/select-plan.ts';
import { textOfBytes } from '../select/text-of-bytes.ts';

/** A partition and its place in the order of partitions. */
export interface PlacedKey {
  readonly key: Uint8Array;
  readonly tokenHi: number;
  readonly tokenLo: number;
}

/** The partition of that key. */
export function placedKey(key: Uint8Array): PlacedKey {
  token(key);
  return { key, tokenHi: tokenWords[0], tokenLo: tokenWords[1] };
}

/**
 * Which mutations can change what a SELECT answers, decided on their bytes: the partition is one that it asks for, and a row, a range of
 * rows, the static row or the whole partition that is written lies within its slices. It may say yes where nothing changes, never no
 * where something does.
 */
export class Interest {
  private readonly table: TableMetadata;
  /** Named partitions by the text of their key; null: a range. */
  private readonly keys: ReadonlySet<string> | null;
  private readonly range: TokenRange;
  private readonly slices: readonly Slice[] | undefined;
  private readonly comparator: ClusteringComparator;

  constructor(plan: SelectPlan, binding: Binding) {
    const { table, restrictions } = plan;
    const places = readPlaces(plan, binding);
    this.table = table;
    this.keys = places === null ? new Set() : places.keys === null ? null : new Set(places.keys.map((key) => textOfBytes(key)));
    this.range = this.keys === null ? restrictions.tokenRange(binding) : {};
    this.slices = places?.slices;
    this.comparator = comparatorOf(table);
  }

  /** Whether the mutation that the reader has begun, at `from`, can change the answer. */
  includes(reader: MutationReader, from: number): boolean {
    const { bytes, keyFrom, keyTo } = reader;
    if (this.keys === null) {
      if (!isTokenWithin(this.range, reader.tokenHi, reader.tokenLo)) return false;
    } else if (!this.keys.has(textOfBytes(bytes, keyFrom, keyTo))) {
      return false;
    }
    const { slices } = this;
    if (slices === undefined) return true;
    if (!reader.partitionDeletion.isLive || reader.staticTo > reader.staticFrom) return true;
    for (const { start, end } of reader.ranges) {
      if (
        slices.some(
          (slice) => this.comparator.compareBounds(slice.start, end) < 0 && this.comparator.compareBounds(start, slice.end) < 0,
        )
      )
        return true;
    }
    const size = this.table.clustering.length;
    reader.begin(bytes, from, reader.end);
    while (reader.nextRow()) {
      const row = reader.bytes.subarray(reader.clusteringFrom, reader.clusteringTo);
      const above = new ClusteringBound(BoundKind.INCL_START_BOUND, size, row);
      const below = new ClusteringBound(BoundKind.INCL_END_BOUND, size, row);
      if (
        slices.some(
          (slice) => this.comparator.compareBounds(slice.start, below) < 0 && this.comparator.compareBounds(above, slice.end) < 0,
        )
      )
        return true;
    }
    return false;
  }

  /** Order of two partitions in the answer: that of their keys' values where they are named, else that of their tokens. */
  compareKeys(a: PlacedKey, b: PlacedKey): number {
    if (this.keys !== null) return comparePartitionKeys(this.table, a.key, b.key);
    const order = compareInt64(a.tokenHi, a.tokenLo, b.tokenHi, b.tokenLo);
    return order !== 0 ? order : compareBytes(a.key, 0, a.key.length, b.key, 0, b.key.length);
  }
}
