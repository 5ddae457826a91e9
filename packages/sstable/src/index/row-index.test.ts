import { ByteWriter, CorruptionError, fromHex, toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { BoundKind, DeletionTime } from '../rows/index.ts';
import { tinyIndexHex } from '../testing/tiny-table.ts';
import { nb } from '../version/index.ts';
import { IndexScanner, RowIndex, RowIndexBuilder } from './index.ts';

const NONE = new Int32Array(0);
// One clustering column of type int.
const INT = Int32Array.of(4);
const live = new DeletionTime();

function ck(n: number): Uint8Array {
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setInt32(1, n);
  return bytes;
}

/** Two blocks: rows 1 to 10, then up to a bound after row 20, with a deletion open between them. */
function entryOfTwoBlocks(out: ByteWriter, key: Uint8Array, position: number): void {
  const builder = new RowIndexBuilder(nb);
  builder.beginBlock(BoundKind.CLUSTERING, 1, ck(1), 0, 5);
  builder.endBlock(BoundKind.CLUSTERING, 1, ck(10), 0, 5, 18, 65540, DeletionTime.of(0x00060a24, 0x181e4003, 1795351588));
  builder.beginBlock(BoundKind.CLUSTERING, 1, ck(11), 0, 5);
  builder.endBlock(BoundKind.INCL_END_BOUND, 1, ck(20), 0, 5, 65558, 300, null);
  builder.encodeEntry(out, key, 0, key.length, position, 18, live);
}

const promoted = [
  '12', // header length 18
  '7fffffff8000000000000000', // partition deletion: LIVE
  '02', // blocks
  '040000000001', // first: row 1
  '04000000000a', // last: row 10
  '12', // offset 18
  '08', // width 65536 + 4
  '016b02e42400060a24181e4003', // open deletion
  '04000000000b', // first: row 11
  '0600010000000014', // last: INCL_END_BOUND at 20
  'c10016', // offset 65558
  'c1fda7', // width 65536 - 65236
  '00', // nothing open
  '000000000000001b', // places of the blocks
].join('');

test('the index of the tiny table is the one that Cassandra wrote', () => {
  const out = new ByteWriter();
  const builder = new RowIndexBuilder(nb);
  builder.encodeEntry(out, Uint8Array.of(0x61), 0, 1, 0, 15, live);
  builder.encodeEntry(out, Uint8Array.of(0x62), 0, 1, 25, 15, live);
  expect(toHex(out.written())).toBe(tinyIndexHex);

  const scanner = new IndexScanner(bytesSource(fromHex(tinyIndexHex)!), NONE, nb);
  const seen: unknown[] = [];
  while (scanner.next()) {
    const key = toHex(scanner.keyBytes, scanner.keyFrom, scanner.keyTo);
    seen.push([key, scanner.entryPosition, scanner.dataPosition, scanner.hasRowIndex]);
  }
  expect(seen).toEqual([
    ['61', 0, 0, false],
    ['62', 5, 25, false],
  ]);
});

test('a partition of one block has no row index', () => {
  const out = new ByteWriter();
  const builder = new RowIndexBuilder(nb);
  builder.beginBlock(BoundKind.CLUSTERING, 1, ck(1), 0, 5);
  builder.endBlock(BoundKind.CLUSTERING, 1, ck(9), 0, 5, 18, 4000, null);
  builder.encodeEntry(out, Uint8Array.of(0x61), 0, 1, 300, 15, live);
  expect(toHex(out.written())).toBe('000161812c00');
});

test('a partition of two blocks has the bytes of the format', () => {
  const out = new ByteWriter();
  entryOfTwoBlocks(out, Uint8Array.of(0, 0, 0, 1), 0);
  expect(toHex(out.written())).toBe(`0004000000010046${promoted}`);
});

test('the row index is read block by block, in any order', () => {
  const index = new RowIndex(fromHex(promoted)!, INT, nb, 'nb-1-big-Index.db', 8);
  expect([index.headerLength, index.partitionDeletion, index.blockCount]).toEqual([18, live, 2]);
  expect(index.block(1)).toEqual({
    first: { kind: BoundKind.CLUSTERING, size: 1, bytes: ck(11) },
    last: { kind: BoundKind.INCL_END_BOUND, size: 1, bytes: ck(20) },
    offset: 65558,
    width: 300,
    openMarker: null,
  });
  expect(index.block(0)).toEqual({
    first: { kind: BoundKind.CLUSTERING, size: 1, bytes: ck(1) },
    last: { kind: BoundKind.CLUSTERING, size: 1, bytes: ck(10) },
    offset: 18,
    width: 65540,
    openMarker: DeletionTime.of(0x00060a24, 0x181e4003, 1795351588),
  });
});

test('a scan passes over row indexes, through a window smaller than an entry', () => {
  const out = new ByteWriter();
  const starts: number[] = [];
  for (let i = 0; i < 50; i++) {
    starts.push(out.length);
    const key = new Uint8Array(i * 3).fill(i);
    if (i % 3 === 0) entryOfTwoBlocks(out, key, i * 1000);
    else new RowIndexBuilder(nb).encodeEntry(out, key, 0, key.length, i * 1000, 18, live);
  }
  const scanner = new IndexScanner(bytesSource(out.toBytes()), INT, nb, 64);
  for (const from of [0, 17, 49, 3]) {
    scanner.seek(starts[from]);
    for (let i = from; i < 50; i++) {
      expect(scanner.next()).toBe(true);
      expect(toHex(scanner.keyBytes, scanner.keyFrom, scanner.keyTo)).toBe(toHex(new Uint8Array(i * 3).fill(i)));
      expect([scanner.entryPosition, scanner.dataPosition, scanner.hasRowIndex]).toEqual([starts[i], i * 1000, i % 3 === 0]);
      if (scanner.hasRowIndex && i % 2 === 0) expect(scanner.takeRowIndex().block(1).width).toBe(300);
    }
    expect(scanner.next()).toBe(false);
  }
});

test('cut and impossible bytes are corrupt, wherever they are met', () => {
  const bytes = fromHex(promoted)!;
  const walk = (part: Uint8Array) => {
    const index = new RowIndex(part, INT, nb, 'i');
    for (let i = 0; i < index.blockCount; i++) index.block(i);
  };
  walk(bytes);
  for (let cut = 0; cut < bytes.length; cut++) expect(() => walk(bytes.subarray(0, cut)), `cut ${cut}`).toThrow(CorruptionError);
  // Block count, kinds, size of a bound, flag of the open marker, places.
  for (const at of [13, 14, 28, 48, 50, 61, 65, 69]) {
    const wrong = bytes.slice();
    wrong[at] ^= 0x7e;
    expect(() => walk(wrong), `byte ${at}`).toThrow(CorruptionError);
  }

  const entry = new ByteWriter();
  entryOfTwoBlocks(entry, Uint8Array.of(1), 0);
  const file = entry.toBytes();
  for (let cut = 1; cut < file.length; cut++) {
    const scanner = new IndexScanner(bytesSource(file.subarray(0, cut)), INT, nb);
    expect(() => scanner.next(), `cut ${cut}`).toThrow(CorruptionError);
  }
});
