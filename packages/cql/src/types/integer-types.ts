import { type ByteWriter, compareInt64, highWord, lowWord, toBigInt } from '@cassette/bytes';
import { putSigned, putVariableInteger } from './byte-comparable.ts';
import { ScalarType } from './scalar-type.ts';
import { fieldsOf, wrongBytes, wrongValue } from './wrong-value.ts';

/** Big-endian int32 at `at`. */
export function int32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/** A signed 64-bit value at `at` as a bigint. */
export function bigint64At(bytes: Uint8Array, at: number): bigint {
  return toBigInt(int32At(bytes, at), int32At(bytes, at + 4));
}

/** Order of two signed 64-bit values in bytes. */
export function compareInt64At(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  return compareInt64(int32At(a, aAt), int32At(a, aAt + 4), int32At(b, bAt), int32At(b, bAt + 4));
}

/** Integer text as Java's Integer.parseInt takes it; null for other text. */
export function integerText(text: string): bigint | null {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.startsWith('+') ? text.slice(1) : text) : null;
}

/** The value of an integer object of a driver: Long has `high` and `low`, Integer has `bits_` and prints itself. */
export function integerObject(value: unknown): bigint | null {
  const fields = fieldsOf(value);
  if (fields === null) return null;
  if (typeof fields.high === 'number' && typeof fields.low === 'number') return toBigInt(fields.high, fields.low);
  return Array.isArray(fields.bits_) ? integerText(String(value)) : null;
}

/** tinyint, smallint and int: whole numbers that a JavaScript number holds. Cassandra: ByteType, ShortType, Int32Type. */
export class SmallIntegerType extends ScalarType {
  private readonly size: 1 | 2 | 4;
  private readonly min: number;
  private readonly max: number;

  constructor(cql: string, className: string, size: 1 | 2 | 4) {
    // Only int is written without a length.
    super(cql, className, size === 4 ? 4 : -1, size === 4);
    this.size = size;
    this.max = 2 ** (8 * size - 1) - 1;
    this.min = -this.max - 1;
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'number' && value >= this.min && value <= this.max && Math.floor(value) === value) {
      this.put(value, out);
    } else if (typeof value === 'string') {
      this.encodeText(value, out);
    } else {
      this.putWhole(typeof value === 'bigint' ? value : integerObject(value), value, out);
    }
  }

  override encodeText(text: string, out: ByteWriter): void {
    this.putWhole(integerText(text), text, out);
  }

  private putWhole(whole: bigint | null, value: unknown, out: ByteWriter): void {
    if (whole === null || whole < this.min || whole > this.max) {
      throw wrongValue(this.cqlName(), `a whole number from ${this.min} to ${this.max}`, value);
    }
    this.put(Number(whole), out);
  }

  private put(value: number, out: ByteWriter): void {
    if (this.size === 4) out.i32(value);
    else if (this.size === 2) out.u16(value & 0xffff);
    else out.u8(value & 0xff);
  }

  private valueAt(bytes: Uint8Array, at: number): number {
    if (this.size === 4) return int32At(bytes, at);
    return this.size === 2 ? ((bytes[at] << 24) >> 16) | bytes[at + 1] : (bytes[at] << 24) >> 24;
  }

  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    return this.valueAt(a, aFrom) - this.valueAt(b, bFrom);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    putSigned(bytes, from, to, out);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, this.size);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): number {
    return this.valueAt(bytes, from);
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return String(this.valueAt(bytes, from));
  }
}

const expected64 = 'a whole number of 64 bits (a bigint beyond 2^53)';

/** Appends a whole number in 64 bits: number, bigint, text or a driver's Long. */
export function putInt64(type: string, value: unknown, out: ByteWriter): void {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw wrongValue(type, expected64, value);
    out.i64Number(value);
    return;
  }
  const whole = typeof value === 'bigint' ? value : typeof value === 'string' ? integerText(value) : integerObject(value);
  if (whole === null || BigInt.asIntN(64, whole) !== whole) throw wrongValue(type, expected64, value);
  out.i64(highWord(whole), lowWord(whole));
}

/** `bigint`: 64 bits. JavaScript: bigint; takes number, text and a driver's Long too. Cassandra: LongType. */
export class BigintType extends ScalarType {
  constructor() {
    super('bigint', 'LongType', 8, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    putInt64('bigint', value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    putInt64('bigint', text, out);
  }

  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    return compareInt64At(a, aFrom, b, bFrom);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    this.needLength(from, to, 8);
    putVariableInteger(int32At(bytes, from), int32At(bytes, from + 4), out);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 8);
  }

  protected override decodeValue(bytes: Uint8Array, from: number): bigint {
    return bigint64At(bytes, from);
  }

  protected override jsonValue(bytes: Uint8Array, from: number): string {
    return bigint64At(bytes, from).toString();
  }
}

// Bytes of a shard of a counter context: id, clock, count.
const shardSize = 32;

/**
 * `counter`. Values given to it are increments (64 bits). Its bytes are such an increment (8 bytes) or a counter context, the sum of
 * whose shards is the value. JavaScript: bigint. Cassandra: CounterColumnType, CounterContext.
 */
export class CounterType extends ScalarType {
  constructor() {
    super('counter', 'CounterColumnType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    putInt64('counter', value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    putInt64('counter', text, out);
  }

  /** Cassandra never orders counters; equal bytes are equal here, the rest is ordered by value. */
  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    const x = total(a, aFrom, aTo);
    const y = total(b, bFrom, bTo);
    return x < y ? -1 : x > y ? 1 : 0;
  }

  protected override putComparable(): void {
    throw wrongBytes('counter', 'Counters have no byte-comparable form: they are never part of a key');
  }

  protected override validateValue(bytes: Uint8Array, from: number, to: number): void {
    if (to - from === 8) return;
    const body = to - from - headerSize(bytes, from, to);
    if (body < 0 || body % shardSize !== 0) throw wrongBytes('counter', 'Invalid size for a counter context');
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): bigint {
    return total(bytes, from, to);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return total(bytes, from, to).toString();
  }
}

function headerSize(bytes: Uint8Array, from: number, to: number): number {
  return to - from < 2 ? Number.POSITIVE_INFINITY : 2 + 2 * Math.abs(((bytes[from] << 24) >> 16) | bytes[from + 1]);
}

function total(bytes: Uint8Array, from: number, to: number): bigint {
  if (to - from === 8) return bigint64At(bytes, from);
  let sum = 0n;
  for (let at = from + headerSize(bytes, from, to); at + shardSize <= to; at += shardSize) sum += bigint64At(bytes, at + 24);
  return BigInt.asIntN(64, sum);
}
