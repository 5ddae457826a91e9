import { ByteWriter } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';
import { expect, test } from 'vitest';
import { ClusteringComparator } from '../clustering/index.ts';
import { NO_STATS } from '../header/index.ts';
import { BoundKind, CellFlag, DeletionTime, NO_DELETION_TIME, RangeTombstoneMarker, Row } from '../rows/index.ts';
import { MetadataCollector } from './index.ts';

// As much of the type int as clusterings need.
const int = { fixedLength: 4, marshalName: () => 'org.apache.cassandra.db.marshal.Int32Type' } as CqlType;
const column = { type: int, descending: false };
const header = { stats: NO_STATS, keyType: 'k', clusteringTypes: [], staticColumns: [], regularColumns: [] };

function ck(n: number | null): Uint8Array {
  const out = new ByteWriter();
  out.u8(n === null ? 2 : 0);
  if (n !== null) out.i32(n);
  return out.toBytes();
}

function rowAt(n: number | null): Row {
  const row = new Row();
  row.setClustering(ck(n), 0, ck(n).length);
  return row;
}

function markerAt(kind: BoundKind, n: number): RangeTombstoneMarker {
  const marker = new RangeTombstoneMarker();
  marker.setBound(kind, 1, ck(n), 0, 5);
  return marker;
}

function collected(fill: (collector: MetadataCollector) => void, columns = [column]) {
  const collector = new MetadataCollector(new ClusteringComparator(columns));
  fill(collector);
  collector.partition(Uint8Array.of(1), 0, 1, 100);
  return collector.finish({ header, bloomFilterFpChance: 0.01 }).stats;
}

test('nothing but a partition has no times and no clusterings', () => {
  const stats = collected(() => undefined);
  expect(stats).toMatchObject({
    minTimestamp: -(2n ** 63n),
    maxTimestamp: 2n ** 63n - 1n,
    minLocalDeletionTime: NO_DELETION_TIME,
    maxLocalDeletionTime: NO_DELETION_TIME,
    minTtl: 0,
    maxTtl: 0,
    compressionRatio: -1,
    minClustering: [],
    maxClustering: [],
    totalRows: 0,
    totalColumnsSet: 0,
  });
  expect([stats.partitionSizes.count, stats.cellsPerPartition.counts[0]]).toEqual([1, 1]);
});

test('a live cell makes the greatest local deletion time none, and the least TTL 0', () => {
  const stats = collected((collector) => {
    const row = rowAt(1);
    row.setLiveness(0, 10, 100, 1700000030);
    row.addCell(0, CellFlag.EXPIRING, 0, 10, 1700000030, 100);
    collector.row(row);
  });
  expect(stats).toMatchObject({
    minLocalDeletionTime: 1700000030,
    maxLocalDeletionTime: 1700000030,
    minTtl: 100,
    maxTtl: 100,
    tombstoneDropTimes: { times: Float64Array.of(1700000040), counts: Float64Array.of(2) },
  });
  const withLive = collected((collector) => {
    const row = rowAt(1);
    row.addCell(0, CellFlag.EXPIRING, 0, 10, 1700000030, 100);
    row.addCell(1, 0, -1, 10, NO_DELETION_TIME, 0);
    collector.row(row);
  });
  expect(withLive).toMatchObject({
    minTimestamp: -4294967286n,
    maxTimestamp: 10n,
    minLocalDeletionTime: 1700000030,
    maxLocalDeletionTime: NO_DELETION_TIME,
    minTtl: 0,
    maxTtl: 100,
    totalRows: 1,
    totalColumnsSet: 2,
  });
});

test('complex columns count once, and only with a cell; their deletions are no cells', () => {
  const collector = new MetadataCollector(new ClusteringComparator([column]));
  const row = rowAt(1);
  row.addCell(0, 0, 0, 1, NO_DELETION_TIME, 0);
  row.addCell(1, CellFlag.COMPLEX_DELETION, 0, 5, 1700000000, 0);
  row.addCell(1, 0, 0, 6, NO_DELETION_TIME, 0);
  row.addCell(1, CellFlag.DELETED, 0, 6, 1700000000, 0);
  row.addCell(2, CellFlag.COMPLEX_DELETION, 0, 5, 1700000000, 0);
  collector.row(row);
  expect(collector.partitionCells).toBe(3);
  collector.partition(Uint8Array.of(1), 0, 1, 100);
  const { stats } = collector.finish({ header, bloomFilterFpChance: 0.01 });
  expect([stats.totalColumnsSet, stats.totalRows, stats.maxTimestamp]).toEqual([2, 1, 6n]);
  expect(stats.tombstoneDropTimes).toEqual({ times: Float64Array.of(1700000040), counts: Float64Array.of(3) });
  expect(collector.partitionCells).toBe(0);
});

test('static rows count as rows unless they are empty, and have no clustering', () => {
  const stats = collected((collector) => {
    const row = new Row();
    row.isStatic = true;
    collector.row(row);
    row.addCell(0, 0, 0, 1, NO_DELETION_TIME, 0);
    collector.row(row);
  });
  expect(stats).toMatchObject({ totalRows: 1, totalColumnsSet: 1, minClustering: [], maxClustering: [] });
});

test('the clustering bounds span rows and outer bounds, over partitions', () => {
  const values = (n: number) => [ck(n).slice(1)];
  const stats = collected((collector) => {
    collector.row(rowAt(5));
    collector.row(rowAt(7));
    collector.partition(Uint8Array.of(9), 0, 1, 10);
    collector.row(rowAt(-2));
    const opening = markerAt(BoundKind.EXCL_START_BOUND, 3);
    opening.opening.setTo(0, 50, 1700000000);
    collector.marker(opening);
    const boundary = markerAt(BoundKind.INCL_END_EXCL_START_BOUNDARY, 30);
    boundary.closing.setTo(0, 50, 1700000000);
    boundary.opening.setTo(0, 60, 1700000000);
    collector.marker(boundary);
    const closing = markerAt(BoundKind.EXCL_END_BOUND, 20);
    closing.closing.setTo(0, 60, 1700000000);
    collector.marker(closing);
  });
  expect([stats.minClustering, stats.maxClustering]).toEqual([values(-2), values(20)]);
  // A boundary is two deletions.
  expect(stats.tombstoneDropTimes.counts).toEqual(Float64Array.of(4));
});

test('a list of clustering values ends at the first null', () => {
  const stats = collected(
    (collector) => {
      const row = new Row();
      const bytes = Uint8Array.of(8, 0, 0, 0, 1);
      row.setClustering(bytes, 0, 5);
      collector.row(row);
    },
    [column, column],
  );
  expect(stats.minClustering).toEqual([Uint8Array.of(0, 0, 0, 1)]);
});

test('a partition deletion counts, and is told', () => {
  const collector = new MetadataCollector(new ClusteringComparator([]));
  collector.partitionDeletion(new DeletionTime());
  expect(collector.hasPartitionLevelDeletions).toBe(false);
  collector.partitionDeletion(DeletionTime.of(0, 7, 1700000000));
  expect(collector.hasPartitionLevelDeletions).toBe(true);
  collector.partition(Uint8Array.of(1), 0, 1, 100);
  expect(collector.finish({ header, bloomFilterFpChance: 0.01 }).stats).toMatchObject({
    minTimestamp: 7n,
    maxTimestamp: 7n,
    maxLocalDeletionTime: 1700000000,
  });
});
