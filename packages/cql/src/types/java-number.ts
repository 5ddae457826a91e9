import { doubleDigits, floatDigits, isShortestInJava, type JavaDigits } from './java-digits.ts';

// Java prints floating point numbers otherwise than JavaScript: always with a point, and with an exponent from 10^7 on and
// below 10^-3. JSON output and literals must look as Cassandra's.

/** As Double#toString of Java 11 and 17. */
export function printDouble(value: number): string {
  if (isShortestInJava(value)) return Number.isInteger(value) ? `${value}.0` : String(value);
  return printNumber(value, doubleDigits);
}

/** As Float#toString of Java 11 and 17. */
export function printFloat(value: number): string {
  return printNumber(value, floatDigits);
}

function printNumber(value: number, digitsOf: (value: number) => JavaDigits): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  return sign + (value === 0 ? '0.0' : layOut(digitsOf(value)));
}

function layOut({ digits, exponent }: JavaDigits): string {
  if (exponent >= 7 || exponent < -3) return `${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${whole}.${digits.slice(exponent + 1) || '0'}`;
}
