import { ByteWriter } from '@cassette/bytes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Literal, parseTerm } from '../language/index.ts';
import type { CqlType } from './cql-type.ts';
import { encodeLiteral } from './literals.ts';
import { parseMarshalType } from './marshal-name.ts';
import { compoundTypesWithValues, nativeTypesWithValues } from './testing/arbitrary-types.ts';

function encoded(type: CqlType, value: unknown): Uint8Array {
  const out = new ByteWriter(1);
  type.encode(value, out);
  return out.toBytes();
}

for (const { type, values } of [...nativeTypesWithValues, ...compoundTypesWithValues]) {
  describe(type.cqlName(), () => {
    test('a value comes back from its bytes, wherever they lie', () => {
      fc.assert(
        fc.property(values, (value) => {
          const bytes = encoded(type, value);
          type.validate(bytes, 0, bytes.length);
          const framed = new Uint8Array(bytes.length + 5);
          framed.set(bytes, 3);
          expect(type.decode(framed, 3, bytes.length + 3)).toEqual(value);
          expect(type.compare(bytes, 0, bytes.length, framed, 3, bytes.length + 3)).toBe(0);
        }),
      );
    });

    test('its JSON text is JSON', () => {
      fc.assert(
        fc.property(values, (value) => {
          const bytes = encoded(type, value);
          JSON.parse(type.toJson(bytes, 0, bytes.length));
        }),
      );
    });

    test('its marshal name names it', () => {
      expect(parseMarshalType(type.marshalName()).marshalName()).toBe(type.marshalName());
    });

    test('cut or random bytes are refused with a typed error or are a value, never anything else', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
          try {
            type.validate(bytes, 0, bytes.length);
          } catch (error) {
            expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
            return;
          }
          type.toJson(bytes, 0, bytes.length);
          type.toCqlLiteral(bytes, 0, bytes.length);
          type.decode(bytes, 0, bytes.length);
        }),
      );
    });
  });
}

for (const { type, values } of nativeTypesWithValues) {
  test(`a literal of ${type.cqlName()} parses back to the same bytes`, () => {
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encoded(type, value);
        const text = type.toCqlLiteral(bytes, 0, bytes.length);
        // The grammar has no decimal that is too large for a double.
        fc.pre(type.cqlName() !== 'decimal' || Number.isFinite(Number(text)));
        const literal = parseTerm(text) as Literal;
        const out = new ByteWriter(1);
        encodeLiteral(literal, type, out);
        expect(out.toBytes()).toEqual(bytes);
      }),
    );
  });
}
