import { CorruptionError } from '@cassette/bytes';
import { parseMarshalType } from '@cassette/cql';
import { CompressedSource, type CompressionInfo, decodeCompressionInfo } from '../compression/index.ts';
import { Component, type Descriptor } from '../descriptor/index.ts';
import { type SerializationHeader, withoutReversed } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll } from '../reader/counting-source.ts';
import { MissingComponentError, type SSTableSources } from '../reader/index.ts';
import { decodeStatistics } from '../statistics/index.ts';
import { annotateData } from './annotate-data.ts';
import { annotateIndex } from './annotate-index.ts';
import { annotateStatistics } from './annotate-statistics.ts';
import { annotatePartitions, annotateRows } from './annotate-tries.ts';
import type { Annotation } from './annotation.ts';
import {
  annotateChecksums,
  annotateCompressionInfo,
  annotateDigest,
  annotateFilter,
  annotateSummary,
  annotateToc,
} from './small-components.ts';

/** The components that can be annotated: all that Cassandra 5.0 writes itself. */
export const annotatedComponents: readonly Component[] = [
  Component.DATA,
  Component.INDEX,
  Component.SUMMARY,
  Component.PARTITIONS,
  Component.ROWS,
  Component.FILTER,
  Component.STATISTICS,
  Component.COMPRESSION_INFO,
  Component.CRC,
  Component.DIGEST,
  Component.TOC,
];

/**
 * The fields of a component, piece by piece, in order and without gaps. Of Data.db those of the uncompressed data: see
 * {@link annotateChunks} for the file itself. Data.db and Index.db are read in pieces, the others as a whole. Throws CorruptionError
 * where the bytes can't be, and MissingComponentError for a component that is not there (Statistics.db is needed for Data.db and
 * Index.db, CompressionInfo.db for compressed data, Partitions.db for Rows.db).
 */
export function annotateComponent(descriptor: Descriptor, sources: SSTableSources, component: Component): Iterable<Annotation> {
  const { version } = descriptor;
  const need = (name: Component): ByteSource => {
    const found = sources[name];
    if (found === undefined) throw new MissingComponentError(descriptor, name, sources);
    return found;
  };
  const source = need(component);
  const header = (): SerializationHeader => {
    const statistics = need(Component.STATISTICS);
    return decodeStatistics(readAll(statistics), statistics.name, version).header;
  };
  switch (component) {
    case Component.DATA: {
      const info = sources[Component.COMPRESSION_INFO];
      const data = info === undefined ? source : new CompressedSource(source, decodeCompressionInfo(readAll(info), info.name));
      return annotateData(data, header(), version);
    }
    case Component.INDEX: {
      const { keyType, clusteringTypes } = header();
      return annotateIndex(source, {
        version,
        keyType: parseMarshalType(keyType),
        clusteringTypes: clusteringTypes.map((type) => parseMarshalType(withoutReversed(type).type)),
      });
    }
    case Component.PARTITIONS:
      return annotatePartitions(source);
    case Component.ROWS:
      return annotateRows(source, need(Component.PARTITIONS), version);
    case Component.STATISTICS:
      return annotateStatistics(readAll(source), source.name, version);
    case Component.SUMMARY:
      return annotateSummary(readAll(source), source.name);
    case Component.FILTER:
      return annotateFilter(readAll(source), source.name);
    case Component.COMPRESSION_INFO:
      return annotateCompressionInfo(readAll(source), source.name);
    case Component.CRC:
      return annotateChecksums(readAll(source), source.name);
    case Component.DIGEST:
      return annotateDigest(readAll(source), source.name);
    default:
      return annotateToc(readAll(source), source.name);
  }
}

/** A compressed Data.db as it is stored: of each chunk its payload and its checksum. Reads only the checksums. */
export function* annotateChunks(stored: ByteSource, info: CompressionInfo): Generator<Annotation> {
  const { chunkOffsets, maxCompressedLength } = info;
  const crc = new Uint8Array(4);
  for (let i = 0; i < chunkOffsets.length; i++) {
    const offset = chunkOffsets[i];
    const end = i + 1 < chunkOffsets.length ? chunkOffsets[i + 1] : stored.size;
    const length = end - offset - 4;
    if (length < 0 || stored.read(crc, end - 4) !== 4) {
      throw new CorruptionError(`the file ends within chunk ${i}`, stored.name, offset);
    }
    const payload = { name: 'payload', offset, length, value: length < maxCompressedLength ? 'compressed' : 'raw' };
    const checksum = { name: 'crc', offset: end - 4, length: 4, value: new DataView(crc.buffer).getUint32(0) };
    yield { name: 'chunk', offset, length: end - offset, children: length === 0 ? [checksum] : [payload, checksum] };
  }
}
