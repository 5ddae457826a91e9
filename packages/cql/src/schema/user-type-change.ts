import type { CqlType } from '../types/cql-type.ts';
import { ListType, SetType } from '../types/list-type.ts';
import { MapType } from '../types/map-type.ts';
import { CompositeType, ReversedType } from '../types/other-types.ts';
import { TupleType, UserType } from '../types/tuple-type.ts';
import { VectorType } from '../types/vector-type.ts';

/** Whether a type is made with that user type, at any depth. Cassandra: AbstractType#referencesUserType. */
export function referencesUserType(type: CqlType, name: string): boolean {
  return (type instanceof UserType && type.name === name) || type.subTypes.some((part) => referencesUserType(part, name));
}

/** Whether a type has something of a native type in it, at any depth: durations may not be in keys. */
export function references(type: CqlType, native: CqlType): boolean {
  return type === native || type.subTypes.some((part) => references(part, native));
}

/** A type with a user type in it replaced by its new form; frozen stays frozen. Cassandra: AbstractType#withUpdatedUserType. */
export function withUpdatedUserType(type: CqlType, changed: UserType): CqlType {
  if (!referencesUserType(type, changed.name)) return type;
  const update = (part: CqlType) => withUpdatedUserType(part, changed);
  if (type instanceof UserType) {
    if (type.name === changed.name) return new UserType(changed.keyspace, changed.name, changed.fields, type.frozen);
    const fields = type.fields.map((field) => ({ name: field.name, type: update(field.type) }));
    return new UserType(type.keyspace, type.name, fields, type.frozen);
  }
  if (type instanceof ListType) return new ListType(update(type.element), type.frozen);
  if (type instanceof SetType) return new SetType(update(type.element), type.frozen);
  if (type instanceof MapType) return new MapType(update(type.key), update(type.value), type.frozen);
  if (type instanceof TupleType) return new TupleType(type.types.map(update));
  if (type instanceof VectorType) return new VectorType(update(type.element), type.dimension);
  if (type instanceof ReversedType) return new ReversedType(update(type.base));
  if (type instanceof CompositeType) return new CompositeType(type.components.map(update));
  return type;
}
