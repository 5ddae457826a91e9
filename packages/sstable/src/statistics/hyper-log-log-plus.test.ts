import { ByteWriter, toHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { HyperLogLogPlus } from './hyper-log-log-plus.ts';

/** An estimator of the keys from one number up to another. */
function estimatorOf(from: number, to: number): HyperLogLogPlus {
  const estimator = new HyperLogLogPlus();
  for (let key = from; key < to; key++) estimator.addKey(new TextEncoder().encode(`key ${key}`));
  return estimator;
}

function bytesOf(estimator: HyperLogLogPlus): string {
  const out = new ByteWriter();
  estimator.encode(out);
  return toHex(out.written());
}

test.each([
  ['of few keys', [0, 300], [200, 500]],
  ['that becomes one of many', [0, 5000], [4000, 9000]],
  ['of few and of many', [0, 500], [100, 20_000]],
  ['of many and of few', [100, 20_000], [0, 500]],
  ['of many', [0, 20_000], [15_000, 40_000]],
])('the union of estimators %s is that of all their keys', (_, [aFrom, aTo], [bFrom, bTo]) => {
  const [a, b] = [estimatorOf(aFrom, aTo), estimatorOf(bFrom, bTo)];
  const before = [bytesOf(a), bytesOf(b)];
  const union = HyperLogLogPlus.union([a, b]);
  const all = estimatorOf(Math.min(aFrom, bFrom), Math.max(aTo, bTo));
  expect(union.cardinality()).toBe(all.cardinality());
  expect(Math.abs(union.cardinality() / Math.max(aTo, bTo) - 1)).toBeLessThan(0.03);
  expect([bytesOf(a), bytesOf(b)]).toEqual(before);
});

test('the union of none is of no keys', () => {
  expect(HyperLogLogPlus.union([]).cardinality()).toBe(0);
});
