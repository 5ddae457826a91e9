import { ByteReader } from '@cassette/bytes';
import { type CqlType, ListType, MapType, nativeTypes, SetType, TupleType, UserType, VectorType } from '@cassette/cql';
import { readCount, readElement } from '../terms/index.ts';

/**
 * Whether two values are the same one, as CONTAINS asks of what is in a frozen collection: unlike in their order, decimals of different
 * scales (1.0 and 1.00) are two, and so are tuples and user types of different bytes. Cassandra: RowFilter, by `equals` of what the
 * type's serializer makes of the bytes.
 */
export function areEqual(type: CqlType, a: Uint8Array, b: Uint8Array): boolean {
  if (type instanceof TupleType || type instanceof UserType) return isSameBytes(a, b);
  if (type instanceof ListType || type instanceof SetType) return sameElements([type.element], a, b);
  if (type instanceof MapType) return sameElements([type.key, type.value], a, b);
  if (type instanceof VectorType) return sameComponents(type, a, b);
  if (type === nativeTypes.decimal && !isSameScale(a, b)) return false;
  return type.compare(a, 0, a.length, b, 0, b.length) === 0;
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A decimal's first four bytes; one without bytes is like no other. */
function isSameScale(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  return isSameBytes(a.subarray(0, 4), b.subarray(0, 4));
}

/** What is in sets and maps is sorted, so that what is the same stands at the same place. */
function sameElements(types: readonly CqlType[], a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  const [left, right] = [new ByteReader(a, 'collection'), new ByteReader(b, 'collection')];
  const count = readCount(left);
  if (count !== readCount(right)) return false;
  for (let n = 0; n < count * types.length; n++) {
    const [one, other] = [readElement(left), readElement(right)];
    if (one === null || other === null) {
      if (one !== other) return false;
      continue;
    }
    if (!areEqual(types[n % types.length], a.subarray(one.from, one.to), b.subarray(other.from, other.to))) return false;
  }
  return true;
}

function sameComponents(type: VectorType, a: Uint8Array, b: Uint8Array): boolean {
  if (a.length === 0 || b.length === 0) return a.length === b.length;
  const [left, right] = [type.split(a, 0, a.length), type.split(b, 0, b.length)];
  return Array.from({ length: type.dimension }, (_, i) => i * 2).every((i) =>
    areEqual(type.element, a.subarray(left[i], left[i + 1]), b.subarray(right[i], right[i + 1])),
  );
}
