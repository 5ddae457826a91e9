import type { TableMetadata } from '@cassette/cql';
import { type ClusteringBound, ClusteringComparator } from '@cassette/sstable';

const comparators = new WeakMap<TableMetadata, ClusteringComparator>();

/** The comparator of a table's clusterings; made once a table. */
export function comparatorOf(table: TableMetadata): ClusteringComparator {
  let comparator = comparators.get(table);
  if (comparator === undefined) {
    comparator = new ClusteringComparator(table.clustering);
    comparators.set(table, comparator);
  }
  return comparator;
}

/** Order of two bounds. An exclusive end and an inclusive start of the same values are equal: they meet there. */
export function compareBounds(comparator: ClusteringComparator, a: ClusteringBound, b: ClusteringBound): number {
  return comparator.comparePrefixes(a.kind, a.size, a.bytes, 0, a.bytes.length, b.kind, b.size, b.bytes, 0, b.bytes.length);
}
