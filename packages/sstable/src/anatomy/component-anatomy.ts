import { CassetteError } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';
import { CompressedSource, decodeCompressionInfo } from '../compression/index.ts';
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
import type { Anatomy } from './anatomy.ts';
import { chunkParts, compressionInfoParts } from './compression-parts.ts';
import { DataParts } from './data-parts.ts';
import { indexParts } from './index-parts.ts';
import { LazyAnatomy } from './lazy-anatomy.ts';
import { branch, leaf, type PartList, type Words } from './part.ts';
import { HeldParts } from './part-lists.ts';
import { PartitionPlaces } from './partition-places.ts';
import { partitionsParts } from './partitions-parts.ts';
import { RowParts } from './row-parts.ts';
import { rowsParts } from './rows-parts.ts';
import { checksumParts, digestParts, filterParts, tocParts } from './small-parts.ts';
import { statisticsParts } from './statistics-parts.ts';
import { summaryParts } from './summary-parts.ts';

/** Samples of Index.db that are made where Summary.db is not there. */
const INDEX_INTERVAL = 128;

const NOTES: Readonly<Record<Component, string>> = {
  [Component.DATA]: 'The rows themselves: partitions in the order of their tokens.',
  [Component.INDEX]: 'Where each partition begins in Data.db.',
  [Component.SUMMARY]: 'A sample of Index.db that a node holds in memory.',
  [Component.PARTITIONS]: 'Where each partition begins, as a tree of the keys. Takes the place of Index.db and Summary.db.',
  [Component.ROWS]: 'Where blocks of rows begin within wide partitions, as trees of their clusterings.',
  [Component.FILTER]: 'A bloom filter of the partition keys: tells of most keys that they are not here.',
  [Component.STATISTICS]: 'What is known of the rows without reading them, and what is needed to read them.',
  [Component.COMPRESSION_INFO]: 'How Data.db is compressed, and where its chunks are.',
  [Component.CRC]: 'Checksums of Data.db, which is not compressed.',
  [Component.DIGEST]: 'One checksum of the whole Data.db.',
  [Component.TOC]: 'Which files belong to the SSTable.',
};
const CHUNKS = 'The rows, in compressed chunks: what is in them is shown as uncompressed bytes.';
const OTHER: Words = ['raw', 'bytes', 'Not a part of the format: an index beside the SSTable, for one.'];

/** How an anatomy is made. */
export interface AnatomyOptions {
  /** Of a compressed Data.db: what its chunks hold, instead of the chunks. Default false. */
  readonly uncompressed?: boolean;
}

/**
 * All bytes of a component explained: see Anatomy. Other components are read as far as they tell what its bytes are: Statistics.db of rows and
 * keys, CompressionInfo.db of chunks, the index of where partitions begin, Partitions.db of Rows.db. One of them that is damaged or missing
 * makes damage of what can't be told without it. Nothing is read before it is asked for. Memory: what was looked at last, a few hundred
 * pieces, and a number for each 64th of those that were passed; of a compressed Data.db eight bytes a chunk. Throws MissingComponentError for
 * a component that is not there, and what the sources throw that is not a CorruptionError.
 */
export function anatomyOf(
  descriptor: Descriptor,
  sources: SSTableSources,
  component: Component,
  options: AnatomyOptions = {},
): Anatomy {
  const source = sources[component];
  if (source === undefined) throw new MissingComponentError(descriptor, component, sources);
  const maker = new AnatomyMaker(descriptor, sources, source);
  if (component === Component.DATA && sources[Component.COMPRESSION_INFO] !== undefined) {
    if (options.uncompressed !== true)
      return whole(component, source.size, CHUNKS, () => chunkParts(source, maker.compression()));
    const { size, list } = maker.inChunks();
    return whole(component, size, NOTES[component], list);
  }
  return whole(component, source.size, NOTES[component], () => maker.parts(component));
}

function whole(component: Component, size: number, note: string, list: () => PartList): Anatomy {
  return new LazyAnatomy(branch(0, size, ['group', component, note], `${size} bytes`, list));
}

class AnatomyMaker {
  private readonly descriptor: Descriptor;
  private readonly sources: SSTableSources;
  private readonly source: ByteSource;
  private read: SerializationHeader | null = null;

  constructor(descriptor: Descriptor, sources: SSTableSources, source: ByteSource) {
    this.descriptor = descriptor;
    this.sources = sources;
    this.source = source;
  }

  compression() {
    const info = this.need(Component.COMPRESSION_INFO);
    return decodeCompressionInfo(readAll(info), info.name);
  }

  /** What is in the chunks. Where nobody knows that, there is nothing. */
  inChunks(): { readonly size: number; readonly list: () => PartList } {
    try {
      const data = new CompressedSource(this.source, this.compression());
      return { size: data.size, list: () => this.data(data) };
    } catch (error) {
      if (!(error instanceof CassetteError)) throw error;
      // A piece of no bytes can't tell: that CompressionInfo.db is damaged is told there.
      return { size: 0, list: () => new HeldParts([]) };
    }
  }

  parts(component: Component): PartList {
    const { source } = this;
    switch (component) {
      case Component.DATA:
        return this.data(source);
      case Component.INDEX: {
        const { clusteringTypes } = this.header();
        return indexParts(source, {
          keyType: this.keyType(),
          clusteringTypes: clusteringTypes.map((type) => this.typeOf(type)),
          compactDeletionTime: this.descriptor.version.hasUIntDeletionTime,
        });
      }
      case Component.PARTITIONS:
        return partitionsParts(source, this.keyType());
      case Component.ROWS:
        return rowsParts(source, this.need(Component.PARTITIONS), this.keyType());
      case Component.STATISTICS:
        return statisticsParts(source, this.descriptor.version);
      case Component.SUMMARY:
        return summaryParts(source, this.keyType());
      case Component.FILTER:
        return filterParts(source);
      case Component.COMPRESSION_INFO:
        return compressionInfoParts(source);
      case Component.CRC:
        return checksumParts(source);
      case Component.DIGEST:
        return digestParts(source);
      case Component.TOC:
        return tocParts(source);
      default:
        return new HeldParts([leaf(0, source.size, OTHER)]);
    }
  }

  private data(data: ByteSource): PartList {
    const { version } = this.descriptor;
    const header = this.header();
    const file = this.need(Component.STATISTICS).name;
    const layout = layoutOfHeader(header, version, tableOfHeader(header, file), file);
    const column = ({ name, type }: { readonly name: string; readonly type: string }) => ({ name, type: this.typeOf(type) });
    const rows = new RowParts({
      clusteringTypes: header.clusteringTypes.map((type) => this.typeOf(type)),
      statics: header.staticColumns.map(column),
      regulars: header.regularColumns.map(column),
      stats: header.stats,
    });
    return new DataParts(data, {
      keyType: this.keyType(),
      hasStatics: header.staticColumns.length > 0,
      compactDeletionTime: version.hasUIntDeletionTime,
      rows,
      places: new PartitionPlaces(data, layout, this.index(data, layout)),
    }).partitions();
  }

  // The index as far as it can be used: without it partitions are found one behind the other.
  private index(data: ByteSource, layout: DataLayout): PartitionIndex | null {
    const { version } = this.descriptor;
    const usable = <T>(make: () => T): T | null => {
      try {
        return make();
      } catch (error) {
        if (error instanceof CassetteError && error.code === 'CORRUPTION') return null;
        throw error;
      }
    };
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

  private header(): SerializationHeader {
    if (this.read === null) {
      const statistics = this.need(Component.STATISTICS);
      this.read = decodeStatistics(readAll(statistics), statistics.name, this.descriptor.version).header;
    }
    return this.read;
  }

  private keyType(): CqlType {
    return this.typeOf(this.header().keyType);
  }

  private typeOf(name: string): CqlType {
    return typeOf(withoutReversed(name).type, this.need(Component.STATISTICS).name);
  }

  private need(component: Component): ByteSource {
    const source = this.sources[component];
    if (source === undefined) throw new MissingComponentError(this.descriptor, component, this.sources);
    return source;
  }
}
