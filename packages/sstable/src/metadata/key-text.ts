import { ByteWriter, fromHex } from '@cassette/bytes';
import {
  BlobType,
  CollectionType,
  CompositeType,
  type CqlType,
  InvalidRequestError,
  parseMarshalType,
  ReversedType,
  ScalarType,
  VectorType,
} from '@cassette/cql';
import { typeText } from '../dump/type-text.ts';

/**
 * A partition key as Cassandra's tools print and take it: a value's text, those of several columns with colons between them. `keyType` is
 * the marshal name in the header. Throws InvalidRequestError where the bytes are no key. Cassandra: AbstractType#getString.
 */
export function partitionKeyText(key: Uint8Array, keyType: string): string {
  const type = parseMarshalType(keyType);
  if (!(type instanceof CompositeType)) return typeText(type, key, 0, key.length);
  type.validate(key, 0, key.length);
  // Of each column: u16 length, bytes, 0.
  const texts: string[] = [];
  for (let at = 0; at < key.length; ) {
    const end = at + 2 + ((key[at] << 8) | key[at + 1]);
    texts.push(typeText(type.components[texts.length], key, at + 2, end).replaceAll(':', '\\:'));
    at = end + 1;
  }
  return texts.join(':');
}

/**
 * The partition key that a text says; null where the key has a tuple or user type, whose texts do not tell the bytes. Throws
 * InvalidRequestError for a text that is no key. Cassandra: AbstractType#fromString.
 */
export function partitionKeyOfText(text: string, keyType: string): Uint8Array | null {
  const type = parseMarshalType(keyType);
  const out = new ByteWriter(64);
  if (!(type instanceof CompositeType)) return putValue(out, type, text) ? out.toBytes() : null;
  const parts = text.split(/(?<!\\):/);
  if (parts.length !== type.components.length) {
    throw new InvalidRequestError(
      `The key ${text} has ${parts.length} parts between colons, ${type.components.length} are needed`,
    );
  }
  for (const [i, part] of parts.entries()) {
    const value = new ByteWriter(64);
    if (!putValue(value, type.components[i], part.replaceAll('\\:', ':'))) return null;
    out.shortBytes(value.written());
    out.u8(0);
  }
  return out.toBytes();
}

function putValue(out: ByteWriter, type: CqlType, text: string): boolean {
  if (type instanceof ReversedType) return putValue(out, type.base, text);
  if (type instanceof CollectionType || type instanceof VectorType || type instanceof BlobType) {
    const bytes = fromHex(text.startsWith('0x') ? text.slice(2) : text);
    if (bytes === null) {
      throw new InvalidRequestError(`A key of type ${type} is written as hexadecimal digits, not as ${text}`);
    }
    out.bytes(bytes);
    return true;
  }
  if (!(type instanceof ScalarType)) return false;
  // No text is no bytes, whatever the type.
  if (text !== '') type.encodeText(text, out);
  return true;
}
