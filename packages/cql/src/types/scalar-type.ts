import type { ByteWriter } from '@cassette/bytes';
import { putEscaped } from './byte-comparable.ts';
import { CqlType } from './cql-type.ts';
import { wrongBytes } from './wrong-value.ts';

/** Package of all of Cassandra's type classes, with the dot. */
export const marshalPackage = 'org.apache.cassandra.db.marshal.';

/** A type without parts: one CQL name, one class. What its subclasses compare is never empty. */
export abstract class ScalarType extends CqlType {
  readonly fixedLength: number;
  /** Whether zero bytes are a value. Cassandra: AbstractType#allowsEmpty. */
  readonly allowsEmpty: boolean;
  private readonly cql: string;
  private readonly className: string;

  constructor(cql: string, className: string, fixedLength: number, allowsEmpty: boolean) {
    super();
    this.cql = cql;
    this.className = marshalPackage + className;
    this.fixedLength = fixedLength;
    this.allowsEmpty = allowsEmpty;
  }

  override cqlName(): string {
    return this.cql;
  }

  override marshalName(): string {
    return this.className;
  }

  override compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    if (aFrom === aTo) return bFrom === bTo ? 0 : -1;
    if (bFrom === bTo) return 1;
    return this.compareValues(a, aFrom, aTo, b, bFrom, bTo);
  }

  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    if (from === to) return false;
    this.putComparable(bytes, from, to, out);
    return true;
  }

  override validate(bytes: Uint8Array, from: number, to: number): void {
    if (from !== to) this.validateValue(bytes, from, to);
    else if (!this.allowsEmpty) throw wrongBytes(this.cql, `The bytes of a ${this.cql} can't be empty`);
  }

  /** null for empty bytes where the JavaScript value has no empty form, as Cassandra's serializers answer. */
  override decode(bytes: Uint8Array, from: number, to: number): unknown {
    this.validate(bytes, from, to);
    return from === to ? this.emptyValue() : this.decodeValue(bytes, from, to);
  }

  override toJson(bytes: Uint8Array, from: number, to: number): string {
    this.validate(bytes, from, to);
    return from === to ? '""' : this.jsonValue(bytes, from, to);
  }

  override toCqlLiteral(bytes: Uint8Array, from: number, to: number): string {
    this.validate(bytes, from, to);
    return from === to ? this.emptyLiteral() : this.literalValue(bytes, from, to);
  }

  /** Appends the value that the text of a literal of any fitting kind says. Throws InvalidRequestError. Cassandra: fromString. */
  abstract encodeText(text: string, out: ByteWriter): void;

  /** Of two values that are not empty. */
  protected abstract compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number;

  /** Appends the byte-comparable form of a value that is not empty; here that of types that are ordered as unsigned bytes. */
  protected putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    putEscaped(bytes, from, to, out);
  }

  protected abstract validateValue(bytes: Uint8Array, from: number, to: number): void;

  protected abstract decodeValue(bytes: Uint8Array, from: number, to: number): unknown;

  protected abstract jsonValue(bytes: Uint8Array, from: number, to: number): string;

  protected literalValue(bytes: Uint8Array, from: number, to: number): string {
    return this.jsonValue(bytes, from, to);
  }

  protected emptyValue(): unknown {
    return null;
  }

  /** Zero bytes have no literal in most types; the conversion function says them. */
  protected emptyLiteral(): string {
    return `blob_as_${this.cql}(0x)`;
  }

  /** Refuses another number of bytes. */
  protected needLength(from: number, to: number, length: number): void {
    if (to - from !== length) {
      const allowed = this.allowsEmpty ? `${length} or 0` : String(length);
      throw wrongBytes(this.cql, `Expected ${allowed} bytes for a ${this.cql}, got ${to - from}`);
    }
  }
}
