import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import type { Literal, Term } from '../language/ast/index.ts';
import { literalText } from '../language/ast/literal-text.ts';
import { putSorted } from './collection-type.ts';
import type { CqlType } from './cql-type.ts';
import { ListType, refuseNull, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { nativeTypes } from './native-types.ts';
import { CustomType } from './other-types.ts';
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

/** Whether a constant may stand for a value of the type. Cassandra: Constants.Literal#testAssignment. */
export function isAssignable(literal: Literal, type: CqlType): boolean {
  return type instanceof CustomType || kinds[literal.kind].types.includes(type);
}

/**
 * Appends the bytes of a term that is written out: a constant, or a collection, tuple, user type value or vector of such. Bind markers and
 * functions are for whoever executes statements. `name` is the column's, for messages. Throws InvalidRequestError where the term
 * does not fit the type, in Cassandra's words.
 */
export function encodeTerm(term: Term, type: CqlType, out: ByteWriter, name = 'value'): void {
  switch (term.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      encodeConstant(term, type, out, name);
      return;
    case 'list':
      if (type instanceof ListType) encodeElements(term.elements, type.element, out, name);
      else if (type instanceof VectorType) encodeVector(term.elements, type, out, name);
      else throw misfit('list', type, name);
      return;
    case 'set':
      if (type instanceof SetType) encodeSet(term.elements, type, out, name);
      // An empty map is written as an empty set.
      else if (type instanceof MapType && term.elements.length === 0) out.i32(0);
      else throw misfit('set', type, name);
      return;
    case 'map':
      if (!(type instanceof MapType)) throw misfit('map', type, name);
      encodeMap(term.entries, type, out, name);
      return;
    case 'tuple':
      if (!(type instanceof TupleType)) throw misfit('tuple', type, name);
      encodeTuple(term.elements, type, out, name);
      return;
    case 'udt':
      if (!(type instanceof UserType)) throw misfit('user type', type, name);
      encodeFields(new Map(term.fields.map((field) => [field.name.name, field.value])), type, out, name);
      return;
    default:
      throw new InvalidRequestError(`Expected a literal for ${name} of type ${type}, found a term of kind ${term.kind}`);
  }
}

function encodeConstant(literal: Literal, type: CqlType, out: ByteWriter, name: string): void {
  const text = literalText(literal);
  if (!isAssignable(literal, type)) {
    throw new InvalidRequestError(`Invalid ${kinds[literal.kind].name} constant (${text}) for "${name}" of type ${type}`);
  }
  if (literal.kind === 'blob') encodeBlob(type.cqlName(), text, out);
  else if (type instanceof ScalarType) type.encodeText(text, out);
  else throw new InvalidRequestError(`A value of the class ${type} can only be written as a blob`);
}

function misfit(what: string, type: CqlType, name: string): InvalidRequestError {
  return new InvalidRequestError(`Invalid ${what} literal for ${name} of type ${type}`);
}

/** Appends a term with its int32 length. */
function encodeFramed(term: Term, type: CqlType, out: ByteWriter, name: string): void {
  const at = out.length;
  out.i32(0);
  encodeTerm(term, type, out, name);
  out.patchI32(at, out.length - at - 4);
}

function encodeElements(elements: readonly Term[], type: CqlType, out: ByteWriter, name: string): void {
  out.i32(elements.length);
  for (const element of elements) {
    refuseNull(element.kind === 'null' ? null : element);
    encodeFramed(element, type, out, name);
  }
}

function encodeSet(elements: readonly Term[], type: SetType, out: ByteWriter, name: string): void {
  const writers = elements.map((element) => (entry: ByteWriter) => {
    const from = entry.length;
    refuseNull(element.kind === 'null' ? null : element);
    encodeTerm(element, type.element, entry, name);
    return entry.length - from;
  });
  putSorted(type.element, writers, out);
}

function encodeMap(entries: readonly { key: Term; value: Term }[], type: MapType, out: ByteWriter, name: string): void {
  const writers = entries.map(({ key, value }) => (entry: ByteWriter) => {
    const from = entry.length;
    refuseNull(key.kind === 'null' || value.kind === 'null' ? null : key);
    encodeTerm(key, type.key, entry, name);
    const size = entry.length - from;
    encodeFramed(value, type.value, entry, name);
    return size;
  });
  putSorted(type.key, writers, out);
}

function encodeTuple(elements: readonly Term[], type: TupleType, out: ByteWriter, name: string): void {
  if (elements.length > type.types.length) {
    throw new InvalidRequestError(
      `Invalid tuple literal for ${name}: too many elements. Type ${type} expects ${type.types.length} but got ${elements.length}`,
    );
  }
  elements.forEach((element, i) => {
    if (element.kind === 'null') out.i32(-1);
    else encodeFramed(element, type.types[i], out, name);
  });
}

function encodeFields(given: ReadonlyMap<string, Term>, type: UserType, out: ByteWriter, name: string): void {
  for (const field of given.keys()) {
    if (type.fieldPosition(field) < 0) {
      throw new InvalidRequestError(`Unknown field '${field}' in value of user defined type ${type.name}`);
    }
  }
  for (const field of type.fields) {
    const value = given.get(field.name);
    if (value === undefined || value.kind === 'null') out.i32(-1);
    else encodeFramed(value, field.type, out, name);
  }
}

function encodeVector(elements: readonly Term[], type: VectorType, out: ByteWriter, name: string): void {
  if (elements.length !== type.dimension) {
    throw new InvalidRequestError(
      `Invalid vector literal for ${name} of type ${type}; expected ${type.dimension} elements, but given ${elements.length}`,
    );
  }
  for (const element of elements) {
    if (element.kind === 'null') throw new InvalidRequestError('null is not supported inside vectors');
    type.appendElement(out, () => {
      encodeTerm(element, type.element, out, name);
    });
  }
}
