import { toHex, token, tokenWords } from '@cassette/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusteringBound, Slice } from '../clustering/index.ts';
import { UnwritableDeletionError } from '../data/index.ts';
import { Component } from '../descriptor/index.ts';
import { NO_STATS } from '../header/index.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { BoundKind, RangeTombstoneMarker } from '../rows/range-tombstone-marker.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { MemoryComponents } from '../testing/memory-files.ts';
import {
  comparePrefix,
  Dice,
  int32,
  type ModelPartition,
  modelPartition,
  modelTable,
  type Prefix,
  prefix,
} from '../testing/model-table.ts';
import { type PlainPartition, plainDeletion, plainMarker, plainPartitions, plainRow } from '../testing/plain-rows.ts';
import { descriptorOf, isWritten, lz4, partitionsOf, plain, writeModel, writtenVersions } from '../testing/written-model.ts';
import { SSTableWriter, writeCursor } from '../writer/index.ts';
import { ChunkCachePool } from './cached-source.ts';
import { hashKey } from './partition-header.ts';
import { SSTableReader } from './sstable-reader.ts';

/** What a read must give, done the slow way. */
function expected(partition: ModelPartition, slices: readonly Slice[] | null, reversed: boolean): PlainPartition {
  const parts = (slices ?? [{ start: bound(BoundKind.INCL_START_BOUND), end: bound(BoundKind.INCL_END_BOUND) }]).map((slice) => {
    const open = new DeletionTime();
    const result: Record<string, unknown>[] = [];
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      if (!open.isLive) result.push(synthetic(slice.start, new DeletionTime(), open));
    };
    for (const item of partition.items) {
      if (comparePrefix(item.at, slice.start) > 0) {
        begin();
        if (slices !== null && comparePrefix(item.at, slice.end) >= 0) break;
        result.push('row' in item ? plainRow(item.row) : plainMarker(item.marker));
      }
      if ('marker' in item) open.set(item.marker.opening);
    }
    begin();
    if (!open.isLive) result.push(synthetic(slice.end, open, new DeletionTime()));
    return reversed ? result.reverse() : result;
  });
  return {
    key: toHex(partition.key),
    deletion: plainDeletion(partition.deletion),
    staticRow: partition.staticRow === null ? null : plainRow(partition.staticRow),
    unfiltereds: (reversed ? parts.reverse() : parts).flat(),
  };
}

function bound(kind: BoundKind): ClusteringBound {
  return prefix(kind);
}

function synthetic(at: Prefix, closing: DeletionTime, opening: DeletionTime): Record<string, unknown> {
  const marker = new RangeTombstoneMarker();
  marker.setBound(at.kind, at.size, at.bytes, 0, at.bytes.length);
  marker.closing.set(closing);
  marker.opening.set(opening);
  return plainMarker(marker);
}

function anySlices(dice: Dice): Slice[] {
  const starts: BoundKind[] = [BoundKind.INCL_START_BOUND, BoundKind.EXCL_START_BOUND];
  const ends: BoundKind[] = [BoundKind.INCL_END_BOUND, BoundKind.EXCL_END_BOUND];
  const any = (kinds: readonly BoundKind[]): Prefix => {
    const size = dice.below(10);
    const a = dice.below(14) - 5;
    return prefix(kinds[dice.below(2)], size === 0 ? undefined : a, size > 6 ? ['', 'b', 'c', 'zz'][dice.below(4)] : undefined);
  };
  const slices: Slice[] = [];
  for (let i = dice.below(5); i >= 0; i--) {
    const start = any(starts);
    const end = any(ends);
    if (comparePrefix(start, end) < 0) slices.push({ start, end });
  }
  slices.sort((x, y) => comparePrefix(x.start, y.start));
  return slices.filter((slice, i) => i === 0 || slices.slice(0, i).every((other) => comparePrefix(other.end, slice.start) <= 0));
}

describe.each(writtenVersions)('what a writer writes in $name, a reader reads', (version) => {
  const dices = (seed: number) => new Dice(seed, !version.hasUIntDeletionTime);
  test('whole, by key, sliced, reversed, over index blocks and chunks of any size', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 60, 400, 65536), fc.boolean(), (seed, columnIndexSize, compressed) => {
        const dice = dices(seed);
        const partitions = partitionsOf(dice, 1 + dice.below(6), 40);
        const present = partitions.filter(isWritten);
        if (present.length === 0) return;
        const files = writeModel(version, partitions, compressed ? lz4 : plain, columnIndexSize);
        const reader = SSTableReader.open(descriptorOf(version), files.sources(), { table: modelTable });
        const all = { range: {} };
        expect(plainPartitions(reader.cursor({ partitions: all }))).toEqual(present.map((p) => expected(p, null, false)));
        for (const reversed of [false, true]) {
          expect(plainPartitions(reader.cursor({ partitions: all, reversed }))).toEqual(
            present.map((p) => expected(p, null, reversed)),
          );
          for (let i = 0; i < 6; i++) {
            const slices = anySlices(dice);
            const keys = partitions.filter(() => dice.chance(60)).map((p) => p.key);
            const wanted = present.filter((p) => keys.includes(p.key));
            expect(plainPartitions(reader.cursor({ partitions: { keys: [...keys].reverse() }, slices, reversed }))).toEqual(
              wanted.map((p) => expected(p, slices, reversed)),
            );
            expect(plainPartitions(reader.cursor({ partitions: all, slices, reversed }))).toEqual(
              present.map((p) => expected(p, slices, reversed)),
            );
          }
        }
      }),
      { numRuns: 80 },
    );
  });

  test('partition by partition with one cursor, the first time and again, from chunks that come and go', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(1, 400, 65536), fc.boolean(), (seed, columnIndexSize, compressed) => {
        const dice = dices(seed);
        const partitions = partitionsOf(dice, 1 + dice.below(6), 40);
        if (!partitions.some(isWritten)) return;
        const files = writeModel(version, partitions, compressed ? lz4 : plain, columnIndexSize);
        const options = { table: modelTable, chunkCache: new ChunkCachePool(compressed ? 4 * lz4.chunkLength : 1 << 17) };
        const reader = SSTableReader.open(descriptorOf(version), files.sources(), options);
        for (let i = 0; i < 20; i++) {
          const partition = partitions[dice.below(partitions.length)];
          const slices = dice.chance(30) ? null : anySlices(dice);
          const cursor = reader.point(hashKey(partition.key), slices);
          // Somebody else reads meanwhile, and chunks go that are in use.
          cursor.nextPartition();
          const other = plainPartitions(reader.point(hashKey(partition.key), slices));
          cursor.close();
          expect(other).toEqual(isWritten(partition) ? [expected(partition, slices, false)] : []);
          expect(plainPartitions(reader.point(hashKey(partition.key), slices))).toEqual(other);
        }
        expect(plainPartitions(reader.point(hashKey(new Uint8Array([1, 2, 3])), null))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test('and written again from what was read it is the same to the byte', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(50, 65536), (seed, columnIndexSize) => {
        const partitions = partitionsOf(dices(seed), 5, 30);
        if (!partitions.some(isWritten)) return;
        const files = writeModel(version, partitions, lz4, columnIndexSize);
        const reader = SSTableReader.open(descriptorOf(version), files.sources(), { table: modelTable });
        const again = new MemoryComponents(descriptorOf(version));
        const writer = new SSTableWriter({
          version,
          table: modelTable,
          encodingStats: reader.header.stats,
          expectedPartitions: 5,
          sink: again.sink,
          compression: lz4,
          columnIndexSize,
        });
        writeCursor(writer, reader.cursor({ partitions: { range: {} } }));
        writer.finish();
        expect(again.components.sort()).toEqual(files.components.sort());
        for (const component of files.components) expect(again.bytes(component)).toEqual(files.bytes(component));
      }),
      { numRuns: 20 },
    );
  });

  test('ranges of tokens give the partitions within them, and go on after a key', () => {
    const partitions = partitionsOf(dices(5), 40, 3).filter(isWritten);
    const reader = SSTableReader.open(descriptorOf(version), writeModel(version, partitions, lz4, 65536).sources(), {
      table: modelTable,
    });
    const keysOf = (range: Parameters<typeof reader.mayContainRange>[0], reversed: boolean) =>
      plainPartitions(reader.cursor({ partitions: { range }, reversed })).map((p) => p.key);
    const keys = partitions.map((p) => toHex(p.key));
    for (const reversed of [false, true]) {
      for (let i = 0; i < keys.length; i += 3) {
        token(partitions[i].key);
        const at = { hi: tokenWords[0], lo: tokenWords[1] };
        expect(keysOf({ start: { ...at, inclusive: true } }, reversed)).toEqual(keys.slice(i));
        expect(keysOf({ start: { ...at, inclusive: false } }, reversed)).toEqual(keys.slice(i + 1));
        expect(keysOf({ start: { ...at, inclusive: true, afterKey: partitions[i].key } }, reversed)).toEqual(keys.slice(i + 1));
        expect(keysOf({ end: { ...at, inclusive: true } }, reversed)).toEqual(keys.slice(0, i + 1));
        expect(keysOf({ end: { ...at, inclusive: false } }, reversed)).toEqual(keys.slice(0, i));
      }
    }
  });

  test('without Filter.db, Summary.db and CRC.db keys are found all the same', () => {
    const partitions = partitionsOf(dices(7), 30, 4).filter(isWritten);
    const files = writeModel(version, partitions, plain, 100);
    const reader = SSTableReader.open(
      descriptorOf(version),
      files.sources([Component.FILTER, Component.SUMMARY, Component.CRC]),
      {
        table: modelTable,
      },
    );
    const keys = partitions.map((p) => p.key);
    expect(plainPartitions(reader.cursor({ partitions: { keys } }))).toEqual(partitions.map((p) => expected(p, null, false)));
    expect(plainPartitions(reader.cursor({ partitions: { keys: [int32(123456)] } }))).toEqual([]);
  });

  test('partitions may be left early', () => {
    const partitions = partitionsOf(dices(11), 12, 20).filter(isWritten);
    const reader = SSTableReader.open(descriptorOf(version), writeModel(version, partitions, lz4, 100).sources(), {
      table: modelTable,
    });
    const cursor = reader.cursor({ partitions: { range: {} } });
    const keys: string[] = [];
    for (let i = 0; cursor.nextPartition(); i++) {
      keys.push(toHex(cursor.keyBytes.subarray(cursor.keyFrom, cursor.keyTo)));
      for (let n = i % 3; n > 0 && cursor.next() !== Unfiltered.END; n--);
    }
    expect(keys).toEqual(partitions.map((p) => toHex(p.key)));
    const none = reader.cursor({ partitions: { range: {} }, slices: [] });
    expect(plainPartitions(none).map((p) => [p.key, p.unfiltereds.length])).toEqual(keys.map((key) => [key, 0]));
  });
});

describe.each(writtenVersions)('a slice of a wide partition in $name', (version) => {
  const wide: ModelPartition = {
    ...modelPartition(new Dice(1), int32(1), 0),
    items: Array.from({ length: 3000 }, (_, i) => {
      const at = prefix(BoundKind.CLUSTERING, i, 'x');
      const { items } = modelPartition(new Dice(i), int32(1), 0);
      expect(items).toEqual([]);
      return { at, row: rowAt(at) };
    }),
  };
  function rowAt(at: Prefix) {
    const dice = new Dice(at.bytes[4], !version.hasUIntDeletionTime);
    const found = modelPartition(dice, int32(1), 400).items.find((item) => 'row' in item);
    if (found === undefined || !('row' in found)) throw new Error('a partition of 400 has a row');
    found.row.setClustering(at.bytes, 0, at.bytes.length);
    return found.row;
  }

  test('reads only the chunks of its blocks, forward and reversed', () => {
    const files = writeModel(version, [wide], { ...lz4, chunkLength: 1024 }, 2048);
    for (const reversed of [false, true]) {
      const reader = SSTableReader.open(descriptorOf(version), files.sources(), { table: modelTable });
      const slices = [{ start: prefix(BoundKind.INCL_START_BOUND, 2000), end: prefix(BoundKind.INCL_END_BOUND, 2003) }];
      expect(plainPartitions(reader.cursor({ partitions: { keys: [int32(1)] }, slices, reversed }))).toEqual([
        expected(wide, slices, reversed),
      ]);
      expect(reader.dataLength).toBeGreaterThan(100_000);
      expect(reader.counters.chunksRead).toBeLessThan(10);
    }
  });
});

describe.each(writtenVersions)('a writer of $name', (version) => {
  const options = (files: MemoryComponents) => ({
    version,
    table: modelTable,
    encodingStats: NO_STATS,
    expectedPartitions: 1,
    sink: files.sink,
  });
  const live = new DeletionTime();

  test('refuses keys, rows and markers out of order', () => {
    const writer = new SSTableWriter(options(new MemoryComponents(descriptorOf(version))));
    const { items } = modelPartition(new Dice(3), int32(0), 60);
    const rows = items.flatMap((item) => ('row' in item ? [item.row] : []));
    expect(rows.length).toBeGreaterThan(2);
    writer.startPartition(int32(4), 0, 4, live);
    writer.addRow(rows[1]);
    expect(() => writer.addRow(rows[0])).toThrow(/clustering order/);
    expect(() => writer.addRow(rows[1])).toThrow(/clustering order/);
    const other = new SSTableWriter(options(new MemoryComponents(descriptorOf(version))));
    other.startPartition(int32(4), 0, 4, live);
    other.addRow(rows[0]);
    other.endPartition();
    expect(() => other.startPartition(int32(4), 0, 4, live)).toThrow(/order of token/);
  });

  test('refuses a partition deletion that the version cannot hold before anything of it is written', () => {
    const files = new MemoryComponents(descriptorOf(version));
    const writer = new SSTableWriter(options(files));
    const deletion = version.hasUIntDeletionTime ? DeletionTime.of(-1, -7, 1700000000) : DeletionTime.of(0, 7, 0x90000000);
    expect(() => writer.startPartition(int32(4), 0, 4, deletion)).toThrow(UnwritableDeletionError);
    expect([writer.position, writer.isEmpty]).toEqual([0, true]);
  });

  test('refuses a range tombstone that its row index cannot hold', () => {
    const write = (columnIndexSize: number) => {
      const writer = new SSTableWriter({ ...options(new MemoryComponents(descriptorOf(version))), columnIndexSize });
      writer.startPartition(int32(4), 0, 4, live);
      const opening = version.hasUIntDeletionTime ? DeletionTime.of(-1, -7, 1700000000) : DeletionTime.of(0, 7, 0x90000000);
      for (const [kind, a] of [
        [BoundKind.INCL_START_BOUND, 1],
        [BoundKind.INCL_END_BOUND, 2],
      ] as const) {
        const at = prefix(kind, a);
        const marker = new RangeTombstoneMarker();
        marker.setBound(kind, at.size, at.bytes, 0, at.bytes.length);
        (kind === BoundKind.INCL_START_BOUND ? marker.opening : marker.closing).set(opening);
        writer.addMarker(marker);
      }
      writer.endPartition();
      return writer.finish().partitions;
    };
    // Past 2038 there is no way to write it in nb; a negative timestamp has no place in the index of oa and da alone.
    if (version.hasUIntDeletionTime) expect(write(65536)).toBe(1);
    else expect(() => write(65536)).toThrow(UnwritableDeletionError);
    expect(() => write(1)).toThrow(UnwritableDeletionError);
  });

  test('does not write a partition of nothing, and makes no SSTable of none', () => {
    const files = new MemoryComponents(descriptorOf(version));
    const writer = new SSTableWriter(options(files));
    writer.startPartition(int32(4), 0, 4, live);
    writer.endPartition();
    expect(writer.isEmpty).toBe(true);
    expect(() => writer.finish()).toThrow(/has a partition/);
  });
});
