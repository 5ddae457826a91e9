import type { ByteWriter } from '@cassette/bytes';
import { InvalidRequestError } from '../errors.ts';
import { putSorted } from './collection-type.ts';
import type { CqlType } from './cql-type.ts';
import { printDouble } from './java-number.ts';
import { describeJson, isJsonObject, JsonNumber, type JsonValue, jsonByName, parseJson } from './json-value.ts';
import { ListType, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { CustomType, ReversedType } from './other-types.ts';
import { ScalarType } from './scalar-type.ts';
import { TupleType, UserType } from './tuple-type.ts';
import type { VectorType } from './vector-type.ts';

/** Text in JSON that should be a duration and is none: Cassandra's from_json hands the error on as it is, and no other. */
export class NoDurationError extends InvalidRequestError {}

/** A value that is there. */
type Present = Exclude<JsonValue, null>;

/**
 * Appends the value of a type that a JSON value says; what is not written directly may be written as JSON in a string. Throws
 * InvalidRequestError where it says none. Cassandra: AbstractType#fromJSONObject.
 */
export function encodeJson(type: CqlType, value: Present, out: ByteWriter): void {
  if (type instanceof ReversedType) encodeJson(type.base, value, out);
  else if (type instanceof ScalarType) encodeScalar(type, value, out);
  else if (type instanceof CustomType) encodeBlob(type, value, out);
  else encodeCompound(type, value, out);
}

function wrong(expected: string, value: JsonValue): InvalidRequestError {
  return new InvalidRequestError(`Expected ${expected}, but got ${describeJson(value)}`);
}

const INT_MAX = 2n ** 31n - 1n;
const LONG_MAX = 2n ** 63n - 1n;

/** The kinds of numbers that Java tells apart: a whole one is as wide as it must be. */
function kindOf(number: JsonNumber): 'int' | 'long' | 'big' | 'double' {
  if (!number.isWhole) return 'double';
  const value = BigInt(number.text);
  if (value >= -INT_MAX - 1n && value <= INT_MAX) return 'int';
  return value >= -LONG_MAX - 1n && value <= LONG_MAX ? 'long' : 'big';
}

/** A number as Java prints it. */
function javaText(number: JsonNumber): string {
  return number.isWhole ? String(BigInt(number.text)) : printDouble(Number(number.text));
}

function encodeScalar(type: ScalarType, value: Present, out: ByteWriter): void {
  const name = type.cqlName();
  if (typeof value === 'string') {
    if (name === 'blob') encodeBlob(type, value, out);
    else encodeString(type, value, out);
    return;
  }
  if (typeof value === 'boolean') {
    if (name !== 'boolean') throw wrong(`a value of type ${name}`, value);
    out.u8(value ? 1 : 0);
    return;
  }
  if (!(value instanceof JsonNumber)) throw wrong(`a value of type ${name}`, value);
  const kind = kindOf(value);
  switch (name) {
    case 'int':
      if (kind !== 'int') throw wrong('an int value', value);
      break;
    case 'bigint':
      if (kind !== 'int' && kind !== 'long') throw wrong('a bigint value', value);
      break;
    case 'timestamp':
      // Only what is too long for an int is taken for milliseconds, as Cassandra has it.
      if (kind !== 'long') throw wrong('a long or a datestring representation of a timestamp value', value);
      type.encode(BigInt(value.text), out);
      return;
    case 'tinyint':
    case 'smallint':
    case 'varint':
    case 'decimal':
      type.encodeText(javaText(value), out);
      return;
    case 'float':
    case 'double':
      break;
    default:
      throw wrong(`a string representation of a ${name} value`, value);
  }
  type.encodeText(value.text, out);
}

/** No text is no bytes wherever a type has such a value; but of a varint Cassandra takes the digits alone, and for false as a boolean. */
function encodeString(type: ScalarType, text: string, out: ByteWriter): void {
  if (text === '' && type.allowsEmpty) {
    if (type.cqlName() === 'varint') throw new InvalidRequestError("Value '' is not a valid representation of a varint value");
    if (type.cqlName() === 'boolean') out.u8(0);
    return;
  }
  if (type.cqlName() === 'duration') encodeDuration(type, text, out);
  else type.encodeText(text, out);
}

function encodeDuration(type: ScalarType, text: string, out: ByteWriter): void {
  try {
    type.encodeText(text, out);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw new NoDurationError(error.reason);
  }
}

function encodeBlob(type: CqlType, value: Present, out: ByteWriter): void {
  if (typeof value !== 'string' || !value.startsWith('0x')) {
    throw new InvalidRequestError(
      `Value is not a valid blob representation: expected a string with a 0x prefix, got ${describeJson(value)}`,
    );
  }
  type.encode(value, out);
}

function encodeCompound(type: CqlType, given: Present, out: ByteWriter): void {
  const value = typeof given === 'string' ? parseJson(given) : given;
  if (type instanceof MapType) encodeMap(type, value, out);
  else if (type instanceof UserType) encodeFields(type, value, out);
  else if (!Array.isArray(value)) throw wrong(`a list for a value of type ${type}`, value);
  else if (type instanceof ListType) encodeList(type, value, out);
  else if (type instanceof SetType) encodeSet(type, value, out);
  else if (type instanceof TupleType) encodeTuple(type, value, out);
  else encodeVector(type as VectorType, value, out);
}

/** An element or entry, which must be there. */
function present(value: JsonValue, what: string): Present {
  if (value === null) throw new InvalidRequestError(`Invalid null ${what}`);
  return value;
}

/** Appends a value with its length before it; null as -1. */
function putFramed(type: CqlType, value: JsonValue, out: ByteWriter): void {
  const at = out.length;
  out.i32(-1);
  if (value === null) return;
  encodeJson(type, value, out);
  out.patchI32(at, out.length - at - 4);
}

function encodeList(type: ListType, elements: readonly JsonValue[], out: ByteWriter): void {
  out.i32(elements.length);
  for (const element of elements) putFramed(type.element, present(element, 'element in list'), out);
}

function encodeSet(type: SetType, elements: readonly JsonValue[], out: ByteWriter): void {
  const entries = elements.map((element) => (entry: ByteWriter) => {
    const from = entry.length;
    encodeJson(type.element, present(element, 'element in set'), entry);
    return entry.length - from;
  });
  putSorted(type.element, entries, out);
}

/** Keys are strings in JSON, whatever their type is. */
function encodeMap(type: MapType, value: JsonValue, out: ByteWriter): void {
  if (!isJsonObject(value)) throw wrong('a map', value);
  const entries = [...value].map(([key, item]) => (entry: ByteWriter) => {
    const from = entry.length;
    encodeJson(type.key, key, entry);
    const size = entry.length - from;
    putFramed(type.value, present(item, 'value in map'), entry);
    return size;
  });
  putSorted(type.key, entries, out);
}

function encodeTuple(type: TupleType, elements: readonly JsonValue[], out: ByteWriter): void {
  const { types } = type;
  if (elements.length !== types.length) {
    const problem = elements.length > types.length ? 'contains extra items' : 'is missing items';
    throw new InvalidRequestError(`Tuple ${problem} (expected ${types.length}): it has ${elements.length}`);
  }
  for (const [i, element] of elements.entries()) putFramed(types[i], element, out);
}

function encodeFields(type: UserType, value: JsonValue, out: ByteWriter): void {
  if (!isJsonObject(value)) throw wrong('a map', value);
  const values = jsonByName(value);
  for (const name of values.keys()) {
    if (type.fieldPosition(name) >= 0) continue;
    throw new InvalidRequestError(`Unknown field '${name}' in value of user defined type ${type.name}`);
  }
  for (const field of type.fields) putFramed(field.type, values.get(field.name) ?? null, out);
}

function encodeVector(type: VectorType, elements: readonly JsonValue[], out: ByteWriter): void {
  if (elements.length !== type.dimension) {
    throw new InvalidRequestError(`List had incorrect size: expected ${type.dimension} but given ${elements.length}`);
  }
  for (const element of elements) {
    type.appendElement(out, () => encodeJson(type.element, present(element, 'element in list'), out));
  }
}
