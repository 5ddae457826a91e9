import { Decimal } from '@cassette/cql';
import { FunctionFailure } from './function-failure.ts';

// Arithmetic of decimals as Java's BigDecimal has it, digit by digit and scale by scale, with the limits that Cassandra sets.
// Cassandra: DecimalType.

/** Digits that a sum or a product keeps. */
const PRECISION_MAX = 10_000;
const MIN_SCALE = 32;
const MAX_SCALE = 1000;

/** 10^n. */
export function tenTo(n: number): bigint {
  return 10n ** BigInt(n);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Digits of a number without its sign; of zero one. Java: BigDecimal#precision. */
export function precisionOf({ unscaled }: Decimal): number {
  return magnitude(unscaled).toString().length;
}

/** How a quotient is rounded. */
export type Rounding = 'halfUp' | 'halfEven' | 'down';

/** `value / by`, rounded. */
export function divided(value: bigint, by: bigint, rounding: Rounding): bigint {
  const quotient = value / by;
  if (rounding === 'down') return quotient;
  const twice = 2n * magnitude(value % by);
  const whole = magnitude(by);
  const away = value < 0n === by < 0n ? 1n : -1n;
  if (twice < whole) return quotient;
  if (twice > whole || rounding === 'halfUp') return quotient + away;
  return quotient % 2n === 0n ? quotient : quotient + away;
}

/** Zeros that a number is padded with at most: more digits than any value can hold take minutes to be made. */
const PADDING_MAX = 1_000_000;

/** The number with that scale. Throws FunctionFailure where that makes too many zeros. Java: BigDecimal#setScale. */
export function withScale(value: Decimal, scale: number, rounding: Rounding): Decimal {
  const by = value.scale - scale;
  if (by === 0) return value;
  if (by < 0 && value.unscaled === 0n) return new Decimal(0n, scale);
  if (-by > PADDING_MAX) throw new FunctionFailure(`${value} has too many digits before the point`);
  if (by < 0) return new Decimal(value.unscaled * tenTo(-by), scale);
  // What has fewer digits than are cut off is zero, or just below or above a half.
  if (by > precisionOf(value) + 1) return new Decimal(0n, scale);
  return new Decimal(divided(value.unscaled, tenTo(by), rounding), scale);
}

/** The number with at most so many digits. Java: BigDecimal#round. */
export function rounded(value: Decimal, precision: number, rounding: Rounding): Decimal {
  let result = value;
  for (let extra = precisionOf(result) - precision; extra > 0; extra = precisionOf(result) - precision) {
    result = new Decimal(divided(result.unscaled, tenTo(extra), rounding), result.scale - extra);
  }
  return result;
}

/** Without zeros at the end, but with a scale no smaller than that. Java: BigDecimal#stripZerosToMatchScale. */
export function strippedTo(value: Decimal, scale: number): Decimal {
  let { unscaled, scale: at } = value;
  while (at > scale && unscaled % 10n === 0n && unscaled !== 0n) {
    unscaled /= 10n;
    at--;
  }
  return new Decimal(unscaled, at);
}

/** Without zeros at the end. Java: BigDecimal#stripTrailingZeros. */
export function stripped(value: Decimal): Decimal {
  return value.unscaled === 0n ? new Decimal(0n, 0) : strippedTo(value, -0x80000000);
}

/** `a + b`. */
export function sum(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  if (a.unscaled === 0n || b.unscaled === 0n) return sumWithZero(a, b, scale);
  const [x, y] = aligned(a, b);
  const common = Math.max(x.scale, y.scale);
  const unscaled = x.unscaled * tenTo(common - x.scale) + y.unscaled * tenTo(common - y.scale);
  return rounded(new Decimal(unscaled, common), PRECISION_MAX, 'halfUp');
}

function sumWithZero(a: Decimal, b: Decimal, scale: number): Decimal {
  if (a.unscaled === 0n && b.unscaled === 0n) return new Decimal(0n, scale);
  const result = rounded(a.unscaled === 0n ? b : a, PRECISION_MAX, 'halfUp');
  if (result.scale >= scale) return strippedTo(result, scale);
  const missing = Math.min(scale - result.scale, PRECISION_MAX - precisionOf(result));
  return withScale(result, result.scale + missing, 'down');
}

/**
 * Of two numbers whose scales are so far apart that one only tells how the other is rounded, that one is replaced by the least number
 * that tells the same: nothing must be padded with billions of zeros. Java: BigDecimal#preAlign.
 */
function aligned(a: Decimal, b: Decimal): readonly [Decimal, Decimal] {
  const [big, small] = a.scale < b.scale ? [a, b] : [b, a];
  const ulpScale = big.scale - precisionOf(big) + PRECISION_MAX;
  const highDigit = small.scale - precisionOf(small) + 1;
  if (highDigit <= big.scale + 2 || highDigit <= ulpScale + 2) return [big, small];
  return [big, new Decimal(small.unscaled < 0n ? -1n : 1n, Math.max(big.scale, ulpScale) + 3)];
}

/** `-a`. */
export function negated({ unscaled, scale }: Decimal): Decimal {
  return new Decimal(-unscaled, scale);
}

/** `a · b`. */
export function product(a: Decimal, b: Decimal): Decimal {
  return rounded(new Decimal(a.unscaled * b.unscaled, checkedScale(a.scale + b.scale)), PRECISION_MAX, 'halfUp');
}

function checkedScale(scale: number): number {
  if ((scale | 0) !== scale) throw new FunctionFailure(scale < 0 ? 'Overflow' : 'Underflow');
  return scale;
}

/** `a / b` with at least 32 digits that count, and at most 1000 behind the point. Cassandra: DecimalType#divide. */
export function quotient(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new FunctionFailure('Division by zero');
  const firstDigit = precisionOf(a) - a.scale - (precisionOf(b) - b.scale);
  const scale = Math.min(Math.max(MIN_SCALE - firstDigit, a.scale, b.scale, MIN_SCALE), MAX_SCALE);
  return stripped(quotientAt(a, b, scale));
}

function quotientAt(a: Decimal, b: Decimal, scale: number): Decimal {
  const shift = scale + b.scale - a.scale;
  // The result would be shorter than nothing, or longer than anything a value can hold.
  if (shift < -precisionOf(a) - 1) return new Decimal(0n, scale);
  if (shift > PADDING_MAX) throw new FunctionFailure('the quotient has too many digits');
  const [x, y] = shift >= 0 ? [a.unscaled * tenTo(shift), b.unscaled] : [a.unscaled, b.unscaled * tenTo(-shift)];
  return new Decimal(divided(x, y, 'halfUp'), scale);
}

/** `a % b`: what is left of a, with its sign. Java: BigDecimal#remainder. */
export function remainder(a: Decimal, b: Decimal): Decimal {
  if (b.unscaled === 0n) throw new FunctionFailure('Division by zero');
  const common = Math.max(a.scale, b.scale);
  if (common - Math.min(a.scale, b.scale) > PADDING_MAX) throw new FunctionFailure('the operands are too far apart');
  const x = a.unscaled * tenTo(common - a.scale);
  const y = b.unscaled * tenTo(common - b.scale);
  const whole = x / y;
  const preferred = a.scale - b.scale;
  const ofQuotient =
    whole === 0n ? preferred : Math.max(preferred, strippedTo(new Decimal(whole, 0), Math.min(preferred, 0)).scale);
  const scale = Math.max(a.scale, ofQuotient + b.scale);
  return withScale(new Decimal(x - whole * y, common), scale, 'down');
}
