import { toHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { Component } from '../descriptor/index.ts';
import { SSTableReader } from '../reader/index.ts';
import { HyperLogLogPlus } from '../statistics/index.ts';
import { goldenSSTables } from '../testing/goldens.ts';
import { watched } from '../testing/watched-source.ts';
import { sstableMetadata } from './index.ts';

const all = goldenSSTables();

test('tells what the SSTable tells of itself', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/deletes/g/d/'))!;
  const metadata = sstableMetadata(descriptor, files.sources());
  const { commitLogIntervals, originatingHostId, compressionRatio, ...rest } = metadata;
  expect(commitLogIntervals).toHaveLength(1);
  expect(originatingHostId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(compressionRatio).toBeLessThan(1);
  expect(rest).toMatchObject({
    sstable: 'nb-1-big-Data.db',
    version: 'nb',
    format: 'big',
    components: { 'Data.db': files.bytes(Component.DATA).length, 'Summary.db': 56 },
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    bloomFilterFpChance: 0.01,
    minTimestamp: '1000',
    minTTL: 0,
    maxTTL: 0,
    maxLocalDeletionTime: '9223372036854775807',
    compression: { class: 'LZ4Compressor', chunkLength: 16384, maxCompressedLength: 2147483647, options: {} },
    sstableLevel: 0,
    repairedAt: '0',
    pendingRepair: null,
    isTransient: false,
    hasLegacyCounterShards: false,
    header: {
      keyType: 'org.apache.cassandra.db.marshal.Int32Type',
      clusteringTypes: ['org.apache.cassandra.db.marshal.Int32Type'],
    },
  });
});

test('reads Statistics.db, CompressionInfo.db and the end of Summary.db, and nothing else', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/many/g/lz4'))!;
  const sources = watched(files.sources() as Record<string, never>);
  const metadata = sstableMetadata(descriptor, sources);
  const read = Object.entries(sources).filter(([, source]) => source.bytesRead > 0);
  expect(read.map(([name]) => name).sort()).toEqual(['CompressionInfo.db', 'Statistics.db', 'Summary.db']);
  const reader = SSTableReader.open(descriptor, files.sources());
  expect([metadata.first?.hex, metadata.last?.hex]).toEqual([toHex(reader.firstKey), toHex(reader.lastKey)]);
});

test('tells how many tombstones could be dropped, as Cassandra estimates it', () => {
  const { descriptor, files } = all.find(({ name }) => name.startsWith('nb/deletes/g/d/'))!;
  const { estimatedTombstoneDropTime, estimatedCellPerPartitionCount, estimatedDroppableTombstones } = sstableMetadata(
    descriptor,
    files.sources(),
    { gcBefore: 4_000_000_000 },
  );
  const tombstones = estimatedTombstoneDropTime.reduce((sum, [, count]) => sum + count, 0);
  const partitions = estimatedCellPerPartitionCount.reduce((sum, [, count]) => sum + count, 0);
  const cells = estimatedCellPerPartitionCount.reduce((sum, [end, count]) => sum + count * end!, 0);
  expect(estimatedDroppableTombstones).toBe(tombstones / (Math.ceil(cells / partitions) * partitions));
  expect(sstableMetadata(descriptor, files.sources(), { gcBefore: 0 }).estimatedDroppableTombstones).toBe(0);
  expect(sstableMetadata(descriptor, files.sources()).estimatedDroppableTombstones).toBe(null);
});

describe.each(all)('$name', ({ descriptor, files }) => {
  test('is JSON, and its estimates add up', () => {
    const metadata = sstableMetadata(descriptor, files.sources());
    expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata);
    const partitions = metadata.estimatedPartitionSize.reduce((sum, [, count]) => sum + count, 0);
    expect(metadata.estimatedCellPerPartitionCount.reduce((sum, [, count]) => sum + count, 0)).toBe(partitions);
    expect(Math.abs(metadata.estimatedCardinality - partitions)).toBeLessThanOrEqual(partitions / 50);
  });
});

test.each([0, 1, 1000, 6000, 9000, 30_000, 100_000])('%d keys are estimated within four percent', (count) => {
  const sketch = new HyperLogLogPlus();
  for (let i = 0; i < count; i++) sketch.addKey(Uint8Array.of(i, i >> 8, i >> 16, 7));
  expect(Math.abs(sketch.cardinality() - count)).toBeLessThanOrEqual(count * 0.04);
});
