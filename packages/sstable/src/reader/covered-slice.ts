import { ByteWriter } from '@cassette/bytes';
import { ClusteringBound, type Slice } from '../clustering/clustering-bound.ts';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import { encodeClustering } from '../clustering/clustering-values.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { StatsMetadata } from '../statistics/index.ts';
import type { Version } from '../version/index.ts';

const EVERYTHING: Slice = { start: ClusteringBound.BOTTOM, end: ClusteringBound.TOP };

/**
 * The slice that all rows and range tombstones of an SSTable lie in, by its statistics; it may end before it starts, and then there are
 * none. Before oa it is made of the values of the smallest and the greatest clustering, as Cassandra makes it; values that can't be of
 * their types tell nothing, and neither do statistics of other clustering columns. Cassandra: StatsMetadata#coveredClustering.
 */
export function coveredSlice(stats: StatsMetadata, version: Version, { columns }: ClusteringComparator): Slice {
  if (version.hasImprovedMinMax) {
    const { types, start, end } = stats.coveredClustering;
    if (types.length !== columns.length) return EVERYTHING;
    return {
      start: new ClusteringBound(start.kind, start.size, start.bytes),
      end: new ClusteringBound(end.kind, end.size, end.bytes),
    };
  }
  const start = boundOf(BoundKind.INCL_START_BOUND, stats.minClustering, columns);
  const end = boundOf(BoundKind.INCL_END_BOUND, stats.maxClustering, columns);
  return start === null || end === null ? EVERYTHING : { start, end };
}

/** Whether two slices have something in common; one that ends before it starts has nothing. Cassandra: Slice#intersects. */
export function slicesMeet(comparator: ClusteringComparator, a: Slice, b: Slice): boolean {
  return (
    comparator.compareBounds(a.start, a.end) < 0 &&
    comparator.compareBounds(b.start, b.end) < 0 &&
    comparator.compareBounds(a.start, b.end) < 0 &&
    comparator.compareBounds(b.start, a.end) < 0
  );
}

function boundOf(
  kind: BoundKind,
  values: readonly Uint8Array[],
  columns: ClusteringComparator['columns'],
): ClusteringBound | null {
  if (values.length > columns.length) return null;
  const fits = values.every((value, i) => {
    const { fixedLength } = columns[i].type;
    return value.length === 0 || fixedLength < 0 || value.length === fixedLength;
  });
  if (!fits) return null;
  const out = new ByteWriter(64);
  encodeClustering(out, columns, values);
  return new ClusteringBound(kind, values.length, out.toBytes());
}
