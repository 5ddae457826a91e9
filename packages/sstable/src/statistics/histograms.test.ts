import { ByteReader, ByteWriter, CorruptionError, crc32, fromHex, toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { nb } from '../version/index.ts';
import {
  decodeEstimatedHistogram,
  decodeTombstoneHistogram,
  EstimatedHistogram,
  encodeEstimatedHistogram,
  encodeTombstoneHistogram,
  HyperLogLogPlus,
  TombstoneHistogramBuilder,
} from './index.ts';

test('offsets grow as in Cassandra, up to what it can track', () => {
  const sizes = EstimatedHistogram.ofPartitionSizes();
  expect([...sizes.offsets.slice(0, 20)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 20, 24, 29, 35, 42, 50, 60, 72]);
  expect(sizes.offsets.at(-1)).toBe(3520571548412);
  expect(EstimatedHistogram.ofCellCounts().offsets.at(-1)).toBe(4139110981);
});

test('a value counts in the first bucket that is not less, the greatest in the last', () => {
  const histogram = EstimatedHistogram.create(5);
  for (const value of [0, 1, 2, 5, 6, 1e12]) histogram.add(value);
  expect([...histogram.counts]).toEqual([2, 1, 0, 0, 1, 2]);
  const out = new ByteWriter();
  encodeEstimatedHistogram(out, histogram);
  const i64 = (n: number) => n.toString(16).padStart(16, '0');
  const pairs = [1, 2, 1, 1, 2, 0, 3, 0, 4, 1, 5, 2];
  expect(toHex(out.written())).toBe(`00000006${pairs.map(i64).join('')}`);
  expect(decodeEstimatedHistogram(new ByteReader(out.written()), 'h')).toEqual(histogram);
});

test('buckets out of order, or more than there are bytes, are corrupt', () => {
  const out = new ByteWriter();
  encodeEstimatedHistogram(out, EstimatedHistogram.create(5));
  for (const [at, value] of [
    [0, 0x7f],
    [3, 1],
    [27, 9],
    [4, 0xff],
  ] as const) {
    const wrong = out.toBytes();
    wrong[at] = value;
    expect(() => decodeEstimatedHistogram(new ByteReader(wrong), 'h'), `byte ${at}`).toThrow(CorruptionError);
  }
});

test('times are rounded up to whole minutes', () => {
  const builder = new TombstoneHistogramBuilder();
  for (const time of [1700000041, 1700000040, 1700000100, 1700000041, 120, 4294967293]) builder.update(time);
  const histogram = builder.build();
  expect(histogram).toEqual({
    times: Float64Array.of(120, 1700000040, 1700000100, 4294967293),
    counts: Float64Array.of(1, 1, 3, 1),
  });
  const out = new ByteWriter();
  encodeTombstoneHistogram(out, histogram, nb);
  expect(decodeTombstoneHistogram(new ByteReader(out.written()), nb)).toEqual(histogram);
  expect(toHex(out.written(), 0, 24)).toBe('0000000400000004405e0000000000000000000000000001');
});

test('more than a hundred times are merged as Cassandra merges them', () => {
  const builder = new TombstoneHistogramBuilder();
  let x = 1;
  for (let i = 0; i < 5000; i++) {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    builder.update(1700000000 + (x >>> 8));
  }
  const { times, counts } = builder.build();
  const out = new ByteWriter();
  encodeTombstoneHistogram(out, { times, counts }, nb);
  // Computed by StreamingTombstoneHistogramBuilder of Cassandra 5.0.9.
  expect([times.length, counts.reduce((a, b) => a + b), crc32(out.written())]).toEqual([100, 5000, 0x485a0ad6]);
});

test('tombstone bins out of order are corrupt', () => {
  const out = new ByteWriter();
  encodeTombstoneHistogram(out, { times: Float64Array.of(120, 60), counts: Float64Array.of(1, 1) }, nb);
  expect(() => decodeTombstoneHistogram(new ByteReader(out.written()), nb)).toThrow('tombstone bin 1 is out of order');
  expect(() =>
    decodeTombstoneHistogram(new ByteReader(fromHex('00000001000000017ff80000000000000000000000000001')!), nb),
  ).toThrow(CorruptionError);
  expect(() => decodeTombstoneHistogram(new ByteReader(fromHex('7fffffff7fffffff')!), nb)).toThrow(CorruptionError);
});

function encodedEstimator(estimator: HyperLogLogPlus): Uint8Array {
  const out = new ByteWriter();
  estimator.encode(out);
  return out.toBytes();
}

test('the estimator has the bytes of stream-lib while it is small', () => {
  const estimator = new HyperLogLogPlus();
  expect(toHex(encodedEstimator(estimator))).toBe('fffffffe0d190100');
  estimator.addKey(Uint8Array.of(0, 0, 0, 0));
  expect(toHex(encodedEstimator(estimator))).toBe('fffffffe0d190101debe890c');
  const text = new HyperLogLogPlus();
  for (const key of ['a', 'b', 'a']) text.addKey(new TextEncoder().encode(key));
  expect(toHex(encodedEstimator(text))).toBe('fffffffe0d190102deb87192a7b71c');
});

// Hashes from a linear congruential generator; length and CRC32 of what stream-lib 2.5.2 makes of them.
test.each([
  [1537, 4945, 0x55da169d],
  [5000, 16142, 0x60fbfc8c],
  [8000, 5473, 0x5b854ce0],
  [40000, 5473, 0xce919181],
])('the estimator of %d hashes has the bytes of stream-lib', (n, length, crc) => {
  const estimator = new HyperLogLogPlus();
  let x = 1;
  const next = () => {
    x = (Math.imul(x, 1103515245) + 12345) | 0;
    return x >>> 16;
  };
  for (let i = 0; i < n; i++) {
    const hi = (next() << 16) | next();
    const lo = (next() << 16) | next();
    // Every seventh has the zeros that the sparse form counts.
    estimator.add(i % 7 === 0 ? hi & ~(0xfff << 7) : hi, lo);
  }
  const bytes = encodedEstimator(estimator);
  expect([bytes.length, crc32(bytes)]).toEqual([length, crc]);
  expect(crc32(encodedEstimator(HyperLogLogPlus.decode(new ByteReader(bytes))))).toBe(crc);
});

test('a cut or impossible estimator is corrupt', () => {
  const bytes = fromHex('fffffffe0d190102deb87192a7b71c')!;
  for (let cut = 0; cut < bytes.length; cut++) {
    expect(() => HyperLogLogPlus.decode(new ByteReader(bytes.subarray(0, cut)))).toThrow(CorruptionError);
  }
  for (const hex of ['fffffffd0d190100', 'fffffffe0e190100', 'fffffffe0d190102', 'fffffffe0d1902', 'fffffffe0d1901ffffffff7f']) {
    expect(() => HyperLogLogPlus.decode(new ByteReader(fromHex(hex)!))).toThrow(CorruptionError);
  }
});
