import { compareBytes, compareInt64, token, tokenWords } from '@cassette/bytes';
import type { CompressionParams } from '@cassette/cql';
import type { Descriptor } from '../descriptor/index.ts';
import { EncodingStatsCollector } from '../header/index.ts';
import { da, nb, oa, type Version } from '../version/index.ts';
import { SSTableWriter } from '../writer/index.ts';
import { MemoryComponents } from './memory-files.ts';
import { type Dice, int32, type ModelPartition, modelPartition, modelTable } from './model-table.ts';

/** The versions that are written; tests go over all of them. */
export const writtenVersions: readonly Version[] = [nb, oa, da];

/** What the SSTables of tests are called. */
export function descriptorOf(version: Version): Descriptor {
  return { version, id: '1' };
}

export const lz4: CompressionParams = {
  enabled: true,
  compressor: 'LZ4Compressor',
  chunkLength: 256,
  minCompressRatio: 1.1,
  options: {},
};
export const plain: CompressionParams = { ...lz4, enabled: false };

/** Partitions of the model table in the order of their tokens. */
export function partitionsOf(dice: Dice, count: number, size: number): ModelPartition[] {
  const tokenOf = (key: Uint8Array) => {
    token(key);
    return { hi: tokenWords[0], lo: tokenWords[1] };
  };
  return Array.from({ length: count }, (_, i) => int32(i * 7 - 3))
    .map((key) => ({ key, at: tokenOf(key) }))
    .sort((x, y) => compareInt64(x.at.hi, x.at.lo, y.at.hi, y.at.lo) || compareBytes(x.key, 0, 4, y.key, 0, 4))
    .map(({ key }) => modelPartition(dice, key, size));
}

/** The files of an SSTable of those partitions. */
export function writeModel(
  version: Version,
  partitions: readonly ModelPartition[],
  compression: CompressionParams,
  columnIndexSize: number,
): MemoryComponents {
  const files = new MemoryComponents(descriptorOf(version));
  const stats = new EncodingStatsCollector();
  for (const { deletion, staticRow, items } of partitions) {
    stats.deletion(deletion);
    if (staticRow !== null) stats.row(staticRow);
    for (const item of items) 'row' in item ? stats.row(item.row) : stats.marker(item.marker);
  }
  const writer = new SSTableWriter({
    version,
    table: modelTable,
    encodingStats: stats.get(),
    expectedPartitions: partitions.length,
    sink: files.sink,
    compression,
    columnIndexSize,
  });
  for (const { key, deletion, staticRow, items } of partitions) {
    writer.startPartition(key, 0, key.length, deletion);
    if (staticRow !== null) writer.addStaticRow(staticRow);
    for (const item of items) 'row' in item ? writer.addRow(item.row) : writer.addMarker(item.marker);
    writer.endPartition();
  }
  writer.finish();
  return files;
}

/** Whether there is anything to a partition. */
export function isWritten(partition: ModelPartition): boolean {
  return !partition.deletion.isLive || partition.staticRow !== null || partition.items.length > 0;
}
