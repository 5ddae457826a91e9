import type { CqlType } from './cql-type.ts';
import { CustomType } from './other-types.ts';
import { marshalPackage } from './scalar-type.ts';

/** Cassandra's own classes that have no name in CQL. */
const NAMELESS = new Set([
  'DateType',
  'LexicalUUIDType',
  'LegacyTimeUUIDType',
  'DynamicCompositeType',
  'PartitionerDefinedOrder',
]);

/**
 * The first class of a type, or of the types it is made of, that Cassandra 5.0 does not have; null where it has them all. A node opens no
 * table and no SSTable that names one, unless someone added the class to it. Cassandra: TypeParser, which looks for the class.
 */
export function unknownClass(type: CqlType): string | null {
  if (type instanceof CustomType) {
    const [name] = type.className.split('(');
    const isOwn = name.startsWith(marshalPackage) && NAMELESS.has(name.slice(marshalPackage.length).trim());
    return isOwn ? null : type.className;
  }
  for (const part of type.subTypes) {
    const found = unknownClass(part);
    if (found !== null) return found;
  }
  return null;
}
