import { ByteWriter } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { BoundKind, ClusteringBound, type ReadCommand, Unfiltered } from '@cassette/sstable';
import { seededRandom } from '@cassette/storage/testing';
import { describe, expect, test } from 'vitest';
import { KWayMerger } from '../merge/index.ts';
import { MutationBuilder, MutationReader, MutationValidator } from '../mutation/index.ts';
import { randomUpdate } from '../testing/random-updates.ts';
import { encodeUpdate, readPartitions, TableModel, type Update } from '../testing/table-model.ts';
import { everythingTable, intBytes, intClustering } from '../testing/tables.ts';
import { Memtable } from './memtable.ts';
import { MemtableCursor } from './memtable-cursor.ts';

const EVERYTHING: ReadCommand = { partitions: { range: {} } };

/** Writes updates into memtables, each into one that `pick` says. */
function write(table: TableMetadata, updates: readonly Update[], memtables: readonly Memtable[], pick: () => number): void {
  const builder = new MutationBuilder();
  const reader = new MutationReader();
  const validator = new MutationValidator();
  const out = new ByteWriter();
  for (const update of updates) {
    out.clear();
    encodeUpdate(builder, out, table, update);
    reader.begin(out.buffer, 0, out.length);
    validator.validate(reader, table);
    reader.begin(out.buffer, 0, out.length);
    memtables[pick()].apply(reader);
  }
}

describe('a memtable', () => {
  test.each([false, true])('holds what the model holds, descending %s', (descending) => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed);
      const table = everythingTable(1, descending);
      const model = new TableModel(table);
      const memtable = new Memtable(table);
      for (let n = 0; n < 30; n++) model.updates.push(randomUpdate(random));
      write(table, model.updates, [memtable], () => 0);
      const expected = model.partitions();
      expect(readPartitions(memtable.cursor(EVERYTHING), table), `seed ${seed}`).toEqual(expected);
      expect(readPartitions(memtable.cursor({ ...EVERYTHING, reversed: true }), table, true), `seed ${seed}`).toEqual(expected);
    }
  });

  test.each([false, true])('merged with others holds what all of them hold, descending %s', (descending) => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed + 1000);
      const table = everythingTable(1, descending);
      const model = new TableModel(table);
      const memtables = Array.from({ length: 1 + Math.floor(random() * 5) }, () => new Memtable(table));
      for (let n = 0; n < 30; n++) model.updates.push(randomUpdate(random));
      write(table, model.updates, memtables, () => Math.floor(random() * memtables.length));
      const expected = model.partitions();
      const merged = (command: ReadCommand) =>
        new KWayMerger(
          table,
          memtables.map((memtable) => memtable.cursor(command)),
          { reversed: command.reversed === true },
        );
      expect(readPartitions(merged(EVERYTHING), table), `seed ${seed}`).toEqual(expected);
      expect(readPartitions(merged({ ...EVERYTHING, reversed: true }), table, true), `seed ${seed}`).toEqual(expected);
    }
  });

  test('reads slices of some partitions as parts of the whole', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = seededRandom(seed + 2000);
      const table = everythingTable();
      const model = new TableModel(table);
      const memtables = Array.from({ length: 2 }, () => new Memtable(table));
      for (let n = 0; n < 30; n++) model.updates.push(randomUpdate(random));
      write(table, model.updates, memtables, () => Math.floor(random() * memtables.length));
      const from = Math.floor(random() * 4);
      const to = from + Math.floor(random() * 4);
      const slice = {
        start: new ClusteringBound(BoundKind.INCL_START_BOUND, 1, intClustering(from)),
        end: new ClusteringBound(BoundKind.EXCL_END_BOUND, 1, intClustering(to + 1)),
      };
      const keys = [2, 0, 7].map(intBytes);
      const reversed = random() < 0.5;
      const command: ReadCommand = { partitions: { keys }, slices: [slice], reversed };
      const cursor = new KWayMerger(
        table,
        memtables.map((memtable) => memtable.cursor(command)),
        { reversed },
      );
      const expected = model
        .partitions()
        .filter(({ key }) => key !== 1)
        .map((partition) => ({
          ...partition,
          rows: partition.rows.filter((row) => Number(row[0]) >= from && Number(row[0]) <= to),
          ranges: partition.ranges.map((range, slot) => (slot > from * 2 && slot <= to * 2 + 2 ? range : -1)),
        }))
        .filter(
          ({ deletion, statics, rows, ranges }) =>
            deletion !== null || statics !== '' || rows.length > 0 || ranges.some((range) => range >= 0),
        );
      expect(readPartitions(cursor, table, reversed), `seed ${seed}`).toEqual(expected);
    }
  });

  test('of ten thousand writes of one row holds one row, in its place', () => {
    const table = everythingTable();
    const memtable = new Memtable(table);
    const updates = Array.from({ length: 10_000 }, (_, n): Update => {
      const cells = [{ column: 1, path: null, kind: 'live' as const, timestamp: n + 1, value: '#7' }];
      return { key: 1, partitionDeletion: null, ranges: [], rows: [{ clustering: 3, liveness: null, deletion: null, cells }] };
    });
    write(table, updates, [memtable], () => 0);
    expect(memtable.rowCount).toBe(1);
    expect(memtable.bytes).toBeLessThan(10_000);
    expect(readPartitions(memtable.cursor(EVERYTHING), table)[0].rows).toEqual(['3: 1:live@10000=#7']);
  });

  test('keeps partitions and rows in order whatever the order of writing', () => {
    const random = seededRandom(7);
    const table = everythingTable();
    const memtable = new Memtable(table);
    const builder = new MutationBuilder();
    const reader = new MutationReader();
    const out = new ByteWriter();
    const numbers = Array.from({ length: 3000 }, () => Math.floor(random() * 100_000));
    for (const number of numbers) {
      out.clear();
      const cells = [{ column: 1, path: null, kind: 'live' as const, timestamp: 5, value: '#1' }];
      const rows = [{ clustering: number, liveness: null, deletion: null, cells }];
      encodeUpdate(builder, out, table, { key: number % 40, partitionDeletion: null, ranges: [], rows });
      reader.begin(out.buffer, 0, out.length);
      memtable.apply(reader);
    }
    const found = readPartitions(memtable.cursor(EVERYTHING), table);
    const distinct = [...new Set(numbers)].sort((a, b) => a - b);
    expect(memtable.rowCount).toBe(distinct.length);
    for (const { key, rows } of found) {
      expect(rows.map((row) => Number(row.split(':')[0]))).toEqual(distinct.filter((number) => number % 40 === key));
    }
    const reversed = readPartitions(memtable.cursor({ ...EVERYTHING, reversed: true }), table, true);
    expect(reversed).toEqual(found);
  });

  test('shows a partition as it was when it was come to, whatever is written into it meanwhile', () => {
    class DisturbedCursor extends MemtableCursor {
      disturb: () => void = () => undefined;

      override next(): Unfiltered {
        this.disturb();
        return super.next();
      }
    }
    for (let seed = 1; seed <= 300; seed++) {
      const random = seededRandom(seed + 4000);
      const table = everythingTable();
      const memtable = new Memtable(table);
      write(
        table,
        Array.from({ length: 40 }, () => ({ ...randomUpdate(random), key: 1 })),
        [memtable],
        () => 0,
      );
      const slice = (from: number, to: number) => ({
        start: new ClusteringBound(BoundKind.INCL_START_BOUND, 1, intClustering(from)),
        end: new ClusteringBound(BoundKind.EXCL_END_BOUND, 1, intClustering(to)),
      });
      const slices = random() < 0.3 ? {} : { slices: random() < 0.5 ? [slice(1, 6)] : [slice(0, 2), slice(3, 5), slice(6, 9)] };
      const reversed = random() < 0.5;
      const command: ReadCommand = { partitions: { keys: [intBytes(1)] }, ...slices, reversed };
      const expected = readPartitions(memtable.cursor(command), table, reversed);
      const cursor = new DisturbedCursor(memtable, command, table);
      cursor.disturb = () => {
        if (random() < 0.4) write(table, [{ ...randomUpdate(random), key: 1 }], [memtable], () => 0);
      };
      expect(readPartitions(cursor, table, reversed), `seed ${seed}`).toEqual(expected);
    }
  });

  test('can be written while it is read', () => {
    const table = everythingTable();
    const memtable = new Memtable(table);
    const put = (clustering: number, timestamp: number) => {
      const cells = [{ column: 0, path: null, kind: 'live' as const, timestamp, value: 'a' }];
      write(
        table,
        [{ key: 1, partitionDeletion: null, ranges: [], rows: [{ clustering, liveness: null, deletion: null, cells }] }],
        [memtable],
        () => 0,
      );
    };
    for (const clustering of [1, 3, 5]) put(clustering, 1);
    const cursor = memtable.cursor(EVERYTHING);
    cursor.nextPartition();
    expect(cursor.next()).toBe(Unfiltered.ROW);
    const before = [cursor.row.clusteringBytes[cursor.row.clusteringFrom + 4], cursor.row.cellLo[0]];
    for (let n = 0; n < 2000; n++) put(n % 8, 2);
    expect(before).toEqual([1, 1]);
    const seen: number[] = [];
    while (cursor.next() === Unfiltered.ROW) seen.push(cursor.row.clusteringBytes[cursor.row.clusteringFrom + 4]);
    expect(seen).toEqual([3, 5]);
    cursor.close();
    expect(memtable.cursors.size).toBe(0);
  });
});
