import { BoundKind } from '../rows/range-tombstone-marker.ts';

const NONE = new Uint8Array(0);

/**
 * One end of a range of clusterings: a prefix of clustering values and whether the range includes it.
 * Start bounds are INCL_START_BOUND and EXCL_START_BOUND, end bounds INCL_END_BOUND and EXCL_END_BOUND, always in *stored*
 * order (with a DESC column what CQL calls greater may come first). Cassandra: db.ClusteringBound.
 */
export class ClusteringBound {
  readonly kind: BoundKind;
  /** Number of values: a prefix of the clustering columns, possibly none. */
  readonly size: number;
  /** The values in the form of `Row.clusteringBytes`. */
  readonly bytes: Uint8Array;

  constructor(kind: BoundKind, size: number, bytes: Uint8Array) {
    this.kind = kind;
    this.size = size;
    this.bytes = bytes;
  }

  /** Before every clustering. */
  static readonly BOTTOM = new ClusteringBound(BoundKind.INCL_START_BOUND, 0, NONE);
  /** After every clustering. */
  static readonly TOP = new ClusteringBound(BoundKind.INCL_END_BOUND, 0, NONE);
}

/** A range of clusterings, in stored order: `start` is a start bound, `end` an end bound. Cassandra: db.Slice. */
export interface Slice {
  readonly start: ClusteringBound;
  readonly end: ClusteringBound;
}
