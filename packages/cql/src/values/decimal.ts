import { CassetteError } from '@cassette/bytes';

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,11}))?$/;

/** A decimal number of any precision: `unscaled × 10^-scale`. Immutable. Java: BigDecimal. */
export class Decimal {
  /** All digits as an integer. */
  readonly unscaled: bigint;
  /** Digits after the point; negative for trailing zeros that are not written. An int32. */
  readonly scale: number;

  /** Throws CassetteError INVALID_DECIMAL for a scale that is not an int32. */
  constructor(unscaled: bigint, scale: number) {
    if ((scale | 0) !== scale)
      throw new CassetteError('INVALID_DECIMAL', `The scale ${scale} of a decimal is not a 32-bit integer`);
    this.unscaled = unscaled;
    this.scale = scale;
  }

  /** From `-12.30`, `1e3`, …; digits after the point are kept as scale. Throws CassetteError INVALID_DECIMAL for other text. */
  static parse(text: string): Decimal {
    const match = pattern.exec(text);
    const whole = match?.[2] ?? '';
    const fraction = match?.[3] ?? '';
    const scale = fraction.length - Number(match?.[4] ?? 0);
    if (match === null || whole.length + fraction.length === 0 || (scale | 0) !== scale) {
      throw new CassetteError('INVALID_DECIMAL', `'${text}' is not a decimal number`, { text });
    }
    const digits = BigInt(whole + fraction);
    return new Decimal(match[1] === '-' ? -digits : digits, scale);
  }

  /** The number as JavaScript prints it: 0.1 is 0.1. Throws CassetteError INVALID_DECIMAL for NaN and the infinities. */
  static fromNumber(value: number): Decimal {
    return Decimal.parse(String(value));
  }

  /** Order by value: -1, 0 or 1; 1.0 and 1.00 are equal. */
  compareTo(other: Decimal): number {
    const sign = signOf(this.unscaled);
    const otherSign = signOf(other.unscaled);
    if (sign !== otherSign) return sign < otherSign ? -1 : 1;
    if (sign === 0) return 0;
    if (this.scale === other.scale) return orderOf(this.unscaled, other.unscaled);
    // Scales may be billions apart: numbers are brought to one scale only when their magnitudes are the same, so that
    // what is multiplied is never longer than the digits that are there.
    const magnitude = digitsOf(this.unscaled) - this.scale;
    const otherMagnitude = digitsOf(other.unscaled) - other.scale;
    if (magnitude !== otherMagnitude) return magnitude < otherMagnitude ? -sign : sign;
    return this.scale < other.scale
      ? orderOf(this.unscaled * 10n ** BigInt(other.scale - this.scale), other.unscaled)
      : orderOf(this.unscaled, other.unscaled * 10n ** BigInt(this.scale - other.scale));
  }

  /** Same digits and same scale; {@link compareTo} compares values. */
  equals(other: Decimal): boolean {
    return this.scale === other.scale && this.unscaled === other.unscaled;
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString());
  }

  /** As Java's BigDecimal#toString: plain, or with an exponent where the scale is negative or the number very small. */
  toString(): string {
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString();
    const sign = this.unscaled < 0n ? '-' : '';
    if (this.scale === 0) return sign + digits;
    const exponent = digits.length - 1 - this.scale;
    if (this.scale > 0 && exponent >= -6) {
      const point = digits.length - this.scale;
      if (point > 0) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
      return `${sign}0.${'0'.repeat(-point)}${digits}`;
    }
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    if (exponent === 0) return sign + mantissa;
    return `${sign}${mantissa}E${exponent > 0 ? '+' : ''}${exponent}`;
  }

  /** As text: a JSON number would lose digits in most readers. */
  toJSON(): string {
    return this.toString();
  }
}

function signOf(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

function orderOf(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function digitsOf(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}
