import { toBigInt, toHex, token, tokenWords } from '@cassette/bytes';
import { CompositeType, parseMarshalType, Uuid } from '@cassette/cql';
import { decodeClustering } from '../clustering/clustering-values.ts';
import { Component, type Descriptor, printFileName } from '../descriptor/index.ts';
import { typeText } from '../dump/type-text.ts';
import { SSTableReader, type SSTableReaderOptions, type SSTableSources } from '../reader/index.ts';
import { NO_DELETION_TIME } from '../rows/deletion-time.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import type { CoveredBound, EstimatedHistogram, StatsMetadata } from '../statistics/index.ts';

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
  readonly first: KeyMetadata;
  readonly last: KeyMetadata;
  readonly coveredClustering: { readonly start: BoundMetadata; readonly end: BoundMetadata };
  readonly sstableLevel: number;
  readonly repairedAt: string;
  readonly pendingRepair: string | null;
  readonly isTransient: boolean;
  readonly originatingHostId: string | null;
  readonly commitLogIntervals: readonly { readonly start: string; readonly end: string }[];
  readonly hasLegacyCounterShards: boolean;
  /** True where the version does not tell. */
  readonly hasPartitionLevelDeletions: boolean;
  /** Share of the token ring; null where it is not known. */
  readonly tokenSpaceCoverage: number | null;
  readonly totalColumnsSet: string;
  readonly totalRows: string;
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

/**
 * Reads what an SSTable tells of itself: its small components, the ends of its index, nothing of its rows. Throws as SSTableReader.open
 * does.
 */
export function sstableMetadata(
  descriptor: Descriptor,
  sources: SSTableSources,
  options: SSTableReaderOptions = {},
): SSTableMetadata {
  const reader = SSTableReader.open(descriptor, sources, options);
  const { stats, header, compression } = reader;
  const { validation, compaction } = reader.statistics;
  const sizes = Object.entries(sources).map(([name, source]) => [name, source.size] as const);
  return {
    sstable: printFileName(descriptor, Component.DATA),
    version: descriptor.version.name,
    format: descriptor.version.format,
    components: Object.fromEntries(sizes.sort(([a], [b]) => (a < b ? -1 : 1))),
    partitioner: validation.partitioner,
    bloomFilterFpChance: validation.bloomFilterFpChance,
    minTimestamp: String(stats.minTimestamp),
    maxTimestamp: String(stats.maxTimestamp),
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
            compressedFileLength: sources[Component.DATA]?.size ?? 0,
            options: Object.fromEntries(compression.options),
          },
    compressionRatio: stats.compressionRatio,
    first: keyOf(reader.firstKey, header.keyType),
    last: keyOf(reader.lastKey, header.keyType),
    coveredClustering: coveredOf(reader),
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
    estimatedTombstoneDropTime: Array.from(stats.tombstoneDropTimes.times, (time, i) => [
      time,
      stats.tombstoneDropTimes.counts[i],
    ]),
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

function coveredOf({ stats, descriptor, table }: SSTableReader): SSTableMetadata['coveredClustering'] {
  if (descriptor.version.hasImprovedMinMax) {
    const bound = ({ kind, size, bytes }: CoveredBound): BoundMetadata => ({
      kind: kindNames.get(kind) ?? String(kind),
      values: decodeClustering(table.clustering, size, bytes, 0, bytes.length).map((value) =>
        value === null ? null : toHex(value),
      ),
    });
    return { start: bound(stats.coveredClustering.start), end: bound(stats.coveredClustering.end) };
  }
  return { start: legacyBound('INCL_START_BOUND', stats), end: legacyBound('INCL_END_BOUND', stats) };
}

// nb has the values and takes them for included.
function legacyBound(kind: 'INCL_START_BOUND' | 'INCL_END_BOUND', stats: StatsMetadata): BoundMetadata {
  return { kind, values: (kind === 'INCL_START_BOUND' ? stats.minClustering : stats.maxClustering).map((value) => toHex(value)) };
}

function keyOf(key: Uint8Array, keyType: string): KeyMetadata {
  token(key);
  return {
    key: keyText(key, keyType),
    hex: toHex(key),
    token: String(toBigInt(tokenWords[0], tokenWords[1])),
  };
}

// Parts of a composite key: u16 length, bytes, 0.
function keyText(key: Uint8Array, keyType: string): string {
  const type = parseMarshalType(keyType);
  if (!(type instanceof CompositeType)) return typeText(type, key, 0, key.length);
  type.validate(key, 0, key.length);
  const texts: string[] = [];
  for (let at = 0; at < key.length; ) {
    const end = at + 2 + ((key[at] << 8) | key[at + 1]);
    texts.push(typeText(type.components[texts.length], key, at + 2, end).replaceAll(':', '\\:'));
    at = end + 1;
  }
  return texts.join(':');
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
