import { ByteReader, ByteWriter, CassetteError } from '@cassette/bytes';
import { CompositeType, type CqlType, InvalidRequestError, Schema, TupleType } from '@cassette/cql';
import { encodeTermText } from '@cassette/engine';
import { partitionKeyOfText } from '@cassette/sstable';

/**
 * The partition key that a text says: as in CQL (`'a'`, `(1, 'a')` for one of several columns), or as Cassandra's tools take it (`a`, `1:a`).
 * Throws InvalidRequestError or CqlSyntaxError for what is neither.
 */
export function keyOfText(text: string, type: CqlType): Uint8Array {
  try {
    return type instanceof CompositeType ? compositeKey(text, type) : term(text, type);
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    try {
      const key = partitionKeyOfText(text, type.marshalName());
      if (key !== null) return key;
    } catch (other) {
      if (!(other instanceof CassetteError)) throw other;
    }
    throw error;
  }
}

function compositeKey(text: string, type: CompositeType): Uint8Array {
  const trimmed = text.trim();
  const tuple = term(trimmed.startsWith('(') ? trimmed : `(${trimmed})`, new TupleType(type.components));
  const input = new ByteReader(tuple);
  const out = new ByteWriter(64);
  for (const _ of type.components) {
    if (input.remaining === 0) throw new InvalidRequestError(`The key has ${type.components.length} columns`);
    out.shortBytes(input.intBytes('key column'));
    out.u8(0);
  }
  return out.toBytes();
}

function term(text: string, type: CqlType): Uint8Array {
  const bytes = encodeTermText(Schema.empty, { keyspace: '', table: '', name: 'the partition key', type }, text);
  if (bytes === null) throw new InvalidRequestError('A partition key is never null');
  return bytes;
}
