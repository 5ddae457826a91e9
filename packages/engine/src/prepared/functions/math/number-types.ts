import { type CqlType, Decimal, nativeTypes } from '@cassette/cql';
import * as decimals from './decimal-arithmetic.ts';
import { decimalExp, decimalLog, decimalLog10 } from './decimal-functions.ts';
import { exp, log, log10 } from './double-math.ts';
import { FunctionFailure } from './function-failure.ts';

/** A number as it is computed with: whole ones of up to 32 bits and floating point ones as number, longer whole ones as bigint. */
export type NumberValue = number | bigint | Decimal;

/** The operators, by the names that their functions have. Cassandra: OperationFcts. */
export const operatorNames = { '+': '_add', '-': '_substract', '*': '_multiply', '/': '_divide', '%': '_modulo' } as const;

/** One of the operators. */
export type Operator = keyof typeof operatorNames;

/** How numbers of one type are computed with. Cassandra: NumberType. */
export interface NumberType {
  readonly type: CqlType;
  /** Bytes of a value; Infinity for the types without a bound. */
  readonly size: number;
  readonly isFloatingPoint: boolean;
  /** A number of any type as one of this; narrowing is Java's. `source`: the type it has, where that is not to be told from it. */
  from(value: NumberValue, source?: CqlType): NumberValue;
  /** Both operands are of this type. Throws FunctionFailure. */
  operate(operator: Operator, left: NumberValue, right: NumberValue): NumberValue;
  negate(value: NumberValue): NumberValue;
  abs(value: NumberValue): NumberValue;
  /** Throws FunctionFailure where there is none. */
  exp(value: NumberValue): NumberValue;
  log(value: NumberValue): NumberValue;
  log10(value: NumberValue): NumberValue;
  round(value: NumberValue): NumberValue;
}

/** A floating point number cut to a whole one within 32 or 64 bits. Java: (int) and (long). */
function truncated(value: number, bits: 32 | 64): bigint {
  if (Number.isNaN(value)) return 0n;
  const limit = 1n << BigInt(bits - 1);
  if (value >= Number(limit)) return limit - 1n;
  return value <= -Number(limit) ? -limit : BigInt(Math.trunc(value));
}

/** Any number as a double. Java: Number#doubleValue. */
export function toDouble(value: NumberValue): number {
  return value instanceof Decimal ? value.toNumber() : Number(value);
}

function wholeOf(value: NumberValue): bigint {
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal) return decimals.withScale(value, 0, 'down').unscaled;
  return Number.isInteger(value) ? BigInt(value) : truncated(value, 64);
}

function wholeOperation(operator: Operator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0n) throw new FunctionFailure('/ by zero');
      return operator === '/' ? a / b : a % b;
  }
}

function doubleOperation(operator: Operator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    default:
      return a % b;
  }
}

/** tinyint to bigint, and counter: they run over at their width. */
function integer(type: CqlType, size: 1 | 2 | 4 | 8): NumberType {
  const bits = 8 * size;
  // Functions of doubles are cut to 32 bits, and what is narrower keeps the last of them.
  const width = size === 8 ? 64 : 32;
  const wrapped = (value: bigint): NumberValue => {
    const cut = BigInt.asIntN(bits, value);
    return size === 8 ? cut : Number(cut);
  };
  const fromDouble = (value: number) => wrapped(truncated(value, width));
  return {
    type,
    size,
    isFloatingPoint: false,
    from: (value) => wrapped(typeof value === 'number' ? truncated(value, width) : wholeOf(value)),
    operate: (operator, left, right) => wrapped(wholeOperation(operator, BigInt(left as number), BigInt(right as number))),
    negate: (value) => wrapped(-wholeOf(value)),
    abs: (value) => wrapped(wholeOf(value) < 0n ? -wholeOf(value) : wholeOf(value)),
    exp: (value) => fromDouble(exp(Number(value))),
    log: (value) => fromDouble(log(Number(value))),
    log10: (value) => fromDouble(log10(Number(value))),
    round: (value) => value,
  };
}

function floating(type: CqlType, size: 4 | 8): NumberType {
  const fit = size === 4 ? Math.fround : (value: number) => value;
  return {
    type,
    size,
    isFloatingPoint: true,
    from: (value) => fit(toDouble(value)),
    operate: (operator, left, right) => fit(doubleOperation(operator, left as number, right as number)),
    negate: (value) => -(value as number),
    abs: (value) => Math.abs(value as number),
    exp: (value) => fit(exp(value as number)),
    log: (value) => fit(log(value as number)),
    log10: (value) => fit(log10(value as number)),
    // A half goes up, and the result is a whole number of 32 or 64 bits on its way.
    round: (value) => fit(Number(truncated(roundedUp(value as number), size === 4 ? 32 : 64))),
  };
}

/** The nearest whole number, of two the greater one. `x + 0.5` would round what lies just below a half. */
function roundedUp(value: number): number {
  const floor = Math.floor(value);
  return value - floor >= 0.5 ? floor + 1 : floor;
}

const varint: NumberType = {
  type: nativeTypes.varint,
  size: Number.POSITIVE_INFINITY,
  isFloatingPoint: false,
  from: wholeOf,
  operate: (operator, left, right) => wholeOperation(operator, left as bigint, right as bigint),
  negate: (value) => -(value as bigint),
  abs: (value) => ((value as bigint) < 0n ? -(value as bigint) : value),
  exp: (value) => wholeOf(decimalExp(new Decimal(value as bigint, 0))),
  log: (value) => wholeOf(decimalLog(new Decimal(value as bigint, 0))),
  log10: (value) => wholeOf(decimalLog10(new Decimal(value as bigint, 0))),
  round: (value) => value,
};

const operations: Readonly<Record<Operator, (a: Decimal, b: Decimal) => Decimal>> = {
  '+': decimals.sum,
  '-': (a, b) => decimals.sum(a, decimals.negated(b)),
  '*': decimals.product,
  '/': decimals.quotient,
  '%': decimals.remainder,
};

const decimal: NumberType = {
  type: nativeTypes.decimal,
  size: Number.POSITIVE_INFINITY,
  isFloatingPoint: true,
  from: toDecimal,
  operate: (operator, left, right) => operations[operator](left as Decimal, right as Decimal),
  negate: (value) => decimals.negated(value as Decimal),
  abs: (value) => ((value as Decimal).unscaled < 0n ? decimals.negated(value as Decimal) : value),
  exp: (value) => decimalExp(value as Decimal),
  log: (value) => decimalLog(value as Decimal),
  log10: (value) => decimalLog10(value as Decimal),
  round: (value) => decimals.withScale(value as Decimal, 0, 'halfUp'),
};

/** Numbers other than decimals and varints come by way of a double, so 1 is 1.0. Cassandra: DecimalType#toBigDecimal. */
function toDecimal(value: NumberValue, source?: CqlType): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'bigint' && source === nativeTypes.varint) return new Decimal(value, 0);
  return fromDouble(Number(value));
}

const scratch = new Uint8Array(8);
const view = new DataView(scratch.buffer);

function fromDouble(value: number): Decimal {
  if (Number.isNaN(value)) throw new FunctionFailure('A NaN cannot be converted into a decimal');
  if (!Number.isFinite(value)) throw new FunctionFailure('An infinite number cannot be converted into a decimal');
  view.setFloat64(0, value);
  // With the digits that Java prints.
  return Decimal.parse(nativeTypes.double.toJson(scratch, 0, 8));
}

/** The number types, in the order in which Cassandra registers their functions. */
export const numberTypes: readonly NumberType[] = [
  integer(nativeTypes.tinyint, 1),
  integer(nativeTypes.smallint, 2),
  integer(nativeTypes.int, 4),
  integer(nativeTypes.bigint, 8),
  floating(nativeTypes.float, 4),
  floating(nativeTypes.double, 8),
  decimal,
  varint,
  integer(nativeTypes.counter, 8),
];

const byName = new Map(numberTypes.map((type) => [type.type.cqlName(), type]));

/** How numbers of a CQL type are computed with; undefined where it is none of numbers. */
export function numberType(type: CqlType): NumberType | undefined {
  return byName.get(type.cqlName());
}

/** The type of the result of an operator. Cassandra: OperationFcts#returnType. */
export function resultType(left: NumberType, right: NumberType): NumberType {
  const size = Math.max(left.size, right.size);
  const wanted = left.isFloatingPoint || right.isFloatingPoint;
  // There is no floating point number shorter than a float.
  return numberTypes.find((type) => type.isFloatingPoint === wanted && type.size === size) as NumberType;
}

/** A number of that type in a value's bytes; null for none and for zero bytes, which mean nothing. */
export function decodeNumber({ type, size, isFloatingPoint }: NumberType, bytes: Uint8Array | null): NumberValue | null {
  if (bytes === null || bytes.length === 0) return null;
  const value = type.decode(bytes, 0, bytes.length) as NumberValue;
  return isFloatingPoint || size < 8 ? value : BigInt(value as bigint);
}
