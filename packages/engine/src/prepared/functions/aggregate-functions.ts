import { type CqlType, Decimal, InvalidRequestError, nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import { type FunctionFactory, factory } from './function-factory.ts';
import { anyType } from './function-parameter.ts';
import * as decimals from './math/decimal-arithmetic.ts';
import { decodeNumber, type NumberType, type NumberValue, numberType, numberTypes } from './math/number-types.ts';
import type { Aggregate, AggregateFunction } from './native-function.ts';

/** `count(*)` and `count(1)`. Cassandra: AggregateFcts.countRowsFunction. */
export const countRows: AggregateFunction = {
  name: 'count_rows',
  argumentTypes: [],
  returnType: nativeTypes.bigint,
  isAggregate: true,
  columnName: () => 'count',
  aggregate: () => counter(() => true),
};

/** The functions with one overload for each type. Cassandra: functions.AggregateFcts. */
export function aggregateFunctions(): AggregateFunction[] {
  const count: AggregateFunction = {
    name: 'count',
    argumentTypes: [nativeTypes.blob],
    returnType: nativeTypes.bigint,
    isAggregate: true,
    aggregate: () => counter((value) => value !== null),
  };
  const legacy: AggregateFunction = { ...countRows, name: 'countRows' };
  return [countRows, legacy, count, ...numberTypes.flatMap(({ type }) => [total(type), average(type)])];
}

/** `min` and `max` of any type. */
export function extremeFactories(): FunctionFactory[] {
  return (['min', 'max'] as const).map((name) => factory(name, [anyType(true)], ([type]) => extreme(name, type)));
}

function counter(counts: (value: Uint8Array | null) => boolean): Aggregate {
  let count = 0;
  return {
    add(value) {
      if (counts(value)) count++;
    },
    result: () => bytesOf((out) => out.i64Number(count)),
  };
}

/** The least or greatest value of a type. */
export function extreme(name: 'min' | 'max', type: CqlType): AggregateFunction {
  const sign = name === 'min' ? -1 : 1;
  return {
    name,
    argumentTypes: [type],
    returnType: type.freeze(),
    isAggregate: true,
    aggregate() {
      let best: Uint8Array | null = null;
      return {
        add(value) {
          if (value === null) return;
          if (best === null || type.compare(value, 0, value.length, best, 0, best.length) * sign > 0) best = value;
        },
        result: () => best,
      };
    },
  };
}

/** An aggregate of numbers of one type, which gives one too. */
function numeric(name: string, type: CqlType, make: (of: NumberType) => NumericState): AggregateFunction {
  const of = numberType(type) as NumberType;
  return {
    name,
    argumentTypes: [type],
    returnType: type,
    isAggregate: true,
    aggregate() {
      const state = make(of);
      return {
        add(bytes) {
          const value = decodeNumber(of, bytes);
          if (value !== null) state.add(value);
        },
        result: () => bytesOf((out) => type.encode(of.from(state.result()), out)),
      };
    },
  };
}

interface NumericState {
  add(value: NumberValue): void;
  result(): NumberValue;
}

/** `sum` of a type of numbers: integers run over at their width. */
export function total(type: CqlType): AggregateFunction {
  return numeric('sum', type, (of) => {
    if (type === nativeTypes.decimal) return decimalSum();
    if (of.isFloatingPoint) return floatingSum();
    return wholeSum((sum) => sum);
  });
}

/** `avg` of a type of numbers; of no numbers it is zero. */
export function average(type: CqlType): AggregateFunction {
  return numeric('avg', type, (of) => {
    if (type === nativeTypes.decimal) return decimalAverage();
    if (of.isFloatingPoint) return floatingAverage();
    // The quotient of a long sum is exact here, as it is there, where sums beyond 64 bits are kept apart.
    return wholeSum((sum, count) => (count === 0n ? 0n : sum / count));
  });
}

function wholeSum(result: (sum: bigint, count: bigint) => bigint): NumericState {
  let sum = 0n;
  let count = 0n;
  return {
    add(value) {
      sum += BigInt(value as number | bigint);
      count++;
    },
    result: () => result(sum, count),
  };
}

/** Kahan's summation with the plain sum beside it for infinities, as Cassandra adds. */
class FloatingTotal {
  sum = 0;
  private compensation = 0;
  private simple = 0;

  add(value: number): void {
    this.simple += value;
    const corrected = value - this.compensation;
    const next = this.sum + corrected;
    this.compensation = next - this.sum - corrected;
    this.sum = next;
  }

  result(): number {
    const corrected = this.sum + this.compensation;
    return Number.isNaN(corrected) && Math.abs(this.simple) === Number.POSITIVE_INFINITY ? this.simple : corrected;
  }
}

function floatingSum(): NumericState {
  const total = new FloatingTotal();
  return {
    add: (value) => total.add(value as number),
    result: () => total.result(),
  };
}

/** A sum that runs over is gone on with as a decimal; an infinity or NaN that comes then is added as to any sum, where Cassandra fails. */
function floatingAverage(): NumericState {
  const total = new FloatingTotal();
  let count = 0;
  let big: Decimal | null = null;
  let notFinite = 0;
  const exact = (value: number) => Decimal.fromNumber(value);
  return {
    add(number) {
      const value = number as number;
      count++;
      if (big !== null) {
        if (Number.isFinite(value)) big = decimals.sum(big, exact(value));
        else notFinite += value;
        return;
      }
      const before = total.sum;
      total.add(value);
      if (Math.abs(total.sum) === Number.POSITIVE_INFINITY && Number.isFinite(value) && Number.isFinite(before)) {
        big = decimals.sum(exact(before), exact(value));
      }
    },
    result() {
      if (count === 0) return 0;
      if (big === null) return total.result() / count;
      if (notFinite !== 0) return notFinite;
      return new Decimal(decimals.divided(big.unscaled, BigInt(count), 'halfEven'), big.scale).toNumber();
    },
  };
}

/** Digits that numbers may be padded with: two decimals whose scales are billions apart are written in a few bytes. */
const PADDING_MAX = 100_000;

function padded({ unscaled, scale }: Decimal, to: number): bigint {
  const by = to - scale;
  if (by === 0 || unscaled === 0n) return unscaled;
  if (by > PADDING_MAX) throw new InvalidRequestError(`Decimals whose scales are ${by} apart can't be added`);
  return unscaled * decimals.tenTo(by);
}

function decimalSum(): NumericState {
  let sum = new Decimal(0n, 0);
  return {
    add(number) {
      const value = number as Decimal;
      const scale = Math.max(sum.scale, value.scale);
      sum = new Decimal(padded(sum, scale) + padded(value, scale), scale);
    },
    result: () => sum,
  };
}

/** The running average, rounded with every row as Cassandra rounds it: of 1 and 2 it is 1, of 1.0 and 2.0 it is 1.5. */
function decimalAverage(): NumericState {
  let average = new Decimal(0n, 0);
  let count = 0n;
  return {
    add(number) {
      const value = number as Decimal;
      count++;
      const scale = Math.max(average.scale, value.scale);
      const before = padded(average, scale);
      const step = decimals.divided(padded(value, scale) - before, count, 'halfEven');
      average = new Decimal(before + step, scale);
    },
    result: () => average,
  };
}
