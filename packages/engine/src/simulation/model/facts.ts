// What statements write, in parts that can be merged in any order: a model of Cassandra's reconciliation, by timestamps alone. No two
// statements have the same one.

/** A value of a cell, of a static cell (`c` null), or of an element of a map (`path`); `value` null is a deletion. */
export interface CellFact {
  readonly kind: 'cell';
  readonly k: number;
  readonly c: number | null;
  readonly column: string;
  readonly path: number | null;
  readonly timestamp: number;
  readonly value: number | string | null;
  /** Seconds since the epoch; infinite where it never does. */
  readonly expires: number;
}

/** All elements of a map of before. */
export interface MapDeletion {
  readonly kind: 'map';
  readonly k: number;
  readonly c: number;
  readonly timestamp: number;
}

/** The row is there, though all its columns be null. */
export interface LivenessFact {
  readonly kind: 'liveness';
  readonly k: number;
  readonly c: number;
  readonly timestamp: number;
  readonly expires: number;
}

/** Rows from `from` up to but without `to`; a partition with its static cells where both are null. */
export interface DeletionFact {
  readonly kind: 'deletion';
  readonly k: number;
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly timestamp: number;
}

export type Fact = CellFact | MapDeletion | LivenessFact | DeletionFact;
