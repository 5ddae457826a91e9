import { ByteWriter, toHex } from '@cassette/bytes';
import type { DataLayout } from '../data/data-layout.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { CoveredBound, EstimatedHistogram, Statistics, StatsMetadata, TombstoneHistogram } from '../statistics/index.ts';
import type { Version } from '../version/index.ts';
import type { Findings } from './findings.ts';
import type { ScanResult } from './scan-data.ts';

/**
 * Statistics.db against those that the data itself makes. Figures that let a read skip the SSTable, or a compaction drop it, must be
 * right; estimates that differ are warnings.
 */
export function checkStatistics(
  have: Statistics,
  scan: ScanResult,
  layout: DataLayout,
  version: Version,
  compressionRatio: number | null,
  findings: Findings,
): void {
  const made = scan.collector.finish({
    header: have.header,
    bloomFilterFpChance: have.validation.bloomFilterFpChance,
    keyRange: { first: scan.firstKey, last: scan.lastKey },
    ...(compressionRatio === null ? {} : { compressionRatio }),
  });
  const want = made.stats;
  const stats = have.stats;
  const must = (name: string, wanted: unknown, found: unknown): void => {
    if (String(wanted) !== String(found)) findings.error(`statistics: ${name} is ${found}, the data has ${wanted}`);
  };
  const should = (name: string, wanted: unknown, found: unknown): void => {
    if (String(wanted) !== String(found)) findings.warn(`statistics: ${name} is ${found}, the data makes ${wanted}`);
  };
  must('minTimestamp', want.minTimestamp, stats.minTimestamp);
  must('maxTimestamp', want.maxTimestamp, stats.maxTimestamp);
  must('minLocalDeletionTime', storable(want.minLocalDeletionTime, version), stats.minLocalDeletionTime);
  must('maxLocalDeletionTime', storable(want.maxLocalDeletionTime, version), stats.maxLocalDeletionTime);
  must('minTtl', want.minTtl, stats.minTtl);
  must('maxTtl', want.maxTtl, stats.maxTtl);
  if (version.hasPartitionLevelDeletionPresenceMarker) {
    must('hasPartitionLevelDeletions', want.hasPartitionLevelDeletions, stats.hasPartitionLevelDeletions);
  }
  if (version.hasKeyRange && stats.keyRange !== null) {
    must('firstKey', toHex(scan.firstKey), toHex(stats.keyRange.first));
    must('lastKey', toHex(scan.lastKey), toHex(stats.keyRange.last));
  }
  if (version.hasLegacyMinMax) {
    should('minClustering', want.minClustering.map(hex), stats.minClustering.map(hex));
    should('maxClustering', want.maxClustering.map(hex), stats.maxClustering.map(hex));
  }
  checkCovered(want, stats, layout, version, findings);
  should('totalRows', want.totalRows, stats.totalRows);
  should('totalColumnsSet', want.totalColumnsSet, stats.totalColumnsSet);
  should('partitionSizes', buckets(want.partitionSizes), buckets(stats.partitionSizes));
  should('cellsPerPartition', buckets(want.cellsPerPartition), buckets(stats.cellsPerPartition));
  should('tombstoneDropTimes', bins(want.tombstoneDropTimes, version), bins(stats.tombstoneDropTimes, version));
  should('compressionRatio', want.compressionRatio, stats.compressionRatio);
  should('the cardinality sketch', sketch(made), sketch(have));
  const { header } = have;
  if (want.minTimestamp !== -(2n ** 63n) && header.stats.minTimestamp > want.minTimestamp) {
    findings.warn('statistics: the header’s least timestamp is above the data’s');
  }
  if (header.stats.minLocalDeletionTime > want.minLocalDeletionTime) {
    findings.warn('statistics: the header’s least local deletion time is above the data’s');
  }
}

/** What every read relies on: the clusterings of the data lie within what is said to be covered. */
function checkCovered(want: StatsMetadata, have: StatsMetadata, layout: DataLayout, version: Version, findings: Findings): void {
  if (!version.hasImprovedMinMax || layout.clusteringSize === 0) return;
  const { comparator } = layout;
  const compare = (a: CoveredBound, b: CoveredBound): number =>
    comparator.comparePrefixes(a.kind, a.size, a.bytes, 0, a.bytes.length, b.kind, b.size, b.bytes, 0, b.bytes.length);
  const start = compare(have.coveredClustering.start, want.coveredClustering.start);
  const end = compare(have.coveredClustering.end, want.coveredClustering.end);
  // Nothing that sorts is there: both are from the first to the last.
  if (want.coveredClustering.start.kind !== BoundKind.INCL_START_BOUND && want.coveredClustering.start.size === 0) return;
  if (start > 0 || end < 0) findings.error('statistics: the covered clusterings are not all of the data’s');
  else if (start < 0 || end > 0) findings.warn('statistics: the covered clusterings are more than the data’s');
}

// nb has 31 bits for a second.
const LAST_SECOND = 0x7ffffffe;

function storable(time: number, { hasUIntDeletionTime }: Version): number {
  return hasUIntDeletionTime || time === NO_DELETION_TIME ? time : Math.min(time, LAST_SECOND);
}

function buckets({ offsets, counts }: EstimatedHistogram): string {
  return Array.from(counts, (count, i) => (count === 0 ? '' : `${i < offsets.length ? offsets[i] : 'more'}: ${count} `)).join('');
}

function bins({ times, counts }: TombstoneHistogram, version: Version): string {
  return Array.from(times, (time, i) => `${storable(time, version)}: ${counts[i]}`).join(' ');
}

function sketch({ compaction }: Statistics): string {
  const out = new ByteWriter(1024);
  compaction.cardinality.encode(out);
  return toHex(out.written());
}

function hex(value: Uint8Array): string {
  return `0x${toHex(value)}`;
}
