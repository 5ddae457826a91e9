import type { DeletionTime } from '../rows/deletion-time.ts';

/** What a scan of Data.db tells of a partition that begins. */
export interface PartitionBegin {
  readonly key: Uint8Array;
  readonly keyTo: number;
  readonly tokenHi: number;
  readonly tokenLo: number;
  /** The low word of the second half of the key's Murmur3 hash. */
  readonly hash: number;
  /** Place in the uncompressed Data.db. */
  readonly position: number;
  readonly deletion: DeletionTime;
  /** Place of the first unfiltered. */
  readonly rowsFrom: number;
}

/**
 * An index of partitions, compared with Data.db while that is scanned. What does not fit is an error among the findings. One for
 * each format: Index.db with Summary.db, or Partitions.db with Rows.db.
 */
export interface PartitionIndexCheck {
  /** The next partition of Data.db. */
  beginPartition(partition: PartitionBegin): void;
  /** A row or marker that begins at `position`: its name. */
  beginUnfiltered(position: number, kind: number, size: number, bytes: Uint8Array, from: number, to: number): void;
  /** It ends at `position`, and behind it `open` is the range deletion that is open; LIVE if none. */
  endUnfiltered(position: number, open: DeletionTime): void;
  /** The partition ends before `position`. */
  endPartition(position: number): void;
  /**
   * The scan can't go on in the partition that began: the place of the next one by the index, or -1 where it has no further.
   * The partition is not ended.
   */
  skipPartition(): number;
  /** All partitions were told. */
  finish(): void;
}
