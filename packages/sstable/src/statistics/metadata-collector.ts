import { compareInt64, toBigInt } from '@cassette/bytes';
import type { ClusteringComparator } from '../clustering/clustering-comparator.ts';
import { decodeClustering } from '../clustering/clustering-values.ts';
import { hasLegacyShards } from '../data/counter-context.ts';
import type { SerializationHeader } from '../header/index.ts';
import { type DeletionTime, NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind, isBoundary, isEnd, type RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { CellFlag, type Row } from '../rows/row.ts';
import type { CoveredBound } from './covered-clustering.ts';
import { EstimatedHistogram } from './estimated-histogram.ts';
import { HyperLogLogPlus } from './hyper-log-log-plus.ts';
import { MURMUR3_PARTITIONER, type Statistics } from './statistics.ts';
import { type KeyRange, NO_COMPRESSION_RATIO } from './stats-metadata.ts';
import { TombstoneHistogramBuilder } from './tombstone-histogram-builder.ts';

/** What {@link MetadataCollector.finish} can't know from the rows. */
export interface MetadataCollectorResult {
  readonly header: SerializationHeader;
  readonly bloomFilterFpChance: number;
  /** Payload bytes by uncompressed bytes; absent: not compressed. */
  readonly compressionRatio?: number;
  /** Default 0. */
  readonly level?: number;
  /** The first and the last key, for versions that store them. */
  readonly keyRange?: KeyRange;
}

/**
 * Gathers Statistics.db from what is written, in the order in which it is written: of each partition its deletion, static
 * row, rows and markers, then {@link partition}. Allocates nothing a row. Cassandra: MetadataCollector, fed by
 * Rows#collectStats and SortedTableWriter.
 */
export class MetadataCollector {
  /** Cells of the partition that is being written, static ones and tombstones included. */
  partitionCells = 0;
  /** Whether some partition has a deletion. */
  hasPartitionLevelDeletions = false;
  private readonly comparator: ClusteringComparator;
  private readonly partitionSizes = EstimatedHistogram.ofPartitionSizes();
  private readonly cellsPerPartition = EstimatedHistogram.ofCellCounts();
  private readonly cardinality = new HyperLogLogPlus();
  private readonly tombstones = new TombstoneHistogramBuilder();
  private hasTimestamp = false;
  private minHi = 0;
  private minLo = 0;
  private maxHi = 0;
  private maxLo = 0;
  // What lives for ever counts as NO_DELETION_TIME, the greatest value; so do the defaults.
  private minLocalDeletionTime = NO_DELETION_TIME;
  private maxLocalDeletionTime = -1;
  private minTtl = -1;
  private maxTtl = 0;
  private totalColumnsSet = 0;
  private totalRows = 0;
  private readonly isCounter: boolean;
  private hasLegacyCounterShards = false;
  // A start that lies after everything and an end that lies before everything.
  private readonly min = new Prefix(BoundKind.EXCL_START_BOUND);
  private readonly max = new Prefix(BoundKind.EXCL_END_BOUND);

  /** `isCounter`: of a table whose columns outside the key are counters. */
  constructor(comparator: ClusteringComparator, isCounter = false) {
    this.comparator = comparator;
    this.isCounter = isCounter;
  }

  /** The deletion of the partition that begins; LIVE for none. */
  partitionDeletion(deletion: DeletionTime): void {
    if (!deletion.isLive) this.hasPartitionLevelDeletions = true;
    this.deletion(deletion);
  }

  /** A row, or a static row (an empty one counts for nothing). */
  row(row: Row): void {
    if (row.isStatic) {
      if (row.isEmpty) return;
    } else {
      this.clustering(row);
    }
    if (row.hasLiveness) {
      this.timestamp(row.livenessHi, row.livenessLo);
      this.ttl(row.livenessTtl);
      this.localDeletionTime(row.livenessLocalExpirationTime);
    }
    if (row.stored !== null) {
      // Cells of the liveness' timestamp and without times of their own: that was counted.
      if (this.isCounter) row.loadCells();
      else {
        this.partitionCells += row.stored.count;
        this.totalColumnsSet += row.stored.count;
        this.totalRows++;
        return;
      }
    }
    this.deletion(row.deletion);
    if (this.isCounter && !this.hasLegacyCounterShards) this.hasLegacyCounterShards = hasLegacyCell(row);
    let columns = 0;
    let cells = 0;
    let lastColumn = -1;
    for (let i = 0; i < row.cellCount; i++) {
      this.timestamp(row.cellHi[i], row.cellLo[i]);
      this.localDeletionTime(row.cellLocalDeletionTime[i]);
      if ((row.cellFlags[i] & CellFlag.COMPLEX_DELETION) !== 0) continue;
      this.ttl(row.cellTtl[i]);
      cells++;
      if (row.cellColumn[i] !== lastColumn) {
        lastColumn = row.cellColumn[i];
        columns++;
      }
    }
    this.partitionCells += cells;
    this.totalColumnsSet += columns;
    this.totalRows++;
  }

  /** A range tombstone marker; a boundary counts for two deletions. */
  marker(marker: RangeTombstoneMarker): void {
    this.bound(marker);
    this.deletion(marker.closing);
    this.deletion(marker.opening);
  }

  /** The partition ends: its key, and its bytes in the uncompressed Data.db. */
  partition(key: Uint8Array, from: number, to: number, sizeInBytes: number): void {
    this.partitionSizes.add(sizeInBytes);
    this.cardinality.addKey(key, from, to);
    this.cellsPerPartition.add(this.partitionCells);
    this.partitionCells = 0;
  }

  /** Statistics.db of all that was written. */
  finish(result: MetadataCollectorResult): Statistics {
    const { columns } = this.comparator;
    return {
      validation: { partitioner: MURMUR3_PARTITIONER, bloomFilterFpChance: result.bloomFilterFpChance },
      compaction: { cardinality: this.cardinality },
      stats: {
        partitionSizes: this.partitionSizes,
        cellsPerPartition: this.cellsPerPartition,
        minTimestamp: this.hasTimestamp ? toBigInt(this.minHi, this.minLo) : -(2n ** 63n),
        maxTimestamp: this.hasTimestamp ? toBigInt(this.maxHi, this.maxLo) : 2n ** 63n - 1n,
        minLocalDeletionTime: this.minLocalDeletionTime,
        maxLocalDeletionTime: this.maxLocalDeletionTime === -1 ? NO_DELETION_TIME : this.maxLocalDeletionTime,
        minTtl: Math.max(0, this.minTtl),
        maxTtl: this.maxTtl,
        compressionRatio: result.compressionRatio ?? NO_COMPRESSION_RATIO,
        tombstoneDropTimes: this.tombstones.build(),
        level: result.level ?? 0,
        repairedAt: 0n,
        minClustering: valuesUntilNull(this.min, columns),
        maxClustering: valuesUntilNull(this.max, columns),
        coveredClustering: {
          types: result.header.clusteringTypes,
          start: coveredBound(this.min, BoundKind.INCL_START_BOUND),
          end: coveredBound(this.max, BoundKind.INCL_END_BOUND),
        },
        hasLegacyCounterShards: this.hasLegacyCounterShards,
        totalColumnsSet: this.totalColumnsSet,
        totalRows: this.totalRows,
        commitLogIntervals: [],
        pendingRepair: null,
        isTransient: false,
        originatingHostId: null,
        hasPartitionLevelDeletions: this.hasPartitionLevelDeletions,
        keyRange: result.keyRange ?? null,
        tokenSpaceCoverage: Number.NaN,
      },
      header: result.header,
    };
  }

  private deletion(deletion: DeletionTime): void {
    if (deletion.isLive) return;
    this.timestamp(deletion.hi, deletion.lo);
    this.localDeletionTime(deletion.localDeletionTime);
  }

  private timestamp(hi: number, lo: number): void {
    if (!this.hasTimestamp) {
      this.hasTimestamp = true;
      this.minHi = hi;
      this.minLo = lo;
      this.maxHi = hi;
      this.maxLo = lo;
      return;
    }
    if (compareInt64(hi, lo, this.minHi, this.minLo) < 0) {
      this.minHi = hi;
      this.minLo = lo;
    } else if (compareInt64(hi, lo, this.maxHi, this.maxLo) > 0) {
      this.maxHi = hi;
      this.maxLo = lo;
    }
  }

  private localDeletionTime(seconds: number): void {
    if (seconds < this.minLocalDeletionTime) this.minLocalDeletionTime = seconds;
    if (seconds > this.maxLocalDeletionTime) this.maxLocalDeletionTime = seconds;
    if (seconds !== NO_DELETION_TIME) this.tombstones.update(seconds);
  }

  private ttl(seconds: number): void {
    if (this.minTtl === -1 || seconds < this.minTtl) this.minTtl = seconds;
    if (seconds > this.maxTtl) this.maxTtl = seconds;
  }

  private clustering(row: Row): void {
    const size = this.comparator.columns.length;
    const { clusteringBytes, clusteringFrom, clusteringTo } = row;
    // In a file in order most rows are a new maximum, and then only the very first can be the minimum too.
    if (this.compare(BoundKind.CLUSTERING, size, clusteringBytes, clusteringFrom, clusteringTo, this.max) > 0) {
      this.max.set(BoundKind.CLUSTERING, size, clusteringBytes, clusteringFrom, clusteringTo);
      if (!this.min.isSet) this.min.set(BoundKind.CLUSTERING, size, clusteringBytes, clusteringFrom, clusteringTo);
    } else if (this.compare(BoundKind.CLUSTERING, size, clusteringBytes, clusteringFrom, clusteringTo, this.min) < 0) {
      this.min.set(BoundKind.CLUSTERING, size, clusteringBytes, clusteringFrom, clusteringTo);
    }
  }

  // A boundary lies between others, and a start is never the maximum nor an end the minimum.
  private bound(marker: RangeTombstoneMarker): void {
    const { kind, size, clusteringBytes, clusteringFrom, clusteringTo } = marker;
    if (isBoundary(kind)) return;
    if (this.compare(kind, size, clusteringBytes, clusteringFrom, clusteringTo, this.max) > 0) {
      if (isEnd(kind)) this.max.set(kind, size, clusteringBytes, clusteringFrom, clusteringTo);
      else if (!this.min.isSet) this.min.set(kind, size, clusteringBytes, clusteringFrom, clusteringTo);
    } else if (this.compare(kind, size, clusteringBytes, clusteringFrom, clusteringTo, this.min) < 0) {
      if (!isEnd(kind)) this.min.set(kind, size, clusteringBytes, clusteringFrom, clusteringTo);
      else if (!this.max.isSet) this.max.set(kind, size, clusteringBytes, clusteringFrom, clusteringTo);
    }
  }

  private compare(kind: number, size: number, bytes: Uint8Array, from: number, to: number, other: Prefix): number {
    return this.comparator.comparePrefixes(kind, size, bytes, from, to, other.kind, other.size, other.bytes, 0, other.length);
  }
}

function hasLegacyCell(row: Row): boolean {
  for (let i = 0; i < row.cellCount; i++) {
    if ((row.cellFlags[i] & (CellFlag.DELETED | CellFlag.COMPLEX_DELETION)) !== 0) continue;
    if (hasLegacyShards(row.cellValueBytes[i], row.cellValueFrom[i], row.cellValueTo[i])) return true;
  }
  return false;
}

/** A clustering or bound that is kept: its bytes are copied into a buffer that is used again and again. */
class Prefix {
  kind: number;
  size = 0;
  bytes = new Uint8Array(64);
  length = 0;
  isSet = false;

  constructor(kind: number) {
    this.kind = kind;
  }

  set(kind: number, size: number, bytes: Uint8Array, from: number, to: number): void {
    this.kind = kind;
    this.size = size;
    this.isSet = true;
    this.length = to - from;
    if (this.bytes.length < this.length) this.bytes = new Uint8Array(this.length * 2);
    for (let i = 0; i < this.length; i++) this.bytes[i] = bytes[from + i];
  }
}

// A row's clustering is covered itself; a bound is its own end of what is covered.
function coveredBound(prefix: Prefix, ofRow: BoundKind): CoveredBound {
  const kind = prefix.kind === BoundKind.CLUSTERING ? ofRow : prefix.kind;
  return { kind: kind as BoundKind, size: prefix.size, bytes: prefix.bytes.slice(0, prefix.length) };
}

function valuesUntilNull(prefix: Prefix, columns: ClusteringComparator['columns']): Uint8Array[] {
  const values: Uint8Array[] = [];
  for (const value of decodeClustering(columns, prefix.size, prefix.bytes, 0, prefix.length)) {
    if (value === null) break;
    values.push(value.slice());
  }
  return values;
}
