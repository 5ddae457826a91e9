import { type ByteWriter, compareBytes, toHex } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import { CqlType } from './cql-type.ts';
import { marshalPackage, ScalarType } from './scalar-type.ts';
import { encodeBlob } from './text-types.ts';
import { wrongBytes, wrongValue } from './wrong-value.ts';

/** `empty`: zero bytes and nothing else; the type of a set's cells. Cassandra: EmptyType. */
export class EmptyType extends ScalarType {
  constructor() {
    super('empty', 'EmptyType', 0, true);
  }

  override encode(value: unknown): void {
    if (value !== '') throw wrongValue('empty', "the empty string, the only way to write what's no value", value);
  }

  override encodeText(text: string): void {
    this.encode(text);
  }

  protected override compareValues(): number {
    return 0;
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    throw wrongBytes('empty', `A value of type empty has no bytes, not ${to - from}`);
  }

  protected override decodeValue(): null {
    return null;
  }

  protected override jsonValue(): string {
    return '""';
  }
}

/**
 * A class that has no name in CQL: one of a user's own, or one of Cassandra's past (DateType, LexicalUUIDType, …). Its values are bytes,
 * ordered as unsigned ones. Cassandra: CQL3Type.Custom.
 */
export class CustomType extends CqlType {
  readonly fixedLength: number;
  /** Class and parameters as they were given. */
  readonly className: string;

  constructor(className: string) {
    super();
    this.className = className.includes('.') ? className : marshalPackage + className;
    this.fixedLength = fixedLengths[this.className.slice(marshalPackage.length)] ?? -1;
  }

  override cqlName(): string {
    return `'${this.className}'`;
  }

  override marshalName(): string {
    return this.className;
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }

  override toByteComparable(): boolean {
    throw noForm(this);
  }

  override validate(_bytes: Uint8Array, from: number, to: number): void {
    if (this.fixedLength >= 0 && from !== to && to - from !== this.fixedLength) {
      throw wrongBytes(this.cqlName(), `Expected ${this.fixedLength} bytes for ${this.cqlName()}, got ${to - from}`);
    }
  }

  override encode(value: unknown, out: ByteWriter): void {
    encodeBlob(this.cqlName(), value, out);
  }

  override decode(bytes: Uint8Array, from: number, to: number): Uint8Array {
    return new Uint8Array(bytes.subarray(from, to));
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return `"0x${toHex(bytes, from, to)}"`;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return `0x${toHex(bytes, from, to)}`;
  }
}

/** Classes of the past that Data.db stores without a length. */
const fixedLengths: Readonly<Record<string, number>> = { DateType: 8, LexicalUUIDType: 16, LegacyTimeUUIDType: 16 };

/** A type in descending order, as headers name it; tables say `descending` instead. Cassandra: ReversedType. */
export class ReversedType extends CqlType {
  readonly base: CqlType;

  constructor(base: CqlType) {
    super();
    this.base = base;
  }

  get fixedLength(): number {
    return this.base.fixedLength;
  }

  override get subTypes(): readonly CqlType[] {
    return [this.base];
  }

  override cqlName(): string {
    return this.base.cqlName();
  }

  override marshalName(ignoreFreezing = false): string {
    return `${marshalPackage}ReversedType(${this.base.marshalName(ignoreFreezing)})`;
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return this.base.compare(b, bFrom, bTo, a, aFrom, aTo);
  }

  /** The base type's with all bits turned over; empty values without a form still have none. */
  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    const at = out.length;
    if (!this.base.toByteComparable(bytes, from, to, out)) return false;
    for (let i = at; i < out.length; i++) out.buffer[i] ^= 0xff;
    return true;
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    this.base.validate(bytes, from, to);
  }

  override encode(value: unknown, out: ByteWriter): void {
    this.base.encode(value, out);
  }

  override decode(bytes: Uint8Array, from: number, to: number): unknown {
    return this.base.decode(bytes, from, to);
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    return this.base.toJson(bytes, from, to);
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return this.base.toCqlLiteral(bytes, from, to);
  }
}

/**
 * A partition key of several columns, as headers name it: per component a u16 length, the bytes and a zero byte. JavaScript: array.
 * Cassandra: CompositeType.
 */
export class CompositeType extends CqlType {
  readonly fixedLength = -1;
  readonly components: readonly CqlType[];

  constructor(components: readonly CqlType[]) {
    super();
    this.components = components;
  }

  override get subTypes(): readonly CqlType[] {
    return this.components;
  }

  override cqlName(): string {
    return `'${this.marshalName()}'`;
  }

  override marshalName(): string {
    return `${marshalPackage}CompositeType(${this.components.map((c) => c.marshalName()).join(',')})`;
  }

  /** Where the components lie: pairs of from and to. Throws InvalidRequestError where the bytes are no composite. */
  split(bytes: Uint8Array, from: number, to: number): number[] {
    const ranges: number[] = [];
    for (let at = from; at < to; ) {
      const size = at + 2 <= to ? (bytes[at] << 8) | bytes[at + 1] : to;
      if (at + 3 + size > to) throw wrongBytes('composite', `Component ${ranges.length / 2} of a composite key is cut`);
      ranges.push(at + 2, at + 2 + size);
      at += 3 + size;
    }
    return ranges;
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    const x = this.split(a, aFrom, aTo);
    const y = this.split(b, bFrom, bTo);
    for (let i = 0; i < x.length && i < y.length; i += 2) {
      const order = this.components[i / 2].compare(a, x[i], x[i + 1], b, y[i], y[i + 1]);
      if (order !== 0) return order;
    }
    return x.length - y.length;
  }

  /** The keys that are composites are compared as bytes. */
  override toByteComparable(): boolean {
    throw noForm(this);
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    const ranges = this.split(bytes, from, to);
    if (ranges.length > 2 * this.components.length) throw wrongBytes('composite', 'A composite key has more parts than its type');
    for (let i = 0; i < ranges.length; i += 2) this.components[i / 2].validate(bytes, ranges[i], ranges[i + 1]);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (!Array.isArray(value) || value.length !== this.components.length) {
      throw wrongValue('composite', `an array of ${this.components.length} values`, value);
    }
    this.components.forEach((component, i) => {
      const at = out.length;
      out.u16(0);
      component.encode(value[i], out);
      const size = out.length - at - 2;
      if (size > 0xffff) throw wrongValue('composite', 'values of at most 65535 bytes', value[i]);
      out.buffer[at] = size >> 8;
      out.buffer[at + 1] = size;
      out.u8(0);
    });
  }

  override decode(bytes: Uint8Array, from: number, to: number): unknown[] {
    this.validate(bytes, from, to);
    const ranges = this.split(bytes, from, to);
    return this.components.slice(0, ranges.length / 2).map((c, i) => c.decode(bytes, ranges[2 * i], ranges[2 * i + 1]));
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    const ranges = this.split(bytes, from, to);
    return `[${this.components
      .slice(0, ranges.length / 2)
      .map((c, i) => c.toJson(bytes, ranges[2 * i], ranges[2 * i + 1]))
      .join(', ')}]`;
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    return `0x${toHex(bytes, from, to)}`;
  }
}

function noForm(type: CqlType): InvalidRequestError {
  return new InvalidRequestError(`No byte-comparable form is known of values of type ${type.marshalName()}`);
}
