import { Decimal } from '@cassette/cql';
import { divided, precisionOf, rounded, strippedTo, tenTo } from './decimal-arithmetic.ts';
import { bitLength, expFixed, ln10, lnRatio } from './fixed-point.ts';
import { FunctionFailure } from './function-failure.ts';

const PRECISION_MIN = 32;
const PRECISION_MAX = 10_000;
/** Beyond it e^x has more digits than anyone can want; Java's own way of computing it would not end. */
const EXPONENT_MAX = 1_000_000;

/** Digits of a result: as many as the argument has, within bounds. */
function precisionFor(value: Decimal): number {
  return Math.min(Math.max(PRECISION_MIN, precisionOf(value)), PRECISION_MAX);
}

function bitsFor(digits: number): number {
  return Math.ceil(digits * 3.3219281) + 64;
}

/** `value · 2^bits`. */
function fixed({ unscaled, scale }: Decimal, bits: number): bigint {
  const shifted = unscaled << BigInt(bits);
  return scale >= 0 ? shifted / tenTo(scale) : shifted * tenTo(-scale);
}

/** `mantissa · 2^power` as a decimal of so many digits. */
function decimalOf(mantissa: bigint, power: number, precision: number): Decimal {
  const negative = mantissa < 0n;
  const digits = negative ? -mantissa : mantissa;
  if (digits === 0n) return new Decimal(0n, 0);
  // As many digits behind the point as make `precision` and a few more in all.
  const whole = Math.floor((bitLength(digits) + power) * 0.30103);
  const scale = precision + 5 - whole;
  // Shifted before it is divided: of a huge number's mantissa alone nothing would be left.
  const shifted = power >= 0 ? digits << BigInt(power) : digits;
  const numerator = scale >= 0 ? shifted * tenTo(scale) : shifted / tenTo(-scale);
  const unscaled = power >= 0 ? numerator : divided(numerator, 1n << BigInt(-power), 'down');
  return rounded(new Decimal(negative ? -unscaled : unscaled, scale), precision, 'halfEven');
}

/** e^x. Cassandra: DecimalType#exp. */
export function decimalExp(x: Decimal): Decimal {
  if (x.unscaled === 0n) return new Decimal(1n, 0);
  const precision = precisionFor(x);
  const size = precisionOf(x) - x.scale;
  if (size > 7 || Math.abs(x.toNumber()) > EXPONENT_MAX) throw new FunctionFailure(`e^${x} has too many digits`);
  const bits = bitsFor(precision + Math.max(0, size) + 10);
  const { mantissa, exponent } = expFixed(fixed(x, bits), bits);
  return decimalOf(mantissa, exponent - bits, precision);
}

/** The natural logarithm. Cassandra: DecimalType#log. */
export function decimalLog(x: Decimal): Decimal {
  if (x.unscaled <= 0n) throw new FunctionFailure('Natural log of number zero or less');
  return logTo(x, precisionFor(x));
}

function logTo(x: Decimal, precision: number): Decimal {
  if (x.compareTo(new Decimal(1n, 0)) === 0) return new Decimal(0n, 0);
  // Near 1 as many leading digits are lost as the number has.
  const bits = bitsFor(precision + precisionOf(x) + 10);
  return decimalOf(natural(x, bits), -bits, precision);
}

function natural({ unscaled, scale }: Decimal, bits: number): bigint {
  // What a huge scale adds is a multiple of ln(10): nothing is padded with zeros.
  return lnRatio(unscaled, 1n, bits) - BigInt(scale) * ln10(bits);
}

/** The logarithm to base 10, as the quotient of two rounded ones. Cassandra: DecimalType#log10. */
export function decimalLog10(x: Decimal): Decimal {
  if (x.unscaled <= 0n) throw new FunctionFailure('Log10 of number zero or less');
  const precision = precisionFor(x);
  const inner = precision + 2;
  const dividend = logTo(x, inner);
  const divisor = logTo(new Decimal(10n, 0), inner);
  if (dividend.unscaled === 0n) return new Decimal(0n, dividend.scale - divisor.scale);
  return rounded(quotientTo(dividend, divisor, inner), precision, 'halfEven');
}

/** A quotient of so many digits; exact ones without zeros at their end. Java: BigDecimal#divide with a MathContext. */
function quotientTo(a: Decimal, b: Decimal, precision: number): Decimal {
  const shift = precision + 3 + Math.max(0, precisionOf(b) - precisionOf(a));
  const numerator = a.unscaled * tenTo(shift);
  const whole = numerator / b.unscaled;
  const isExact = numerator % b.unscaled === 0n;
  const scale = a.scale - b.scale + shift;
  if (isExact) return strippedTo(rounded(new Decimal(whole, scale), precision, 'halfEven'), a.scale - b.scale);
  // A digit that is not zero behind the others keeps what is not exact from looking like a half.
  return rounded(new Decimal(whole * 10n + (whole < 0n ? -1n : 1n), scale + 1), precision, 'halfEven');
}
