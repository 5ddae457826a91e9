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
      return bytesOf((out) => to.encode(convert(value, target), out));
    },
  };
}

/** A decoded number as one that the target type takes; narrowing is Java's. */
function convert(value: unknown, target: string): unknown {
  if (target === 'decimal') return value instanceof Decimal ? value : Decimal.parse(String(value));
  if (target === 'double' || target === 'float') return Number(value instanceof Decimal ? value.toString() : value);
  const whole = integerOf(value, integers[target] ?? 0);
  return target === 'bigint' || target === 'varint' ? whole : Number(whole);
}

function integerOf(value: unknown, bits: number): bigint {
  let whole: bigint;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) {
      if (Number.isNaN(value)) return 0n;
      return saturate(value > 0 ? 2n ** 64n : -(2n ** 64n), bits);
    }
    whole = BigInt(Math.trunc(value));
    // Java saturates at int and long and cuts from there; only fractions come from floating point.
    if (!Number.isInteger(value)) return BigInt.asIntN(bits || 64, saturate(whole, Math.max(bits, 32)));
  } else if (typeof value === 'bigint') {
    whole = value;
  } else {
    const text = String(value);
    const exponent = /e/i.test(text);
    whole = exponent ? BigInt(Math.trunc(Number(text))) : BigInt(text.split('.')[0] || '0');
  }
  return bits === 0 ? whole : BigInt.asIntN(bits, whole);
}

function saturate(value: bigint, bits: number): bigint {
  const limit = 2n ** BigInt((bits || 64) - 1);
  return value >= limit ? limit - 1n : value < -limit ? -limit : value;
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
