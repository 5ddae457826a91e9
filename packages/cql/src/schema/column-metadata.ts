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

/** Storage order of two static or regular columns: simple before complex, then names as unsigned UTF-8 bytes. */
export function compareColumns(a: { name: string; type: CqlType }, b: { name: string; type: CqlType }): number {
  if (a.type.isMultiCell !== b.type.isMultiCell) return a.type.isMultiCell ? 1 : -1;
  const x = encoder.encode(a.name);
  const y = encoder.encode(b.name);
  return compareBytes(x, 0, x.length, y, 0, y.length);
}
