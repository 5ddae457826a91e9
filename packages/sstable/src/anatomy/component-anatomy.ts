import { Component, type Descriptor } from '../descriptor/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { MissingComponentError, type SSTableSources } from '../reader/index.ts';
import type { Anatomy } from './anatomy.ts';
import { chunkParts, compressionInfoParts } from './compression-parts.ts';
import { DataParts } from './data-parts.ts';
import { indexParts } from './index-parts.ts';
import { LazyAnatomy } from './lazy-anatomy.ts';
import { branch, damage, leaf, type PartList, type Words, whyDamaged } from './part.ts';
import { HeldParts } from './part-lists.ts';
import { partitionsParts } from './partitions-parts.ts';
import { RowParts } from './row-parts.ts';
import { rowsParts } from './rows-parts.ts';
import { checksumParts, digestParts, filterParts, tocParts } from './small-parts.ts';
import { SSTableContext } from './sstable-context.ts';
import { statisticsParts } from './statistics-parts.ts';
import { summaryParts } from './summary-parts.ts';

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
  const context = new SSTableContext(descriptor, sources);
  const maker = new AnatomyMaker(context, source);
  if (component === Component.DATA && sources[Component.COMPRESSION_INFO] !== undefined) {
    if (options.uncompressed !== true)
      return whole(component, source.size, CHUNKS, () => chunkParts(source, context.compression()));
    const { size, list } = maker.inChunks();
    return whole(component, size, NOTES[component], list);
  }
  return whole(component, source.size, NOTES[component], () => maker.parts(component));
}

function whole(component: Component, size: number, note: string, list: () => PartList): Anatomy {
  return new LazyAnatomy(branch(0, size, ['group', component, note], `${size} bytes`, list));
}

class AnatomyMaker {
  private readonly context: SSTableContext;
  private readonly source: ByteSource;

  constructor(context: SSTableContext, source: ByteSource) {
    this.context = context;
    this.source = source;
  }

  /** What is in the chunks. Where nobody knows how much that is, there is nothing: that CompressionInfo.db is damaged is told there. */
  inChunks(): { readonly size: number; readonly list: () => PartList } {
    let size = 0;
    try {
      size = this.context.compression().dataLength;
      const data = this.context.uncompressed();
      return { size, list: () => this.data(data) };
    } catch (error) {
      const why = whyDamaged(error);
      return { size, list: () => new HeldParts([damage(0, size, why)]) };
    }
  }

  parts(component: Component): PartList {
    const { context, source } = this;
    const { version } = context.descriptor;
    switch (component) {
      case Component.DATA:
        return this.data(source);
      case Component.INDEX:
        return indexParts(source, {
          keyType: context.keyType(),
          clusteringTypes: context.header().clusteringTypes.map((type) => context.typeOf(type)),
          compactDeletionTime: version.hasUIntDeletionTime,
        });
      case Component.PARTITIONS:
        return partitionsParts(source, context.keyType());
      case Component.ROWS:
        return rowsParts(source, context.need(Component.PARTITIONS), context.keyType());
      case Component.STATISTICS:
        return statisticsParts(source, version);
      case Component.SUMMARY:
        return summaryParts(source, context.keyType());
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
    const { context } = this;
    const header = context.header();
    const column = ({ name, type }: { readonly name: string; readonly type: string }) => ({ name, type: context.typeOf(type) });
    const rows = new RowParts({
      clusteringTypes: header.clusteringTypes.map((type) => context.typeOf(type)),
      statics: header.staticColumns.map(column),
      regulars: header.regularColumns.map(column),
      stats: header.stats,
    });
    return new DataParts(data, {
      keyType: context.keyType(),
      hasStatics: header.staticColumns.length > 0,
      compactDeletionTime: context.descriptor.version.hasUIntDeletionTime,
      rows,
      places: context.places(data, context.layout()),
    }).partitions();
  }
}
