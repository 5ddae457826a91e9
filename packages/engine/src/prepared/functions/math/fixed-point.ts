// exp and log to any precision, in whole numbers: a number x is the bigint x · 2^bits. Java's Math.exp, log and log10 are within a hair of
// the correctly rounded result, which no platform's own functions promise, so results are computed with bits to spare and rounded once.

const ln2Cache = new Map<number, bigint>();
const ln10Cache = new Map<number, bigint>();

/** ln(2) · 2^bits. */
function ln2(bits: number): bigint {
  let value = ln2Cache.get(bits);
  if (value === undefined) {
    value = 2n * inverseTangent(((1n << BigInt(bits)) + 1n) / 3n, bits);
    ln2Cache.set(bits, value);
  }
  return value;
}

/** ln(10) · 2^bits. */
export function ln10(bits: number): bigint {
  let value = ln10Cache.get(bits);
  if (value === undefined) {
    value = lnRatio(10n, 1n, bits);
    ln10Cache.set(bits, value);
  }
  return value;
}

/** atanh(z) for |z| ≤ 1/3, all times 2^bits. */
function inverseTangent(z: bigint, bits: number): bigint {
  const shift = BigInt(bits);
  const square = (z * z) >> shift;
  let power = z;
  let sum = z;
  for (let n = 3n; power !== 0n && power !== -1n; n += 2n) {
    power = (power * square) >> shift;
    sum += power / n;
  }
  return sum;
}

/** Bits of a positive bigint. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0], 16)));
}

/** ln(numerator / denominator) · 2^bits, of two positive numbers. */
export function lnRatio(numerator: bigint, denominator: bigint, bits: number): bigint {
  // m · 2^exponent with m near 1, where the series is short.
  let exponent = bitLength(numerator) - bitLength(denominator);
  const shifted = (e: number) =>
    e > 0 ? [numerator, denominator << BigInt(e)] : ([numerator << BigInt(-e), denominator] as const);
  let [a, b] = shifted(exponent);
  if (3n * a > 4n * b) [a, b] = shifted(++exponent);
  const ratio = ((a - b) << BigInt(bits)) / (a + b);
  return 2n * inverseTangent(ratio, bits) + BigInt(exponent) * ln2(bits);
}

/** e^(x · 2^-bits) as a mantissa near 2^bits and a power of two: mantissa · 2^(exponent - bits). */
export function expFixed(x: bigint, bits: number): { readonly mantissa: bigint; readonly exponent: number } {
  const shift = BigInt(bits);
  const unit = 1n << shift;
  const log2 = ln2(bits);
  let k = x / log2;
  if (x < 0n && k * log2 !== x) k--;
  // The rest is below ln(2); halved a few times the series needs fewer terms, and each halving is undone by a square.
  const halvings = 8n;
  const rest = (x - k * log2) >> halvings;
  let term = unit;
  let sum = unit;
  for (let n = 1n; term !== 0n; n++) {
    term = ((term * rest) >> shift) / n;
    sum += term;
  }
  for (let i = 0n; i < halvings; i++) sum = (sum * sum) >> shift;
  return { mantissa: sum, exponent: Number(k) };
}
