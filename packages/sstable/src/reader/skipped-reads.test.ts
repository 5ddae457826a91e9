import { describe, expect, test } from 'vitest';
import type { Slice } from '../clustering/index.ts';
import { Component } from '../descriptor/index.ts';
import type { ReadCommand } from '../io/read-command.ts';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import { int32 } from '../testing/model-table.ts';
import { type WatchedSource, watched } from '../testing/watched-source.ts';
import { type WideInput, wideBound, wideKeys, wideTable, writeWide } from '../testing/wide-table.ts';
import { descriptorOf, lz4, plain, writtenVersions } from '../testing/written-model.ts';
import type { Version } from '../version/index.ts';
import { SSTableReader } from './sstable-reader.ts';

const CHUNK = 4096;
const compressions = { lz4: { ...lz4, chunkLength: CHUNK }, plain };
const cases = writtenVersions.flatMap((version) =>
  (['plain', 'lz4'] as const).map((compression) => ({ version, name: version.name, compression })),
);

interface Opened {
  readonly reader: SSTableReader;
  readonly data: WatchedSource;
  /** What a read gives: for each partition the clusterings, and what was read of Data.db for it. */
  read(command: Omit<ReadCommand, 'partitions'> & Partial<Pick<ReadCommand, 'partitions'>>): {
    readonly partitions: readonly (readonly number[])[];
    readonly bytes: number;
    readonly largest: number;
    readonly from: number;
  };
}

/** Rows of 200 bytes in blocks of 4 KiB, a partition of `rows` for each key; opened, with all that was read forgotten. */
function opened(version: Version, compression: keyof typeof compressions, input: Partial<WideInput> = {}): Opened {
  const files = new MemoryComponents(descriptorOf(version));
  writeWide({
    version,
    compression: compressions[compression],
    partitions: 3,
    rows: 2000,
    valueBytes: 200,
    columnIndexSize: 4096,
    ...input,
    sink: files.sink,
  });
  const sources = watched(files.sources() as Record<string, never>);
  const reader = SSTableReader.open(files.descriptor, sources, { table: wideTable });
  const data = sources[Component.DATA];
  return {
    reader,
    data,
    read(command) {
      data.forget();
      const cursor = reader.cursor({ partitions: { keys: [int32(1)] }, ...command });
      const partitions: number[][] = [];
      while (cursor.nextPartition()) {
        const rows: number[] = [];
        for (;;) {
          const found = cursor.next();
          if (found === Unfiltered.END) break;
          const { clusteringBytes: bytes, clusteringFrom: at } = cursor.row;
          if (found === Unfiltered.ROW) rows.push(new DataView(bytes.buffer, bytes.byteOffset + at + 1).getInt32(0));
        }
        partitions.push(rows);
      }
      cursor.close();
      const from = Math.min(...data.ranges.map(([start]) => start));
      return { partitions, bytes: data.bytesRead, largest: data.largestRead, from };
    },
  };
}

function slice(from?: number, to?: number): Slice {
  return { start: wideBound(BoundKind.INCL_START_BOUND, from), end: wideBound(BoundKind.INCL_END_BOUND, to) };
}

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe.each(cases)('$name, $compression', ({ version, compression }) => {
  const { reader, data, read } = opened(version, compression);
  const partition = reader.dataLength / 3;
  // Without compression chunks of 64 KiB are checked, so that a read costs some of those.
  const few = compression === 'plain' ? 4 * 65536 : 12 * CHUNK;

  test.each([
    ['at the start', 0, 3],
    ['in the middle', 1000, 1003],
    ['at the end', 1990, 1999],
  ])('a slice %s of a wide partition reads a few chunks, forward and reversed', (_, from, to) => {
    for (const reversed of [false, true]) {
      const { partitions, bytes } = read({ slices: [slice(from, to)], reversed });
      expect(partitions).toEqual([reversed ? upTo(from, to).reverse() : upTo(from, to)]);
      expect(bytes, `reversed ${reversed}`).toBeLessThanOrEqual(few);
    }
    expect(partition).toBeGreaterThan(400_000);
  });

  test('single clusterings far apart read a few chunks each', () => {
    const wanted = [5, 700, 1400, 1999];
    const { partitions, bytes } = read({ slices: wanted.map((a) => slice(a, a)) });
    expect(partitions).toEqual([wanted]);
    expect(bytes).toBeLessThanOrEqual(wanted.length * few);
    if (compression === 'lz4') expect(bytes).toBeLessThan(data.size / 4);
  });

  test('a point read of a static row reads the beginning of the partition', () => {
    const { partitions, bytes } = read({ slices: [] });
    expect(partitions).toEqual([[]]);
    expect(bytes).toBeLessThanOrEqual(compression === 'plain' ? 2 * 65536 : 4 * CHUNK);
  });

  test('clusterings outside of those that are covered cost no more than a static row', () => {
    const { bytes } = read({ slices: [] });
    for (const slices of [[slice(2000, 3000)], [slice(undefined, -1), slice(5000)]]) {
      const found = read({ slices });
      expect(found.partitions).toEqual([[]]);
      expect(found.bytes).toBeLessThanOrEqual(bytes);
    }
  });

  test('a range of tokens that begins in the middle does not read what is before', () => {
    const keys = wideKeys(3);
    const scanner = reader.keys();
    const places: number[] = [];
    while (scanner.next()) places.push(scanner.dataPosition);
    const { tokenHi: hi, tokenLo: lo } = cursorAt(reader, keys[1]);
    const { partitions, from, largest } = read({ partitions: { range: { start: { hi, lo, inclusive: false } } } });
    expect(partitions).toEqual([upTo(0, 1999)]);
    // The end of the partition before is looked at, by its index.
    expect(from).toBeGreaterThan(data.size / 4);
    expect(places).toHaveLength(3);
    expect(largest).toBeLessThanOrEqual(65536 + 64);
  });

  test('a full scan, forward and reversed, reads in pieces of bounded size', () => {
    const everything = [upTo(0, 1999), upTo(0, 1999), upTo(0, 1999)];
    const forward = read({ partitions: { range: {} } });
    expect(forward.partitions).toEqual(everything);
    expect(forward.bytes).toBeLessThan(data.size * 1.2);
    const reversed = read({ partitions: { range: {} }, reversed: true });
    expect(reversed.partitions).toEqual(everything.map((rows) => [...rows].reverse()));
    for (const { largest } of [forward, reversed]) expect(largest).toBeLessThanOrEqual(65536 + 64);
  });
});

describe.each(writtenVersions)('a wide partition of $name in a single block', (version) => {
  // As a writer leaves it that is told to make blocks larger than any partition.
  const { reader, data, read } = opened(version, 'lz4', { partitions: 1, columnIndexSize: 1 << 30, tombstoneEvery: 7 });

  test('is read backwards in pieces, each held once', () => {
    const { partitions, bytes, largest } = read({ partitions: { range: {} }, reversed: true });
    expect(partitions).toEqual([upTo(0, 1999).reverse()]);
    expect(reader.dataLength).toBeGreaterThan(400_000);
    expect(largest).toBeLessThanOrEqual(CHUNK * 2);
    // Once to know where pieces begin, once for each piece.
    expect(bytes).toBeLessThan(data.size * 2.5);
  });

  test('gives slices backwards as forwards', () => {
    const slices = [slice(3, 5), slice(399, 650), slice(1200, 1201), slice(1500, 1500), slice(1998)];
    const rows = [...upTo(3, 5), ...upTo(399, 650), 1200, 1201, 1500, 1998, 1999];
    expect(read({ slices: slices.map((one) => one), partitions: { range: {} } }).partitions).toEqual([rows]);
    expect(read({ slices, partitions: { range: {} }, reversed: true }).partitions).toEqual([rows.reverse()]);
  });
});

describe.each(writtenVersions)('an SSTable of $name whose clusterings end before a slice', (version) => {
  const beyond: ReadCommand = { partitions: { range: {} }, slices: [slice(2000, 3000)] };
  const small = { rows: 20, withoutStatics: true };

  test('is passed over, also a partition of it, and is not for a slice that it has', () => {
    const { reader, data } = opened(version, 'lz4', small);
    expect(reader.mayContain(beyond)).toBe(false);
    expect(reader.mayContain({ ...beyond, partitions: { keys: [int32(1)] } })).toBe(false);
    for (const slices of [[slice(19, 30)], [slice(-9, 0)], [slice(100), slice(5, 5)], []]) {
      expect(reader.mayContain({ ...beyond, slices })).toBe(true);
    }
    expect(data.bytesRead).toBe(0);
  });

  test('is not where it has static rows, or deletions of partitions', () => {
    expect(opened(version, 'lz4', { rows: 20 }).reader.mayContain(beyond)).toBe(true);
    const { reader, read } = opened(version, 'lz4', { ...small, deleted: true });
    expect(reader.mayContain(beyond)).toBe(true);
    expect(read({ ...beyond }).partitions).toEqual([[], [], []]);
    const cursor = reader.cursor(beyond);
    expect([cursor.nextPartition(), cursor.partitionDeletion.isLive, cursor.next()]).toEqual([true, false, Unfiltered.END]);
  });

  test('is where it has range tombstones alone, if its version tells them from deletions of partitions', () => {
    const { reader } = opened(version, 'lz4', { ...small, tombstoneEvery: 3 });
    expect(reader.mayContain(beyond)).toBe(!version.hasPartitionLevelDeletionPresenceMarker);
  });
});

function cursorAt(reader: SSTableReader, key: Uint8Array): { readonly tokenHi: number; readonly tokenLo: number } {
  const cursor = reader.cursor({ partitions: { keys: [key] }, slices: [] });
  cursor.nextPartition();
  const { tokenHi, tokenLo } = cursor;
  cursor.close();
  return { tokenHi, tokenLo };
}
