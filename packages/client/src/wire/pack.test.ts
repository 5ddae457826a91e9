import { ByteReader, ByteWriter, CassetteError } from '@cassette/bytes';
import { Duration, InetAddress, TimeUuid, Uuid } from '@cassette/cql';
import { EncodedValue } from '@cassette/engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packValue, unpackItems } from './pack.ts';
import { packToBuffer, unpackBuffer } from './testing/packed.ts';

const trip = (value: unknown) => unpackBuffer(packToBuffer(value));

const scalar = fc.oneof(
  fc.constant(null),
  fc.constant(undefined),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.maxSafeInteger(),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 30, maxLength: 60 }),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
);

const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 6 }),
    fc.array(fc.tuple(tie('any'), tie('any')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('any'), { maxLength: 4 }).map((items) => new Set(items)),
    fc.dictionary(fc.string(), tie('any'), { maxKeys: 4, noNullPrototype: false }),
  ),
})).any;

/** What a round trip gives back: plain objects come without a prototype, so that no name of theirs can reach one. */
function expected(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(expected);
  if (given instanceof Map) return new Map([...given].map(([k, v]) => [expected(k), expected(v)]));
  if (given instanceof Set) return new Set([...given].map(expected));
  if (given !== null && typeof given === 'object' && !(given instanceof Date) && !(given instanceof Uint8Array)) {
    const bare = Object.create(null);
    for (const [key, item] of Object.entries(given)) bare[key] = expected(item);
    return bare;
  }
  return given;
}

describe('parameters', () => {
  test('come back as they were', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(trip(given)).toEqual(expected(given));
      }),
      { numRuns: 500 },
    );
  });

  test('at the edges of their encodings come back as they were', () => {
    const edges = [
      0,
      -0,
      1,
      -1,
      63,
      64,
      -64,
      -65,
      2 ** 31,
      2 ** 51 - 1,
      2 ** 51,
      -(2 ** 51),
      2 ** 53 - 1,
      2 ** 64,
      0.1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0n,
      -1n,
      2n ** 63n,
      -(2n ** 63n),
      10n ** 40n,
      '',
      'a'.repeat(31),
      'a'.repeat(32),
      'a'.repeat(47),
      'a'.repeat(48),
      'ä'.repeat(31),
      `${'a'.repeat(30)}€`,
      '\u0000',
      '😀',
      'a'.repeat(200_000),
      new Uint8Array(0),
      new Uint8Array(70_000),
    ];
    for (const edge of edges) expect(Object.is(trip(edge), edge) || trip(edge)).toEqual(typeof edge === 'object' ? edge : true);
  });

  test('of views and array buffers come back as such views, and as bytes', () => {
    const bytes = Uint8Array.from({ length: 24 }, (_, i) => i).buffer;
    for (const View of [Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array]) {
      expect(trip(new View(bytes, 4, 2))).toEqual(new View(bytes, 4, 2));
    }
    for (const View of [Float64Array, BigInt64Array, BigUint64Array])
      expect(trip(new View(bytes, 8, 2))).toEqual(new View(bytes, 8, 2));
    expect(trip(new DataView(bytes, 1, 3))).toEqual(new DataView(Uint8Array.of(1, 2, 3).buffer));
    expect(trip(Uint8Array.of(1, 2).buffer)).toEqual(Uint8Array.of(1, 2));
  });

  test('of classes travel as their fields, and are no plain objects and no text', () => {
    class Address {
      street = 'a';
      elements = [1, 2];
    }
    for (const made of [
      new Uuid(new Uint8Array(16)),
      TimeUuid.parse('8e14e760-7fa8-11eb-bc66-000000000001'),
      InetAddress.parse('::1'),
      Duration.parse('1mo2d3ns'),
      new Address(),
    ]) {
      const back = trip(made) as object;
      expect({ ...back }).toEqual({ ...made });
      expect(back.constructor.name).toBe(made.constructor.name);
      expect(Object.getPrototypeOf(back)).not.toBe(null);
    }
    expect(
      trip(
        new (class List {
          *[Symbol.iterator]() {
            yield 1;
            yield 'a';
          }
        })(),
      ),
    ).toEqual([1, 'a']);
    expect(trip({ elements: [1, 2], name: 'n' })).toEqual(expected({ elements: [1, 2], name: 'n' }));
  });

  test('of text with half a surrogate pair come back so, for the worker to refuse', () => {
    for (const text of ['\ud800', '\ud800x', 'ä\udc00'.repeat(50)]) expect(trip(text) === text).toBe(true);
    expect(() => packToBuffer({ '\ud800': 1 })).toThrow('A name with half a surrogate pair');
  });

  test('that say they are unset come back as undefined', () => {
    expect(trip([Symbol.for('cql.unset'), undefined])).toEqual([undefined, undefined]);
    expect(trip([Object.freeze({ unset: true })])).toEqual([undefined]);
    expect(trip([{ unset: true }])).toEqual([expected({ unset: true })]);
  });

  test('that are bytes in their type’s form already stay so', () => {
    expect(trip([new EncodedValue(Uint8Array.of(0, 0, 0, 7))])).toEqual([new EncodedValue(Uint8Array.of(0, 0, 0, 7))]);
  });

  test('with a name of Object.prototype do not reach it', () => {
    const back = trip(JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(null);
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });

  test('that cannot travel are refused, and say why', () => {
    const circle: unknown[] = [];
    circle.push(circle);
    for (const [wrong, why] of [
      [() => 1, "A function can't be bound"],
      [Symbol('x'), "A symbol can't be bound"],
      [circle, 'nested deeper than 64, or in a circle'],
      [new (class Thing {})(), "A Thing can't be bound"],
      [/x/, "A RegExp can't be bound"],
      [new Error('x'), "A Error can't be bound"],
      [new URL('https://a.example'), "A URL can't be bound"],
    ] as const) {
      expect(() => packValue(wrong, new ByteWriter(16))).toThrow(why);
      expect(() => packValue(wrong, new ByteWriter(16))).toThrow(CassetteError);
    }
  });

  test('that were cut or damaged on the way are refused as corrupt, not misread without end', () => {
    const whole = packToBuffer([1, 'two', new Map([['three', 4n]]), new Date(5), Float32Array.of(1), '\ud800', Uuid.random()]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => unpackBuffer(whole.subarray(0, length))).toThrow(CassetteError);
    }
    expect(() => unpackBuffer(Uint8Array.of(99))).toThrow('tag 99 is none of ours');
    expect(() => unpackBuffer(Uint8Array.of(16, 99, 0))).toThrow('a view of no kind');
    expect(() => unpackBuffer(Uint8Array.of(16, 6, 1, 0))).toThrow('a part of an element');
  });
});

test('items of an array are read one at a time', () => {
  const input = new ByteReader(packToBuffer([[1, 'a'], [2, null], []]), 'parameters');
  const items = unpackItems(input);
  expect(items.next().value).toEqual([1, 'a']);
  expect(input.remaining).toBeGreaterThan(2);
  expect([...items]).toEqual([[2, null], []]);
  expect(input.remaining).toBe(0);
  expect(() => unpackItems(new ByteReader(packToBuffer('none'), 'parameters')).next()).toThrow('an array was expected');
});
