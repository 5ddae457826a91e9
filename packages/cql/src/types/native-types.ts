import { InetType, TimeUuidType, UuidType } from './address-types.ts';
import { BooleanType, FloatingType } from './float-types.ts';
import { BigintType, CounterType, SmallIntegerType } from './integer-types.ts';
import { EmptyType } from './other-types.ts';
import type { ScalarType } from './scalar-type.ts';
import { DateType, DurationType, TimestampType, TimeType } from './temporal-types.ts';
import { AsciiType, BlobType, TextType } from './text-types.ts';
import { DecimalType, VarintType } from './varint-types.ts';

const text = new TextType();

/** Every type with a name of its own, by that name. Cassandra: CQL3Type.Native. */
export const nativeTypes = {
  ascii: new AsciiType(),
  bigint: new BigintType(),
  blob: new BlobType(),
  boolean: new BooleanType(),
  counter: new CounterType(),
  date: new DateType(),
  decimal: new DecimalType(),
  double: new FloatingType('double', 'DoubleType', 8),
  duration: new DurationType(),
  empty: new EmptyType(),
  float: new FloatingType('float', 'FloatType', 4),
  inet: new InetType(),
  int: new SmallIntegerType('int', 'Int32Type', 4),
  smallint: new SmallIntegerType('smallint', 'ShortType', 2),
  text,
  time: new TimeType(),
  timestamp: new TimestampType(),
  timeuuid: new TimeUuidType(),
  tinyint: new SmallIntegerType('tinyint', 'ByteType', 1),
  uuid: new UuidType(),
  varchar: text,
  varint: new VarintType(),
} as const satisfies Record<string, ScalarType>;

/** A name in {@link nativeTypes}. */
export type NativeTypeName = keyof typeof nativeTypes;

/** The native type of that (lower-case) name. */
export function nativeType(name: string): ScalarType | undefined {
  return Object.hasOwn(nativeTypes, name) ? nativeTypes[name as NativeTypeName] : undefined;
}
