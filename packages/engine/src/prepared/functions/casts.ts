import { type CqlType, Decimal, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { hasMeaninglessEmpty } from './json-functions.ts';
import { withScale } from './math/decimal-arithmetic.ts';
import { FunctionFailure } from './math/function-failure.ts';
import { decodeNumber, type NumberType, type NumberValue, numberTypes } from './math/number-types.ts';
import type { ScalarFunction } from './native-function.ts';
import { millisOf, writeMillis } from './temporal.ts';

const { ascii, boolean, date, decimal, inet, text, time, timestamp, timeuuid, uuid, varint, counter } = nativeTypes;

/** The name of the functions behind `CAST(… AS type)`; there are none for `varchar`, though `text` is the same type. */
export function castName(type: string): string {
  return `cast_as_${type}`;
}

/** The functions behind `CAST`, which can be called by name too. Cassandra: functions.CastFcts. */
export function castFunctions(): ScalarFunction[] {
  const functions: ScalarFunction[] = [];
  for (const from of numberTypes) {
    for (const to of numberTypes) if (to.type !== from.type && to.type !== counter) functions.push(...numeric(from, to));
    functions.push(...printed(from.type));
  }
  functions.push(...cast(ascii, text, (bytes) => bytes));
  for (const from of [inet, boolean, timeuuid, timestamp, date, time, uuid]) functions.push(...printed(from));
  functions.push(...temporal(timeuuid, date), ...temporal(timeuuid, timestamp));
  functions.push(...temporal(timestamp, date), ...temporal(date, timestamp));
  return functions;
}

/** Under its name, and the one that it had before 5.0. */
function cast(from: CqlType, to: CqlType, convert: (bytes: Uint8Array) => Uint8Array | null): ScalarFunction[] {
  const target = String(to);
  return [castName(target), `castAs${target[0].toUpperCase()}${target.slice(1)}`].map((name) => ({
    name,
    argumentTypes: [from],
    returnType: to,
    columnName: ([operand]) => `cast(${operand} as ${target})`,
    call: ([bytes]) => (bytes === null || (bytes.length === 0 && hasMeaninglessEmpty(from)) ? null : convert(bytes)),
  }));
}

function temporal(from: CqlType, to: CqlType): ScalarFunction[] {
  return cast(from, to, (bytes) => {
    const millis = millisOf(from, bytes);
    return millis === null ? null : bytesOf((out) => writeMillis(to, millis, out));
  });
}

function numeric(from: NumberType, to: NumberType): ScalarFunction[] {
  return cast(from.type, to.type, (bytes) => {
    const value = decodeNumber(from, bytes);
    return value === null ? null : bytesOf((out) => to.type.encode(converted(value, from, to, bytes), out));
  });
}

/** Narrowing is Java's; a decimal has the digits that a number is printed with, and a varint comes by way of a long. */
function converted(value: NumberValue, from: NumberType, to: NumberType, bytes: Uint8Array): NumberValue {
  if (to.type === decimal) {
    if (from.isFloatingPoint && typeof value === 'number') {
      if (!Number.isFinite(value)) throw new FunctionFailure(`${value} cannot be converted into a decimal`);
      return Decimal.parse(from.type.toJson(bytes, 0, bytes.length));
    }
    return new Decimal(BigInt(value as number | bigint), 0);
  }
  const short = value instanceof Decimal ? lowBits(value) : value;
  if (to.type === varint)
    return BigInt.asIntN(64, typeof short === 'number' ? (toLong.from(short) as bigint) : (short as bigint));
  return to.from(to.isFloatingPoint ? value : short);
}

const toLong = numberTypes.find(({ type }) => type === nativeTypes.bigint) as NumberType;

/** The whole part of a decimal, right in its low 64 bits. Java: BigDecimal#longValue. */
function lowBits(value: Decimal): bigint {
  // 10^64 and all beyond it are multiples of 2^64.
  if (value.scale <= -64) return 0n;
  return withScale(value, 0, 'down').unscaled;
}

function printed(from: CqlType): ScalarFunction[] {
  return [ascii, text].flatMap((to) =>
    cast(from, to, (bytes) => {
      const json = from.toJson(bytes, 0, bytes.length);
      const plain = json.startsWith('"') ? (JSON.parse(json) as string) : json;
      // JSON has no infinities, and a space where the type's own text has a T.
      const printedNumber = plain === 'null' ? specialOf(from, bytes) : plain;
      const said = from === timestamp ? printedNumber.replace(' ', 'T') : printedNumber;
      return bytesOf((out) => text.encode(said, out));
    }),
  );
}

function specialOf(from: CqlType, bytes: Uint8Array): string {
  return String(from.decode(bytes, 0, bytes.length));
}
