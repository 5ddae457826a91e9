import {
  CollectionType,
  CompositeType,
  CounterType,
  type CqlType,
  nativeTypes,
  ReversedType,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';

/** Natives that read more than their own values, by the types they read too. Cassandra: isValueCompatibleWithInternal of each. */
const ALSO: ReadonlyMap<CqlType, readonly CqlType[]> = new Map<CqlType, readonly CqlType[]>([
  [nativeTypes.text, [nativeTypes.ascii]],
  [nativeTypes.uuid, [nativeTypes.timeuuid]],
  [nativeTypes.bigint, [nativeTypes.timestamp]],
  [nativeTypes.timestamp, [nativeTypes.bigint]],
  [nativeTypes.time, [nativeTypes.bigint, nativeTypes.timestamp]],
  [nativeTypes.date, [nativeTypes.int]],
  [nativeTypes.varint, [nativeTypes.int, nativeTypes.bigint, nativeTypes.timestamp]],
]);

/** Of those, what has the same order too. Cassandra: isCompatibleWith of each. */
const SAME_ORDER: ReadonlyMap<CqlType, readonly CqlType[]> = new Map<CqlType, readonly CqlType[]>([
  [nativeTypes.text, [nativeTypes.ascii]],
  [nativeTypes.blob, [nativeTypes.ascii, nativeTypes.text]],
]);

/**
 * Whether a column of type `type` can read values that were written as `stored`: the same type, a user type or tuple that got fields
 * since, or one of the few natives whose values others read. How they are frozen matters only outermost, where it decides on cells.
 * Cassandra: AbstractType#isValueCompatibleWith.
 */
export function canRead(type: CqlType, stored: CqlType): boolean {
  return type.isMultiCell === stored.isMultiCell && reads(type, stored);
}

/** Whether values of `stored` are also in the order of `type`, as parts of keys and clusterings must be. Cassandra: AbstractType#isCompatibleWith. */
export function canReadInOrder(type: CqlType, stored: CqlType): boolean {
  if (type.fixedLength !== stored.fixedLength) return false;
  return alike(type, stored, (one, other) => SAME_ORDER.get(one)?.includes(other) ?? false);
}

function reads(type: CqlType, stored: CqlType): boolean {
  // Bytes are bytes; but a counter's value is more than its bytes.
  if (type === nativeTypes.blob && !stored.isMultiCell) return !(stored instanceof CounterType);
  return alike(type, stored, (one, other) => ALSO.get(one)?.includes(other) ?? one === nativeTypes.blob);
}

/** Compares what types are made of; `also` tells of two natives that differ. */
function alike(type: CqlType, stored: CqlType, also: (type: CqlType, stored: CqlType) => boolean): boolean {
  const all = (types: readonly CqlType[], others: readonly CqlType[]) => others.every((other, i) => alike(types[i], other, also));
  if (type.equals(stored)) return true;
  if (isFields(type) && isFields(stored)) return type.types.length >= stored.types.length && all(type.types, stored.types);
  if (type instanceof CollectionType && stored instanceof CollectionType) {
    return type.kind === stored.kind && all(type.subTypes, stored.subTypes);
  }
  if (type instanceof VectorType && stored instanceof VectorType) {
    return type.dimension === stored.dimension && type.fixedLength === stored.fixedLength && all(type.subTypes, stored.subTypes);
  }
  if (type instanceof CompositeType && stored instanceof CompositeType) {
    return type.components.length >= stored.components.length && all(type.components, stored.components);
  }
  if (type instanceof ReversedType && stored instanceof ReversedType) return alike(type.base, stored.base, also);
  return also(type, stored);
}

function isFields(type: CqlType): type is TupleType | UserType {
  return type instanceof TupleType || type instanceof UserType;
}
