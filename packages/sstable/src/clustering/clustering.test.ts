import { ByteWriter, toHex } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundKind } from '../rows/range-tombstone-marker.ts';
import { type ClusteringColumn, ClusteringComparator } from './clustering-comparator.ts';
import { decodeClustering, encodeClustering } from './clustering-values.ts';

const { int, bigint, text, timestamp, uuid, varint, decimal, smallint } = nativeTypes;
const asc = (type: ClusteringColumn['type']): ClusteringColumn => ({ type, descending: false });
const desc = (type: ClusteringColumn['type']): ClusteringColumn => ({ type, descending: true });

function encoded(columns: readonly ClusteringColumn[], values: readonly (Uint8Array | null)[]): Uint8Array {
  const out = new ByteWriter();
  encodeClustering(out, columns, values);
  return out.toBytes();
}

function bytesOf(column: ClusteringColumn, value: unknown): Uint8Array {
  const out = new ByteWriter();
  column.type.encode(value, out);
  return out.toBytes();
}

function order(
  columns: readonly ClusteringColumn[],
  a: readonly (Uint8Array | null)[],
  b: readonly (Uint8Array | null)[],
): number {
  const x = encoded(columns, a);
  const y = encoded(columns, b);
  return Math.sign(new ClusteringComparator(columns).compareClusterings(x, 0, x.length, y, 0, y.length));
}

describe('values', () => {
  test('have a header byte, and lengths only where their type has none', () => {
    const columns = [asc(int), desc(text), asc(smallint)];
    const values = [Uint8Array.of(0, 0, 0, 5), Uint8Array.of(0x6d), Uint8Array.of(0, 7)];
    expect(toHex(encoded(columns, values))).toBe('0000000005016d020007');
    expect(toHex(encoded(columns, values.slice(0, 1)))).toBe('0000000005');
    expect(toHex(encoded(columns, []))).toBe('');
  });

  test('that are empty or null are bits of the header', () => {
    const columns = [asc(int), asc(text), asc(int)];
    expect(toHex(encoded(columns, [new Uint8Array(0), null, Uint8Array.of(0, 0, 0, 1)]))).toBe('0900000001');
  });

  test('come in blocks of 32', () => {
    const columns = Array.from({ length: 35 }, () => asc(text));
    const values = columns.map((_, i) => (i === 31 ? null : i === 33 ? new Uint8Array(0) : Uint8Array.of(i)));
    const bytes = encoded(columns, values);
    expect(toHex(bytes.subarray(0, 9))).toBe('ff8000000000000000');
    expect(toHex(bytes.subarray(9 + 62))).toBe('0401200122');
    expect(decodeClustering(columns, 35, bytes, 0, bytes.length)).toEqual(values);
  });

  test('are decoded to what was encoded', () => {
    const columns = [asc(int), desc(text), asc(varint), asc(uuid)];
    const fixed = (n: number) => fc.option(fc.constantFrom(new Uint8Array(0), new Uint8Array(n).fill(7)), { nil: null });
    const free = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });
    fc.assert(
      fc.property(fc.tuple(fixed(4), free, free, fixed(16)), fc.integer({ min: 0, max: 4 }), (values, size) => {
        const prefix = values.slice(0, size);
        const bytes = encoded(columns, prefix);
        expect(decodeClustering(columns, size, bytes, 0, bytes.length)).toEqual(prefix);
      }),
    );
  });
});

describe('the order of clusterings', () => {
  test.each([
    ['int', asc(int), [-2147483648, -1, 0, 1, 2147483647]],
    ['int DESC', desc(int), [5, 0, -5]],
    ['bigint', asc(bigint), [-(2n ** 63n), -(2n ** 32n), -1n, 0n, 1n, 2n ** 32n, 2n ** 63n - 1n]],
    ['timestamp DESC', desc(timestamp), [9007199254740991n, 0n, -1n]],
    ['text', asc(text), ['a', 'ab', 'b', 'x'.repeat(200), 'y', 'é']],
    ['text DESC', desc(text), ['é', 'y', 'x'.repeat(200), 'b', 'ab', 'a']],
    ['varint', asc(varint), [-300n, -1n, 0n, 1n, 128n, 70000n]],
    ['decimal', asc(decimal), ['-1.5', '0', '0.01', '10']],
  ])('%s, alone and behind another column', (_, column, values) => {
    const bytes = values.map((value) => bytesOf(column, value));
    for (let i = 0; i < bytes.length; i++) {
      for (let j = 0; j < bytes.length; j++) {
        expect(order([column], [bytes[i]], [bytes[j]])).toBe(Math.sign(i - j));
        const first = Uint8Array.of(0, 0, 0, 9);
        expect(order([asc(int), column], [first, bytes[i]], [first, bytes[j]])).toBe(Math.sign(i - j));
      }
    }
  });

  test('empty values are the smallest, the greatest when descending; null comes before everything', () => {
    const empty = new Uint8Array(0);
    const a = Uint8Array.of(97);
    expect(order([asc(text)], [empty], [a])).toBe(-1);
    expect(order([desc(text)], [empty], [a])).toBe(1);
    expect(order([desc(text)], [null], [empty])).toBe(-1);
    expect(order([asc(text)], [null], [null])).toBe(0);
    expect(order([asc(int)], [empty], [Uint8Array.of(0x80, 0, 0, 0)])).toBe(-1);
  });

  test('of prefixes is by kind where one is the beginning of the other', () => {
    const columns = [asc(int), asc(int)];
    const comparator = new ClusteringComparator(columns);
    const one = Uint8Array.of(0, 0, 0, 1);
    const short = encoded(columns, [one]);
    const full = encoded(columns, [one, one]);
    const compare = (aKind: number, aSize: number, a: Uint8Array, bKind: number, bSize: number, b: Uint8Array) =>
      Math.sign(comparator.comparePrefixes(aKind, aSize, a, 0, a.length, bKind, bSize, b, 0, b.length));
    for (const kind of [BoundKind.EXCL_END_BOUND, BoundKind.INCL_START_BOUND, BoundKind.EXCL_END_INCL_START_BOUNDARY]) {
      expect(compare(kind, 1, short, BoundKind.CLUSTERING, 2, full)).toBe(-1);
      expect(compare(BoundKind.CLUSTERING, 2, full, kind, 1, short)).toBe(1);
      expect(compare(kind, 2, full, BoundKind.CLUSTERING, 2, full)).toBe(-1);
      expect(compare(kind, 0, new Uint8Array(0), BoundKind.CLUSTERING, 2, full)).toBe(-1);
    }
    for (const kind of [BoundKind.INCL_END_BOUND, BoundKind.EXCL_START_BOUND, BoundKind.INCL_END_EXCL_START_BOUNDARY]) {
      expect(compare(kind, 1, short, BoundKind.CLUSTERING, 2, full)).toBe(1);
      expect(compare(BoundKind.CLUSTERING, 2, full, kind, 1, short)).toBe(-1);
      expect(compare(kind, 2, full, BoundKind.CLUSTERING, 2, full)).toBe(1);
    }
    expect(compare(BoundKind.INCL_START_BOUND, 1, short, BoundKind.EXCL_END_BOUND, 1, short)).toBe(0);
    expect(compare(BoundKind.INCL_END_BOUND, 1, short, BoundKind.EXCL_START_BOUND, 1, short)).toBe(0);
  });
});
