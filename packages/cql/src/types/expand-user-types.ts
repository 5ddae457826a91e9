import type { CqlType } from './cql-type.ts';
import { ListType, SetType } from './list-type.ts';
import { MapType } from './map-type.ts';
import { TupleType, UserType } from './tuple-type.ts';

/**
 * The type with tuples in the place of user types, but not inside of vectors: what is kept of a column that was dropped, so that it does
 * not hold on to types that can be dropped as well. Cassandra: AbstractType#expandUserTypes.
 */
export function expandUserTypes(type: CqlType): CqlType {
  if (type instanceof UserType || type instanceof TupleType) return new TupleType(type.types.map(expandUserTypes));
  if (type instanceof ListType) return new ListType(expandUserTypes(type.element), type.frozen);
  if (type instanceof SetType) return new SetType(expandUserTypes(type.element), type.frozen);
  if (type instanceof MapType) return new MapType(expandUserTypes(type.key), expandUserTypes(type.value), type.frozen);
  return type;
}
