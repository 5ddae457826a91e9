import type { ByteWriter } from '@cassette/bytes';
import { toHex } from '@cassette/bytes';
import { Decimal } from '../values/decimal.ts';
import { putComparableDecimal, putComparableVarint } from './byte-comparable-numbers.ts';
import { int32At, integerObject, integerText } from './integer-types.ts';
import { ScalarType } from './scalar-type.ts';
import { fieldsOf, parsed, wrongBytes, wrongValue } from './wrong-value.ts';

/** Appends the shortest two's complement of a whole number, at least one byte. Java: BigInteger#toByteArray. */
export function putVarint(value: bigint, out: ByteWriter): void {
  if (value >= -128n && value <= 127n) {
    out.u8(Number(value) & 0xff);
    return;
  }
  // One bit more than the magnitude: the sign.
  const magnitude = value < 0n ? ~value : value;
  const hexDigits = magnitude.toString(16);
  const bits = (hexDigits.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hexDigits[0], 16))) + 1;
  const size = (bits + 7) >> 3;
  const digits = BigInt.asUintN(8 * size, value)
    .toString(16)
    .padStart(2 * size, '0');
  out.ensure(size);
  for (let i = 0; i < size; i++) out.buffer[out.length + i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  out.length += size;
}

/** The whole number of two's complement bytes, which need not be the shortest. */
export function varintOf(bytes: Uint8Array, from: number, to: number): bigint {
  const value = BigInt(`0x${toHex(bytes, from, to)}`);
  return BigInt.asIntN(8 * (to - from), value);
}

/** Order of two's complement numbers of any length, without making numbers of them. */
function compareVarints(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
  const aFill = a[aFrom] >= 0x80 ? 0xff : 0;
  const bFill = b[bFrom] >= 0x80 ? 0xff : 0;
  if (aFill !== bFill) return aFill === 0xff ? -1 : 1;
  // Leading bytes that only repeat the sign say nothing.
  while (aFrom < aTo && a[aFrom] === aFill) aFrom++;
  while (bFrom < bTo && b[bFrom] === bFill) bFrom++;
  const size = aTo - aFrom;
  if (size !== bTo - bFrom) return size < bTo - bFrom === (aFill === 0) ? -1 : 1;
  for (let i = 0; i < size; i++) {
    const d = a[aFrom + i] - b[bFrom + i];
    if (d !== 0) return d;
  }
  return 0;
}

/** `varint`: a whole number of any size. JavaScript: bigint; takes number, text and a driver's Long or Integer too. Cassandra: IntegerType. */
export class VarintType extends ScalarType {
  constructor() {
    super('varint', 'IntegerType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'bigint') putVarint(value, out);
    else if (typeof value === 'number' && Number.isSafeInteger(value)) putVarint(BigInt(value), out);
    else if (typeof value === 'string') this.encodeText(value, out);
    else this.putWhole(integerObject(value), value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    this.putWhole(integerText(text), text, out);
  }

  private putWhole(whole: bigint | null, value: unknown, out: ByteWriter): void {
    if (whole === null) throw wrongValue('varint', 'a whole number (a bigint beyond 2^53)', value);
    putVarint(whole, out);
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareVarints(a, aFrom, aTo, b, bFrom, bTo);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    putComparableVarint(bytes, from, to, out);
  }

  protected override validateValue(): void {
    // Any bytes are a number.
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): bigint {
    return varintOf(bytes, from, to);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return varintOf(bytes, from, to).toString();
  }
}

/** `decimal`. JavaScript: Decimal; takes number, bigint, text and a driver's BigDecimal too. Cassandra: DecimalType. */
export class DecimalType extends ScalarType {
  constructor() {
    super('decimal', 'DecimalType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const decimal = this.decimalOf(value);
    out.i32(decimal.scale);
    putVarint(decimal.unscaled, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    this.encode(text, out);
  }

  private decimalOf(value: unknown): Decimal {
    const expected = 'a decimal number';
    if (value instanceof Decimal) return value;
    if (typeof value === 'bigint') return new Decimal(value, 0);
    if (typeof value === 'string') return parsed('decimal', expected, value, Decimal.parse);
    if (typeof value === 'number' && Number.isFinite(value)) return Decimal.fromNumber(value);
    const fields = fieldsOf(value);
    // A Decimal whose class was lost on the way through a message; behind it a driver's BigDecimal.
    if (typeof fields?.unscaled === 'bigint' && typeof fields.scale === 'number')
      return new Decimal(fields.unscaled, fields.scale);
    const unscaled = fields?._intVal ?? value;
    const whole = typeof unscaled === 'bigint' ? unscaled : integerObject(unscaled);
    if (whole === null) throw wrongValue('decimal', expected, value);
    const scale = unscaled === value ? 0 : fields?._scale;
    return parsed('decimal', expected, value, () => new Decimal(whole, Number(scale)));
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (int32At(a, aFrom) === int32At(b, bFrom)) return compareVarints(a, aFrom + 4, aTo, b, bFrom + 4, bTo);
    return this.decodeValue(a, aFrom, aTo).compareTo(this.decodeValue(b, bFrom, bTo));
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    this.validate(bytes, from, to);
    putComparableDecimal(varintOf(bytes, from + 4, to), int32At(bytes, from), out);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    // Four bytes are the scale of a number without digits, which Java's BigInteger refuses.
    if (to - from < 5) throw wrongBytes('decimal', `Expected 0 or at least 5 bytes for a decimal, got ${to - from}`);
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): Decimal {
    return new Decimal(varintOf(bytes, from + 4, to), int32At(bytes, from));
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return this.decodeValue(bytes, from, to).toString();
  }
}
