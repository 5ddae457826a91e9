import { type CqlType, Decimal, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { findFunction, valueFit } from './find-function.ts';
import type { ScalarFunction } from './scalar-functions.ts';

const integers: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64, counter: 64 };
const numbers = new Set(['tinyint', 'smallint', 'int', 'bigint', 'counter', 'float', 'double', 'decimal', 'varint']);
const toText = new Set(['ascii', 'boolean', 'time', 'timeuuid', 'uuid', 'inet', 'date', 'timestamp']);

/** The function behind CAST(from AS to), or null where there is none. Cassandra: functions.CastFcts. */
export function castFunction(from: CqlType, to: CqlType): ScalarFunction | null {
  const source = from.cqlName();
  const target = to.cqlName();
  const name = `cast_as_${target}`;
  if (from.equals(to)) return { name, argumentTypes: [from], returnType: to, call: (args) => args[0] };
  if (numbers.has(source) && numbers.has(target) && target !== 'counter') return numeric(name, from, to);
  if ((numbers.has(source) || toText.has(source)) && (target === 'text' || target === 'ascii')) return textual(name, from, to);
  if ((source === 'timeuuid' || source === 'timestamp') && target === 'date') return renamed(name, 'to_date', from, to);
  if ((source === 'timeuuid' || source === 'date') && target === 'timestamp') return renamed(name, 'to_timestamp', from, to);
  return null;
}

function renamed(name: string, inner: string, from: CqlType, to: CqlType): ScalarFunction | null {
  const found = findFunction(inner, [(type) => valueFit(from, type)], to);
  return typeof found === 'string' ? null : { ...found, name };
}

function numeric(name: string, from: CqlType, to: CqlType): ScalarFunction {
  const target = to.cqlName();
  return {
    name,
    argumentTypes: [from],
    returnType: to,
    call(args) {
      const bytes = args[0];
      if (bytes === null || bytes.length === 0) return null;
      // A decimal of a binary fraction has the digits that the fraction is printed with.
      const printed = target === 'decimal' && (from.cqlName() === 'float' || from.cqlName() === 'double');
      const value = printed ? Decimal.parse(from.toJson(bytes, 0, bytes.length)) : from.decode(bytes, 0, bytes.length);
      return bytesOf((out) => to.encode(convert(value, from.cqlName(), target), out));
    },
  };
}

/** A decoded number as one that the target type takes; narrowing is Java's. */
function convert(value: unknown, source: string, target: string): unknown {
  if (target === 'decimal') return value instanceof Decimal ? value : Decimal.parse(String(value));
  if (target === 'double' || target === 'float') return Number(value instanceof Decimal ? value.toString() : value);
  // A varint comes of a long, so it is cut as one.
  const whole = BigInt.asIntN(integers[target] ?? 64, wholeOf(value, source, target));
  return target === 'bigint' || target === 'varint' ? whole : Number(whole);
}

/** The whole number that Java narrows: fractions are cut off, floating point saturates at int or long. */
function wholeOf(value: unknown, source: string, target: string): bigint {
  if (value instanceof Decimal) return lowBits(value);
  if (typeof value === 'bigint') return value;
  const number = value as number;
  if (source !== 'float' && source !== 'double') return BigInt(number);
  if (Number.isNaN(number)) return 0n;
  const limit = target === 'bigint' || target === 'varint' ? 2n ** 63n : 2n ** 31n;
  if (number >= Number(limit)) return limit - 1n;
  return number <= -Number(limit) ? -limit : BigInt(Math.trunc(number));
}

/** The whole part of a decimal, right in its low 64 bits. Java: BigDecimal#longValue. */
function lowBits({ unscaled, scale }: Decimal): bigint {
  // 10^64 and all beyond it are multiples of 2^64.
  if (scale <= 0) return scale <= -64 ? 0n : unscaled * 10n ** BigInt(-scale);
  return scale > unscaled.toString().length ? 0n : unscaled / 10n ** BigInt(scale);
}

function textual(name: string, from: CqlType, to: CqlType): ScalarFunction {
  return {
    name,
    argumentTypes: [from],
    returnType: to,
    call(args) {
      const bytes = args[0];
      if (bytes === null || (bytes.length === 0 && from.cqlName() !== 'ascii')) return null;
      if (from.cqlName() === 'ascii') return bytes;
      const json = from.toJson(bytes, 0, bytes.length);
      const printed = json.startsWith('"') ? (JSON.parse(json) as string) : json;
      // JSON has a space where the type's own text has a T.
      const text = from.cqlName() === 'timestamp' ? printed.replace(' ', 'T') : printed;
      return bytesOf((out) => nativeTypes.text.encode(text, out));
    },
  };
}
