import { ByteWriter, CassetteError, toHex } from '@cassette/bytes';
import { MapType, nativeTypes } from '@cassette/cql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../io/bytes-source.ts';
import { CellFlag, Row } from '../rows/row.ts';
import { Unfiltered } from '../rows/unfiltered-cursor.ts';
import { plainRow } from '../testing/plain-rows.ts';
import { ByteWindow } from './byte-window.ts';
import { DataLayout } from './data-layout.ts';
import { UnfilteredEncoder } from './unfiltered-encoder.ts';
import { UnfilteredReader } from './unfiltered-reader.ts';

const { int, text, blob } = nativeTypes;
const T = 1_700_000_000_000_000n;
const columns = [
  { name: 'a', type: int },
  { name: 'b', type: text },
  { name: 'c', type: blob },
  { name: 'm', type: new MapType(int, text, false) },
];
const MAP = 3;

/** A layout of `stored` columns of a table that has `kept` of them, `dropped` one that was dropped and added again. */
function layoutOf(minTimestamp: bigint, stored = columns, kept = columns, dropped: string | null = null): DataLayout {
  const regularColumns = kept.map((c, position) => ({
    ...c,
    kind: 'regular' as const,
    position,
    descending: false,
    id: position,
  }));
  return new DataLayout(
    {
      clustering: [{ type: int, descending: false }],
      staticColumns: [],
      regularColumns: [...stored],
      minTimestamp,
      minLocalDeletionTime: 1_700_000_000,
      minTtl: 0,
      compactDeletionTime: true,
    },
    {
      staticColumns: [],
      regularColumns,
      droppedColumns: new Map(dropped === null ? [] : [[dropped, { column: regularColumns[0], droppedTime: T }]]),
    },
  );
}

const simpleCell = fc.record({
  column: fc.integer({ min: 0, max: 2 }),
  kind: fc.constantFrom('as the row', 'as the row', 'as the row', 'of its own', 'expiring', 'deleted'),
  size: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(127, 128, 300, 20_000)),
});
const anyRow = fc.record({
  liveness: fc.constantFrom('plain', 'plain', 'plain', 'expiring', 'none'),
  isDeleted: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  at: fc.integer({ min: 0, max: 2_000_000_000 }),
  cells: fc.uniqueArray(simpleCell, { selector: ({ column }) => column, maxLength: 3 }),
  map: fc.integer({ min: 0, max: 5 }).map((n) => (n > 2 ? 0 : n)),
});
type AnyRow = typeof anyRow extends fc.Arbitrary<infer R> ? R : never;

function rowOf(n: number, { liveness, isDeleted, at, cells, map }: AnyRow): Row {
  const row = new Row();
  const [hi, lo] = [Number((T + BigInt(at)) >> 32n), Number(BigInt.asIntN(32, T + BigInt(at)))];
  row.setClustering(Uint8Array.of(0, 0, 0, n >>> 8, n), 0, 5);
  if (liveness === 'plain') row.setLiveness(hi, lo);
  if (liveness === 'expiring') row.setLiveness(hi, lo, 60, 1_700_000_100);
  if (isDeleted) row.deletion.setTo(hi, lo - 1, 1_700_000_050);
  for (const { column, kind, size } of [...cells].sort((x, y) => x.column - y.column)) {
    const flags = kind === 'expiring' ? CellFlag.EXPIRING : kind === 'deleted' ? CellFlag.DELETED : 0;
    const own = kind === 'of its own' ? 1 : 0;
    const i = row.addCell(column, flags, hi, lo + own, flags === 0 ? 0xffffffff : 1_700_000_100, kind === 'expiring' ? 100 : 0);
    const length = kind === 'deleted' ? 0 : column === 0 ? Math.min(size, 1) * 4 : size;
    row.setValue(i, new Uint8Array(length).fill(n), 0, length);
  }
  for (let n = 0; n < map; n++) {
    const i = row.addCell(MAP, 0, hi, lo, 0xffffffff, 0);
    row.setPath(i, Uint8Array.of(0, 0, 0, n), 0, 4);
    row.setValue(i, Uint8Array.of(120), 0, 1);
  }
  return row;
}

/** The bytes of rows with the end of their partition. */
function written(rows: readonly Row[], layout: DataLayout): Uint8Array {
  const encoder = new UnfilteredEncoder(layout);
  const out = new ByteWriter();
  let previous = -9;
  for (const row of rows) {
    if (row.isEmpty) continue;
    const start = out.length;
    encoder.row(out, row, start - previous);
    previous = start;
  }
  out.u8(1);
  return out.toBytes();
}

interface Found {
  /** By row: as plain values. */
  readonly rows: Record<string, unknown>[];
  /** What another layout makes of them, as hexadecimal. */
  readonly rewritten: string;
  /** How many came as they are stored. */
  readonly stored: number;
  readonly error: string | null;
}

/** Reads rows and writes those of even number in another layout as they come, and all others taken apart. */
function read(bytes: Uint8Array, layout: DataLayout, other: DataLayout, asStored: boolean): Found {
  const reader = new UnfilteredReader(new ByteWindow(bytesSource(bytes), 64), layout);
  if (asStored) reader.keepStored();
  const encoder = new UnfilteredEncoder(other);
  const out = new ByteWriter();
  const rows: Record<string, unknown>[] = [];
  let stored = 0;
  try {
    for (let kind = reader.peek(); kind !== Unfiltered.END; kind = reader.peek()) {
      if (kind !== Unfiltered.ROW) break;
      reader.read();
      const { row } = reader;
      if (row.stored !== null) stored++;
      if (row.isEmpty) continue;
      if (rows.length % 2 === 1) row.loadCells();
      encoder.row(out, row, rows.length * 300);
      row.loadCells();
      rows.push(plainRow(row));
    }
    return { rows, rewritten: toHex(out.toBytes()), stored, error: null };
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    return { rows, rewritten: toHex(out.toBytes()), stored, error: error.message };
  }
}

describe('rows whose cells are handed on as they are stored', () => {
  test('are the same rows, and become the same bytes elsewhere, as those that are taken apart', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), fc.constantFrom(0n, T, T - 5_000_000_000_000n), (list, min) => {
        const rows = list.map((one, n) => rowOf(n, one));
        const layout = layoutOf(T - 1n);
        const bytes = written(rows, layout);
        const [slow, fast] = [false, true].map((asStored) => read(bytes, layout, layoutOf(min), asStored));
        expect({ ...fast, stored: 0 }).toEqual(slow);
        expect(slow.error).toBe(null);
        const plain = list.filter(
          ({ liveness, isDeleted, cells, map }) =>
            liveness === 'plain' && !isDeleted && map === 0 && cells.every(({ kind }) => kind === 'as the row'),
        );
        expect(fast.stored).toBe(plain.length);
      }),
      { numRuns: 300 },
    );
  });

  test('are taken apart for a header of other columns, and where a column was dropped or is another', () => {
    const full = layoutOf(T);
    const rows = [0, 1, 2].map((n) =>
      rowOf(n, {
        liveness: 'plain',
        isDeleted: false,
        at: 7,
        cells: [0, 1].map((column) => ({ column, kind: 'as the row' as const, size: 3 })),
        map: 0,
      }),
    );
    const bytes = written(rows, full);
    const fewer = layoutOf(0n, columns.slice(0, 2), columns);
    const [slow, fast] = [false, true].map((asStored) => read(bytes, full, fewer, asStored));
    expect({ ...fast, stored: 0 }).toEqual(slow);
    expect(fast.stored).toBe(3);
    for (const layout of [layoutOf(T, columns, columns, 'a'), layoutOf(T, columns, columns.slice(1))]) {
      const [slow, fast] = [false, true].map((asStored) => read(bytes, layout, layout, asStored));
      expect(fast).toEqual(slow);
      expect(fast.stored).toBe(0);
    }
  });

  test('whatever the bytes are: the same rows up to the same error', () => {
    const layout = layoutOf(T);
    fc.assert(
      fc.property(
        fc.array(anyRow, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        (list, damage) => {
          const bytes = written(
            list.map((one, n) => rowOf(n, { ...one, cells: one.cells.map((cell) => ({ ...cell, size: cell.size % 200 })) })),
            layout,
          );
          for (const [at, value] of damage) bytes[at % bytes.length] = value;
          const [slow, fast] = [false, true].map((asStored) => read(bytes, layout, layoutOf(0n), asStored));
          expect({ ...fast, stored: 0 }).toEqual(slow);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
