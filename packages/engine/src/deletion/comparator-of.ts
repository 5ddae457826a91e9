import type { TableMetadata } from '@cassette/cql';
import { ClusteringComparator } from '@cassette/sstable';

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
