import type { CompressionParams, TableMetadata } from '@cassette/cql';
import { ClusteringBound } from '../clustering/clustering-bound.ts';
import { Component, type Descriptor } from '../descriptor/index.ts';
import type { ReadCommand } from '../io/read-command.ts';
import type { SSTableReader } from '../reader/index.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import type { GoldenSSTable } from '../testing/goldens.ts';
import { Dice, int32, modelTable, prefix } from '../testing/model-table.ts';
import { descriptorOf, isWritten, partitionsOf, plain, writeModel } from '../testing/written-model.ts';
import type { Version } from '../version/index.ts';

/** A whole SSTable that is damaged component by component. */
export interface Specimen {
  readonly name: string;
  readonly descriptor: Descriptor;
  /** The table that it is read for; absent: that of its own header. */
  readonly table?: TableMetadata;
  readonly files: ReadonlyMap<Component, Uint8Array>;
  /** What is read of it: all of it in every way, by keys of it and others, by slices, backwards, in ranges of tokens. */
  commands(whole: SSTableReader): ReadCommand[];
}

/** A few blocks of rows for each partition, a few entries between samples, a few chunks: everything small, and everything there. */
const COLUMN_INDEX_SIZE = 100;
const SEED = 503;
const PARTITIONS = 5;

/** Compressed in chunks of a quarter of a KiB. */
export const inChunks = (compressor: string): CompressionParams => ({
  enabled: true,
  compressor,
  chunkLength: 256,
  minCompressRatio: 0,
  options: {},
});

/**
 * An SSTable of a table with everything: static rows, TTLs, collections, deletions of cells, collections, rows, ranges over the ends of
 * blocks, and partitions; partitions with and without an index of rows.
 */
export function smallSpecimen(version: Version, compression: CompressionParams = plain, rows = 12, seed = SEED): Specimen {
  const dice = new Dice(seed, !version.hasUIntDeletionTime);
  const model = partitionsOf(dice, PARTITIONS, rows).map((partition, i) =>
    i % 3 === 1 ? { ...partition, items: partition.items.slice(0, 1).filter((item) => 'row' in item) } : partition,
  );
  const written = writeModel(version, model.filter(isWritten), compression, COLUMN_INDEX_SIZE);
  return {
    name: `${version.name}, ${compression.enabled ? compression.compressor : 'not compressed'}`,
    descriptor: descriptorOf(version),
    table: modelTable,
    files: new Map(written.components.map((component) => [component, written.bytes(component)])),
    commands: (whole) =>
      commandsOf(
        whole,
        [...Array(PARTITIONS + 2).keys()].map((i) => int32(i * 7 - 3)),
        modelSlices,
      ),
  };
}

/** An SSTable that Cassandra wrote; slices are from one of its first partition's rows to another. */
export function goldenSpecimen({ name, descriptor, files }: GoldenSSTable, keysMax = 6): Specimen {
  return {
    name,
    descriptor,
    files: new Map(files.components.map((component) => [component, files.bytes(component)])),
    commands(whole) {
      const keys: Uint8Array[] = [];
      for (const scanner = whole.keys(); keys.length < keysMax && scanner.next(); )
        keys.push(scanner.keyBytes.slice(scanner.keyFrom, scanner.keyTo));
      return commandsOf(whole, [...keys, new Uint8Array(4).fill(0x55)], slicesOf(whole));
    },
  };
}

/** From the first row of the first partition that has rows to the second, in the middle, and from there to the last. */
function slicesOf(whole: SSTableReader): NonNullable<ReadCommand['slices']>[] {
  const names: Uint8Array[] = [];
  for (let cursor = whole.cursor({ partitions: { range: {} } }); names.length < 4 && cursor.nextPartition(); ) {
    names.length = 0;
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      const { row } = cursor;
      if (found === Unfiltered.ROW) names.push(row.clusteringBytes.slice(row.clusteringFrom, row.clusteringTo));
    }
  }
  const size = whole.table.clustering.length;
  if (names.length < 4 || size === 0) return [];
  const slice = (from: number, to: number) => [
    {
      start: new ClusteringBound(BoundKind.INCL_START_BOUND, size, names[from]),
      end: new ClusteringBound(BoundKind.INCL_END_BOUND, size, names[to]),
    },
  ];
  const middle = names.length >> 1;
  return [slice(0, 1), slice(middle - 1, middle), [...slice(1, 1), ...slice(middle, names.length - 1)]];
}

/** The components of a specimen that can be damaged. */
export function componentsOf({ files }: Specimen): Component[] {
  return Object.values(Component).filter((component) => files.has(component));
}

const slices = (from: number, to: number) => [
  { start: prefix(BoundKind.INCL_START_BOUND, from), end: prefix(BoundKind.INCL_END_BOUND, to) },
];
const modelSlices = [slices(1, 3), slices(-4, -4), slices(2, 2), [...slices(-3, -2), ...slices(0, 1), ...slices(5, 9)], []];

function commandsOf(
  whole: SSTableReader,
  keys: readonly Uint8Array[],
  cuts: readonly NonNullable<ReadCommand['slices']>[],
): ReadCommand[] {
  const everything = { range: {} };
  const commands: ReadCommand[] = [{ partitions: everything }, { partitions: everything, reversed: true }];
  for (const cut of cuts) {
    commands.push({ partitions: everything, slices: cut }, { partitions: everything, slices: cut, reversed: true });
    commands.push({ partitions: { keys }, slices: cut }, { partitions: { keys }, slices: cut, reversed: true });
  }
  for (const key of keys) commands.push({ partitions: { keys: [key] } }, { partitions: { keys: [key] }, reversed: true });
  for (let cursor = whole.cursor({ partitions: everything }); cursor.nextPartition(); ) {
    const { tokenHi: hi, tokenLo: lo } = cursor;
    const afterKey = cursor.keyBytes.slice(0, cursor.keyTo);
    if (commands.length > 60) break;
    commands.push({ partitions: { range: { start: { hi, lo, inclusive: true, afterKey } } } });
    commands.push({ partitions: { range: { start: { hi, lo, inclusive: false } } }, slices: cuts[0] ?? [] });
    commands.push({ partitions: { range: { end: { hi, lo, inclusive: false } } }, slices: cuts[0] ?? [] });
  }
  return commands;
}
