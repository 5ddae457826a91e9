import type { ColumnMetadata, Place } from '@cassette/cql';
import type { BoundTerm } from '../terms/index.ts';
import type { ValueSource } from './value-source.ts';

/** One end of a slice: tuples of it may be shorter than the columns of the slice. */
export interface SliceEnd {
  readonly source: ValueSource;
  /** How many columns its tuples have. */
  readonly size: number;
  readonly inclusive: boolean;
}

/** What a WHERE says of one column, or of several by tuple notation. Cassandra: restrictions.SingleRestriction. */
export type Restriction = {
  /** The relation, or the last of those that were merged. */
  readonly where: Place;
} & (
  | {
      readonly kind: 'eq' | 'in';
      readonly columns: readonly ColumnMetadata[];
      readonly source: ValueSource;
      readonly multi: boolean;
    }
  | {
      readonly kind: 'slice';
      readonly columns: readonly ColumnMetadata[];
      readonly multi: boolean;
      readonly start: SliceEnd | null;
      readonly end: SliceEnd | null;
    }
  | {
      readonly kind: 'contains';
      readonly columns: readonly [ColumnMetadata];
      readonly multi: false;
      readonly values: readonly BoundTerm[];
      readonly keys: readonly BoundTerm[];
      readonly entries: readonly (readonly [BoundTerm, BoundTerm])[];
    }
);

/** What a WHERE says of the token. */
export interface TokenRestriction {
  readonly start: { readonly term: BoundTerm; readonly inclusive: boolean } | null;
  readonly end: { readonly term: BoundTerm; readonly inclusive: boolean } | null;
}

/**
 * Both restrictions as one, or a sentence that says why they contradict each other.
 * Cassandra: SingleRestriction#mergeWith.
 */
export function mergeRestrictions(a: Restriction, b: Restriction): Restriction | string {
  const names = (columns: readonly ColumnMetadata[]) => columns.map((column) => column.name).join(', ');
  const first = a.columns[0];
  if (a.kind !== 'slice' && a.kind !== 'contains') {
    return `${names(a.columns)} cannot be restricted by more than one relation if it includes ${a.kind === 'eq' ? 'an Equal' : 'a IN'}`;
  }
  if (a.kind !== 'slice') {
    if (b.kind !== 'contains') {
      return `Collection column ${first.name} can only be restricted by CONTAINS, CONTAINS KEY, or map-entry equality`;
    }
    return {
      ...a,
      where: b.where,
      values: [...a.values, ...b.values],
      keys: [...a.keys, ...b.keys],
      entries: [...a.entries, ...b.entries],
    };
  }
  if (b.kind !== 'slice') {
    return `Column "${first.name}" cannot be restricted by both an equality and an inequality relation`;
  }
  if (first.name !== b.columns[0].name) {
    const later = first.position > b.columns[0].position ? first : b.columns[0];
    return `Column "${later.name}" cannot be restricted by two inequalities not starting with the same column`;
  }
  if (a.start !== null && b.start !== null)
    return `More than one restriction was found for the start bound on ${names(a.columns)}`;
  if (a.end !== null && b.end !== null) return `More than one restriction was found for the end bound on ${names(a.columns)}`;
  const wider = a.columns.length >= b.columns.length ? a : b;
  return {
    kind: 'slice',
    where: b.where,
    columns: wider.columns,
    multi: a.multi || b.multi,
    start: a.start ?? b.start,
    end: a.end ?? b.end,
  };
}
