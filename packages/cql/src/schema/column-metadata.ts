import { compareBytes } from '@cassette/bytes';
import type { CqlType } from '../types/cql-type.ts';

/** What a column is to its table. */
export type ColumnKind = 'partition_key' | 'clustering' | 'static' | 'regular';

/** A column of a table. Cassandra: schema.ColumnMetadata. */
export interface ColumnMetadata {
  /** Name as stored: lower case unless it was quoted. */
  readonly name: string;
  readonly kind: ColumnKind;
  /**
   * Position within its kind: the order of the key for key columns, and for static and regular columns the index in
   * storage order, which is what rows call a column by.
   */
  readonly position: number;
  /** Never wrapped for order: a DESC clustering column is its type and `descending`. */
  readonly type: CqlType;
  /** Clustering columns only: stored in descending order (ReversedType in the files). */
  readonly descending: boolean;
  /**
   * Names the column in the WAL and the memtable: given once, never given again within the table, so that bytes written
   * before an ALTER TABLE are still understood after it. Key columns have ids too.
   */
  readonly id: number;
}

const encoder = new TextEncoder();

type NamedColumn = { readonly name: string; readonly type: CqlType };

/**
 * Storage order of two static or regular columns: simple before complex, then by name. Names are UTF-8 bytes without sign, but
 * Cassandra turns the first bit of a name over, so that names that begin outside of ASCII come first. Cassandra: ColumnMetadata#compareTo, ColumnIdentifier#prefixComparison.
 */
export function compareColumns(a: NamedColumn, b: NamedColumn): number {
  if (a.type.isMultiCell !== b.type.isMultiCell) return a.type.isMultiCell ? 1 : -1;
  const x = encoder.encode(a.name);
  const y = encoder.encode(b.name);
  const first = ((x[0] ?? 0) ^ 0x80) - ((y[0] ?? 0) ^ 0x80);
  return first !== 0 ? first : compareBytes(x, 0, x.length, y, 0, y.length);
}

/**
 * Static or regular columns, given in storage order, as SELECT * lists them: simple and complex ones merged by name, and here names are
 * bytes with sign. Cassandra: Columns#selectOrderIterator.
 */
export function inSelectOrder(columns: readonly ColumnMetadata[]): ColumnMetadata[] {
  const simple = columns.filter(({ type }) => !type.isMultiCell);
  const complex = columns.filter(({ type }) => type.isMultiCell);
  const merged: ColumnMetadata[] = [];
  for (let s = 0, c = 0; s < simple.length || c < complex.length; ) {
    const takesSimple = c === complex.length || (s < simple.length && compareSigned(simple[s].name, complex[c].name) < 0);
    merged.push(takesSimple ? simple[s++] : complex[c++]);
  }
  return merged;
}

function compareSigned(a: string, b: string): number {
  const x = new Int8Array(encoder.encode(a));
  const y = new Int8Array(encoder.encode(b));
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i] - y[i];
  return x.length - y.length;
}
