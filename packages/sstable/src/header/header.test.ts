import { ByteReader, ByteWriter, CorruptionError, fromHex, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellFlag, DeletionTime, NO_DELETION_TIME, RangeTombstoneMarker, Row } from '../rows/index.ts';
import {
  decodeHeader,
  type EncodingStats,
  EncodingStatsCollector,
  encodeHeader,
  mergeEncodingStats,
  NO_STATS,
  type SerializationHeader,
  withoutReversed,
} from './index.ts';

const P = 'org.apache.cassandra.db.marshal.';

function encoded(header: SerializationHeader): Uint8Array {
  const out = new ByteWriter();
  encodeHeader(out, header);
  return out.toBytes();
}

const tiny: SerializationHeader = {
  stats: { minTimestamp: 1700000000000000n, minLocalDeletionTime: 1442880000, minTtl: 0 },
  keyType: `${P}UTF8Type`,
  clusteringTypes: [],
  staticColumns: [],
  regularColumns: [{ name: 'v', type: `${P}Int32Type` }],
};

test('the header of the tiny table is the one that Cassandra wrote', () => {
  const text = (s: string) => toHex(new TextEncoder().encode(s));
  const expected = `fce9d96a43c000000028${text(`${P}UTF8Type`)}000001017629${text(`${P}Int32Type`)}`;
  expect(toHex(encoded(tiny))).toBe(expected);
  expect(decodeHeader(new ByteReader(fromHex(expected)!))).toEqual(tiny);
});

test('any header is read back', () => {
  const column = fc.record({ name: fc.string({ unit: 'grapheme' }), type: fc.string() });
  const header = fc.record({
    stats: fc.record({
      minTimestamp: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      minLocalDeletionTime: fc.nat(0xffffffff),
      minTtl: fc.nat(630720000),
    }),
    keyType: fc.string(),
    clusteringTypes: fc.array(fc.string(), { maxLength: 5 }),
    staticColumns: fc.array(column, { maxLength: 5 }),
    regularColumns: fc.array(column, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(header, (h) => {
      expect(decodeHeader(new ByteReader(encoded(h)))).toEqual(h);
    }),
  );
});

test('a cut header and impossible counts are corrupt', () => {
  const bytes = encoded({ ...tiny, clusteringTypes: ['a'], staticColumns: [{ name: 's', type: 't' }] });
  for (let cut = 0; cut < bytes.length; cut++) {
    expect(() => decodeHeader(new ByteReader(bytes.subarray(0, cut)))).toThrow(CorruptionError);
  }
  // 2^28 clustering types in a handful of bytes; a name that is no UTF-8.
  expect(() => decodeHeader(new ByteReader(fromHex('00000000f010000000')!))).toThrow('clusteringTypes');
  expect(() => decodeHeader(new ByteReader(fromHex('000000000000010180')!))).toThrow(CorruptionError);
});

test('ReversedType is taken off and told', () => {
  expect(withoutReversed(`${P}ReversedType(${P}Int32Type)`)).toEqual({ type: `${P}Int32Type`, descending: true });
  expect(withoutReversed(`${P}Int32Type`)).toEqual({ type: `${P}Int32Type`, descending: false });
});

test('epochs say nothing in a merge', () => {
  const stats = (minTimestamp: bigint, minLocalDeletionTime: number, minTtl: number): EncodingStats => ({
    minTimestamp,
    minLocalDeletionTime,
    minTtl,
  });
  expect(mergeEncodingStats([])).toEqual(NO_STATS);
  expect(mergeEncodingStats([NO_STATS, stats(1700000000000000n, 1700000000, 60), NO_STATS])).toEqual(
    stats(1700000000000000n, 1700000000, 60),
  );
  expect(mergeEncodingStats([stats(5n, 1800000000, 60), stats(-7n, 1700000000, 10)])).toEqual(stats(-7n, 1700000000, 10));
});

test('only what expires or is deleted counts for TTL and local deletion time', () => {
  const collector = new EncodingStatsCollector();
  expect(collector.get()).toEqual(NO_STATS);
  const row = new Row();
  row.setLiveness(0, 1000);
  row.addCell(0, 0, 0, 900, NO_DELETION_TIME, 0);
  collector.row(row);
  expect(collector.get()).toEqual({ ...NO_STATS, minTimestamp: 900n });

  row.clear();
  row.setLiveness(0, 2000, 500, 1700000500);
  row.addCell(0, CellFlag.EXPIRING, 0, 2000, 1700000300, 300);
  row.addCell(1, CellFlag.DELETED, 0, 2000, 1700000200, 0);
  row.addCell(2, CellFlag.COMPLEX_DELETION, -1, -5, 1700000100, 0);
  collector.row(row);
  expect(collector.get()).toEqual({ minTimestamp: -5n, minLocalDeletionTime: 1700000100, minTtl: 300 });

  const marker = new RangeTombstoneMarker();
  marker.opening.setTo(-1, -9, 1700000050);
  collector.marker(marker);
  collector.deletion(DeletionTime.of(0, 1, 1600000000));
  collector.deletion(new DeletionTime());
  expect(collector.get()).toEqual({ minTimestamp: -9n, minLocalDeletionTime: 1600000000, minTtl: 300 });
});
