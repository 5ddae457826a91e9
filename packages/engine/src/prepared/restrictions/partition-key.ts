import { ByteWriter, token, tokenWords } from '@cassette/bytes';
import { type ColumnMetadata, type CqlType, InvalidRequestError, type Place, pointedAt } from '@cassette/cql';
import { type Binding, TermState } from '../binding.ts';
import type { BoundTerm } from '../terms/index.ts';
import { requiredValue } from './value-source.ts';

/** Longest partition key in bytes: its length is a u16 in the files. */
export const PARTITION_KEY_BYTES_MAX = 0xffff;

/**
 * Appends a partition key of encoded components: the one as it is, several as u16 length, bytes and a zero byte each.
 * Cassandra: marshal.CompositeType.
 */
export function writePartitionKey(out: ByteWriter, components: readonly Uint8Array[]): void {
  if (components.length === 1) {
    out.bytes(components[0]);
    return;
  }
  for (const component of components) {
    if (component.length > PARTITION_KEY_BYTES_MAX) throw keyTooLong(component.length);
    out.shortBytes(component);
    out.u8(0);
  }
}

/** Throws InvalidRequestError where a key of that many bytes can't be. */
export function checkPartitionKeySize(size: number, where?: Place): void {
  if (size === 0) throw new InvalidRequestError('Key may not be empty', where);
  if (size > PARTITION_KEY_BYTES_MAX) throw keyTooLong(size, where);
}

/** Throws InvalidRequestError where the values of a clustering are together longer than a key may be. */
export function checkClusteringSize(size: number, where?: Place): void {
  if (size > PARTITION_KEY_BYTES_MAX) throw keyTooLong(size, where);
}

function keyTooLong(size: number, where?: Place): InvalidRequestError {
  return new InvalidRequestError(`Key length of ${size} is longer than maximum of ${PARTITION_KEY_BYTES_MAX}`, where);
}

/** Where the components of a key lie: from and to, two numbers each. */
export function splitPartitionKey(count: number, bytes: Uint8Array, from: number, to: number, target: Int32Array): void {
  if (count === 1) {
    target[0] = from;
    target[1] = to;
    return;
  }
  let at = from;
  for (let i = 0; i < count; i++) {
    const length = (bytes[at] << 8) | bytes[at + 1];
    target[2 * i] = at + 2;
    target[2 * i + 1] = at + 2 + length;
    at += length + 3;
  }
}

/** `token(a, b)` of values: the token of the key they make. */
export class TokenTerm implements BoundTerm {
  readonly type: CqlType;
  readonly where: Place;
  private readonly columns: readonly ColumnMetadata[];
  private readonly parts: readonly BoundTerm[];

  constructor(type: CqlType, where: Place, columns: readonly ColumnMetadata[], parts: readonly BoundTerm[]) {
    this.type = type;
    this.where = where;
    this.columns = columns;
    this.parts = parts;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const key = new ByteWriter(64);
    const values = this.parts.map((part, i) => requiredValue(part, binding, this.columns[i].name));
    try {
      writePartitionKey(key, values);
    } catch (error) {
      throw pointedAt(error, this.where);
    }
    token(key.buffer, 0, key.length);
    out.i64(tokenWords[0], tokenWords[1]);
    return TermState.VALUE;
  }
}
