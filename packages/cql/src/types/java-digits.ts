// The decimal digits of floating point numbers as Java up to 18 finds them, and so Cassandra 5.0, which runs on 11 and 17. They are not
// always the fewest that tell a number from its neighbours: 2E23 is 1.9999999999999998E23, and 2^-24 is 5.9604644775390625E-8. It is
// Steele and White's free-format algorithm with shortcuts, and the widths of Java's integers decide which of them is taken and where a
// comparison is strict: no shortest form of another algorithm will do.
//
// Java: jdk.internal.math.FloatingDecimal.BinaryToASCIIBuffer#dtoa

/** Digits of a number, and the power of ten of the first one. */
export interface JavaDigits {
  /** At least one; zeros at the end belong to it. */
  readonly digits: string;
  readonly exponent: number;
}

const view = new DataView(new ArrayBuffer(8));
const EXP_SHIFT = 52;
const HIDDEN_BIT = 1n << 52n;
/** Of a width, what Java's sums, six times `tens` at the most, and a sign may need beyond `tens`. */
const OVERFLOW_BITS = 5;

/** Of a double that is finite and not 0; its sign counts for nothing. */
export function doubleDigits(value: number): JavaDigits {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const fraction = bits & (HIDDEN_BIT - 1n);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  if (exponent !== 0) return digitsOf(exponent - 1023, fraction | HIDDEN_BIT, EXP_SHIFT + 1);
  const size = fraction.toString(2).length;
  return digitsOf(size - EXP_SHIFT - 1023, fraction << BigInt(EXP_SHIFT + 1 - size), size);
}

/** Of a float that is finite and not 0; its sign counts for nothing. */
export function floatDigits(value: number): JavaDigits {
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const fraction = bits & 0x7fffff;
  const exponent = (bits >>> 23) & 0xff;
  if (exponent !== 0) return digitsOf(exponent - 127, BigInt(fraction | 0x800000) << 29n, 24);
  const size = 32 - Math.clz32(fraction);
  return digitsOf(size - 23 - 127, BigInt(fraction) << BigInt(EXP_SHIFT + 1 - size), size);
}

/**
 * Whether these are surely the digits that JavaScript prints, the fewest that tell the double from its neighbours and of these the nearest: between 10^-3 and
 * 10^7, where none of Java's sums overflows, and where no number of so few digits lies on the border of two doubles, so that it does not matter whether
 * borders count. It spares big integers, which take ten times as long.
 */
export function isShortestInJava(value: number): boolean {
  const magnitude = Math.abs(value);
  if (!(magnitude >= 1e-3 && magnitude < 1e7)) return false;
  if (Number.isInteger(magnitude)) return true;
  view.setFloat64(0, magnitude);
  const high = view.getInt32(0);
  const low = view.getInt32(4);
  const exponent = (high >>> 20) - 1023;
  const tail = low !== 0 ? 31 - Math.clz32(low & -low) : 63 - Math.clz32((high | 0x100000) & -(high | 0x100000));
  const bits = EXP_SHIFT + 1 - tail;
  if (bits === 1) return false;
  // As in digitsOf.
  const behind = Math.max(0, bits - exponent - 1);
  const ten = tenOf(magnitude / 2 ** exponent, exponent);
  const b5 = Math.max(0, -ten);
  const s5 = Math.max(0, ten);
  const b2 = b5 + behind + exponent - (bits - 1);
  const s2 = s5 + behind;
  const common = Math.min(b2, s2);
  const missing = Math.max(0, common - (b5 + behind + exponent - (EXP_SHIFT + 1)));
  const sizeOfB = bits + b2 - common + missing + bitsOfFive(b5);
  const sizeOfTens = s2 - common + missing + 1 + bitsOfFive(s5 + 1);
  if (sizeOfB < 32 && sizeOfTens < 32) return sizeOfTens <= 32 - OVERFLOW_BITS;
  return sizeOfB >= 64 || sizeOfTens >= 64 || sizeOfTens <= 64 - OVERFLOW_BITS;
}

/** Of `fraction` (53 bits, the first one set) / 2^52 * 2^exponent, of whose bits so many are significant. */
function digitsOf(exponent: number, fraction: bigint, significant: number): JavaDigits {
  const tail = trailingZeros(fraction);
  const bits = EXP_SHIFT + 1 - tail;
  const behind = Math.max(0, bits - exponent - 1);
  if (behind === 0 && exponent <= 62) {
    const whole = exponent >= EXP_SHIFT ? fraction << BigInt(exponent - EXP_SHIFT) : fraction >> BigInt(EXP_SHIFT - exponent);
    return wholeDigits(whole, exponent > significant ? insignificantDigits(exponent - significant - 1) : 0);
  }
  let ten = estimateOfTen(fraction, exponent);
  const b5 = Math.max(0, -ten);
  const s5 = Math.max(0, ten);
  let b2 = b5 + behind + exponent;
  let s2 = s5 + behind;
  let m2 = b2 - significant;
  b2 -= bits - 1;
  const common = Math.min(b2, s2);
  b2 -= common;
  s2 -= common;
  // A power of two is twice as near to its lower neighbour.
  m2 -= common + (bits === 1 ? 1 : 0);
  if (m2 < 0) {
    b2 -= m2;
    s2 -= m2;
    m2 = 0;
  }
  const sizeOfB = bits + b2 + bitsOfFive(b5);
  const sizeOfTens = s2 + 1 + bitsOfFive(s5 + 1);
  const width = sizeOfB < 32 && sizeOfTens < 32 ? 32 : sizeOfB < 64 && sizeOfTens < 64 ? 64 : 0;
  const wrap = (n: bigint): bigint => (width === 0 ? n : BigInt.asIntN(width, n));
  let b = wrap(((fraction >> BigInt(tail)) * 5n ** BigInt(b5)) << BigInt(b2));
  const s = wrap((5n ** BigInt(s5)) << BigInt(s2));
  let m = wrap((5n ** BigInt(b5)) << BigInt(m2));
  const tens = wrap(s * 10n);
  const digits: number[] = [];
  let low = false;
  let high = false;
  const step = (): number => {
    const q = Number(b / s);
    b = wrap((b % s) * 10n);
    m = wrap(m * 10n);
    const overflown = m <= 0n;
    low = overflown || b < m;
    // Big integers stop where the sum is the bound, too.
    high = overflown || (width === 0 ? b + m >= tens : wrap(b + m) > tens);
    return q;
  };
  const first = step();
  if (first === 0 && !high) ten--;
  else digits.push(first);
  // In the form with an exponent there is a second digit whether it is needed or not.
  if (ten < -3 || ten >= 8) {
    low = false;
    high = false;
  }
  while (!low && !high) digits.push(step());
  const rest = b * 2n - tens;
  if (high && (!low || rest > 0n || (rest === 0n && (digits[digits.length - 1] & 1) !== 0))) return roundedUp(digits, ten);
  return { digits: digits.join(''), exponent: ten };
}

/** Of a whole number, whose last digits mean nothing. */
function wholeDigits(whole: bigint, insignificant: number): JavaDigits {
  const unit = 10n ** BigInt(insignificant);
  const rounded = insignificant === 0 ? whole : whole / unit + (whole % unit >= unit / 2n ? 1n : 0n);
  const text = String(rounded);
  return { digits: text.replace(/0+$/, ''), exponent: text.length - 1 + insignificant };
}

function roundedUp(digits: number[], exponent: number): JavaDigits {
  let i = digits.length - 1;
  while (digits[i] === 9 && i > 0) digits[i--] = 0;
  const carries = digits[i] === 9;
  digits[i] = carries ? 1 : digits[i] + 1;
  return { digits: digits.join(''), exponent: carries ? exponent + 1 : exponent };
}

/** The power of ten of the first digit, or one more. */
function estimateOfTen(fraction: bigint, exponent: number): number {
  return tenOf(Number(fraction) / 2 ** EXP_SHIFT, exponent);
}

/** The same of a number from 1 to 2, times 2^exponent. */
function tenOf(mantissa: number, exponent: number): number {
  return Math.floor((mantissa - 1.5) * 0.289529654 + 0.176091259 + exponent * 0.301029995663981);
}

/** Decimal digits that 2^power has behind its first one. */
function insignificantDigits(power: number): number {
  return power > 1 ? Math.floor(power * Math.log10(2)) : 0;
}

/** Bits of a power of five: counted as far as they fit into 64 of them, else three each. */
function bitsOfFive(power: number): number {
  return power < 27 ? Math.ceil(power * Math.log2(5)) : power * 3;
}

function trailingZeros(n: bigint): number {
  const low = Number(n & 0xffffffffn);
  if (low !== 0) return 31 - Math.clz32(low & -low);
  const high = Number(n >> 32n);
  return 63 - Math.clz32(high & -high);
}
