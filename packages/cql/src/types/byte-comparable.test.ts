import { ByteWriter, compareBytes, fromHex, toHex } from '@cassette/bytes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CqlType } from './cql-type.ts';
import { parseMarshalType } from './marshal-name.ts';
import { nativeTypes } from './native-types.ts';
import { nativeTypesWithValues } from './testing/arbitrary-types.ts';
import { byteComparableVectors } from './testing/byte-comparable-vectors.ts';

function formOf(type: CqlType, bytes: Uint8Array): string | null {
  const out = new ByteWriter();
  // Something before it, which must stay.
  out.u8(0xaa);
  const has = type.toByteComparable(bytes, 0, bytes.length, out);
  expect(out.buffer[0]).toBe(0xaa);
  if (!has) expect(out.length).toBe(1);
  return has ? toHex(out.buffer, 1, out.length) : null;
}

test('every form is the one that Cassandra computes', () => {
  const found = byteComparableVectors.map(([name, value]) => {
    const type = parseMarshalType(name.replaceAll('P.', 'org.apache.cassandra.db.marshal.'));
    return [name, value, formOf(type, fromHex(value)!)];
  });
  expect(found).toEqual(byteComparableVectors);
  expect(found.length).toBe(588);
});

// Counters are never part of a key; the order of durations means nothing.
const ordered = nativeTypesWithValues.filter(({ type }) => type !== nativeTypes.counter && type !== nativeTypes.duration);

test.each(ordered.map((one) => ({ ...one, name: one.type.cqlName() })))(
  'forms of $name are ordered as its values',
  ({ type, values }) => {
    const bytes = values.map((value) => {
      const out = new ByteWriter();
      type.encode(value, out);
      return out.toBytes();
    });
    const notNan = bytes.filter(
      (b) => !(type === nativeTypes.float || type === nativeTypes.double) || type.toJson(b, 0, b.length) !== 'null',
    );
    fc.assert(
      fc.property(notNan, notNan, (a, b) => {
        const x = fromHex(formOf(type, a) ?? '')!;
        const y = fromHex(formOf(type, b) ?? '')!;
        expect(Math.sign(compareBytes(x, 0, x.length, y, 0, y.length))).toBe(
          Math.sign(type.compare(a, 0, a.length, b, 0, b.length)),
        );
      }),
      { numRuns: 300 },
    );
  },
);

test('types that are never part of a clustering have none', () => {
  expect(() => formOf(nativeTypes.counter, new Uint8Array(8))).toThrow(/byte-comparable/);
  expect(() => formOf(parseMarshalType('com.example.Own'), new Uint8Array(8))).toThrow(/com.example.Own/);
});
