import { ByteWriter, fromHex, toHex } from '@cassette/bytes';
import { describe, expect, test } from 'vitest';
import { Decimal } from '../values/decimal.ts';
import { InetAddress } from '../values/inet-address.ts';
import { LocalDate } from '../values/local-date.ts';
import { LocalTime } from '../values/local-time.ts';
import { Uuid } from '../values/uuid.ts';
import type { CqlType } from './cql-type.ts';
import { ListType, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { nativeTypes as n } from './native-types.ts';
import { CompositeType, CustomType } from './other-types.ts';
import { TupleType, UserType } from './tuple-type.ts';
import { VectorType } from './vector-type.ts';

function hexOf(type: CqlType, value: unknown): string {
  const out = new ByteWriter(1);
  type.encode(value, out);
  return toHex(out.written());
}

const jsonOf = (type: CqlType, hex: string) => {
  const bytes = fromHex(hex)!;
  return type.toJson(bytes, 0, bytes.length);
};

const point = new UserType(
  'ks',
  'point',
  [
    { name: 'x', type: n.int },
    { name: 'Y', type: n.int },
  ],
  true,
);
const uuid = '6d5ac9a0-bd6d-11ee-a506-0242ac120002';
const uuidHex = uuid.replaceAll('-', '');

// What a JavaScript value is in bytes; the bytes are facts of Cassandra's formats.
const encodings: readonly (readonly [CqlType, unknown, string])[] = [
  [n.text, 'héllo', '68c3a96c6c6f'],
  [n.text, '', ''],
  [n.ascii, 'abc', '616263'],
  [n.blob, Uint8Array.of(0xca, 0xfe), 'cafe'],
  [n.blob, Uint8Array.of(0xca, 0xfe).buffer, 'cafe'],
  [n.blob, new Uint16Array(Uint8Array.of(1, 2).buffer), '0102'],
  [n.blob, '0xCAFE', 'cafe'],
  [n.boolean, true, '01'],
  [n.tinyint, -128, '80'],
  [n.smallint, 32767, '7fff'],
  [n.smallint, -1, 'ffff'],
  [n.int, -2147483648, '80000000'],
  [n.int, 5n, '00000005'],
  [n.int, '-5', 'fffffffb'],
  [n.bigint, -1, 'ffffffffffffffff'],
  [n.bigint, Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
  [n.bigint, Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
  [n.bigint, -(2n ** 63n), '8000000000000000'],
  [n.bigint, '9223372036854775807', '7fffffffffffffff'],
  [n.bigint, { high: -1, low: -2, unsigned: false }, 'fffffffffffffffe'],
  [n.counter, 7, '0000000000000007'],
  [n.varint, 0, '00'],
  [n.varint, 127n, '7f'],
  [n.varint, 128n, '0080'],
  [n.varint, -128n, '80'],
  [n.varint, -129n, 'ff7f'],
  [n.varint, 2n ** 64n, '010000000000000000'],
  [n.varint, -(2n ** 63n), '8000000000000000'],
  [n.decimal, '1.10', '000000026e'],
  [n.decimal, new Decimal(-1n, -3), 'fffffffdff'],
  [n.decimal, 1.5, '000000010f'],
  [n.decimal, 7n, '0000000007'],
  [n.double, 1.1, '3ff199999999999a'],
  [n.double, '-0.0', '8000000000000000'],
  [n.float, 1.5, '3fc00000'],
  [n.float, 'NaN', '7fc00000'],
  [n.uuid, uuid, uuidHex],
  [n.uuid, Uuid.parse(uuid), uuidHex],
  [n.timeuuid, { buffer: fromHex(uuidHex) }, uuidHex],
  [n.inet, '127.0.0.1', '7f000001'],
  [n.inet, '2001:db8::1', '20010db8000000000000000000000001'],
  [n.inet, '::ffff:1.2.3.4', '01020304'],
  [n.inet, '127.1', '7f000001'],
  [n.inet, '1.2.772', '01020304'],
  [n.inet, '4294967295', 'ffffffff'],
  [n.inet, InetAddress.parse('::'), '00000000000000000000000000000000'],
  [n.inet, Uint8Array.of(1, 2, 3, 4), '01020304'],
  [n.inet, 'fe80::1%1', 'fe800000000000000000000000000001'],
  [n.inet, '[::1]', '00000000000000000000000000000001'],
  [n.date, '1970-01-01', '80000000'],
  [n.date, new LocalDate(-1), '7fffffff'],
  [n.date, '0', '00000000'],
  [n.date, new Date('2011-02-03T23:59:59Z'), '80003aa0'],
  [n.date, { year: 2011, month: 2, day: 3 }, '80003aa0'],
  [n.time, '08:12:54.1234', '00001ae5c31eab40'],
  [n.time, LocalTime.of(0, 0, 1), '000000003b9aca00'],
  [n.time, 1n, '0000000000000001'],
  [n.timestamp, new Date(0), '0000000000000000'],
  [n.timestamp, -1, 'ffffffffffffffff'],
  [n.timestamp, '2011-02-03 04:05+0000', '0000012de9b1cde0'],
  [n.timestamp, '2011-02-03T05:05:00.000+01:00', '0000012de9b1cde0'],
  [n.timestamp, '2011-02-03', '0000012de8d18000'],
  [n.timestamp, 2n ** 62n, '4000000000000000'],
  [n.duration, '1y2mo3d4h', '1c06fc1a3185c50000'],
  [n.duration, '-1ns', '000001'],
  [n.duration, { months: 1, days: 2, nanoseconds: { high: 0, low: 3 } }, '020406'],
  [new ListType(n.int, false), [1, 2], '00000002' + '0000000400000001' + '0000000400000002'],
  [new ListType(n.float, true), Float32Array.of(1.5), '00000001' + '000000043fc00000'],
  [new SetType(n.int, true), [2, -1, 2], '00000002' + '00000004ffffffff' + '0000000400000002'],
  [new SetType(n.text, true), new Set(), '00000000'],
  [new MapType(n.text, n.int, true), { b: 2, a: 1 }, `00000002${'00000001610000000400000001'}${'00000001620000000400000002'}`],
  [new MapType(n.int, n.int, true), new Map([[1, 2]]), `00000001${'0000000400000001'}${'0000000400000002'}`],
  [new TupleType([n.int, n.text]), [1, null], '0000000400000001ffffffff'],
  [new TupleType([n.int, n.text]), [1], '0000000400000001'],
  [point, { Y: 2 }, 'ffffffff0000000400000002'],
  [new VectorType(n.float, 2), [1.5, 0], '3fc0000000000000'],
  [new VectorType(n.float, 2), Float32Array.of(1.5, 0), '3fc0000000000000'],
  [new VectorType(n.tinyint, 2), [1, -1], '010101ff'],
  [new VectorType(n.text, 2), ['a', 'bc'], '0161026263'],
  [new CompositeType([n.int, n.text]), [1, 'a'], '00040000000100' + '00016100'],
  [new CustomType('org.example.T'), '0x01', '01'],
  [n.empty, '', ''],
];

test('values become the bytes that Cassandra stores', () => {
  expect(encodings.map(([type, value]) => [type.cqlName(), value, hexOf(type, value)])).toEqual(
    encodings.map(([type, value, hex]) => [type.cqlName(), value, hex]),
  );
});

const refused: readonly (readonly [CqlType, unknown])[] = [
  [n.text, 5],
  [n.text, '\ud800'],
  [n.ascii, 'é'],
  [n.blob, 'cafe'],
  [n.blob, '0xcaf'],
  [n.boolean, 1],
  [n.tinyint, 128],
  [n.smallint, -32769],
  [n.int, 1.5],
  [n.int, 2147483648],
  [n.int, '1e3'],
  [n.int, null],
  [n.int, Number.NaN],
  [n.bigint, 2 ** 53],
  [n.bigint, 2n ** 63n],
  [n.bigint, 'x'],
  [n.varint, 1.5],
  [n.decimal, Number.NaN],
  [n.decimal, '1,5'],
  [n.double, 5n],
  [n.double, 'abc'],
  [n.uuid, 'abc'],
  [n.timeuuid, '6d5ac9a0-bd6d-41ee-a506-0242ac120002'],
  [n.inet, 'localhost'],
  [n.inet, '1.2.3.256'],
  [n.inet, '1::2::3'],
  [n.inet, Uint8Array.of(1)],
  [n.inet, '::ffff:1.2.3.4%1'],
  [n.inet, 'fe80::1%eth0'],
  [n.inet, '[1.2.3.4]'],
  [n.inet, '[::1'],
  [n.date, '2011-02-30'],
  [n.date, 5],
  [n.date, '4294967296'],
  [n.time, '24:00:00'],
  [n.time, -1],
  [n.timestamp, new Date(Number.NaN)],
  [n.timestamp, 'yesterday'],
  [n.timestamp, 0.5],
  [n.duration, '1d2mo'],
  [n.duration, '1x'],
  [new ListType(n.int, true), 5],
  [new ListType(n.int, true), 'abc'],
  [new ListType(n.int, true), [null]],
  [new SetType(n.int, true), ['x']],
  [new MapType(n.int, n.int, true), [1]],
  [new MapType(n.text, n.int, true), { a: null }],
  [new TupleType([n.int]), [1, 2]],
  [point, { z: 1 }],
  [point, [1, 2]],
  [new VectorType(n.int, 2), [1]],
  [new VectorType(n.int, 2), [1, null]],
];

test('what is no value of a type is refused with an error that names the type and what came', () => {
  for (const [type, value] of refused) {
    expect(() => hexOf(type, value), `${type} ${String(value)}`).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  }
  expect(() => hexOf(n.int, 'abc')).toThrow(
    "Invalid value for type int: expected a whole number from -2147483648 to 2147483647, got string 'abc'",
  );
  expect(() => hexOf(n.inet, 'localhost')).toThrow("expected an IP address (names are not looked up), got string 'localhost'");
  expect(() => hexOf(n.duration, { months: 1, days: -2, nanoseconds: 3n })).toThrow(
    "expected months, days and nanoseconds of one sign, and within 32, 32 and 64 bits, got string '1 months, -2 days, 3 ns'",
  );
  expect(() => hexOf(new VectorType(n.int, 2), [1, null])).toThrow(
    'null is not supported inside vectors: each element has a value',
  );
  expect(() => hexOf(point, { z: 1 })).toThrow("Unknown field 'z' in value of user defined type point");
});

describe('JSON is that of SELECT JSON', () => {
  const expected: readonly (readonly [CqlType, string, string])[] = [
    [n.text, toHex(new TextEncoder().encode('a"\\\n\u001f\u007fé')), '"a\\"\\\\\\n\\u001F\u007fé"'],
    [n.blob, '', '"0x"'],
    [n.blob, 'cafe', '"0xcafe"'],
    [n.int, '', '""'],
    [n.double, '3ff0000000000000', '1.0'],
    [n.double, '416312d000000000', '1.0E7'],
    [n.double, '3f50624dd2f1a9fc', '0.001'],
    [n.double, '3f1a36e2eb1c432d', '1.0E-4'],
    [n.double, '0000000000000001', '4.9E-324'],
    [n.double, '7fefffffffffffff', '1.7976931348623157E308'],
    [n.float, '00000001', '1.4E-45'],
    [n.float, '7f7fffff', '3.4028235E38'],
    [n.double, '7ff0000000000000', 'null'],
    [n.float, '3dcccccd', '0.1'],
    [n.float, '4b189680', '1.0E7'],
    [n.decimal, '0000000a01', '1E-10'],
    [n.decimal, 'fffffffd01', '1E+3'],
    [n.decimal, '0000000264', '1.00'],
    [n.varint, 'ff7f', '-129'],
    [n.inet, '20010db8000000000000000000000001', '"2001:db8:0:0:0:0:0:1"'],
    [n.inet, '00000000000000000000ffff01020304', '"1.2.3.4"'],
    [n.date, '80003aa0', '"2011-02-03"'],
    [n.date, 'ffffffff', '"+5881580-07-11"'],
    [n.date, '00000000', '"-5877641-06-23"'],
    [n.time, '00001ae5c31eab40', '"08:12:54.123400000"'],
    [n.timestamp, '0000012de9b1cde0', '"2011-02-03 04:05:00.000Z"'],
    [n.timestamp, 'ffffffffffffffff', '"1969-12-31 23:59:59.999Z"'],
    [n.duration, '020406', '"1mo2d3ns"'],
    [n.uuid, uuidHex, `"${uuid}"`],
    [n.counter, `00018000${uuidHex}${'0000000000000001'}${'0000000000000005'}`, '5'],
    [new MapType(n.int, n.text, true), '0000000100000004000000010000000161', '{"1": "a"}'],
    [new ListType(n.int, true), '0000000200000004000000010000000400000002', '[1, 2]'],
    [new TupleType([n.int, n.text]), '0000000400000001', '[1, null]'],
    [point, '0000000400000001ffffffff', '{"x": 1, "\\"Y\\"": null}'],
    [new VectorType(n.float, 2), '3fc0000000000000', '[1.5, 0.0]'],
  ];
  for (const [type, hex, json] of expected) {
    test(`${type} 0x${hex}`, () => {
      expect(jsonOf(type, hex)).toBe(json);
    });
  }
});

test('a list that a SELECT answered may have nulls, one that a table is given may not', () => {
  const type = new ListType(n.int, false);
  const bytes = fromHex('000000020000000400000007ffffffff')!;
  expect(type.decode(bytes, 0, bytes.length)).toEqual([7, null]);
  expect(type.toJson(bytes, 0, bytes.length)).toBe('[7, null]');
  expect(() => type.validate(bytes, 0, bytes.length)).toThrow('Null value read when not allowed');
});

test('a timestamp beyond what a Date holds decodes to its milliseconds', () => {
  const bytes = fromHex('7fffffffffffffff')!;
  expect(n.timestamp.decode(bytes, 0, 8)).toBe(2n ** 63n - 1n);
  expect(n.timestamp.toJson(bytes, 0, 8)).toBe('"+292278994-08-17 07:12:55.807Z"');
});

test('only types of a fixed length are stored without one', () => {
  const fixed = Object.entries(n).filter(([, type]) => type.fixedLength >= 0);
  expect(Object.fromEntries(fixed.map(([name, type]) => [name, type.fixedLength]))).toEqual({
    bigint: 8,
    boolean: 1,
    double: 8,
    empty: 0,
    float: 4,
    int: 4,
    timestamp: 8,
    timeuuid: 16,
    uuid: 16,
  });
  expect(new VectorType(n.float, 3).fixedLength).toBe(12);
  expect(new VectorType(n.tinyint, 3).fixedLength).toBe(-1);
});

test('text of every length is what was written, wherever in it a character of several bytes stands', () => {
  for (let length = 0; length < 110; length++) {
    const plain = Array.from({ length }, (_, i) => String.fromCharCode(32 + (i % 95))).join('');
    const texts = [plain];
    for (let at = 0; at <= length; at += 3)
      texts.push(`${plain.slice(0, at)}é${plain.slice(at)}`, `${plain.slice(0, at)}\u{1f30a}${plain.slice(at)}`);
    for (const text of texts) {
      const out = new ByteWriter(8);
      out.u8(7);
      n.text.encode(text, out);
      expect(n.text.decode(out.buffer, 1, out.length)).toBe(text);
    }
  }
});
