import { CassetteError } from '@cassette/bytes';
import type { CqlType, TableMetadata } from '@cassette/cql';
import { CompressedSource, type CompressionInfo, decodeCompressionInfo } from '../compression/index.ts';
import type { DataLayout } from '../data/data-layout.ts';
import { typeOf } from '../data/header-misfits.ts';
import { layoutOfHeader, tableOfHeader } from '../data/layout-of-header.ts';
import { Component, type Descriptor } from '../descriptor/index.ts';
import { type SerializationHeader, withoutReversed } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { BigPartitionIndex } from '../reader/big-partition-index.ts';
import { BtiPartitionIndex } from '../reader/bti-partition-index.ts';
import { CountingSource, readAll } from '../reader/counting-source.ts';
import { MissingComponentError, type SSTableSources } from '../reader/index.ts';
import type { PartitionIndex } from '../reader/partition-index.ts';
import { decodeStatistics } from '../statistics/index.ts';
import { decodeSummary } from '../summary/index.ts';
import { PartitionPlaces } from './partition-places.ts';

/** Samples of Index.db that are made where Summary.db is not there. */
const INDEX_INTERVAL = 128;

/** What the components of an SSTable tell of each other, read where it is first needed. */
export class SSTableContext {
  readonly descriptor: Descriptor;
  private readonly sources: SSTableSources;
  private readHeader: SerializationHeader | null = null;

  constructor(descriptor: Descriptor, sources: SSTableSources) {
    this.descriptor = descriptor;
    this.sources = sources;
  }

  /** Throws MissingComponentError. */
  need(component: Component): ByteSource {
    const source = this.sources[component];
    if (source === undefined) throw new MissingComponentError(this.descriptor, component, this.sources);
    return source;
  }

  /** How Data.db is compressed. Throws CorruptionError. */
  compression(): CompressionInfo {
    const info = this.need(Component.COMPRESSION_INFO);
    return decodeCompressionInfo(readAll(info), info.name);
  }

  /** What is in Data.db, uncompressed; of one that was cut what is left can be read. Throws CorruptionError and UnsupportedCompressorError. */
  uncompressed(): ByteSource {
    const data = this.need(Component.DATA);
    if (this.sources[Component.COMPRESSION_INFO] === undefined) return data;
    const info = this.compression();
    const least = info.chunkOffsets[info.chunkOffsets.length - 1] + 4;
    if (data.size >= least) return new CompressedSource(data, info);
    // As if it were whole: chunks that are not there are found to be missing when they are read.
    return new CompressedSource(
      { name: data.name, size: least, read: (target, at) => (at < data.size ? data.read(target, at) : 0) },
      info,
    );
  }

  /** The header, from Statistics.db. Throws CorruptionError. */
  header(): SerializationHeader {
    if (this.readHeader === null) {
      const statistics = this.need(Component.STATISTICS);
      this.readHeader = decodeStatistics(readAll(statistics), statistics.name, this.descriptor.version).header;
    }
    return this.readHeader;
  }

  keyType(): CqlType {
    return this.typeOf(this.header().keyType);
  }

  /** The type of that name in the header; of one that descends, what it is of. Throws CorruptionError. */
  typeOf(name: string): CqlType {
    return typeOf(withoutReversed(name).type, this.need(Component.STATISTICS).name);
  }

  /** The table that the header tells of. */
  table(): TableMetadata {
    return tableOfHeader(this.header(), this.need(Component.STATISTICS).name);
  }

  layout(): DataLayout {
    return layoutOfHeader(this.header(), this.descriptor.version, this.table(), this.need(Component.STATISTICS).name);
  }

  /** Where partitions and rows lie in uncompressed data. */
  places(data: ByteSource, layout: DataLayout): PartitionPlaces {
    return new PartitionPlaces(data, layout, this.index(data, layout));
  }

  // The index as far as it can be used: without it partitions are found one behind the other.
  private index(data: ByteSource, layout: DataLayout): PartitionIndex | null {
    const { version } = this.descriptor;
    const { [Component.INDEX]: index, [Component.SUMMARY]: summary } = this.sources;
    const { [Component.PARTITIONS]: partitions, [Component.ROWS]: rowIndexes } = this.sources;
    if (version.format === 'bti') {
      if (partitions === undefined || rowIndexes === undefined) return null;
      return usable(() => new BtiPartitionIndex(new CountingSource(partitions), new CountingSource(rowIndexes), data, layout));
    }
    if (index === undefined || index.size === 0) return null;
    const samples = summary === undefined ? null : usable(() => decodeSummary(readAll(summary), summary.name));
    const withSamples = (given: typeof samples) =>
      usable(() => new BigPartitionIndex(new CountingSource(index), given, layout, version, INDEX_INTERVAL));
    return (samples === null ? null : withSamples(samples)) ?? withSamples(null);
  }
}

function usable<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof CassetteError && error.code === 'CORRUPTION') return null;
    throw error;
  }
}

/**
 * What is in the Data.db of an SSTable, uncompressed, for looking at it: of a file that was cut what is left can be read. Throws
 * MissingComponentError, CorruptionError and UnsupportedCompressorError.
 */
export function uncompressedData(descriptor: Descriptor, sources: SSTableSources): ByteSource {
  return new SSTableContext(descriptor, sources).uncompressed();
}
