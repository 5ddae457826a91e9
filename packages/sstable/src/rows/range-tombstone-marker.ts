import { DeletionTime } from './deletion-time.ts';

/** Kinds of clustering prefixes; the number is the byte in the files. Cassandra: ClusteringPrefix.Kind. */
export const BoundKind = {
  EXCL_END_BOUND: 0,
  INCL_START_BOUND: 1,
  EXCL_END_INCL_START_BOUNDARY: 2,
  STATIC_CLUSTERING: 3,
  CLUSTERING: 4,
  INCL_END_EXCL_START_BOUNDARY: 5,
  INCL_END_BOUND: 6,
  EXCL_START_BOUND: 7,
} as const;

/** One of {@link BoundKind}. */
export type BoundKind = (typeof BoundKind)[keyof typeof BoundKind];

/** Where a prefix sorts against a clustering that it is a prefix of: -1 before, 0 equal, 1 after; by kind. */
export const comparedToClustering: readonly number[] = [-1, -1, -1, -1, 0, 1, 1, 1];

/** A bound that begins a range (a boundary does too). */
export function isStart(kind: number): boolean {
  return kind === BoundKind.INCL_START_BOUND || kind === BoundKind.EXCL_START_BOUND || isBoundary(kind);
}

/** A bound that ends a range (a boundary does too). */
export function isEnd(kind: number): boolean {
  return kind === BoundKind.INCL_END_BOUND || kind === BoundKind.EXCL_END_BOUND || isBoundary(kind);
}

/** A bound that ends one range and begins another. */
export function isBoundary(kind: number): boolean {
  return kind === BoundKind.EXCL_END_INCL_START_BOUNDARY || kind === BoundKind.INCL_END_EXCL_START_BOUNDARY;
}

const NONE = new Uint8Array(0);

/**
 * Where a range deletion begins, ends, or passes into another one. Reused like Row.
 * Cassandra: db.rows.RangeTombstoneBoundMarker and RangeTombstoneBoundaryMarker.
 */
export class RangeTombstoneMarker {
  kind: BoundKind = BoundKind.INCL_START_BOUND;
  /** How many clustering values the bound has: a prefix, possibly none. */
  size = 0;
  /** The values in the form of `Row.clusteringBytes`. */
  clusteringBytes: Uint8Array = NONE;
  clusteringFrom = 0;
  clusteringTo = 0;
  /** The deletion that ends here; LIVE for a start bound. */
  readonly closing = new DeletionTime();
  /** The deletion that begins here; LIVE for an end bound. */
  readonly opening = new DeletionTime();

  setBound(kind: BoundKind, size: number, bytes: Uint8Array, from: number, to: number): void {
    this.kind = kind;
    this.size = size;
    this.clusteringBytes = bytes;
    this.clusteringFrom = from;
    this.clusteringTo = to;
  }
}
