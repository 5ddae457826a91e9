import { expFixed, ln10, lnRatio } from './fixed-point.ts';

/** Bits behind the point: 53 that are wanted, as many as a number near 1 may lose in its logarithm, and some to spare. */
const BITS = 256;

/** e^x, correctly rounded. Java: Math#exp. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.8) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const { mantissa, exponent } = expFixed(fixed(x), BITS);
  // 64 bits more than needed are rounded by the conversion; only what is subnormal is rounded once more.
  const head = Number(mantissa >> BigInt(BITS - 127)) * 2 ** -127;
  return exponent < -1000 ? head * 2 ** (exponent + 200) * 2 ** -200 : head * 2 ** (exponent - 1) * 2;
}

/** The natural logarithm, correctly rounded. Java: Math#log. */
export function log(x: number): number {
  return logarithm(x, (value) => value);
}

/** The logarithm to base 10, correctly rounded. Java: Math#log10. */
export function log10(x: number): number {
  return logarithm(x, (value) => (value << BigInt(BITS)) / ln10(BITS));
}

function logarithm(x: number, base: (natural: bigint) => bigint): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  const { mantissa, exponent } = parts(x);
  const [numerator, denominator] = exponent >= 0 ? [mantissa << BigInt(exponent), 1n] : [mantissa, 1n << BigInt(-exponent)];
  return Number(base(lnRatio(numerator, denominator, BITS))) * 2 ** -BITS;
}

/** x · 2^BITS. */
function fixed(x: number): bigint {
  const { mantissa, exponent } = parts(Math.abs(x));
  const shift = BigInt(exponent + BITS);
  const value = shift >= 0n ? mantissa << shift : mantissa >> -shift;
  return x < 0 ? -value : value;
}

const view = new DataView(new ArrayBuffer(8));

/** A positive finite double as mantissa · 2^exponent. */
function parts(x: number): { readonly mantissa: bigint; readonly exponent: number } {
  view.setFloat64(0, x);
  const bits = view.getBigUint64(0);
  const power = Number(bits >> 52n);
  const fraction = bits & 0xfffffffffffffn;
  return power === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: power - 1075 };
}
