import { assert, type ByteReader, type ByteWriter } from '@cassette/bytes';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import type { Version } from '../version/index.ts';
import {
  type CoveredClustering,
  decodeCoveredClustering,
  EVERYTHING_COVERED,
  encodeCoveredClustering,
} from './covered-clustering.ts';
import { decodeEstimatedHistogram, type EstimatedHistogram, encodeEstimatedHistogram } from './estimated-histogram.ts';
import { decodeTombstoneHistogram, encodeTombstoneHistogram, type TombstoneHistogram } from './tombstone-histogram.ts';

// STATS, the third component of Statistics.db:
//   partitionSizes         EstimatedHistogram
//   cellsPerPartition      EstimatedHistogram
//   commitLogUpperBound    i64 segment, i32 position      (-1, 0): none
//   min, maxTimestamp      i64, i64                       -2^63, 2^63-1: none
//   min, maxLocalDeletionTime  i32, i32                   7fffffff: none (oa, da: u32, ffffffff)
//   min, maxTtl            i32, i32
//   compressionRatio       f64                            -1: not compressed
//   tombstoneDropTimes     TombstoneHistogram
//   level                  i32
//   repairedAt             i64                            0: not repaired
//   min, maxClustering     (i32 n, n × sb), twice         prefixes of the smallest and greatest clustering; nb only
//   coveredClustering      see covered-clustering.ts      oa, da only
//   hasLegacyCounterShards u8
//   columnsSet, rows       i64, i64
//   commitLogLowerBound    i64, i32
//   commitLogIntervals     i32 n, n × (i64, i32, i64, i32)
//   pendingRepair          u8 present, 16 bytes if so
//   isTransient            u8
//   originatingHostId      u8 present, 16 bytes if so     not in na
// and in oa and da
//   hasPartitionDeletions  u8
//   first, lastKey         vb, vb
//   tokenSpaceCoverage     f64                            NaN: not known
//   padding                four zero bytes a bin of tombstoneDropTimes: room is made for bins as nb has them
//
// Cassandra: io.sstable.metadata.StatsMetadata.StatsMetadataSerializer

/** A part of a Cassandra node's commit log, whose writes an SSTable holds. */
export interface CommitLogInterval {
  readonly startSegment: bigint;
  readonly startPosition: number;
  readonly endSegment: bigint;
  readonly endPosition: number;
}

/** What is known of the rows of an SSTable. Cassandra: StatsMetadata. */
export interface StatsMetadata {
  /** Bytes of each partition in the uncompressed Data.db. */
  readonly partitionSizes: EstimatedHistogram;
  readonly cellsPerPartition: EstimatedHistogram;
  /** Microseconds; -2^63 where nothing has one. */
  readonly minTimestamp: bigint;
  /** Microseconds; 2^63-1 where nothing has one. */
  readonly maxTimestamp: bigint;
  /** Seconds; NO_DELETION_TIME where nothing is deleted or expires. */
  readonly minLocalDeletionTime: number;
  /** Seconds; NO_DELETION_TIME where something lives for ever. */
  readonly maxLocalDeletionTime: number;
  /** Seconds; 0 where something has none. */
  readonly minTtl: number;
  /** Seconds. */
  readonly maxTtl: number;
  /** Payload bytes by uncompressed bytes; {@link NO_COMPRESSION_RATIO} if not compressed. */
  readonly compressionRatio: number;
  readonly tombstoneDropTimes: TombstoneHistogram;
  /** Of levelled compaction; 0. */
  readonly level: number;
  /** Milliseconds; 0 for never. */
  readonly repairedAt: bigint;
  /** Values of the smallest clustering (or bound), up to the first null; none where there is no row and no marker. Not in oa and da. */
  readonly minClustering: readonly Uint8Array[];
  readonly maxClustering: readonly Uint8Array[];
  /** From the smallest to the greatest clustering or bound. In nb it is not stored: everything, when read. */
  readonly coveredClustering: CoveredClustering;
  readonly hasLegacyCounterShards: boolean;
  /** Columns with at least a cell, over all rows. */
  readonly totalColumnsSet: number;
  /** Rows, static ones that are not empty included. */
  readonly totalRows: number;
  /** Ascending; none in files of ours. */
  readonly commitLogIntervals: readonly CommitLogInterval[];
  /** 16 bytes of a UUID, or null. */
  readonly pendingRepair: Uint8Array | null;
  readonly isTransient: boolean;
  /** 16 bytes of a UUID, or null. */
  readonly originatingHostId: Uint8Array | null;
  /** Whether some partition has a deletion. In nb it is not stored: when read, whether anything at all is deleted or expires. */
  readonly hasPartitionLevelDeletions: boolean;
  /** The first and the last partition key; null where they are not stored (nb). */
  readonly keyRange: KeyRange | null;
  /** Share of the token ring; NaN where it is not known. */
  readonly tokenSpaceCoverage: number;
}

/** The first and the last partition key of an SSTable. */
export interface KeyRange {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

/** The compression ratio of an uncompressed SSTable. */
export const NO_COMPRESSION_RATIO = -1;

const NB_NO_DELETION_TIME = 0x7fffffff;
const NONE: CommitLogInterval = { startSegment: -1n, startPosition: 0, endSegment: -1n, endPosition: 0 };

/** Appends the component. */
export function encodeStats(out: ByteWriter, stats: StatsMetadata, version: Version): void {
  encodeEstimatedHistogram(out, stats.partitionSizes);
  encodeEstimatedHistogram(out, stats.cellsPerPartition);
  const upper = stats.commitLogIntervals.at(-1) ?? NONE;
  out.bigint64(upper.endSegment);
  out.i32(upper.endPosition);
  out.bigint64(stats.minTimestamp);
  out.bigint64(stats.maxTimestamp);
  putDeletionTime(out, stats.minLocalDeletionTime, version);
  putDeletionTime(out, stats.maxLocalDeletionTime, version);
  out.i32(stats.minTtl);
  out.i32(stats.maxTtl);
  out.f64(stats.compressionRatio);
  encodeTombstoneHistogram(out, stats.tombstoneDropTimes, version);
  out.i32(stats.level);
  out.bigint64(stats.repairedAt);
  if (version.hasLegacyMinMax) {
    for (const values of [stats.minClustering, stats.maxClustering]) {
      out.i32(values.length);
      for (const value of values) out.shortBytes(value);
    }
  }
  if (version.hasImprovedMinMax) encodeCoveredClustering(out, stats.coveredClustering);
  out.u8(stats.hasLegacyCounterShards ? 1 : 0);
  out.i64Number(stats.totalColumnsSet);
  out.i64Number(stats.totalRows);
  const lower = stats.commitLogIntervals[0] ?? NONE;
  out.bigint64(lower.startSegment);
  out.i32(lower.startPosition);
  out.i32(stats.commitLogIntervals.length);
  for (const interval of stats.commitLogIntervals) {
    out.bigint64(interval.startSegment);
    out.i32(interval.startPosition);
    out.bigint64(interval.endSegment);
    out.i32(interval.endPosition);
  }
  putUuid(out, stats.pendingRepair);
  out.u8(stats.isTransient ? 1 : 0);
  if (version.hasOriginatingHostId) putUuid(out, stats.originatingHostId);
  if (version.hasPartitionLevelDeletionPresenceMarker) out.u8(stats.hasPartitionLevelDeletions ? 1 : 0);
  if (version.hasKeyRange) {
    const { keyRange } = stats;
    assert(keyRange !== null, 'the first and the last key are known of an SSTable that stores them');
    out.vintBytes(keyRange.first);
    out.vintBytes(keyRange.last);
  }
  if (version.hasTokenSpaceCoverage) out.f64(stats.tokenSpaceCoverage);
  if (version.hasUIntDeletionTime) for (let i = stats.tombstoneDropTimes.times.length; i > 0; i--) out.i32(0);
}

/** Reads the component, on copies of its bytes. Throws CorruptionError. */
export function decodeStats(input: ByteReader, version: Version): StatsMetadata {
  const partitionSizes = decodeEstimatedHistogram(input, 'partitionSizes');
  const cellsPerPartition = decodeEstimatedHistogram(input, 'cellsPerPartition');
  // The bounds repeat the ends of the intervals.
  input.skip(12, 'commitLogUpperBound');
  const minTimestamp = input.bigint64('minTimestamp');
  const maxTimestamp = input.bigint64('maxTimestamp');
  const minLocalDeletionTime = takeDeletionTime(input, 'minLocalDeletionTime', version);
  const maxLocalDeletionTime = takeDeletionTime(input, 'maxLocalDeletionTime', version);
  const minTtl = input.i32('minTtl');
  const maxTtl = input.i32('maxTtl');
  const compressionRatio = input.f64('compressionRatio');
  const tombstoneDropTimes = decodeTombstoneHistogram(input, version);
  const level = input.i32('level');
  const repairedAt = input.bigint64('repairedAt');
  const minClustering = version.hasLegacyMinMax ? takeClustering(input, 'minClustering') : [];
  const maxClustering = version.hasLegacyMinMax ? takeClustering(input, 'maxClustering') : [];
  const coveredClustering = version.hasImprovedMinMax ? decodeCoveredClustering(input) : EVERYTHING_COVERED;
  const hasLegacyCounterShards = takeFlag(input, 'hasLegacyCounterShards');
  const totalColumnsSet = input.i64Number('totalColumnsSet');
  const totalRows = input.i64Number('totalRows');
  input.skip(12, 'commitLogLowerBound');
  const count = input.i32('commitLogIntervals');
  if (count < 0 || count * 24 > input.remaining) {
    throw input.corrupt(`${count} commit log intervals can't be in ${input.remaining} bytes`, input.position - 4);
  }
  const commitLogIntervals = Array.from({ length: count }, () => ({
    startSegment: input.bigint64('startSegment'),
    startPosition: input.i32('startPosition'),
    endSegment: input.bigint64('endSegment'),
    endPosition: input.i32('endPosition'),
  }));
  const pendingRepair = takeUuid(input, 'pendingRepair');
  const isTransient = takeFlag(input, 'isTransient');
  const originatingHostId = version.hasOriginatingHostId ? takeUuid(input, 'originatingHostId') : null;
  const hasPartitionLevelDeletions = version.hasPartitionLevelDeletionPresenceMarker
    ? takeFlag(input, 'hasPartitionLevelDeletions')
    : minLocalDeletionTime !== NO_DELETION_TIME;
  const keyRange = version.hasKeyRange ? { first: takeKey(input, 'firstKey'), last: takeKey(input, 'lastKey') } : null;
  const tokenSpaceCoverage = version.hasTokenSpaceCoverage ? input.f64('tokenSpaceCoverage') : Number.NaN;
  return {
    partitionSizes,
    cellsPerPartition,
    minTimestamp,
    maxTimestamp,
    minLocalDeletionTime,
    maxLocalDeletionTime,
    minTtl,
    maxTtl,
    compressionRatio,
    tombstoneDropTimes,
    level,
    repairedAt,
    minClustering,
    maxClustering,
    coveredClustering,
    hasLegacyCounterShards,
    totalColumnsSet,
    totalRows,
    commitLogIntervals,
    pendingRepair,
    isTransient,
    originatingHostId,
    hasPartitionLevelDeletions,
    keyRange,
    tokenSpaceCoverage,
  };
}

// A time that nb can't hold is its greatest one: these are only bounds, the rows themselves were refused or capped before.
function putDeletionTime(out: ByteWriter, time: number, version: Version): void {
  if (version.hasUIntDeletionTime) out.i32(time);
  else out.i32(time === NO_DELETION_TIME ? NB_NO_DELETION_TIME : Math.min(time, NB_NO_DELETION_TIME - 1));
}

function takeDeletionTime(input: ByteReader, field: string, version: Version): number {
  if (version.hasUIntDeletionTime) return input.u32(field);
  const time = input.i32(field);
  return time === NB_NO_DELETION_TIME ? NO_DELETION_TIME : time;
}

function takeClustering(input: ByteReader, field: string): Uint8Array[] {
  const count = input.i32(field);
  if (count < 0 || count * 2 > input.remaining) throw input.corrupt(`${field} can't have ${count} values`, input.position - 4);
  return Array.from({ length: count }, () => input.shortBytes(field).slice());
}

function takeKey(input: ByteReader, field: string): Uint8Array {
  return input.take(input.length(field), field).slice();
}

function takeFlag(input: ByteReader, field: string): boolean {
  const flag = input.u8(field);
  if (flag > 1) throw input.corrupt(`${field} is ${flag}`, input.position - 1);
  return flag === 1;
}

function putUuid(out: ByteWriter, uuid: Uint8Array | null): void {
  out.u8(uuid === null ? 0 : 1);
  if (uuid !== null) out.bytes(uuid);
}

function takeUuid(input: ByteReader, field: string): Uint8Array | null {
  return takeFlag(input, field) ? input.take(16, field).slice() : null;
}
