import { CorruptionError, toBigInt, toHex, token, tokenWords } from '@cassette/bytes';
import { InvalidRequestError, Uuid } from '@cassette/cql';
import type { ClusteringColumn } from '../clustering/clustering-comparator.ts';
import { decodeClustering } from '../clustering/clustering-values.ts';
import { decodeCompressionInfo } from '../compression/index.ts';
import { ByteWindow } from '../data/byte-window.ts';
import { layoutOfHeader, tableOfHeader } from '../data/layout-of-header.ts';
import { Component, type Descriptor, printFileName } from '../descriptor/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll } from '../reader/counting-source.ts';
import { MissingComponentError, type SSTableSources } from '../reader/index.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import {
  type CoveredBound,
  decodeStatistics,
  type EstimatedHistogram,
  type KeyRange,
  type StatsMetadata,
} from '../statistics/index.ts';
import type { Version } from '../version/index.ts';
import { droppableRatio, readableHistogram } from './droppable-tombstones.ts';
import { partitionKeyText } from './key-text.ts';

/** A partition key. */
export interface KeyMetadata {
  /** As its type prints it. */
  readonly key: string;
  readonly hex: string;
  /** Decimal. */
  readonly token: string;
}

/** One end of the clusterings that an SSTable covers. */
export interface BoundMetadata {
  /** Name of the kind, as Cassandra has it. */
  readonly kind: string;
  /** In hex; null for a null one. */
  readonly values: readonly (string | null)[];
}

/**
 * What an SSTable tells of itself, without its rows; names are those of Cassandra's StatsMetadata. 64-bit figures are decimal text, so
 * that all of it is JSON without loss; times are microseconds (timestamps), seconds (deletion times, TTLs) and milliseconds (repairedAt)
 * as in the files. Cassandra: tools.SSTableMetadataViewer.
 */
export interface SSTableMetadata {
  /** Name of its Data.db. */
  readonly sstable: string;
  readonly version: string;
  readonly format: string;
  /** Bytes of each component, by name. */
  readonly components: Readonly<Record<string, number>>;
  readonly partitioner: string;
  readonly bloomFilterFpChance: number;
  readonly minTimestamp: string;
  readonly maxTimestamp: string;
  /** Microseconds between the two. */
  readonly duration: string;
  /** 9223372036854775807 where nothing is deleted or expires. */
  readonly minLocalDeletionTime: string;
  /** 9223372036854775807 where something lives for ever. */
  readonly maxLocalDeletionTime: string;
  readonly minTTL: number;
  readonly maxTTL: number;
  /** Null where Data.db is not compressed. */
  readonly compression: {
    readonly class: string;
    readonly chunkLength: number;
    readonly maxCompressedLength: number;
    readonly dataLength: number;
    readonly compressedFileLength: number;
    readonly options: Readonly<Record<string, string>>;
  } | null;
  /** Payload bytes by uncompressed bytes; -1 if not compressed. */
  readonly compressionRatio: number;
  /** From the statistics of oa and da, else from Summary.db; null where neither tells. */
  readonly first: KeyMetadata | null;
  readonly last: KeyMetadata | null;
  readonly coveredClustering: { readonly start: BoundMetadata; readonly end: BoundMetadata };
  readonly sstableLevel: number;
  readonly repairedAt: string;
  readonly pendingRepair: string | null;
  readonly isTransient: boolean;
  readonly originatingHostId: string | null;
  readonly commitLogIntervals: readonly { readonly start: string; readonly end: string }[];
  readonly hasLegacyCounterShards: boolean;
  /** Where the version does not tell (nb): whether anything at all is deleted or expires. */
  readonly hasPartitionLevelDeletions: boolean;
  /** Share of the token ring; null where it is not known. */
  readonly tokenSpaceCoverage: number | null;
  readonly totalColumnsSet: string;
  readonly totalRows: string;
  /** Tombstones that could be dropped, by cells; null where no time was given to judge by. */
  readonly estimatedDroppableTombstones: number | null;
  /** `[second, count]`, ascending. */
  readonly estimatedTombstoneDropTime: readonly (readonly [number, number])[];
  /** `[upper end of the bucket or null, count]` of buckets that are not empty. */
  readonly estimatedPartitionSize: readonly (readonly [number | null, number])[];
  readonly estimatedCellPerPartitionCount: readonly (readonly [number | null, number])[];
  /** Partition keys, by the sketch. */
  readonly estimatedCardinality: number;
  readonly header: {
    readonly minTimestamp: string;
    readonly minLocalDeletionTime: number;
    readonly minTTL: number;
    readonly keyType: string;
    readonly clusteringTypes: readonly string[];
    readonly staticColumns: Readonly<Record<string, string>>;
    readonly regularColumns: Readonly<Record<string, string>>;
  };
}

/** How metadata is told. */
export interface SSTableMetadataOptions {
  /** Bytes of each component, by name; default: of the sources. */
  readonly components?: Readonly<Record<string, number>>;
  /** What has been deleted until then could be dropped: now less `gc_grace_seconds`, in seconds; default: that is not told. */
  readonly gcBefore?: number;
}

/**
 * Tells what an SSTable tells of itself. Statistics.db is all that must be there; of the other sources CompressionInfo.db is read, and
 * two keys from the end of Summary.db in versions before oa. Memory and time do not depend on the data, but for eight bytes a chunk.
 * Throws MissingComponentError, CorruptionError.
 */
export function sstableMetadata(
  descriptor: Descriptor,
  sources: SSTableSources,
  options: SSTableMetadataOptions = {},
): SSTableMetadata {
  const source = sources[Component.STATISTICS];
  if (source === undefined) throw new MissingComponentError(descriptor, Component.STATISTICS, sources);
  const { version } = descriptor;
  const statistics = decodeStatistics(readAll(source), source.name, version);
  const { validation, compaction, stats, header } = statistics;
  const infoSource = sources[Component.COMPRESSION_INFO];
  const compression = infoSource === undefined ? null : decodeCompressionInfo(readAll(infoSource), infoSource.name);
  const sizes = Object.entries(options.components ?? sizesOf(sources));
  const { columns } = layoutOfHeader(header, version, tableOfHeader(header, source.name), source.name).comparator;
  const dropTimes = readableHistogram(stats.tombstoneDropTimes, version);
  const range = stats.keyRange ?? summaryKeys(sources[Component.SUMMARY]);
  const rangeFile = (stats.keyRange === null ? sources[Component.SUMMARY] : undefined)?.name ?? source.name;
  return {
    sstable: printFileName(descriptor, Component.DATA),
    version: descriptor.version.name,
    format: descriptor.version.format,
    components: Object.fromEntries([...sizes].sort(([a], [b]) => (a < b ? -1 : 1))),
    partitioner: validation.partitioner,
    bloomFilterFpChance: validation.bloomFilterFpChance,
    minTimestamp: String(stats.minTimestamp),
    maxTimestamp: String(stats.maxTimestamp),
    duration: String(BigInt.asIntN(64, stats.maxTimestamp - stats.minTimestamp)),
    minLocalDeletionTime: timeText(stats.minLocalDeletionTime),
    maxLocalDeletionTime: timeText(stats.maxLocalDeletionTime),
    minTTL: stats.minTtl,
    maxTTL: stats.maxTtl,
    compression:
      compression === null
        ? null
        : {
            class: compression.compressor,
            chunkLength: compression.chunkLength,
            maxCompressedLength: compression.maxCompressedLength,
            dataLength: compression.dataLength,
            compressedFileLength: options.components?.[Component.DATA] ?? sources[Component.DATA]?.size ?? 0,
            options: Object.fromEntries(compression.options),
          },
    compressionRatio: stats.compressionRatio,
    first: range === null ? null : keyOf(range.first, header.keyType, rangeFile),
    last: range === null ? null : keyOf(range.last, header.keyType, rangeFile),
    coveredClustering: coveredOf(stats, version, columns),
    sstableLevel: stats.level,
    repairedAt: String(stats.repairedAt),
    pendingRepair: uuidText(stats.pendingRepair),
    isTransient: stats.isTransient,
    originatingHostId: uuidText(stats.originatingHostId),
    commitLogIntervals: stats.commitLogIntervals.map((one) => ({
      start: `${one.startSegment}:${one.startPosition}`,
      end: `${one.endSegment}:${one.endPosition}`,
    })),
    hasLegacyCounterShards: stats.hasLegacyCounterShards,
    hasPartitionLevelDeletions: stats.hasPartitionLevelDeletions,
    tokenSpaceCoverage: Number.isNaN(stats.tokenSpaceCoverage) ? null : stats.tokenSpaceCoverage,
    totalColumnsSet: String(stats.totalColumnsSet),
    totalRows: String(stats.totalRows),
    estimatedDroppableTombstones:
      options.gcBefore === undefined ? null : droppableRatio(stats.cellsPerPartition, dropTimes, options.gcBefore),
    estimatedTombstoneDropTime: Array.from(dropTimes.times, (time, i) => [time, dropTimes.counts[i]]),
    estimatedPartitionSize: buckets(stats.partitionSizes),
    estimatedCellPerPartitionCount: buckets(stats.cellsPerPartition),
    estimatedCardinality: compaction.cardinality.cardinality(),
    header: {
      minTimestamp: String(header.stats.minTimestamp),
      minLocalDeletionTime: header.stats.minLocalDeletionTime,
      minTTL: header.stats.minTtl,
      keyType: header.keyType,
      clusteringTypes: header.clusteringTypes,
      staticColumns: Object.fromEntries(header.staticColumns.map(({ name, type }) => [name, type])),
      regularColumns: Object.fromEntries(header.regularColumns.map(({ name, type }) => [name, type])),
    },
  };
}

const kindNames = new Map<number, string>(Object.entries(BoundKind).map(([name, kind]) => [kind, name]));

function coveredOf(
  stats: StatsMetadata,
  version: Version,
  columns: readonly ClusteringColumn[],
): SSTableMetadata['coveredClustering'] {
  if (version.hasImprovedMinMax) {
    const bound = ({ kind, size, bytes }: CoveredBound): BoundMetadata => ({
      kind: kindNames.get(kind) ?? String(kind),
      values: decodeClustering(columns, size, bytes, 0, bytes.length).map((value) => (value === null ? null : toHex(value))),
    });
    return { start: bound(stats.coveredClustering.start), end: bound(stats.coveredClustering.end) };
  }
  return { start: legacyBound('INCL_START_BOUND', stats), end: legacyBound('INCL_END_BOUND', stats) };
}

function sizesOf(sources: SSTableSources): Record<string, number> {
  return Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, source.size]));
}

// Only what is behind the samples is read. Cassandra: big.IndexSummaryComponent#loadFirstAndLastKey.
function summaryKeys(source: ByteSource | undefined): KeyRange | null {
  if (source === undefined) return null;
  const window = new ByteWindow(source, 4096);
  const head = window.exactly(8, 8, 'the size of the samples');
  const from = 24 + head.i64Number('memorySize');
  if (from < 24 || from > source.size) throw head.corrupt(`the samples can't end at ${from}`, head.position - 8);
  const keys = window.exactly(from, source.size - from, 'the first and the last key');
  const first = keys.intBytes('firstKey').slice();
  return { first, last: keys.intBytes('lastKey').slice() };
}

// nb has the values and takes them for included.
function legacyBound(kind: 'INCL_START_BOUND' | 'INCL_END_BOUND', stats: StatsMetadata): BoundMetadata {
  return { kind, values: (kind === 'INCL_START_BOUND' ? stats.minClustering : stats.maxClustering).map((value) => toHex(value)) };
}

function keyOf(key: Uint8Array, keyType: string, file: string): KeyMetadata {
  token(key);
  return {
    key: keyText(key, keyType, file),
    hex: toHex(key),
    token: String(toBigInt(tokenWords[0], tokenWords[1])),
  };
}

function keyText(key: Uint8Array, keyType: string, file: string): string {
  try {
    return partitionKeyText(key, keyType);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new CorruptionError(`the first or the last key is none of type ${keyType}: ${error.message}`, file, 0, {}, error);
  }
}

function timeText(seconds: number): string {
  return seconds === NO_DELETION_TIME ? '9223372036854775807' : String(seconds);
}

function uuidText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : new Uuid(bytes).toString();
}

function buckets({ offsets, counts }: EstimatedHistogram): (readonly [number | null, number])[] {
  const found: (readonly [number | null, number])[] = [];
  counts.forEach((count, i) => {
    if (count > 0) found.push([i < offsets.length ? offsets[i] : null, count]);
  });
  return found;
}
