import { ByteWriter, toHex } from '@cassette/bytes';
import type { CompressionParams } from '@cassette/cql';
import { type Component, nb, Row, SSTableWriter, Unfiltered, type UnfilteredCursor, writeCursor } from '@cassette/sstable';
import { seededRandom } from '@cassette/storage/testing';
import { expect, test } from 'vitest';
import { MutationBuilder, MutationReader } from '../mutation/index.ts';
import { randomUpdate } from '../testing/random-updates.ts';
import { encodeUpdate, type Update } from '../testing/table-model.ts';
import { everythingTable } from '../testing/tables.ts';
import { Memtable } from './memtable.ts';

const uncompressed: CompressionParams = {
  enabled: false,
  compressor: 'LZ4Compressor',
  chunkLength: 4096,
  minCompressRatio: 1.1,
  options: {},
};

function memtableOf(updates: readonly Update[]): Memtable {
  const table = everythingTable();
  const memtable = new Memtable(table);
  const builder = new MutationBuilder();
  const reader = new MutationReader();
  const out = new ByteWriter();
  for (const update of updates) {
    out.clear();
    encodeUpdate(builder, out, table, update);
    reader.begin(out.buffer, 0, out.length);
    memtable.apply(reader);
  }
  return memtable;
}

/** All components of the SSTable of what a cursor gives, as hexadecimal; null where that is nothing. */
function written(memtable: Memtable, cursor: UnfilteredCursor): Record<string, string> | null {
  const files: Partial<Record<Component, ByteWriter>> = {};
  const { statics, regulars } = memtable.columnsWritten(memtable.table);
  const writer = new SSTableWriter({
    version: nb,
    table: memtable.table,
    encodingStats: memtable.stats.get(),
    staticColumns: statics,
    regularColumns: regulars,
    expectedPartitions: 8,
    compression: uncompressed,
    sink: (component) => {
      const out = new ByteWriter();
      files[component] = out;
      return { name: component, write: (bytes) => out.bytes(bytes) };
    },
  });
  writeCursor(writer, cursor);
  if (writer.isEmpty) return null;
  writer.finish();
  return Object.fromEntries(Object.entries(files).map(([name, out]) => [name, toHex(out.toBytes())]));
}

/** Inserts of simple columns, some of which have no value, or a long one. */
function insert(random: () => number): Update {
  const below = (n: number) => Math.floor(random() * n);
  const timestamp = 1 + below(40);
  const cells = [];
  if (below(4) > 0) {
    const value = 'x'.repeat([0, 1, 60, 127, 128, 20_000][below(6)]);
    cells.push({ column: 0, path: null, kind: 'live' as const, timestamp, value });
  }
  if (below(4) > 0)
    cells.push({ column: 1, path: null, kind: 'live' as const, timestamp, value: ['', `#${below(9)}`][below(2)] });
  const rows = [{ clustering: below(6), liveness: { timestamp, expiring: false }, deletion: null, cells }];
  return { key: below(3), partitionDeletion: null, ranges: [], rows };
}

test('what a flush writes is the same, byte by byte, as of rows that are taken apart', () => {
  let stored = 0;
  for (let seed = 1; seed <= 250; seed++) {
    const random = seededRandom(seed);
    const share = [0, 0.5, 1][seed % 3];
    const memtable = memtableOf(Array.from({ length: 20 }, () => (random() < share ? randomUpdate(random) : insert(random))));
    const { table } = memtable;
    const { regulars } = memtable.columnsWritten(table);
    const slow = written(memtable, memtable.cursor({ partitions: { range: {} } }));
    expect(written(memtable, memtable.flushCursor(table, regulars)), `seed ${seed}`).toEqual(slow);
    stored += storedRowsOf(memtable.flushCursor(table, regulars));
  }
  // Enough of them for the comparison to tell something.
  expect(stored).toBeGreaterThan(500);
});

test('for a header without one of its columns a row is taken apart', () => {
  const memtable = memtableOf([insert(() => 0.99)]);
  expect(storedRowsOf(memtable.flushCursor(memtable.table, memtable.table.regularColumns))).toBe(1);
  expect(storedRowsOf(memtable.flushCursor(memtable.table, memtable.table.regularColumns.slice(1)))).toBe(0);
});

test('a large row is taken apart: it would be copied once more', () => {
  const row = (bytes: number): Update => {
    const cells = [{ column: 0, path: null, kind: 'live' as const, timestamp: 1, value: 'x'.repeat(bytes) }];
    const rows = [{ clustering: 1, liveness: { timestamp: 1, expiring: false }, deletion: null, cells }];
    return { key: 1, partitionDeletion: null, ranges: [], rows };
  };
  for (const [bytes, stored] of [
    [100_000, 1],
    [1_500_000, 0],
  ]) {
    const memtable = memtableOf([row(bytes)]);
    expect(storedRowsOf(memtable.flushCursor(memtable.table, memtable.table.regularColumns))).toBe(stored);
  }
});

function storedRowsOf(cursor: UnfilteredCursor): number {
  let count = 0;
  const bare = new Row();
  while (cursor.nextPartition()) {
    for (let found = cursor.next(); found !== Unfiltered.END; found = cursor.next()) {
      if (found !== Unfiltered.ROW || cursor.row.stored === null) continue;
      count++;
      expect(cursor.row.cellCount).toBe(bare.cellCount);
    }
  }
  cursor.close();
  return count;
}
