import { toHex } from '@cassette/bytes';
import {
  AsciiType,
  BlobType,
  CollectionType,
  type CqlType,
  FloatingType,
  TextType,
  TimestampType,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A value as plain text, the way sstabledump prints partition keys and paths: collections and vectors as hexadecimal digits,
 * tuples as `a:b` with `@` for null. Throws InvalidRequestError where the bytes are no value. Cassandra: AbstractType#getString.
 */
export function typeText(type: CqlType, bytes: Uint8Array, from: number, to: number): string {
  if (type instanceof CollectionType || type instanceof VectorType || type instanceof BlobType) {
    return toHex(bytes.subarray(from, to));
  }
  type.validate(bytes, from, to);
  if (type instanceof TextType || type instanceof AsciiType) return decoder.decode(bytes.subarray(from, to));
  if (type instanceof TupleType || type instanceof UserType) {
    const ranges = type.split(bytes, from, to);
    const texts: string[] = [];
    for (let i = 0; i < ranges.length; i += 2) {
      if (ranges[i] < 0) texts.push('@');
      else {
        const text = typeText(type.types[i / 2], bytes, ranges[i], ranges[i + 1]);
        texts.push(text.replaceAll(':', '\\:').replaceAll('@', '\\@'));
      }
    }
    return texts.join(':');
  }
  const json = type.toJson(bytes, from, to);
  // JSON has neither NaN nor infinities.
  if (json === 'null' && type instanceof FloatingType) return String(type.decode(bytes, from, to));
  const text: string = json.startsWith('"') ? JSON.parse(json) : json;
  return type instanceof TimestampType ? text.replace(' ', 'T') : text;
}
