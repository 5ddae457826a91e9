import fc from 'fast-check';
import { Decimal } from '../../values/decimal.ts';
import { Duration } from '../../values/duration.ts';
import { InetAddress } from '../../values/inet-address.ts';
import { LocalDate } from '../../values/local-date.ts';
import { LocalTime } from '../../values/local-time.ts';
import { TimeUuid } from '../../values/time-uuid.ts';
import { Uuid } from '../../values/uuid.ts';
import type { CqlType } from '../cql-type.ts';
import { ListType, SetType } from '../list-type.ts';
import { MapType } from '../map-type.ts';
import { nativeTypes } from '../native-types.ts';
import { TupleType, UserType } from '../tuple-type.ts';
import { VectorType } from '../vector-type.ts';

/** A type and values of it, as decode gives them. */
export interface TypeWithValues {
  readonly type: CqlType;
  readonly values: fc.Arbitrary<unknown>;
}

const n = nativeTypes;
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const timeUuid = bytesOf(16).map((bytes) => {
  bytes[6] = 0x10 | (bytes[6] & 0x0f);
  return new TimeUuid(bytes);
});
const inet = fc
  .oneof(bytesOf(4), bytesOf(16))
  .filter((bytes) => bytes.length === 4 || bytes[0] !== 0)
  .map((bytes) => new InetAddress(bytes));
const duration = fc
  .tuple(fc.nat(0x7fffffff), fc.nat(0x7fffffff), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.boolean())
  .map(([months, days, nanos, negative]) =>
    negative ? new Duration(months === 0 ? 0 : -months, days === 0 ? 0 : -days, -nanos) : new Duration(months, days, nanos),
  );

/** Every native type with values of all it can hold. */
export const nativeTypesWithValues: readonly TypeWithValues[] = [
  { type: n.ascii, values: fc.string({ unit: 'binary-ascii' }) },
  { type: n.bigint, values: int64 },
  { type: n.blob, values: fc.uint8Array() },
  { type: n.boolean, values: fc.boolean() },
  { type: n.counter, values: int64 },
  { type: n.date, values: fc.integer({ min: -0x80000000, max: 0x7fffffff }).map(LocalDate.fromDays) },
  {
    type: n.decimal,
    values: fc.tuple(fc.bigInt(), fc.integer({ min: -0x80000000, max: 0x7fffffff })).map(([u, s]) => new Decimal(u, s)),
  },
  { type: n.double, values: fc.double() },
  { type: n.duration, values: duration },
  { type: n.float, values: fc.float() },
  { type: n.inet, values: inet },
  { type: n.int, values: fc.integer() },
  { type: n.smallint, values: fc.integer({ min: -32768, max: 32767 }) },
  { type: n.text, values: fc.string({ unit: 'binary' }) },
  { type: n.time, values: fc.maxSafeNat().map((nanos) => new LocalTime(nanos % 86400e9)) },
  {
    type: n.timestamp,
    values: int64.map((millis) =>
      millis >= -8_640_000_000_000_000n && millis <= 8_640_000_000_000_000n ? new Date(Number(millis)) : millis,
    ),
  },
  { type: n.timestamp, values: fc.date({ noInvalidDate: true }) },
  { type: n.timeuuid, values: timeUuid },
  { type: n.tinyint, values: fc.integer({ min: -128, max: 127 }) },
  { type: n.uuid, values: bytesOf(16).map((bytes) => new Uuid(bytes)) },
  { type: n.varint, values: fc.bigInt() },
];

const address = new UserType(
  'ks',
  'Address',
  [
    { name: 'street', type: n.text },
    { name: 'Zip code', type: n.int },
    { name: 'phones', type: new SetType(n.text, true) },
  ],
  true,
);

/** Types made of others. */
export const compoundTypesWithValues: readonly TypeWithValues[] = [
  { type: new ListType(n.int, false), values: fc.array(fc.integer()) },
  { type: new ListType(new ListType(n.text, true), true), values: fc.array(fc.array(fc.string({ unit: 'grapheme' }))) },
  {
    type: new SetType(n.smallint, true),
    values: fc.uniqueArray(fc.integer({ min: -32768, max: 32767 })).map((v) => new Set(v.sort((a, b) => a - b))),
  },
  {
    type: new MapType(n.bigint, n.text, false),
    values: fc
      .uniqueArray(fc.tuple(int64, fc.string({ unit: 'grapheme' })), { selector: ([key]) => key })
      .map((entries) => new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)))),
  },
  {
    type: new TupleType([n.int, n.text, new VectorType(n.float, 2)]),
    values: fc.tuple(fc.option(fc.integer()), fc.option(fc.string()), fc.option(fc.tuple(fc.float(), fc.float()))),
  },
  {
    type: address,
    values: fc.record({
      street: fc.option(fc.string()),
      'Zip code': fc.option(fc.integer()),
      phones: fc.option(fc.constantFrom(new Set<string>(), new Set(['1', '2']))),
    }),
  },
  { type: new VectorType(n.double, 3), values: fc.tuple(fc.double(), fc.double(), fc.double()) },
  { type: new VectorType(n.text, 2), values: fc.tuple(fc.string(), fc.string()) },
];
