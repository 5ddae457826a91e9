import { ByteWriter, crc32, toHex } from '@cassette/bytes';
import { TableMetadata } from '@cassette/cql';
import { describe, expect, test } from 'vitest';
import {
  Component,
  CompressedSink,
  CompressedSource,
  type CompressionInfo,
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
  NO_MAX_COMPRESSED_LENGTH,
  SSTableReader,
  SSTableWriter,
  verifyDigest,
  writeCursor,
} from './index.ts';
import { bytesSource } from './io/bytes-source.ts';
import { bytesSink } from './testing/bytes-io.ts';
import { goldenSSTables } from './testing/goldens.ts';
import { MemoryComponents } from './testing/memory-files.ts';

// Everything that Cassandra wrote into e2e/cassandra/goldens, read and written again: the same bytes, component by component.

/** The files of one SSTable by component. */
type Files = ReadonlyMap<Component, Uint8Array>;

/** What does not depend on how Data.db is cut into chunks. */
const INDEX_COMPONENTS: readonly Component[] = [
  Component.INDEX,
  Component.SUMMARY,
  Component.PARTITIONS,
  Component.ROWS,
  Component.FILTER,
  Component.TOC,
];

const all = goldenSSTables();

test('there are goldens', () => {
  expect(all.length).toBeGreaterThan(100);
});

function written(encode: (out: ByteWriter) => void): string {
  const out = new ByteWriter();
  encode(out);
  return toHex(out.written());
}

describe.each(all)('$name', ({ files: golden, descriptor, columnIndexSize }) => {
  const { version } = descriptor;
  const files = new Map(golden.components.map((component) => [component, golden.bytes(component)]));
  const file = (component: Component) => files.get(component)!;
  const statistics = decodeStatistics(file(Component.STATISTICS), Component.STATISTICS, version);
  const infoBytes = files.get(Component.COMPRESSION_INFO);
  const info = infoBytes === undefined ? null : decodeCompressionInfo(infoBytes, Component.COMPRESSION_INFO);

  test('every component is decoded and encoded again', () => {
    const again = new Map<Component, string>([
      [Component.STATISTICS, written((out) => encodeStatistics(out, statistics, version))],
      [Component.TOC, toHex(encodeToc(decodeToc(file(Component.TOC), 't')))],
      [Component.DIGEST, toHex(encodeDigest(decodeDigest(file(Component.DIGEST), 'd')))],
    ]);
    if (version.format === 'big') {
      const summary = decodeSummary(file(Component.SUMMARY), 's');
      again.set(
        Component.SUMMARY,
        written((out) => encodeSummary(out, summary)),
      );
    }
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
    if (info === null || !isSameEncoder(info)) return;
    const source = new CompressedSource(bytesSource(file(Component.DATA)), info);
    const data = new Uint8Array(source.size);
    source.read(data, 0);
    const sink = bytesSink();
    const { chunkLength, maxCompressedLength } = info;
    const compressor = compressorOf(info.compressor, info.options);
    const compressed = new CompressedSink(sink, { compressor, chunkLength, maxCompressedLength });
    compressed.write(data);
    compressed.finish();
    expect(toHex(sink.bytes()) + surplusChunk(files, info, source.size)).toBe(toHex(file(Component.DATA)));
  });

  test('read and written as a whole, all its files are the same', () => {
    const reader = SSTableReader.open(descriptor, golden.sources());
    const table = new TableMetadata({
      ...reader.table,
      columns: reader.table.columnsInSelectOrder,
      params: {
        ...reader.table.params,
        bloomFilterFpChance: statistics.validation.bloomFilterFpChance,
        minIndexInterval: reader.summary?.minIndexInterval ?? 128,
        compression: {
          enabled: info !== null,
          compressor: info?.compressor ?? '',
          chunkLength: info?.chunkLength ?? 0,
          minCompressRatio:
            info === null || info.maxCompressedLength === NO_MAX_COMPRESSED_LENGTH
              ? 0
              : info.chunkLength / info.maxCompressedLength,
          options: Object.fromEntries(info?.options ?? []),
        },
      },
    });
    const again = new MemoryComponents(descriptor);
    const writer = new SSTableWriter({
      version,
      table,
      encodingStats: statistics.header.stats,
      expectedPartitions: statistics.stats.partitionSizes.count,
      sink: again.sink,
      ...(columnIndexSize !== undefined && { columnIndexSize }),
    });
    writeCursor(writer, reader.cursor({ partitions: { range: {} } }));
    writer.finish();

    expect([...again.components].sort()).toEqual([...files.keys()].sort());
    // A compaction of Cassandra's ends with an empty chunk, which also counts in the compression ratio; where chunks are encoded in
    // another way, what they hold is compared.
    const compacted = surplus(files, info?.chunkOffsets, reader.dataLength, info?.chunkLength);
    const same = [...files.keys()].filter(
      (component) => INDEX_COMPONENTS.includes(component) || (!compacted && component !== Component.STATISTICS),
    );
    const hex = (component: Component) => toHex(again.bytes(component));
    expect(Object.fromEntries(same.map((c) => [c, hex(c)]))).toEqual(Object.fromEntries(same.map((c) => [c, toHex(file(c))])));
    expect(
      uncompressed(
        again.bytes(Component.DATA),
        again.components.includes(Component.COMPRESSION_INFO) ? again.bytes(Component.COMPRESSION_INFO) : undefined,
      ),
    ).toBe(uncompressed(file(Component.DATA), infoBytes));

    // The node's own commit log and id are the only statistics that do not come from the rows.
    const ours = decodeStatistics(again.bytes(Component.STATISTICS), Component.STATISTICS, version);
    const { commitLogIntervals, originatingHostId, compressionRatio } = statistics.stats;
    const completed = {
      ...ours,
      stats: { ...ours.stats, commitLogIntervals, originatingHostId, ...(compacted ? { compressionRatio } : {}) },
    };
    expect(written((out) => encodeStatistics(out, completed, version))).toBe(toHex(file(Component.STATISTICS)));
  });
});

/** What Data.db holds, as hexadecimal digits. */
function uncompressed(stored: Uint8Array, infoBytes: Uint8Array | undefined): string {
  if (infoBytes === undefined) return toHex(stored);
  const source = new CompressedSource(bytesSource(stored), decodeCompressionInfo(infoBytes, Component.COMPRESSION_INFO));
  const data = new Uint8Array(source.size);
  source.read(data, 0);
  return toHex(data);
}

/** Whether there is a chunk or a checksum more than the data needs. */
function surplus(files: Files, chunkOffsets: Float64Array | undefined, dataLength: number, chunkLength = 65536): boolean {
  const chunks = chunkOffsets?.length ?? decodeChecksums(files.get(Component.CRC)!, 'c').checksums.length;
  return chunks > Math.ceil(dataLength / chunkLength);
}

function surplusChunk(files: Files, info: CompressionInfo, dataLength: number): string {
  if (!surplus(files, info.chunkOffsets, dataLength, info.chunkLength)) return '';
  const empty = new Uint8Array(64);
  const length = compressorOf(info.compressor).compress(empty, 0, 0, empty, 0);
  return toHex(empty.subarray(0, length)) + crc32(empty, 0, length).toString(16).padStart(8, '0');
}

/** Whether chunks become the same bytes here: Zstandard has an encoder of its own there. */
function isSameEncoder({ compressor }: CompressionInfo): boolean {
  return compressor !== 'ZstdCompressor';
}
