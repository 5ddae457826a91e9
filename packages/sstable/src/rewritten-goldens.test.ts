import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ByteWriter, crc32, toHex } from '@cassette/bytes';
import { TableMetadata } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import {
  Component,
  CompressedSink,
  CompressedSource,
  compressorOf,
  decodeBloomFilter,
  decodeChecksums,
  decodeCompressionInfo,
  decodeDigest,
  decodeStatistics,
  decodeSummary,
  decodeToc,
  encodeBloomFilter,
  encodeChecksums,
  encodeCompressionInfo,
  encodeDigest,
  encodeStatistics,
  encodeSummary,
  encodeToc,
  nb,
  parseFileName,
  SSTableReader,
  type SSTableSources,
  SSTableWriter,
  verifyDigest,
  writeCursor,
} from './index.ts';
import { bytesSink, bytesSource } from './testing/bytes-io.ts';

// Everything that Cassandra wrote into e2e/cassandra/goldens, read and written again: the same bytes, component by component.

const goldens = resolve(import.meta.dirname, '../../../e2e/cassandra/goldens/nb');

/** The files of one SSTable by component. */
type Files = Map<Component, Uint8Array>;

const sstables: { name: string; files: Files }[] = [];
for (const path of existsSync(goldens) ? readdirSync(goldens, { recursive: true, encoding: 'utf8' }).sort() : []) {
  if (!path.endsWith('-Data.db')) continue;
  const folder = join(goldens, path, '..');
  const prefix = path.slice(path.lastIndexOf('/') + 1, -Component.DATA.length);
  const files: Files = new Map();
  for (const name of readdirSync(folder).filter((n) => n.startsWith(prefix))) {
    files.set(parseFileName(name).component as Component, new Uint8Array(readFileSync(join(folder, name))));
  }
  sstables.push({ name: path.slice(0, -Component.DATA.length - 1), files });
}

test('there are goldens', () => {
  expect(sstables.length).toBeGreaterThan(30);
});

function written(encode: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  encode(out);
  return toHex(out.written());
}

describe.each(sstables)('$name', ({ files }) => {
  const file = (component: Component) => files.get(component)!;
  const statistics = decodeStatistics(file(Component.STATISTICS), Component.STATISTICS, nb);
  const infoBytes = files.get(Component.COMPRESSION_INFO);
  const info = infoBytes === undefined ? null : decodeCompressionInfo(infoBytes, Component.COMPRESSION_INFO);

  test('every component is decoded and encoded again', () => {
    const again = new Map<Component, string>([
      [Component.STATISTICS, written((out) => encodeStatistics(out, statistics, nb))],
      [Component.SUMMARY, written((out) => encodeSummary(out, decodeSummary(file(Component.SUMMARY), 's')))],
      [Component.TOC, toHex(encodeToc(decodeToc(file(Component.TOC), 't')))],
      [Component.DIGEST, toHex(encodeDigest(decodeDigest(file(Component.DIGEST), 'd')))],
    ]);
    if (info !== null)
      again.set(
        Component.COMPRESSION_INFO,
        written((out) => encodeCompressionInfo(out, info)),
      );
    const checksums = files.get(Component.CRC);
    if (checksums !== undefined)
      again.set(
        Component.CRC,
        written((out) => encodeChecksums(out, decodeChecksums(checksums, 'c'))),
      );
    const filter = files.get(Component.FILTER);
    if (filter !== undefined)
      again.set(
        Component.FILTER,
        written((out) => encodeBloomFilter(out, decodeBloomFilter(filter, 'f')!)),
      );
    expect(again).toEqual(new Map([...again.keys()].map((component) => [component, toHex(file(component))])));
    verifyDigest(bytesSource(file(Component.DATA)), decodeDigest(file(Component.DIGEST), 'd'));
  });

  test('its chunks are compressed to the same bytes', () => {
    if (info === null) return;
    const source = new CompressedSource(bytesSource(file(Component.DATA)), info);
    const data = new Uint8Array(source.size);
    source.read(data, 0);
    const sink = bytesSink();
    const { chunkLength, maxCompressedLength } = info;
    const compressed = new CompressedSink(sink, { compressor: compressorOf(info.compressor), chunkLength, maxCompressedLength });
    compressed.write(data);
    compressed.finish();
    expect(toHex(sink.bytes()) + surplusChunk(files, info.chunkOffsets, source.size, chunkLength)).toBe(
      toHex(file(Component.DATA)),
    );
  });

  test('read and written as a whole, all its files are the same', () => {
    const sources: SSTableSources = Object.fromEntries(
      [...files].map(([component, bytes]) => [component, bytesSource(bytes, component)]),
    );
    const reader = SSTableReader.open({ version: nb, id: '1' }, sources);
    const table = new TableMetadata({
      ...reader.table,
      columns: reader.table.columnsInSelectOrder,
      params: {
        ...reader.table.params,
        bloomFilterFpChance: statistics.validation.bloomFilterFpChance,
        minIndexInterval: reader.summary.minIndexInterval,
        compression: {
          enabled: info !== null,
          compressor: info?.compressor ?? '',
          chunkLength: info?.chunkLength ?? 0,
          minCompressRatio: 0,
          options: {},
        },
      },
    });
    const sinks = new Map<Component, ReturnType<typeof bytesSink>>();
    const writer = new SSTableWriter({
      version: nb,
      table,
      encodingStats: statistics.header.stats,
      expectedPartitions: statistics.stats.partitionSizes.count,
      sink: (component) => {
        const sink = bytesSink(component);
        sinks.set(component, sink);
        return sink;
      },
    });
    writeCursor(writer, reader.cursor({ partitions: { range: {} } }));
    writer.finish();

    // A compaction of Cassandra's ends with an empty chunk, which also counts in the compression ratio.
    const compacted = surplus(files, info?.chunkOffsets, reader.dataLength, info?.chunkLength);
    const same = compacted
      ? [Component.INDEX, Component.SUMMARY, Component.FILTER, Component.TOC]
      : [...files.keys()].filter((component) => component !== Component.STATISTICS);
    const hex = (component: Component) => toHex(sinks.get(component)?.bytes() ?? new Uint8Array(0));
    expect(Object.fromEntries(same.map((c) => [c, hex(c)]))).toEqual(Object.fromEntries(same.map((c) => [c, toHex(file(c))])));

    // The node's own commit log and id are the only statistics that do not come from the rows.
    const ours = decodeStatistics(sinks.get(Component.STATISTICS)!.bytes(), Component.STATISTICS, nb);
    const { commitLogIntervals, originatingHostId, compressionRatio } = statistics.stats;
    const completed = {
      ...ours,
      stats: { ...ours.stats, commitLogIntervals, originatingHostId, ...(compacted ? { compressionRatio } : {}) },
    };
    expect(written((out) => encodeStatistics(out, completed, nb))).toBe(toHex(file(Component.STATISTICS)));
  });
});

/** Whether there is a chunk or a checksum more than the data needs. */
function surplus(files: Files, chunkOffsets: Float64Array | undefined, dataLength: number, chunkLength = 65536): boolean {
  const chunks = chunkOffsets?.length ?? decodeChecksums(files.get(Component.CRC)!, 'c').checksums.length;
  return chunks > Math.ceil(dataLength / chunkLength);
}

function surplusChunk(files: Files, chunkOffsets: Float64Array, dataLength: number, chunkLength: number): string {
  if (!surplus(files, chunkOffsets, dataLength, chunkLength)) return '';
  const empty = new Uint8Array(5);
  return toHex(empty) + crc32(empty).toString(16).padStart(8, '0');
}
