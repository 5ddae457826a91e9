import { fromHex } from '@cassette/bytes';
import { expect, test } from 'vitest';
import { parseMarshalType } from './marshal-name.ts';
import { ReversedType } from './other-types.ts';
import { comparisonVectors } from './testing/comparison-vectors.ts';

const bytesOf = (hex: string) => fromHex(hex)!;

test('every comparator agrees with Cassandra, both ways round and reversed', () => {
  const found = comparisonVectors.map(([name, a, b]) => {
    const type = parseMarshalType(name);
    const x = bytesOf(a);
    const y = bytesOf(b);
    const sign = Math.sign(type.compare(x, 0, x.length, y, 0, y.length));
    expect(Math.sign(type.compare(y, 0, y.length, x, 0, x.length)) + sign).toBe(0);
    expect(Math.sign(new ReversedType(type).compare(y, 0, y.length, x, 0, x.length))).toBe(sign);
    return [name, a, b, sign];
  });
  expect(found).toEqual(comparisonVectors);
  expect(found.length).toBe(252);
});
