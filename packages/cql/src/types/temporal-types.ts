import { type ByteWriter, compareBytes, toBigInt, toHex } from '@cassette/bytes';
import { Duration } from '../values/duration.ts';
import { LocalDate } from '../values/local-date.ts';
import { LocalTime } from '../values/local-time.ts';
import { putEscaped, putSigned } from './byte-comparable.ts';
import { bigint64At, compareInt64At, int32At, integerObject, putInt64 } from './integer-types.ts';
import { ScalarType } from './scalar-type.ts';
import { parseTimestamp, printTimestamp } from './temporal-text.ts';
import { fieldsOf, parsed, wrongBytes, wrongValue } from './wrong-value.ts';

// What a Date holds, in milliseconds to both sides of 1970.
const dateLimit = 8_640_000_000_000_000n;
// Years that the text of a timestamp is read back from, 0001 to 9999.
const textFrom = -62_135_596_800_000n;
const textTo = 253_402_300_800_000n;

/**
 * `timestamp`: milliseconds since 1970. JavaScript: Date, or a bigint of milliseconds beyond what Date holds; takes milliseconds as
 * number and text (see parseTimestamp) too. Cassandra: TimestampType.
 */
export class TimestampType extends ScalarType {
  constructor() {
    super('timestamp', 'TimestampType', 8, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (value instanceof Date) {
      const millis = value.getTime();
      if (Number.isNaN(millis)) throw wrongValue('timestamp', 'a valid Date', value);
      out.i64Number(millis);
    } else if (typeof value === 'string') {
      this.encodeText(value, out);
    } else {
      putInt64('timestamp', value, out);
    }
  }

  override encodeText(text: string, out: ByteWriter): void {
    // As Cassandra has it: no text, no bytes.
    if (text === '') return;
    const millis = parseTimestamp(text);
    if (millis === null) throw wrongValue('timestamp', expectedFor(text), text);
    putInt64('timestamp', millis, out);
  }

  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    return compareInt64At(a, aFrom, b, bFrom);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    putSigned(bytes, from, to, out);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 8);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): Date | bigint {
    const hi = int32At(bytes, from);
    // Beyond these words a double of milliseconds is no Date.
    if (hi > -0x1eb208 && hi < 0x1eb208) return new Date(hi * 0x100000000 + (int32At(bytes, from + 4) >>> 0));
    const millis = toBigInt(hi, int32At(bytes, from + 4));
    return millis >= -dateLimit && millis <= dateLimit ? new Date(Number(millis)) : millis;
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return `"${printTimestamp(bigint64At(bytes, from), ' ')}"`;
  }

  protected override emptyLiteral(): string {
    return "''";
  }

  protected override literalValue(bytes: Uint8Array, from: number): string {
    const millis = bigint64At(bytes, from);
    return millis >= textFrom && millis < textTo ? `'${printTimestamp(millis, 'T')}'` : millis.toString();
  }
}

/** What should stand in the place of text that is no timestamp. */
function expectedFor(text: string): string {
  if (/^now$/i.test(text)) return "a date and time ('now' is one where it stands in a statement's own text)";
  // Java's tables of names and of the seasons' offsets differ from one version to the next.
  return / [A-Za-z][\w/+-]*$/.test(text)
    ? 'a date and time whose zone is an offset like +01:00 or UTC'
    : 'a date and time like 2011-02-03 04:05';
}

/**
 * `date`: days, stored with 2^31 added so that they sort as bytes. JavaScript: LocalDate; takes a Date (its day in UTC) and text too, and
 * as text alone the stored number, as CQL does. Cassandra: SimpleDateType.
 */
export class DateType extends ScalarType {
  constructor() {
    super('date', 'SimpleDateType', -1, false);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'string') this.encodeText(value, out);
    else out.i32(this.daysOf(value) ^ 0x80000000);
  }

  override encodeText(text: string, out: ByteWriter): void {
    if (/^-?\d+$/.test(text)) {
      const raw = Number(text);
      if (raw < 0 || raw > 0xffffffff)
        throw wrongValue('date', 'a number of days from 0 to 4294967295, 2^31 being 1970-01-01', text);
      out.i32(raw);
      return;
    }
    out.i32(parsed('date', 'a date like 2011-02-03', text, LocalDate.parse).daysSinceEpoch ^ 0x80000000);
  }

  private daysOf(value: unknown): number {
    if (value instanceof LocalDate) return value.daysSinceEpoch;
    if (value instanceof Date && !Number.isNaN(value.getTime())) return LocalDate.fromDate(value).daysSinceEpoch;
    const fields = fieldsOf(value);
    // A driver's LocalDate has its days where Date does not reach.
    const days = fields?.daysSinceEpoch ?? fields?._value;
    if (typeof days === 'number') return parsed('date', 'a date', value, () => LocalDate.fromDays(days).daysSinceEpoch);
    if (typeof fields?.year !== 'number') throw wrongValue('date', 'a LocalDate, a Date or text like 2011-02-03', value);
    return parsed('date', 'a date', value, () => LocalDate.of(Number(fields.year), Number(fields.month), Number(fields.day)))
      .daysSinceEpoch;
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    out.bytesOf(bytes, from, to);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 4);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): LocalDate {
    return new LocalDate(int32At(bytes, from) ^ 0x80000000);
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return `"${this.decodeValue(bytes, from)}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number): string {
    return `'${this.decodeValue(bytes, from)}'`;
  }
}

/**
 * `time`: nanoseconds since midnight. JavaScript: LocalTime (a bigint where it is no time of day); takes nanoseconds (number or bigint), text and a driver's LocalTime too.
 * Cassandra: TimeType.
 */
export class TimeType extends ScalarType {
  constructor() {
    super('time', 'TimeType', -1, false);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'string') this.encodeText(value, out);
    else out.i64Number(this.timeOf(value).totalNanoseconds);
  }

  override encodeText(text: string, out: ByteWriter): void {
    const parse = (source: string) =>
      /^-?\d+$/.test(source) ? LocalTime.fromNanoseconds(BigInt(source)) : LocalTime.parse(source);
    out.i64Number(parsed('time', 'a time like 08:12:54.123456789', text, parse).totalNanoseconds);
  }

  private timeOf(value: unknown): LocalTime {
    if (value instanceof LocalTime) return value;
    const fields = fieldsOf(value);
    const expected = 'a LocalTime, nanoseconds since midnight or text like 08:12:54';
    const nanoseconds =
      typeof value === 'number' || typeof value === 'bigint'
        ? value
        : typeof fields?.totalNanoseconds === 'number'
          ? fields.totalNanoseconds
          : integerObject(value);
    if (nanoseconds !== null) return parsed('time', expected, String(nanoseconds), () => LocalTime.fromNanoseconds(nanoseconds));
    if (typeof fields?.hour !== 'number') throw wrongValue('time', expected, value);
    return parsed('time', expected, value, () =>
      LocalTime.of(Number(fields.hour), Number(fields.minute), Number(fields.second), Number(fields.nanosecond)),
    );
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    out.bytesOf(bytes, from, to);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 8);
  }

  /** A bigint of nanoseconds where they are no time of day: Cassandra checks the length alone, so files may hold such. */
  protected override decodeValue(bytes: Uint8Array, from: number): LocalTime | bigint {
    const nanoseconds = bigint64At(bytes, from);
    return nanoseconds >= 0n && nanoseconds < 86_400_000_000_000n ? new LocalTime(Number(nanoseconds)) : nanoseconds;
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return `"${this.decodeValue(bytes, from)}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    const value = this.decodeValue(bytes, from);
    return value instanceof LocalTime ? `'${value}'` : `blob_as_time(0x${toHex(bytes, from, to)})`;
  }
}

/** `duration`. JavaScript: Duration; takes text and a driver's Duration too. No order that means anything. Cassandra: DurationType. */
export class DurationType extends ScalarType {
  constructor() {
    super('duration', 'DurationType', -1, false);
  }

  override encode(value: unknown, out: ByteWriter): void {
    const duration = this.durationOf(value);
    out.signedVIntNumber(duration.months);
    out.signedVIntNumber(duration.days);
    putSignedVInt(duration.nanoseconds, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    this.encode(text, out);
  }

  private durationOf(value: unknown): Duration {
    const expected = 'a duration like 1mo2d3h';
    if (value instanceof Duration) return value;
    if (typeof value === 'string') return parsed('duration', expected, value, Duration.parse);
    const fields = fieldsOf(value);
    const nanoseconds = fields?.nanoseconds;
    const whole = typeof nanoseconds === 'bigint' || typeof nanoseconds === 'number' ? nanoseconds : integerObject(nanoseconds);
    if (whole === null || typeof fields?.months !== 'number' || typeof fields.days !== 'number') {
      throw wrongValue('duration', expected, value);
    }
    const { months, days } = fields;
    const parts = 'months, days and nanoseconds of one sign, and within 32, 32 and 64 bits';
    const given = `${months} months, ${days} days, ${whole} ns`;
    return parsed('duration', parts, given, () => new Duration(Number(months), Number(days), whole));
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }

  /** Empty ones too: the order is that of the bytes. */
  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    putEscaped(bytes, from, to, out);
    return true;
  }

  protected override validateValue(bytes: Uint8Array, from: number, to: number): void {
    this.decodeValue(bytes, from, to);
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): Duration {
    const parts: bigint[] = [];
    let at = from;
    for (const part of ['months', 'days', 'nanoseconds']) {
      const size = at < to ? vintSize(bytes[at]) : 1;
      if (at + size > to) throw wrongBytes('duration', `The ${part} of a duration are missing or cut`);
      parts.push(signedVIntAt(bytes, at, size));
      at += size;
    }
    if (at !== to) throw wrongBytes('duration', `${to - at} bytes too many for a duration`);
    const [months, days, nanoseconds] = parts;
    const make = () => new Duration(Number(months), Number(days), nanoseconds);
    return parsed('duration', 'parts of one sign that fit', `${months} months, ${days} days, ${nanoseconds} ns`, make);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return `"${this.decodeValue(bytes, from, to)}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return this.decodeValue(bytes, from, to).toString() || '0s';
  }
}

function vintSize(first: number): number {
  return first < 0x80 ? 1 : Math.clz32(~(first << 24)) + 1;
}

function signedVIntAt(bytes: Uint8Array, at: number, size: number): bigint {
  let value = size === 9 ? 0n : BigInt(bytes[at] & (0xff >> size));
  for (let i = 1; i < size; i++) value = (value << 8n) | BigInt(bytes[at + i]);
  return (value >> 1n) ^ -(value & 1n);
}

function putSignedVInt(value: bigint, out: ByteWriter): void {
  out.signedVInt(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
}
