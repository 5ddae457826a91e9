import { ByteWriter, toHex } from '@cassette/bytes';
import type { DataLayout } from '../data/data-layout.ts';
import type { SerializationHeader } from '../header/index.ts';
import { coveredSlice } from '../reader/covered-slice.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import type { EstimatedHistogram, Statistics, StatsMetadata, TombstoneHistogram } from '../statistics/index.ts';
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
  checkCovered(want, stats, layout, version, findings);
  if (version.hasLegacyMinMax) {
    should('minClustering', want.minClustering.map(hex), stats.minClustering.map(hex));
    should('maxClustering', want.maxClustering.map(hex), stats.maxClustering.map(hex));
  }
  must('hasLegacyCounterShards', scan.hasLegacyCounterShards, stats.hasLegacyCounterShards);
  should('totalRows', want.totalRows, stats.totalRows);
  should('totalColumnsSet', want.totalColumnsSet, stats.totalColumnsSet);
  should('partitionSizes', buckets(want.partitionSizes), buckets(stats.partitionSizes));
  should('cellsPerPartition', buckets(want.cellsPerPartition), buckets(stats.cellsPerPartition));
  should('tombstoneDropTimes', bins(want.tombstoneDropTimes, version), bins(stats.tombstoneDropTimes, version));
  should('compressionRatio', want.compressionRatio, stats.compressionRatio);
  should('the cardinality sketch', sketch(made), sketch(have));
  checkHeaderStats(have.header, want, findings);
  checkBookkeeping(stats, findings);
}

/**
 * Differences to the header's figures are stored as unsigned numbers: a figure above the data's makes them long. Not so told of
 * local deletion times: a cell that expires while Cassandra compacts it gets one from before those that the header was made of.
 */
function checkHeaderStats({ stats }: SerializationHeader, want: StatsMetadata, findings: Findings): void {
  if (want.minTimestamp !== -(2n ** 63n) && stats.minTimestamp > want.minTimestamp) {
    findings.warn('statistics: the header’s least timestamp is above the data’s');
  }
  if (want.minTtl > 0 && stats.minTtl > want.minTtl) findings.warn('statistics: the header’s least TTL is above the data’s');
}

/** What the data does not tell: that it is possible. */
function checkBookkeeping(stats: StatsMetadata, findings: Findings): void {
  const { tokenSpaceCoverage, level, repairedAt, pendingRepair, isTransient, commitLogIntervals } = stats;
  if (tokenSpaceCoverage < 0 || tokenSpaceCoverage > 1) {
    findings.error(`statistics: tokenSpaceCoverage is ${tokenSpaceCoverage}, no share of the token ring`);
  }
  if (level < 0) findings.error(`statistics: the level is ${level}`);
  if (repairedAt < 0n) findings.error(`statistics: repairedAt is ${repairedAt}`);
  if (repairedAt > 0n && pendingRepair !== null) findings.warn('statistics: it is repaired and waits for a repair');
  if (isTransient && pendingRepair === null) findings.warn('statistics: it is transient, and no repair is pending');
  commitLogIntervals.forEach((interval, i) => {
    const before = commitLogIntervals[i - 1];
    const ends = isBefore(interval.endSegment, interval.endPosition, interval.startSegment, interval.startPosition);
    const overlaps =
      before !== undefined && isBefore(interval.startSegment, interval.startPosition, before.endSegment, before.endPosition);
    if (ends || overlaps)
      findings.warn(`statistics: commit log interval ${i} ends before it starts, or lies over the one before`);
  });
}

function isBefore(segment: bigint, position: number, otherSegment: bigint, otherPosition: number): boolean {
  return segment < otherSegment || (segment === otherSegment && position < otherPosition);
}

/** What every read relies on: the clusterings of the data lie within what is said to be covered. */
function checkCovered(want: StatsMetadata, have: StatsMetadata, layout: DataLayout, version: Version, findings: Findings): void {
  const { comparator } = layout;
  const count = version.hasImprovedMinMax ? have.coveredClustering.types.length : 0;
  if (version.hasImprovedMinMax && count !== layout.clusteringSize) {
    findings.error(`statistics: the covered clusterings have ${count} columns, the rows ${layout.clusteringSize}`);
    return;
  }
  const { start, end } = want.coveredClustering;
  // No row and no marker was there: nothing is to be covered.
  if (layout.clusteringSize === 0 || comparator.compareBounds(start, end) >= 0) return;
  const covered = coveredSlice(have, version, comparator);
  const before = comparator.compareBounds(covered.start, start);
  const behind = comparator.compareBounds(covered.end, end);
  if (before > 0 || behind < 0) findings.error('statistics: the covered clusterings are not all of the data’s');
  // In values alone an exclusive bound can't be told.
  else if (version.hasImprovedMinMax && (before < 0 || behind > 0)) {
    findings.warn('statistics: the covered clusterings are more than the data’s');
  }
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
