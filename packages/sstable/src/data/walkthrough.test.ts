import { ByteReader, ByteWriter, fromHex as maybeHex, toHex } from '@cassette/bytes';
import { MapType, nativeTypes } from '@cassette/cql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { DeletionTime } from '../rows/deletion-time.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { plainMarker, plainRow } from '../testing/plain-rows.ts';
import { ByteWindow } from './byte-window.ts';
import { decodeColumnSubset, encodeColumnSubset } from './column-subset.ts';
import { DataLayout, type DataLayoutInput } from './data-layout.ts';
import { decodeDeletionTime, encodeDeletionTime } from './deletion-time-codec.ts';
import { UnfilteredEncoder } from './unfiltered-encoder.ts';
import { UnfilteredReader } from './unfiltered-reader.ts';

const { int, text } = nativeTypes;
/** Bytes of digits that are known to be hexadecimal. */
function fromHex(hex: string): Uint8Array {
  return maybeHex(hex)!;
}

const T = 1700000000000000n;

function layoutOf(input: Omit<DataLayoutInput, 'compactDeletionTime'>): DataLayout {
  const columns = (list: DataLayoutInput['staticColumns'], kind: 'static' | 'regular') =>
    list.map((c, position) => ({ ...c, kind, position, descending: false, id: position }));
  return new DataLayout(
    { ...input, compactDeletionTime: true },
    {
      staticColumns: columns(input.staticColumns, 'static'),
      regularColumns: columns(input.regularColumns, 'regular'),
      droppedColumns: new Map(),
    },
  );
}

/** Reads unfiltereds from `hex` and writes them again with the sizes that `starts` gives; both must agree. */
function bothWays(layout: DataLayout, hex: string, headerLength: number): Record<string, unknown>[] {
  const bytes = fromHex(hex.replaceAll(/\s/g, ''));
  const reader = new UnfilteredReader(new ByteWindow(bytesSource(bytes), 64), layout);
  const encoder = new UnfilteredEncoder(layout);
  const found: Record<string, unknown>[] = [];
  const out = new ByteWriter();
  let previous = -headerLength;
  for (let kind = reader.peek(); kind !== Unfiltered.END; kind = reader.peek()) {
    const start = reader.position;
    reader.read();
    if (kind === Unfiltered.ROW) encoder.row(out, reader.row, start - previous);
    else encoder.marker(out, reader.marker, start - previous);
    found.push(kind === Unfiltered.ROW ? plainRow(reader.row) : plainMarker(reader.marker));
    previous = start;
  }
  out.u8(1);
  expect(toHex(out.toBytes())).toBe(toHex(bytes));
  return found;
}

describe('real bytes are read and written again', () => {
  // docs: format/09-walkthroughs.md, table feat (pk int, ck text, st int static, v int, m map<text,int>, PRIMARY KEY (pk, ck)).
  const feat = layoutOf({
    clustering: [{ type: text, descending: false }],
    staticColumns: [{ name: 'st', type: int }],
    regularColumns: [
      { name: 'v', type: int },
      { name: 'm', type: new MapType(text, int, false) },
    ],
    minTimestamp: T,
    minLocalDeletionTime: 1795351429,
    minTtl: 1000000,
  });

  test('rows, TTLs, deletions of rows, cells and collections, markers', () => {
    const found = bothWays(
      feat,
      `64 00 01 61 12 11 0a 08 0000000a 09 00 01 08 01 78 04 00000001
       0c 00 01 62 0c 17 14 00 cf4240 02 1a 00000014
       10 00 01 63 04 11 1e 00 03
       02 07 0001 00 01 64 03 09 28 00
       02 06 0001 00 01 66 03 0b 28 00
       00 00 01 67 05 0b 02 05 32 00
       01`,
      17,
    );
    const LIVE = 4294967295;
    expect(found).toEqual([
      {
        row: '000161',
        isStatic: false,
        liveness: `${T + 10n} 0 ${LIVE}`,
        deletion: 'LIVE',
        cells: [`0 0 ${T + 10n} ${LIVE} 0  0000000a`, `1 4 ${T + 9n} 1795351429 0  `, `1 0 ${T + 10n} ${LIVE} 0 78 00000001`],
      },
      {
        row: '000162',
        isStatic: false,
        liveness: `${T + 20n} 1000000 1796351429`,
        deletion: 'LIVE',
        cells: [`0 2 ${T + 20n} 1796351429 1000000  00000014`],
      },
      { row: '000163', isStatic: false, liveness: '', deletion: `${T + 30n} 1795351429`, cells: [] },
      { marker: 7, size: 1, values: '000164', closing: 'LIVE', opening: `${T + 40n} 1795351429` },
      { marker: 6, size: 1, values: '000166', closing: `${T + 40n} 1795351429`, opening: 'LIVE' },
      { row: '000167', isStatic: false, liveness: '', deletion: 'LIVE', cells: [`0 1 ${T + 50n} 1795351429 0  `] },
    ]);
  });

  test('static rows, with data and without', () => {
    for (const hex of ['a0010700000000000007', '8001020001']) {
      const bytes = fromHex(hex);
      const reader = new UnfilteredReader(new ByteWindow(bytesSource(bytes)), feat);
      const { row } = reader;
      expect(reader.readStatic(0, row)).toBe(bytes.length);
      expect(row.cellCount).toBe(hex.length === 10 ? 0 : 1);
      const out = new ByteWriter();
      new UnfilteredEncoder(feat).row(out, row, 0);
      expect(toHex(out.toBytes())).toBe(hex);
    }
  });

  test('boundaries of range tombstones, in a DESC order', () => {
    const rts = layoutOf({
      clustering: [
        { type: int, descending: true },
        { type: text, descending: false },
      ],
      staticColumns: [],
      regularColumns: [{ name: 'v', type: int }],
      minTimestamp: T + 10n,
      minLocalDeletionTime: 1795351429,
      minTtl: 0,
    });
    const found = bothWays(
      rts,
      `02 01 0001 00 00000014 03 07 1e 00
       02 06 0001 00 00000014 03 0d 1e 00
       02 01 0001 00 0000000a 03 0d 00 00
       02 05 0001 00 00000007 05 0d 00 00 0a 00
       24 00 00000005 01 6d 07 0f 0f 08 00000005
       02 05 0001 00 00000004 05 10 0a 00 00 00
       02 02 0002 00 00000002 0178 05 0f 00 00 14 00
       02 05 0001 00 00000002 05 11 14 00 00 00
       02 00 0001 00 00000001 03 0f 00 00
       01`,
      7,
    );
    expect(found.map((item) => [item.closing, item.opening].map((d) => String(d).split(' ')[0]))).toEqual(
      [
        ['LIVE', T + 40n],
        [T + 40n, 'LIVE'],
        ['LIVE', T + 10n],
        [T + 10n, T + 20n],
        ['undefined', 'undefined'],
        [T + 20n, T + 10n],
        [T + 10n, T + 30n],
        [T + 30n, T + 10n],
        [T + 10n, 'LIVE'],
      ].map((pair) => pair.map(String)),
    );
  });
});

describe('a deletion time of its own', () => {
  test('is twelve bytes in nb, seconds first', () => {
    const out = new ByteWriter();
    encodeDeletionTime(out, new DeletionTime(), false);
    encodeDeletionTime(out, DeletionTime.of(0x60a24, 0x181e403c, 0x6b02e333), false);
    expect(toHex(out.toBytes())).toBe('7fffffff80000000000000006b02e33300060a24181e403c');
    const read = new DeletionTime();
    const input = new ByteReader(out.toBytes());
    decodeDeletionTime(input, read, false);
    expect(read.isLive).toBe(true);
    decodeDeletionTime(input, read, false);
    expect(read).toEqual(DeletionTime.of(0x60a24, 0x181e403c, 0x6b02e333));
  });

  test('is one byte in oa when live, and has no negative timestamp there', () => {
    const out = new ByteWriter();
    encodeDeletionTime(out, new DeletionTime(), true);
    encodeDeletionTime(out, DeletionTime.of(0x60a24, 0x181e403c, 0xfffffffd), true);
    expect(toHex(out.toBytes())).toBe('8000060a24181e403cfffffffd');
    expect(() => encodeDeletionTime(out, DeletionTime.of(-1, -7, 5), true)).toThrow(/negative timestamp/);
    expect(() => encodeDeletionTime(out, DeletionTime.of(1, 0, 0x80000000), false)).toThrow(/past 2038/);
    expect(() => decodeDeletionTime(new ByteReader(fromHex('81')), new DeletionTime(), true)).toThrow(/flags/);
  });
});

describe('a subset of columns', () => {
  test('comes back for every number of columns around the limits', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 31, 32, 33, 63, 64, 65, 70, 200), fc.infiniteStream(fc.boolean()), (total, stream) => {
        const present = new Int32Array(total);
        let count = 0;
        for (let i = 0; i < total; i++) if (stream.next().value) present[count++] = i;
        const out = new ByteWriter();
        encodeColumnSubset(out, present, count, total);
        const read = new Int32Array(total);
        const input = new ByteReader(out.toBytes());
        expect(decodeColumnSubset(input, read, total)).toBe(count);
        expect(read.slice(0, count)).toEqual(present.slice(0, count));
        expect(input.remaining).toBe(0);
      }),
    );
  });

  test('lists what is there below half, else what is missing', () => {
    const bytesOf = (count: number) => {
      const out = new ByteWriter();
      encodeColumnSubset(
        out,
        Int32Array.from({ length: 70 }, (_, i) => i),
        count,
        70,
      );
      return toHex(out.toBytes());
    };
    expect(bytesOf(1)).toBe('4500');
    expect(bytesOf(69)).toBe('0145');
    expect(bytesOf(34).length).toBe(2 * 35);
    expect(bytesOf(35).slice(0, 4)).toBe('2323');
  });

  test('of columns that are not there is refused', () => {
    const read = new Int32Array(100);
    for (const [hex, total] of [
      ['08', 3],
      ['c10000', 16],
      ['4501', 100],
      ['440505', 70],
      ['0146', 70],
    ] as const) {
      expect(() => decodeColumnSubset(new ByteReader(fromHex(hex)), read, total), hex).toThrow();
    }
  });
});
