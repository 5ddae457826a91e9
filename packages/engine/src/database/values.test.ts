import { ByteWriter, fromHex } from '@cassette/bytes';
import { type CqlType, ListType, MapType, nativeTypes as n, SetType, TupleType, UserType, VectorType } from '@cassette/cql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodedValue } from '../prepared/binding.ts';
import { plainRows, testDatabase } from './testing/test-database.ts';

const texts = fc.string({ unit: 'grapheme' });
const fields = [
  { name: 'name', type: n.text },
  { name: 'Born in', type: n.int },
];
const person = new UserType('ks', 'person', fields, true);

/** Types made of others, with values of them. */
const compound: readonly (readonly [CqlType, fc.Arbitrary<unknown>])[] = [
  [new ListType(n.int, true), fc.array(fc.integer())],
  [new ListType(new SetType(n.text, true), true), fc.array(fc.array(texts))],
  [new SetType(n.decimal, true), fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }))],
  [
    new MapType(n.bigint, n.text, true),
    fc.array(fc.tuple(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), texts)).map((e) => new Map(e)),
  ],
  [
    new TupleType([n.int, n.text, new VectorType(n.float, 2)]),
    fc.tuple(fc.option(fc.integer()), fc.option(texts), fc.option(fc.tuple(fc.float(), fc.float()))),
  ],
  [person, fc.record({ name: fc.option(texts), 'Born in': fc.option(fc.integer()) })],
  [new VectorType(n.text, 2), fc.tuple(texts, texts)],
];

describe.each(compound.map(([type, values]) => [type.freeze().cqlName(), type.freeze(), values] as const))(
  '%s',
  (name, type, values) => {
    test('a value as literal and the same value bound are the same bytes', async () => {
      const { db } = await testDatabase(
        `CREATE TYPE person (name text, "Born in" int); CREATE TABLE t (k int PRIMARY KEY, v ${name})`,
      );
      await fc.assert(
        fc.asyncProperty(values, async (value) => {
          const out = new ByteWriter(16);
          type.encode(value, out);
          const literal = type.toCqlLiteral(out.buffer, 0, out.length);
          await db.execute(`INSERT INTO t (k, v) VALUES (1, ${literal})`);
          await db.execute('INSERT INTO t (k, v) VALUES (2, ?)', [value]);
          const [first, second] = [1, 2].map(async (k) => (await db.execute('SELECT v FROM t WHERE k = ?', [k])).cell(0, 0));
          expect(await first).toEqual(await second);
        }),
        { numRuns: 25 },
      );
    });
  },
);

test('a tuple may be written as text: colons between its fields, @ for null, a backslash before what is neither', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v tuple<int, text>)');
  const written: readonly (readonly [string, unknown[]])[] = [
    ['0:0', [0, '0']],
    ['1', [1, null]],
    ['1:1\\:1', [1, '1:1']],
    ['@:1', [null, '1']],
    ['1:\\@', [1, '@']],
    ['1:a@b', [1, 'a@b']],
  ];
  for (const [text, value] of written) {
    await db.execute(`INSERT INTO t (k, v) VALUES (1, '${text}')`);
    expect(plainRows(await db.execute('SELECT v FROM t WHERE k = 1'))).toEqual([[value]]);
  }
  await expect(db.execute("INSERT INTO t (k, v) VALUES (1, '1:2:3')")).rejects.toThrow(/too many elements/);
  await expect(db.execute("INSERT INTO t (k, v) VALUES (1, 'a:2')")).rejects.toMatchObject({ protocolCode: 0x2200 });
  await expect(db.execute('INSERT INTO t (k, v) VALUES (1, 0x0000)')).rejects.toMatchObject({ protocolCode: 0x2200 });
});

test('a duration that can not be is refused as an invalid request that points at it', async () => {
  const { db } = await testDatabase('CREATE TABLE t (k int PRIMARY KEY, v duration)');
  await expect(db.execute('INSERT INTO t (k, v) VALUES (1, 9223372036854775807d)')).rejects.toMatchObject({
    protocolCode: 0x2200,
    data: { line: 1, column: 33 },
  });
});

test('sets and maps that come as bytes are put in order, and of equal entries one is left', async () => {
  const { db } = await testDatabase(
    'CREATE TABLE t (k int PRIMARY KEY, s frozen<set<int>>, m frozen<map<int, int>>, c set<int>)',
  );
  const framed = (...values: number[]) => values.map((v) => `00000004${v.toString(16).padStart(8, '0')}`).join('');
  const bytes = (count: number, ...values: number[]) =>
    new EncodedValue(fromHex(`${count.toString(16).padStart(8, '0')}${framed(...values)}`) as Uint8Array);
  await db.execute('INSERT INTO t (k, s, m, c) VALUES (1, ?, ?, ?)', [
    bytes(3, 3, 1, 3),
    bytes(3, 2, 20, 1, 10, 2, 21),
    bytes(3, 9, 8, 9),
  ]);
  expect(plainRows(await db.execute('SELECT s, m, c FROM t'))).toEqual([
    [
      new Set([1, 3]),
      new Map([
        [1, 10],
        [2, 21],
      ]),
      new Set([8, 9]),
    ],
  ]);
});
