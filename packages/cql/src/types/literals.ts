import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import type { Literal } from '../language/ast/index.ts';
import { literalText } from '../language/ast/literal-text.ts';
import { Decimal } from '../values/decimal.ts';
import { CollectionType } from './collection-type.ts';
import type { CqlType } from './cql-type.ts';
import { nativeTypes } from './native-types.ts';
import { ReversedType } from './other-types.ts';
import { ScalarType } from './scalar-type.ts';
import { encodeBlob } from './text-types.ts';
import { TupleType, UserType } from './tuple-type.ts';
import { VectorType } from './vector-type.ts';

const n = nativeTypes;

/** Cassandra's names of the kinds of constants, and the types that each of them can be a value of. Cassandra: Constants.Literal. */
const kinds: Readonly<Record<Literal['kind'], { readonly name: string; readonly types: readonly CqlType[] }>> = {
  string: { name: 'STRING', types: [n.ascii, n.text, n.inet, n.date, n.time, n.timestamp] },
  integer: {
    name: 'INTEGER',
    types: [
      ...[n.bigint, n.counter, n.date, n.decimal, n.double, n.duration, n.float, n.int, n.smallint, n.time, n.timestamp],
      ...[n.tinyint, n.varint],
    ],
  },
  float: { name: 'FLOAT', types: [n.decimal, n.double, n.float] },
  boolean: { name: 'BOOLEAN', types: [n.boolean] },
  duration: { name: 'DURATION', types: [n.duration] },
  uuid: { name: 'UUID', types: [n.uuid, n.timeuuid] },
  blob: { name: 'HEX', types: [n.blob] },
};

/**
 * Whether a constant may stand for a value of the type. Tuples and classes without a CQL name take any: what the text says decides.
 * Cassandra: Constants.Literal#testAssignment.
 */
export function isLiteralAssignable(literal: Literal, type: CqlType): boolean {
  if (type instanceof ScalarType) return kinds[literal.kind].types.includes(type);
  return !(type instanceof CollectionType || type instanceof UserType || type instanceof VectorType);
}

/** The type that a constant has where nothing else tells; numbers are as wide as they need to be. Cassandra: getPreferedTypeFor. */
export function preferredLiteralType(literal: Literal): CqlType {
  switch (literal.kind) {
    case 'string':
      return /^\p{ASCII}*$/u.test(literal.value) ? n.ascii : n.text;
    case 'integer': {
      const value = BigInt(literal.text);
      if (BigInt.asIntN(32, value) === value) return n.int;
      return BigInt.asIntN(64, value) === value ? n.bigint : n.varint;
    }
    case 'uuid':
      return literal.text[14] === '1' ? n.timeuuid : n.uuid;
    case 'float':
      return isDouble(literal.text) ? n.double : n.decimal;
    case 'boolean':
      return n.boolean;
    case 'blob':
      return n.blob;
    case 'duration':
      return n.duration;
  }
}

/** Whether a double says just what the text says: NaN and the infinities do, 1e400 does not. */
function isDouble(text: string): boolean {
  if (!/\d/.test(text)) return true;
  const value = Number(text);
  return Number.isFinite(value) && Decimal.fromNumber(value).compareTo(Decimal.parse(text)) === 0;
}

/**
 * Appends the bytes of a constant as a value of `type`. `name` is the column's, for messages. Throws InvalidRequestError, in
 * Cassandra's words, where it is none. Cassandra: Constants.Literal#prepare.
 */
export function encodeLiteral(literal: Literal, type: CqlType, out: ByteWriter, name = 'value'): void {
  const text = literalText(literal);
  if (!isLiteralAssignable(literal, type)) {
    throw new InvalidRequestError(`Invalid ${kinds[literal.kind].name} constant (${text}) for "${name}" of type ${type}`);
  }
  if (literal.kind !== 'blob') {
    encodeText(type, text, out);
    return;
  }
  const from = out.length;
  encodeBlob(type.cqlName(), text, out);
  type.validate(out.buffer, from, out.length);
}

/** Appends the value that a text says. Cassandra: AbstractType#fromString. */
function encodeText(type: CqlType, text: string, out: ByteWriter): void {
  if (type instanceof ScalarType) type.encodeText(text, out);
  else if (type instanceof ReversedType) encodeText(type.base, text, out);
  else if (type instanceof TupleType) encodeTupleText(type, text, out);
  else throw new InvalidRequestError(`A value of type ${type} can only be written as a blob`);
}

/** Fields stand between colons, `@` is null; a backslash takes both their meaning. Cassandra: TupleType#fromString. */
function encodeTupleText(type: TupleType, text: string, out: ByteWriter): void {
  const fields = text === '' ? [] : text.split(/(?<!\\):/);
  if (fields.length > type.types.length) {
    throw new InvalidRequestError(
      `Invalid tuple literal: too many elements. Type ${type} expects ${type.types.length} but got ${fields.length}`,
    );
  }
  for (const [i, field] of fields.entries()) {
    const at = out.length;
    out.i32(-1);
    if (field === '@') continue;
    encodeText(type.types[i], field.replaceAll('\\:', ':').replaceAll('\\@', '@'), out);
    out.patchI32(at, out.length - at - 4);
  }
}
