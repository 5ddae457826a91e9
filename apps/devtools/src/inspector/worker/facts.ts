import { printTable, type TableMetadata } from '@cassette/cql';
import {
  Component,
  type Descriptor,
  decodeStatistics,
  type KeyMetadata,
  readAll,
  type SSTableSources,
  secondsText,
  sstableMetadata,
  tableOfHeader,
  timestampText,
} from '@cassette/sstable';
import type { SSTableFacts } from './inspector.ts';

type Group = SSTableFacts['groups'][number];

/** Where nothing has such a time. */
const NO_TIME = '9223372036854775807';

/** What an SSTable tells of itself. Names stand where folders did not tell them. Throws MissingComponentError, CorruptionError. */
export function factsOf(descriptor: Descriptor, sources: SSTableSources, keyspace: string, table: string): SSTableFacts {
  const metadata = sstableMetadata(descriptor, sources);
  const source = sources[Component.STATISTICS]!;
  const { header } = decodeStatistics(readAll(source), source.name, descriptor.version);
  const sum = (buckets: readonly (readonly [unknown, number])[]) => buckets.reduce((total, [, count]) => total + count, 0);
  const group = (title: string, facts: Record<string, string | number | null>): Group => ({
    title,
    facts: Object.entries(facts).flatMap(([name, value]) => (value === null ? [] : [{ name, value: String(value) }])),
  });
  const time = (seconds: string) => (seconds === NO_TIME ? 'none' : secondsText(Number(seconds)));
  const groups = [
    group('SSTable', {
      version: `${metadata.version} (${metadata.format})`,
      partitioner: metadata.partitioner,
      level: metadata.sstableLevel,
      'total rows': metadata.totalRows,
      'total columns set': metadata.totalColumnsSet,
      'estimated cardinality': metadata.estimatedCardinality,
    }),
    group('Keys', {
      'first key': keyLine(metadata.first),
      'last key': keyLine(metadata.last),
      'first clustering': boundLine(metadata.coveredClustering.start),
      'last clustering': boundLine(metadata.coveredClustering.end),
      'token space coverage': metadata.tokenSpaceCoverage,
    }),
    group('Times', {
      'minimum timestamp': timestampText(BigInt(metadata.minTimestamp)),
      'maximum timestamp': timestampText(BigInt(metadata.maxTimestamp)),
      'minimum local deletion time': time(metadata.minLocalDeletionTime),
      'maximum local deletion time': time(metadata.maxLocalDeletionTime),
      'TTL min': metadata.minTTL,
      'TTL max': metadata.maxTTL,
    }),
    group('Compression and filter', {
      compressor: metadata.compression?.class ?? 'none',
      'chunk length': metadata.compression?.chunkLength ?? null,
      'compression ratio': metadata.compression === null ? null : metadata.compressionRatio,
      'uncompressed bytes': metadata.compression?.dataLength ?? null,
      'bloom filter fp chance': metadata.bloomFilterFpChance,
    }),
    group('Repair and origin', {
      'repaired at': metadata.repairedAt === '0' ? 'never' : timestampText(BigInt(metadata.repairedAt) * 1000n),
      'pending repair': metadata.pendingRepair ?? 'none',
      'is transient': metadata.isTransient ? 'yes' : 'no',
      'originating host id': metadata.originatingHostId ?? 'none',
      'commit log intervals': metadata.commitLogIntervals.map(({ start, end }) => `${start} to ${end}`).join(', ') || 'none',
      'has legacy counter shards': metadata.hasLegacyCounterShards ? 'yes' : 'no',
      'has partition level deletions': metadata.hasPartitionLevelDeletions ? 'yes' : 'no',
    }),
    group('Encoding', {
      'minimum timestamp': timestampText(BigInt(metadata.header.minTimestamp)),
      'minimum local deletion time': secondsText(metadata.header.minLocalDeletionTime),
      'minimum TTL': metadata.header.minTTL,
      'key type': metadata.header.keyType,
      'clustering types': metadata.header.clusteringTypes.join(', ') || 'none',
    }),
  ];
  const bounds = (buckets: readonly (readonly [number | null, number])[]): SSTableFacts['partitionSizes'] =>
    buckets.map(([bound, count]) => [bound ?? Number.POSITIVE_INFINITY, count] as const);
  return {
    rows: Number(metadata.totalRows),
    partitions: sum(metadata.estimatedPartitionSize),
    groups,
    schema: statementOf(
      tableOfHeader(header, source.name, keyspace === '' ? 'keyspace' : keyspace, table === '' ? 'table' : table),
    ),
    partitionSizes: bounds(metadata.estimatedPartitionSize),
    cellsPerPartition: bounds(metadata.estimatedCellPerPartitionCount),
    tombstoneTimes: metadata.estimatedTombstoneDropTime,
  };
}

// Without the options, of which the header tells nothing.
function statementOf(table: TableMetadata): string {
  const text = printTable(table);
  return text.replace(/\n {4}AND [\s\S]*$| WITH (?!CLUSTERING)[\s\S]*$/, ';');
}

function keyLine(key: KeyMetadata | null): string | null {
  return key === null ? null : `${key.key} at token ${key.token}`;
}

function boundLine({ kind, values }: { readonly kind: string; readonly values: readonly (string | null)[] }): string {
  return `${kind}(${values.map((value) => (value === null ? 'null' : `0x${value}`)).join(', ')})`;
}
