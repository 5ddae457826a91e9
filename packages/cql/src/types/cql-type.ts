import type { ByteWriter } from '@cassette/bytes';

/**
 * A CQL type: how its values look as JavaScript, as bytes, in order, and by name. Immutable; equal types are equal by
 * {@link CqlType.marshalName}. Cassandra: db.marshal.AbstractType.
 *
 * Bytes are always given as a range of an array, so that nothing has to be copied to be looked at. An empty range is the
 * "empty" value that Cassandra allows for most types; null never gets here.
 */
export abstract class CqlType {
  /**
   * Length in bytes where Data.db and clusterings write the bare value, or -1 where they write a vint length first.
   * Beware: -1 for tinyint, smallint, date, time and counter too. Cassandra: AbstractType#valueLengthIfFixed.
   */
  abstract readonly fixedLength: number;

  /** Non-frozen collection or user type, whose elements are cells of their own. Cassandra: AbstractType#isMultiCell. */
  get isMultiCell(): boolean {
    return false;
  }

  /** The type as CQL prints it: `frozen<list<int>>`. */
  abstract cqlName(): string;

  /**
   * The type as Statistics.db names it: `org.apache.cassandra.db.marshal.Int32Type`. What lies inside a frozen type is named
   * with `ignoreFreezing`: FrozenType is printed once, outermost. Cassandra: AbstractType#toString(boolean).
   */
  abstract marshalName(ignoreFreezing?: boolean): string;

  /** The same type with everything multi-cell in it frozen; itself where there is nothing. Cassandra: AbstractType#freeze. */
  freeze(): CqlType {
    return this;
  }

  /** The types this one is made of. Cassandra: AbstractType#subTypes. */
  get subTypes(): readonly CqlType[] {
    return [];
  }

  /** Order of two values: negative, 0 or positive. Empty values sort first. Cassandra: AbstractType#compare. */
  abstract compare(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number;

  /**
   * Appends bytes that are in unsigned order as values are in theirs, and none of which is a prefix of another's; false, with nothing
   * appended, for an empty value that has no such form of its own: whoever joins several forms then says so in its place. Throws
   * InvalidRequestError for a type that has no such form. Cassandra: AbstractType#asComparableBytes in ByteComparable.Version.OSS50.
   */
  abstract toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean;

  /** Throws InvalidRequestError where the bytes are no value of this type. Cassandra: AbstractType#validate. */
  abstract validate(bytes: Uint8Array, from: number, to: number): void;

  /**
   * Appends the bytes of a JavaScript value (never null or undefined). Throws InvalidRequestError, naming the type, for a
   * value that is not one of this type.
   */
  abstract encode(value: unknown, out: ByteWriter): void;

  /** The JavaScript value of bytes. Throws InvalidRequestError where they are no value of the type. */
  abstract decode(bytes: Uint8Array, from: number, to: number): unknown;

  /**
   * The value as the JSON text that SELECT JSON and sstabledump print, e.g. `"2011-02-03 04:05:00.000Z"`, `1.5`, `"0xca"`.
   * Cassandra: AbstractType#toJSONString.
   */
  abstract toJson(bytes: Uint8Array, from: number, to: number): string;

  /** The value as a CQL literal that parses back to the same bytes. */
  abstract toCqlLiteral(bytes: Uint8Array, from: number, to: number): string;

  toString(): string {
    return this.cqlName();
  }

  /** Whether both are the same type, frozenness included. */
  equals(other: CqlType): boolean {
    return this === other || this.marshalName() === other.marshalName();
  }
}
